internal import Pickles

/// The tar archives that PyTorch 0.1 wrote: `pickle` names tensors by number, `tensors` gives their storages, shapes and
/// strides, `storages` holds the numbers (torch/serialization.py, `_legacy_load`).
struct TorchTar {
  private let members: [String: Range<Int>]

  /// Whether the file begins with such an archive's first member, or with a header of pax before it.
  static func recognizes(_ file: [UInt8]) -> Bool {
    guard file.count > 512, file[257..<262].elementsEqual("ustar".utf8) || file.starts(with: "sys_info\0".utf8),
      let archive = try? TorchTar(file)
    else { return false }
    return archive.members["pickle"] != nil && archive.members["storages"] != nil
  }

  /// Throws `PickleFault`.
  init(_ file: [UInt8]) throws {
    var members: [String: Range<Int>] = [:]
    var at = 0
    while at + 512 <= file.count, file[at] != 0 {
      let name = String(decoding: file[at..<(at + 100)].prefix { $0 != 0 }, as: UTF8.self)
      let digits = file[(at + 124)..<(at + 136)].filter { (0x30...0x37).contains($0) }
      let size = digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
      let start = at + 512
      guard size <= file.count - start else { throw PickleFault.damaged("\(name) in it is cut short") }
      members[name] = start..<start + size
      at = start + (size + 511) / 512 * 512
    }
    self.members = members
  }

  typealias Contents = (unpickler: Unpickler, root: PickleValue, storages: [String: Range<Int>])

  /// Throws `PickleFault`.
  func contents(_ file: [UInt8]) throws -> Contents {
    guard let tensors = members["tensors"], let numbers = members["storages"], let pickle = members["pickle"] else {
      throw PickleFault.damaged("it lacks its tensors or their numbers")
    }
    var unpickler = Unpickler(file, in: numbers)
    var storages: [Int: TorchStorage] = [:]
    var ranges: [String: Range<Int>] = [:]
    for _ in 0..<(try count(&unpickler, in: numbers)) {
      let description = try parts(&unpickler)
      guard description.count == 3, case .integer(let key) = description[0],
        case .callable(.storageType(let kind)) = description[2]
      else { throw PickleFault.damaged("it describes its numbers in a way that is not known") }
      let count = try unpickler.wideNumber()
      guard count >= 0, count <= numbers.count / kind.width else { throw PickleFault.damaged("it is cut short") }
      ranges[String(key)] = try unpickler.skip(count * kind.width)
      storages[key] = TorchStorage(kind: kind, key: String(key), count: count)
    }
    var references = storages.mapValues { PickleValue.storage($0) }
    unpickler.move(to: tensors)
    for _ in 0..<(try count(&unpickler, in: tensors)) {
      let description = try parts(&unpickler)
      guard description.count == 3, case .integer(let key) = description[0],
        case .integer(let place) = description[1], let storage = storages[place]
      else { throw PickleFault.damaged("it describes a tensor in a way that is not known") }
      // Eight bytes, of which the upper four were never set.
      let extent = file[try unpickler.skip(8).prefix(4)].reversed().reduce(0) { $0 << 8 | Int($1) }
      guard (1...16).contains(extent) else { throw PickleFault.damaged("a tensor has more than 16 dimensions") }
      let shape = try (0..<extent).map { _ in try unpickler.wideNumber() }
      let strides = try (0..<extent).map { _ in try unpickler.wideNumber() }
      references[key] = unpickler.add(
        TorchTensor(storage: storage, offset: try unpickler.wideNumber(), shape: shape, strides: strides))
    }
    unpickler.references = references
    unpickler.move(to: pickle)
    let root = try unpickler.load()
    return (unpickler, root, ranges)
  }

  private func count(_ unpickler: inout Unpickler, in range: Range<Int>) throws -> Int {
    guard case .integer(let count) = try unpickler.load(), (0...range.count).contains(count) else {
      throw PickleFault.damaged("it does not say how many tensors it has")
    }
    return count
  }

  private func parts(_ unpickler: inout Unpickler) throws -> [PickleValue] {
    guard let place = try unpickler.load().sequence else {
      throw PickleFault.damaged("it describes its numbers in a way that is not known")
    }
    return unpickler.sequences[place]
  }
}
