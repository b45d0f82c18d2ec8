import Images

/// Numbers of any type from the bytes of an array.
struct Elements: Sendable {
  let element: NPYHeader.Element

  init(_ element: NPYHeader.Element) { self.element = element }

  /// Element `index` as a Double, which holds every label and every pixel exactly.
  func value(_ bytes: [UInt8], at index: Int) -> Double {
    var bits: UInt64 = 0
    let start = index * element.bytes
    for place in 0..<element.bytes {
      let shift = element.isBigEndian ? element.bytes - 1 - place : place
      bits |= UInt64(bytes[start + place]) << UInt64(8 * shift)
    }
    switch (element.kind, element.bytes) {
    case (.float, 8): return Double(bitPattern: bits)
    case (.float, 4): return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case (.float, _): return Double(Float16(bitPattern: UInt16(truncatingIfNeeded: bits)))
    case (.signed, 1): return Double(Int8(truncatingIfNeeded: bits))
    case (.signed, 2): return Double(Int16(truncatingIfNeeded: bits))
    case (.signed, 4): return Double(Int32(truncatingIfNeeded: bits))
    case (.signed, _): return Double(Int64(bitPattern: bits))
    case (.unsigned, _), (.bool, _): return Double(bits)
    }
  }
}

/// An array of images: N x height x width with or without channels after (NHWC) or before (NCHW) them.
struct PixelArray: Sendable {
  let member: ArrayMember
  let count: Int
  let height: Int
  let width: Int
  let channels: Int
  /// Whether the channels come before the rows.
  let isPlanar: Bool

  /// Throws `DataError.damaged` where the shape is not one of images.
  init(_ member: ArrayMember) throws {
    let shape = member.header.shape
    func fits(_ channels: Int) -> Bool { channels == 1 || channels == 3 }
    guard shape.count == 3 || (shape.count == 4 && (fits(shape[3]) || fits(shape[1]))) else {
      let alpha = shape.count == 4 && shape[3] == 4 ? "; remove the alpha channel" : ""
      throw DataError.damaged(
        member.name, "its shape \(member.header.shapeText) is not that of grey or RGB images, N x H x W x C\(alpha)")
    }
    isPlanar = shape.count == 4 && !fits(shape[3])
    count = shape[0]
    height = isPlanar ? shape[2] : shape[1]
    width = isPlanar ? shape[3] : shape[2]
    channels = shape.count == 3 ? 1 : isPlanar ? shape[1] : shape[3]
    guard height > 0, width > 0, max(height, width) <= ImageDecoder.sideLimit,
      (height.times(width) ?? .max) <= ImageDecoder.pixelLimit
    else { throw DataError.damaged(member.name, "its shape \(member.header.shapeText) is not that of images") }
    self.member = member
  }

  var pixelsOfImage: Int { height * width * channels }

  /// How its numbers become bytes.
  enum Scale: Equatable, Sendable {
    /// 0 to 255 as they are; floats are rounded.
    case bytes
    /// 0 to 65,535: the high byte.
    case words
    /// 0 to 1 and -1 to 1.
    case unit, symmetric

    func byte(_ value: Double) -> UInt8 {
      let scaled: Double =
        switch self {
        case .bytes: value
        case .words: (value / 256).rounded(.down)
        case .unit: value * 255
        case .symmetric: (value + 1) * 127.5
        }
      return UInt8(max(0, min(255, (scaled + 0.5).rounded(.down))))
    }
  }

  /// Detects the range of the numbers from the whole array, so that one set has one scale. Throws
  /// `DataError.unknownRange`.
  func scale() throws -> Scale {
    guard let range = try range() else { return member.header.element.kind == .bool ? .unit : .bytes }
    return try scale(of: range)
  }

  /// The least and the greatest of all numbers; nil for types that leave no choice.
  private func range() throws -> (lowest: Double, highest: Double)? {
    let element = member.header.element
    if element.kind == .bool || (element.kind == .unsigned && element.bytes == 1) { return nil }
    var (lowest, highest) = (Double.infinity, -Double.infinity)
    let numbers = Elements(element)
    var isFinite = true
    try portions { bytes in
      for index in 0..<bytes.count / element.bytes {
        let value = numbers.value(bytes, at: index)
        lowest = min(lowest, value)
        highest = max(highest, value)
        isFinite = isFinite && value.isFinite
      }
    }
    guard isFinite else { throw DataError.damaged(member.name, "some of its numbers are not finite") }
    return (lowest, highest)
  }

  private func scale(of range: (lowest: Double, highest: Double)) throws -> Scale {
    let (element, slack) = (member.header.element, Self.slack)
    let (lowest, highest) = range
    switch element.kind {
    // Rounding, and models with an unbounded last layer, exceed the range a little; such values are clipped.
    case .float where lowest >= -slack && highest <= 1 + slack: return .unit
    case .float where lowest >= -1 - slack && highest <= 1 + slack: return .symmetric
    case .float where lowest >= -0.5 && highest > 2 && highest < 255.5: return .bytes
    case .float: break
    case _ where lowest >= 0 && highest <= 255: return .bytes
    // Numbers of 12 bits or fewer would be almost black.
    case .unsigned where element.bytes == 2 && highest > 4095: return .words
    default: break
    }
    throw DataError.unknownRange(member.name, lowest: lowest, highest: highest)
  }

  /// How far floats from 0 to 1, or from −1 to 1, may lie outside.
  private static let slack = 0.05

  /// Notes about the layout and the range.
  func notes() throws -> [String] {
    var notes: [String] = []
    if isPlanar {
      notes.append(
        "\(member.name) has its channels before rows and columns (NCHW), by its shape \(member.header.shapeText).")
    }
    guard let found = try range() else { return notes }
    let scale = try scale(of: found)
    if member.header.element.kind == .float || scale == .words {
      let range = scale == .bytes ? "0 to 255" : scale == .words ? "0 to 65,535" : scale == .unit ? "0 to 1" : "-1 to 1"
      func text(_ value: Double) -> String { String(format: "%.7g", value) }
      notes.append(
        "\(member.name) holds \(member.header.element.name) from \(text(found.lowest)) to \(text(found.highest)), taken as "
          + "\(range), which \(scale == .words ? "lost its low byte" : "was rounded to bytes").")
    }
    return notes
  }

  /// Calls `body` with all elements' bytes, a few megabytes at a time.
  private func portions(_ body: ([UInt8]) throws -> Void) throws {
    guard member.isStored else { return try body(try member.contents()) }
    let portion = 1 << 22
    for start in stride(from: 0, to: member.header.size, by: portion) {
      try body(try member.bytes(at: start, count: min(portion, member.header.size - start)))
    }
  }
}

/// Reads single images of an array: straight from the file if it is stored in C order, otherwise from memory.
struct PixelArrayReader: ImageReader {
  private let array: PixelArray
  private let scale: PixelArray.Scale
  private let numbers: Elements
  /// All elements, if they cannot be read one by one; otherwise empty.
  private let contents: [UInt8]

  init(_ array: PixelArray) throws {
    self.array = array
    scale = try array.scale()
    numbers = Elements(array.member.header.element)
    contents = array.member.isStored ? [] : try array.member.contents()
  }

  func stored(at index: Int) throws -> StoredImage {
    let size = array.pixelsOfImage
    let bytes = numbers.element.bytes
    let isFortran = array.member.header.isFortran
    let own: [UInt8]
    if array.member.isStored {
      own = try array.member.bytes(at: index * size * bytes, count: size * bytes)
    } else {
      own = isFortran ? contents : Array(contents[(index * size * bytes)..<((index + 1) * size * bytes)])
    }
    let (height, width, channels) = (array.height, array.width, array.channels)
    let isPlain = scale == .bytes && bytes == 1 && !array.isPlanar && !isFortran
    let pixels: [UInt8] =
      isPlain
      ? own
      : (0..<size).map { at in
        let (y, x, channel) = (at / (width * channels), at / channels % width, at % channels)
        let place: Int
        switch (isFortran, array.isPlanar) {
        case (false, false): place = at
        case (false, true): place = (channel * height + y) * width + x
        // The first axis, the images, runs fastest.
        case (true, false): place = index + array.count * (y + height * (x + width * channel))
        case (true, true): place = index + array.count * (channel + channels * (y + height * x))
        }
        return scale.byte(numbers.value(own, at: place))
      }
    return .pixels(
      Image(width: width, height: height, channels: channels, pixels: pixels), codec: "npz",
      reducedDepth: scale == .words)
  }
}
