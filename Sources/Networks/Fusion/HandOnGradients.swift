extension FusionRule {
  /// The gradient of what a sum adds begins with the same numbers as the sum's. Where the sum's backward pass is the first
  /// to write it, the two become one place, and nothing is copied. Nothing may be added to one of those that share a place
  /// while another is still needed.
  static let handOnGradients = FusionRule(name: "hand on the gradients of sums") { program in
    let uses = GradientUses(program)
    var roots: [Place: Place] = [:]
    var members: [Place: [Place]] = [:]
    var gone: Set<Int> = []
    for (time, operation) in program.backward.enumerated() {
      guard case .addBackward(let copy) = operation.kernel, !copy.inputGradient.accumulates else { continue }
      let target = copy.inputGradient.place
      let root = roots[copy.outputGradient] ?? copy.outputGradient
      let others = members[root, default: [root]]
      guard !uses.fixed.contains(target), program.inputGradient != target,
        others.allSatisfy({ uses.waits(target, for: $0, after: time) && uses.waits($0, for: target, after: time) })
      else { continue }
      roots[target] = root
      members[root] = others + [target]
      gone.insert(time)
    }
    program.backward.remove(gone)
    program.substitute(roots)
  }
}

/// When the gradients of feature maps are added to and read.
private struct GradientUses {
  private var additions: [Place: [Int]] = [:]
  private var end: [Place: Int] = [:]
  /// Gradients that a convolution changes in place, and those that it writes besides.
  private(set) var fixed: Set<Place> = []

  init(_ program: Program) {
    for (time, operation) in program.backward.enumerated() {
      for target in operation.targets where target.accumulates { additions[target.place, default: []].append(time) }
      for place in operation.reads where place.arena == .featureGradients { end[place] = time }
      if case .convolveBackwardWeights(let gradient) = operation.kernel, let applied = gradient.applied {
        fixed.formUnion([gradient.outputGradient] + (applied.residualGradient.map { [$0.place] } ?? []))
      }
    }
  }

  /// Whether all that is added to `one` after `time` is added when `other` is not needed any more.
  func waits(_ one: Place, for other: Place, after time: Int) -> Bool {
    additions[one, default: []].allSatisfy { $0 <= time || $0 > end[other, default: time] }
  }
}
