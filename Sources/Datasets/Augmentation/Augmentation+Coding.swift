extension Augmentation: Codable {
  package init(from decoder: any Decoder) throws {
    var list = try decoder.unkeyedContainer()
    while !list.isAtEnd { operations.append(try list.decode(Operation.self)) }
  }

  package func encode(to encoder: any Encoder) throws {
    var list = encoder.unkeyedContainer()
    for operation in operations { try list.encode(operation) }
  }
}

extension Augmentation.Operation: Codable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      switch name {
      case "flip": self = .flip
      case "alternateFlip": self = .alternateFlip
      case "randomResizedCrop": self = .randomResizedCrop(RandomResizedCrop())
      case "randAugment": self = .randAugment(RandAugment())
      case "randomErasing": self = .randomErasing(RandomErasing())
      default: throw Self.unknown(name, decoder)
      }
      return
    }
    let container = try decoder.container(keyedBy: Name.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw Self.unknown("", decoder)
    }
    switch key.stringValue {
    case "padCrop": self = .padCrop(try container.decode(Int.self, forKey: key))
    case "randomResizedCrop":
      self = .randomResizedCrop(try container.decode(RandomResizedCrop.self, forKey: key))
    case "randAugment": self = .randAugment(try container.decode(RandAugment.self, forKey: key))
    case "colorJitter": self = .colorJitter(try container.decode(ColorJitter.self, forKey: key))
    case "randomErasing": self = .randomErasing(try container.decode(RandomErasing.self, forKey: key))
    case "cutout": self = .cutout(try container.decode(Int.self, forKey: key))
    case "mixup": self = .mixup(try container.decode(Double.self, forKey: key))
    case "cutmix": self = .cutmix(try container.decode(Double.self, forKey: key))
    default: throw Self.unknown(key.stringValue, decoder)
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .flip, .alternateFlip:
      var container = encoder.singleValueContainer()
      try container.encode(name)
      return
    default: break
    }
    var container = encoder.container(keyedBy: Name.self)
    let key = Name(stringValue: name)
    switch self {
    case .padCrop(let pixels), .cutout(let pixels): try container.encode(pixels, forKey: key)
    case .randomResizedCrop(let crop): try container.encode(crop, forKey: key)
    case .randAugment(let changes): try container.encode(changes, forKey: key)
    case .colorJitter(let jitter): try container.encode(jitter, forKey: key)
    case .randomErasing(let erasing): try container.encode(erasing, forKey: key)
    case .mixup(let alpha), .cutmix(let alpha): try container.encode(alpha, forKey: key)
    case .flip, .alternateFlip: break
    }
  }

  private static func unknown(_ name: String, _ decoder: any Decoder) -> DecodingError {
    DecodingError.dataCorrupted(
      DecodingError.Context(
        codingPath: decoder.codingPath,
        debugDescription: "a list of some of \(Augmentation.names.joined(separator: ", "))"
          + (Augmentation.names.contains(name) ? "; \(name) lacks its parameter" : ""),
        underlyingError: name.isEmpty || Augmentation.names.contains(name) ? nil : Augmentation.UnknownName(name: name))
    )
  }
}
