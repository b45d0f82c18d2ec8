/// A change of a program's lists by which one operation does another's work while the numbers lie in the cache, or two
/// places become one. The results stay the same, but for the order of the sums of moments.
package struct FusionRule: Sendable {
  package let name: String
  let rewrite: @Sendable (inout Program) -> Void

  /// What a mode allows, in the order in which the rules are to be applied. For the images'
  /// gradient only sums share their memory.
  package static func all(_ mode: Mode) -> [FusionRule] {
    switch mode {
    case .training: [.sumWithDataGradient, .applyInWeightGradient, .measureInWriter, .absorbInReader, .handOnGradients]
    case .inference: [.finishInConvolution, .absorbInReader]
    case .imageGradient: [.handOnGradients]
    }
  }
}

/// Which operations of a forward list write and read the places, before a rule changes it.
struct Graph {
  private let layers: [Int]
  private let kept: Set<Place>
  private var writers: [Place: Int] = [:]
  private var reading: [Place: [Int]] = [:]

  init(_ program: Program) {
    layers = program.forward.map(\.layer)
    kept = Set(program.kept)
    for (index, operation) in program.forward.enumerated() {
      for (place, access) in operation.accesses {
        if access.writes { writers[place] = index }
        if access.reads { reading[place, default: []].append(index) }
      }
    }
  }

  /// nil for the images.
  func writer(of place: Place) -> Int? { writers[place] }

  /// In their order, an operation once for each operand that it reads there.
  func readers(of place: Place) -> [Int] { reading[place] ?? [] }

  func isKept(_ place: Place) -> Bool { kept.contains(place) }

  /// Whether a map is read by one layer alone, and not behind the last.
  func isRead(_ place: Place, onlyBy layer: Int) -> Bool {
    !isKept(place) && readers(of: place).allSatisfy { layers[$0] == layer }
  }

  /// Whether a map, or the images, is there before an operation runs.
  func exists(_ place: Place, before index: Int) -> Bool { writer(of: place).map { $0 < index } ?? true }
}

extension Program {
  /// Puts other places for some in the backward list.
  mutating func substitute(_ places: [Place: Place]) {
    for index in backward.indices {
      backward[index].kernel.visit { operand, _ in operand = places[operand] ?? operand }
    }
  }
}

extension [Operation] {
  mutating func remove(_ indices: Set<Int>) {
    self = enumerated().filter { !indices.contains($0.offset) }.map(\.element)
  }
}
