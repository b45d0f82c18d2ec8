extension FusionRule {
  /// The sums of a normalisation's gradients are taken by the data gradient of a convolution that reads its result, where
  /// that has the last share of the gradient.
  static let sumWithDataGradient = FusionRule(name: "sum with the data gradient") { program in
    var writers: [Place: Int] = [:]
    var gone: Set<Int> = []
    for (index, operation) in program.backward.enumerated() {
      for target in operation.targets { writers[target.place] = index }
      guard case .sumGradients(let sums) = operation.kernel, let last = writers[sums.gradient],
        case .convolveBackwardData(var gradient) = program.backward[last].kernel
      else { continue }
      gradient.summed = sums.step
      program.backward[last].kernel = .convolveBackwardData(gradient)
      gone.insert(index)
    }
    program.backward.remove(gone)
  }
}
