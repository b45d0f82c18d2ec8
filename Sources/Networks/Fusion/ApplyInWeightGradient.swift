extension FusionRule {
  /// The backward pass of a normalisation is done by the weights' gradient of the convolution that made its input. The
  /// gradients on both sides of the normalisation are then one place. Without such a weights' gradient, since the filters
  /// are fixed, nobody needs the result.
  ///
  /// The residual's gradient is written later than before: what it is the gradient of must be older than the convolution,
  /// and nobody may ask for it in between.
  static let applyInWeightGradient = FusionRule(name: "apply in the weights' gradient") { program in
    let graph = Graph(program)
    var weights: [Int: Int] = [:]
    for (index, operation) in program.backward.enumerated() {
      if case .convolveBackwardWeights = operation.kernel { weights[operation.layer] = index }
    }
    var gone: Set<Int> = []
    var shared: [Place: Place] = [:]
    for (index, operation) in program.backward.enumerated() {
      guard case .normalizeBackward(let pass) = operation.kernel,
        let writer = graph.writer(ofWhatIsNormalizedIn: operation, pass.step.input, program)
      else { continue }
      let target = weights[program.forward[writer].layer]
      if let residual = program.residual(of: operation.layer) {
        let isAsked = graph.readers(of: residual).contains {
          $0 > writer && program.forward[$0].layer < operation.layer
        }
        guard !isAsked, target != nil, graph.exists(residual, before: writer) else { continue }
      }
      if let target, case .convolveBackwardWeights(var gradient) = program.backward[target].kernel {
        gradient.applied = ConvolutionWeightGradient.Application(
          step: pass.step, residualGradient: pass.residualGradient)
        program.backward[target].kernel = .convolveBackwardWeights(gradient)
        shared[pass.inputGradient.place] = pass.gradient
      }
      gone.insert(index)
    }
    program.backward.remove(gone)
    program.substitute(shared)
  }
}

extension Graph {
  /// The convolution that writes what a layer normalises, for this layer alone.
  fileprivate func writer(ofWhatIsNormalizedIn operation: Operation, _ input: Place, _ program: Program) -> Int? {
    guard isRead(input, onlyBy: operation.layer), let writer = writer(of: input),
      case .convolve = program.forward[writer].kernel
    else { return nil }
    return writer
  }
}

extension Program {
  /// What a layer's normalisation adds.
  fileprivate func residual(of layer: Int) -> Place? {
    for operation in forward where operation.layer == layer {
      if case .normalize(let pass) = operation.kernel { return pass.residual }
    }
    return nil
  }
}
