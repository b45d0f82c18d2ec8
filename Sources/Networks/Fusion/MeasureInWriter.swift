extension FusionRule {
  /// The moments of a map are measured by the convolution that writes it for this normalisation alone, or by the sum that
  /// writes it, for the first that reads it.
  static let measureInWriter = FusionRule(name: "measure in the writer") { program in
    let graph = Graph(program)
    var gone: Set<Int> = []
    for (index, operation) in program.forward.enumerated() {
      guard case .measureMoments(let measurement) = operation.kernel,
        let writer = graph.writer(of: measurement.input)
      else { continue }
      switch program.forward[writer].kernel {
      case .convolve(var convolution) where graph.isRead(measurement.input, onlyBy: operation.layer):
        convolution.measured = measurement.vectors
        program.forward[writer].kernel = .convolve(convolution)
      case .add(var addition) where addition.measured == nil:
        addition.measured = measurement.vectors
        program.forward[writer].kernel = .add(addition)
      default: continue
      }
      gone.insert(index)
    }
    program.forward.remove(gone)
  }
}
