extension FusionRule {
  /// A normalisation without a residual whose result one convolution alone reads is done by this on the way in, forward
  /// and for the weights' gradient. Its result is kept nowhere, and the mask of its backward pass is computed anew.
  static let absorbInReader = FusionRule(name: "absorb in the reader") { program in
    let graph = Graph(program)
    var absorbed: [Place: NormalizationPass] = [:]
    var gone: Set<Int> = []
    for (index, operation) in program.forward.enumerated() {
      guard case .normalize(let pass) = operation.kernel, let reader = graph.absorber(of: pass, program),
        case .convolve(var convolution) = program.forward[reader].kernel
      else { continue }
      convolution.input = pass.input
      convolution.normalized = pass.vectors
      program.forward[reader].kernel = .convolve(convolution)
      absorbed[pass.output] = pass
      gone.insert(index)
    }
    program.forward.remove(gone)
    for index in program.backward.indices { program.backward[index].kernel.doWithout(absorbed) }
  }
}

extension Graph {
  /// The convolution that can do a normalisation on its way in.
  func absorber(of pass: NormalizationPass, _ program: Program) -> Int? {
    let readers = readers(of: pass.output)
    guard pass.residual == nil, readers.count == 1, !isKept(pass.output),
      case .convolve(let convolution) = program.forward[readers[0]].kernel, convolution.input == pass.output
    else { return nil }
    return readers[0]
  }
}

extension Kernel {
  /// Reads what was normalised where results of normalisations are not kept.
  fileprivate mutating func doWithout(_ absorbed: [Place: NormalizationPass]) {
    switch self {
    case .convolveBackwardWeights(var gradient):
      if let pass = absorbed[gradient.input] {
        gradient.input = pass.input
        gradient.normalized = pass.vectors
      }
      gradient.applied?.step.doWithout(absorbed)
      self = .convolveBackwardWeights(gradient)
    case .convolveBackwardData(var gradient):
      gradient.summed?.doWithout(absorbed)
      self = .convolveBackwardData(gradient)
    case .sumGradients(var sums):
      sums.step.doWithout(absorbed)
      self = .sumGradients(sums)
    case .normalizeBackward(var pass):
      pass.step.doWithout(absorbed)
      self = .normalizeBackward(pass)
    default: break
    }
  }
}

extension NormalizationStep {
  fileprivate mutating func doWithout(_ absorbed: [Place: NormalizationPass]) {
    if let mask = output, absorbed[mask] != nil { output = nil }
  }
}
