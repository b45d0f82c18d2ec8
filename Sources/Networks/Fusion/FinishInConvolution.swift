extension FusionRule {
  /// In inference a convolution normalises what it writes, in place, where what is added is there by then.
  ///
  /// A map of bf16 numbers that only a convolution reads is left to that one, which has to copy it anyway.
  static let finishInConvolution = FusionRule(name: "finish in the convolution") { program in
    let graph = Graph(program)
    var gone: Set<Int> = []
    var earlier: [Int: Operation] = [:]
    var settling: [Int: Int] = [:]
    for (index, operation) in program.forward.enumerated() {
      if case .useRunningStatistics = operation.kernel { settling[operation.layer] = index }
      guard case .normalize(let pass) = operation.kernel, let statistics = settling[operation.layer],
        graph.isRead(pass.input, onlyBy: operation.layer), let writer = graph.writer(of: pass.input),
        case .convolve(var convolution) = program.forward[writer].kernel,
        pass.residual.map({ graph.exists($0, before: writer) }) ?? true,
        program.format == .fp32 || graph.absorber(of: pass, program) == nil
      else { continue }
      convolution.finished = Convolution.Finish(vectors: pass.vectors, residual: pass.residual)
      convolution.output = pass.output
      program.forward[writer].kernel = .convolve(convolution)
      earlier[writer] = program.forward[statistics]
      gone.formUnion([statistics, index])
    }
    program.forward = program.forward.enumerated().flatMap { index, operation in
      (earlier[index].map { [$0] } ?? []) + (gone.contains(index) ? [] : [operation])
    }
  }
}
