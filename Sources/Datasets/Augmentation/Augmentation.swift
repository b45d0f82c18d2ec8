/// The random operations on training images, carried out one after the other.
///
/// Each is a function of an image and a random stream. In a configuration it is a list: a name such as
/// `flip`, or a name with its parameters such as `padCrop: 4`.
package struct Augmentation: Sendable, Equatable {
  package enum Operation: Sendable, Equatable {
    /// Pad by this many pixels on every side and crop the original size at a random position.
    case padCrop(Int)
    /// Crop a random part and resize it to the input's size.
    case randomResizedCrop(RandomResizedCrop)
    /// Mirror left and right with probability one half.
    case flip
    /// Mirror each image at random in its first epoch, then alternate, so that the network sees both sides of every
    /// image in two epochs (Jordan 2024, arXiv:2404.00498, section 3.6).
    case alternateFlip
    case randAugment(RandAugment)
    case colorJitter(ColorJitter)
    case randomErasing(RandomErasing)
    /// Fill a square of this side around a random pixel with the mean colour (DeVries and Taylor 2017,
    /// arXiv:1708.04552).
    case cutout(Int)
    /// Blend the images of a batch in pairs, with a share from Beta(α, α) of this α (Zhang et al. 2018).
    case mixup(Double)
    /// Paste a rectangle of another image of the batch, its area from Beta(α, α) (Yun et al. 2019).
    case cutmix(Double)
  }

  package internal(set) var operations: [Operation] = []

  package init(_ operations: [Operation]) { self.operations = operations }

  package init(
    padCrop: Int = 0, flip: Bool = false, alternateFlip: Bool = false, mixup: Double = 0, cutmix: Double = 0
  ) {
    precondition(padCrop >= 0, "padding cannot be negative")
    precondition(mixup >= 0 && cutmix >= 0, "the parameter of a beta distribution is positive")
    if padCrop > 0 { operations.append(.padCrop(padCrop)) }
    if alternateFlip { operations.append(.alternateFlip) } else if flip { operations.append(.flip) }
    if mixup > 0 { operations.append(.mixup(mixup)) }
    if cutmix > 0 { operations.append(.cutmix(cutmix)) }
  }

  package static let none = Augmentation()
}

extension Augmentation.Operation {
  /// The name in a configuration; each may occur once in a list.
  package var name: String {
    switch self {
    case .padCrop: "padCrop"
    case .randomResizedCrop: "randomResizedCrop"
    case .flip: "flip"
    case .alternateFlip: "alternateFlip"
    case .randAugment: "randAugment"
    case .colorJitter: "colorJitter"
    case .randomErasing: "randomErasing"
    case .cutout: "cutout"
    case .mixup: "mixup"
    case .cutmix: "cutmix"
    }
  }
}

extension Augmentation {
  /// An unknown name in a list of operations; decoding the list throws an error with this reason.
  package struct UnknownName: Error, Equatable {
    package let name: String
  }

  package static let names = [
    "padCrop", "randomResizedCrop", "flip", "alternateFlip", "randAugment", "colorJitter", "randomErasing", "cutout",
    "mixup", "cutmix",
  ]

  package subscript(name: String) -> Operation? { operations.first { $0.name == name } }

  /// Replaces the operation of this name, or inserts one at its place in the order of `names`; nil removes it. A list
  /// has at most one of the two flips.
  package mutating func set(_ name: String, to operation: Operation?) {
    var replaced = [name]
    if operation != nil && (name == "flip" || name == "alternateFlip") { replaced = ["flip", "alternateFlip"] }
    let place = operations.firstIndex { replaced.contains($0.name) }
    operations.removeAll { replaced.contains($0.name) }
    guard let operation else { return }
    let rank = Self.names.firstIndex(of: name) ?? Self.names.count
    let natural = operations.firstIndex { (Self.names.firstIndex(of: $0.name) ?? 0) > rank } ?? operations.count
    operations.insert(operation, at: min(place ?? natural, operations.count))
  }

  /// Pixels of padding, 0 without.
  package var padCrop: Int {
    get { if case .padCrop(let pixels)? = self["padCrop"] { pixels } else { 0 } }
    set { set("padCrop", to: newValue > 0 ? .padCrop(newValue) : nil) }
  }

  package var flip: Bool {
    get { self["flip"] != nil }
    set { set("flip", to: newValue ? .flip : nil) }
  }

  package var alternateFlip: Bool { self["alternateFlip"] != nil }

  /// The parameter α, 0 without.
  package var mixup: Double {
    get { if case .mixup(let alpha)? = self["mixup"] { alpha } else { 0 } }
    set { set("mixup", to: newValue > 0 ? .mixup(newValue) : nil) }
  }

  package var cutmix: Double {
    get { if case .cutmix(let alpha)? = self["cutmix"] { alpha } else { 0 } }
    set { set("cutmix", to: newValue > 0 ? .cutmix(newValue) : nil) }
  }

  package var randomResizedCrop: RandomResizedCrop? {
    if case .randomResizedCrop(let crop)? = self["randomResizedCrop"] { crop } else { nil }
  }
}

extension Augmentation {
  /// The error in the list and its remedy; nil for a valid list.
  package var fault: (operation: String, expected: String)? {
    let names = operations.map(\.name)
    for (place, name) in names.enumerated() where names[..<place].contains(name) {
      return (name, "each operation once")
    }
    if names.contains("flip") && names.contains("alternateFlip") { return ("flip", "one of flip and alternateFlip") }
    if let place = names.firstIndex(of: "randomResizedCrop"), place > 0 {
      return (
        "randomResizedCrop", "randomResizedCrop before the others, because it cuts out of the image as it is stored"
      )
    }
    for operation in operations {
      if let expected = operation.expectation { return (operation.name, expected) }
    }
    return nil
  }
}

extension Augmentation.Operation {
  /// The valid range of the parameters, if they are outside it.
  fileprivate var expectation: String? {
    switch self {
    case .padCrop(let pixels): (1...32).contains(pixels) ? nil : "1 to 32 pixels; leave it out of the list for none"
    case .randomResizedCrop(let crop): crop.isPossible ? nil : RandomResizedCrop.expectation
    case .flip, .alternateFlip: nil
    case .randAugment(let changes): changes.isPossible ? nil : RandAugment.expectation
    case .colorJitter(let jitter): jitter.isPossible ? nil : ColorJitter.expectation
    case .randomErasing(let erasing): erasing.isPossible ? nil : RandomErasing.expectation
    case .cutout(let side): (1...4096).contains(side) ? nil : "1 to 4096 pixels"
    case .mixup(let alpha), .cutmix(let alpha):
      alpha > 0 && alpha <= 1e3 ? nil : "a number above 0 and up to 1000; leave it out of the list for none"
    }
  }
}
