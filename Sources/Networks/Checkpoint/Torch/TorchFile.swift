internal import Pickles

/// The tensors of a file that `torch.save` or `torch.jit.save` wrote, read without running its code.
///
/// Three forms are read: the zip archive of PyTorch 1.6 and later, the older series of pickles followed by
/// numbers, and the tar archive of PyTorch 0.1. The weights of Inception for FID and of many older networks are published in the older form.
struct TorchFile {
  /// By name, names of nested modules joined with dots.
  private(set) var tensors: [String: SafeTensors.Entry] = [:]

  /// The first bytes of the older form: protocol 2 and the number 0x1950a86a20f9469cfc6c.
  private static let legacyMagic: [UInt8] = [
    0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
  ]

  static func recognizes(_ file: [UInt8]) -> Bool {
    StoredArchive.recognizes(file) || file.starts(with: legacyMagic) || TorchTar.recognizes(file)
  }

  /// Throws `PickleFault`.
  init(_ file: [UInt8]) throws {
    let (unpickler, root, storages) =
      StoredArchive.recognizes(file)
      ? try Self.readArchive(file)
      : file.starts(with: Self.legacyMagic) ? try Self.readLegacy(file) : try TorchTar(file).contents(file)
    var elements = 0
    for (name, tensor) in try StateDictionaryWalk(unpickler).tensors(below: root) {
      let entry = try Self.entry(tensor, file, storages, name: name)
      elements += entry.values.count
      // Every number takes at least one byte, and few tensors share theirs.
      guard elements <= 2 * file.count else { throw PickleFault.damaged("its tensors are larger than the file") }
      tensors[name] = entry
    }
  }

  private typealias Contents = TorchTar.Contents

  private static func readArchive(_ file: [UInt8]) throws -> Contents {
    let archive = try StoredArchive(file)
    guard !archive.compressed.contains(where: { $0.hasSuffix("/data.pkl") }) else {
      throw PickleFault.damaged("its data.pkl is compressed")
    }
    let pickles = archive.members.filter { $0.key.hasSuffix("/data.pkl") }
    guard let pickle = pickles.min(by: { $0.key.count < $1.key.count })
    else { throw PickleFault.damaged("it is a zip archive without PyTorch's data.pkl") }
    let folder = pickle.key.dropLast("data.pkl".count)
    if let order = archive.members["\(folder)byteorder"], Array(file[order]) != Array("little".utf8) {
      throw PickleFault.damaged("its numbers have their highest byte first")
    }
    var unpickler = Unpickler(file, in: pickle.value)
    let root = try unpickler.load()
    let prefix = "\(folder)data/"
    let storages = archive.members.filter { $0.key.hasPrefix(prefix) }
      .map { (String($0.key.dropFirst(prefix.count)), $0.value) }
    return (unpickler, root, Dictionary(storages) { first, _ in first })
  }

  /// The magic number, the version 1001, a description of the machine, the object, the keys of its storages, and for each
  /// of these its length and its numbers.
  private static func readLegacy(_ file: [UInt8]) throws -> Contents {
    var unpickler = Unpickler(file, in: legacyMagic.count..<file.count)
    guard try unpickler.load() == .integer(1001) else { throw PickleFault.damaged("its version is not known") }
    _ = try unpickler.load()
    let root = try unpickler.load()
    guard let keys = try unpickler.load().sequence else { throw PickleFault.damaged("it lacks a list of its numbers") }
    let widths = Dictionary(unpickler.tensors.map { ($0.storage.key, $0.storage.kind.width) }) { first, _ in first }
    var storages: [String: Range<Int>] = [:]
    var at = unpickler.position
    for key in unpickler.sequences[keys] {
      guard let key = unpickler.text(of: key), let width = widths[key] else {
        throw PickleFault.damaged("it has numbers that belong to no tensor")
      }
      guard file.count - at >= 8 else { throw PickleFault.damaged("it is cut short") }
      let count = file[at..<(at + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      at += 8
      guard count <= UInt64((file.count - at) / width) else { throw PickleFault.damaged("it is cut short") }
      storages[key] = at..<at + Int(count) * width
      at += Int(count) * width
    }
    return (unpickler, root, storages)
  }

  /// A tensor's numbers in row-major order. Its sizes are checked before memory is allocated.
  private static func entry(
    _ tensor: TorchTensor, _ file: [UInt8], _ storages: [String: Range<Int>], name: String
  ) throws -> SafeTensors.Entry {
    func damaged() -> PickleFault { .damaged("the tensor \(name) does not fit its numbers") }
    let width = tensor.storage.kind.width
    guard let range = storages[tensor.storage.key] else {
      throw PickleFault.damaged("the numbers of \(name) are missing")
    }
    let available = range.count / width
    // Without numbers there is nothing to check; the extents may be those of any shape.
    if tensor.shape.contains(0) {
      guard tensor.shape.allSatisfy({ (0...file.count).contains($0) }) else { throw damaged() }
      return SafeTensors.Entry(
        shape: tensor.shape, values: SafeTensors.values(file[..<0], dtype: tensor.storage.kind.format))
    }
    guard tensor.shape.count == tensor.strides.count, tensor.shape.count <= 16, tensor.storage.count <= available,
      (tensor.shape + tensor.strides).allSatisfy({ $0 >= 0 && $0 <= available }), tensor.offset >= 0,
      tensor.offset <= available
    else { throw damaged() }
    var count = 1
    var last = tensor.offset
    for (extent, stride) in zip(tensor.shape, tensor.strides) {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      let (reach, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (sum, beyond) = last.addingReportingOverflow(reach)
      guard !overflow, !tooFar, !beyond, product <= available else { throw damaged() }
      (count, last) = (product, sum)
    }
    guard last < available else { throw damaged() }
    if tensor.isContiguous {
      let start = range.lowerBound + tensor.offset * width
      return SafeTensors.Entry(
        shape: tensor.shape,
        values: SafeTensors.values(file[start..<(start + count * width)], dtype: tensor.storage.kind.format))
    }
    let whole = SafeTensors.values(file[range], dtype: tensor.storage.kind.format)
    let places = tensor.places(count: count)
    let values: SafeTensors.Values =
      switch whole {
      case .float(let values): .float(places.map { values[$0] })
      case .integer(let values): .integer(places.map { values[$0] })
      }
    return SafeTensors.Entry(shape: tensor.shape, values: values)
  }
}

extension TorchTensor {
  /// Whether its numbers are contiguous in the order of its indices.
  var isContiguous: Bool {
    var expected = 1
    for (extent, stride) in zip(shape, strides).reversed() {
      if extent != 1 && stride != expected { return false }
      expected *= extent
    }
    return true
  }

  /// The place in the storage of each number, in row-major order.
  func places(count: Int) -> [Int] {
    var index = [Int](repeating: 0, count: shape.count)
    return (0..<count).map { _ in
      let place = zip(index, strides).reduce(offset) { $0 + $1.0 * $1.1 }
      for axis in shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
      }
      return place
    }
  }
}

/// Finds the tensors in the values of a pickle.
struct StateDictionaryWalk {
  private let unpickler: Unpickler
  private var found: [(String, TorchTensor)] = []
  private var visits = 0

  private static let deepest = 32
  private static let mostVisits = 1_000_000
  /// The keys under which training scripts save weights. Moving averages of them come last.
  private static let wrappers = [
    "state_dict", "model_state_dict", "model", "net", "module", "teacher", "weights", "state_dict_ema", "model_ema",
  ]

  init(_ unpickler: Unpickler) { self.unpickler = unpickler }

  /// The tensors below a value with their dotted names. Throws `PickleFault`.
  func tensors(below root: PickleValue) throws -> [(String, TorchTensor)] {
    var walk = self
    var root = root
    for _ in 0..<4 {
      let items = walk.items(of: root) ?? []
      let isWrapped = !items.contains {
        if case .tensor = $0.value { true } else { false }
      }
      guard isWrapped,
        let inner = Self.wrappers.lazy.compactMap({ name in
          items.last { $0.key == .string(name) && walk.items(of: $0.value) != nil }
        }).first
      else { break }
      root = inner.value
    }
    try walk.visit(root, name: "", depth: 0)
    guard !walk.found.isEmpty else { throw PickleFault.damaged("there are no tensors in it") }
    return walk.found
  }

  private func items(of value: PickleValue) -> [(key: PickleValue, value: PickleValue)]? {
    switch value {
    case .dictionary(let place): unpickler.dictionaries[place]
    case .record(let place):
      if case .dictionary(let state)? = unpickler.records[place] { unpickler.dictionaries[state] } else { nil }
    default: nil
    }
  }

  private mutating func visit(_ value: PickleValue, name: String, depth: Int) throws {
    visits += 1
    guard visits <= Self.mostVisits, depth <= Self.deepest else {
      throw PickleFault.damaged("its dictionaries are nested without end")
    }
    if case .tensor(let place) = value {
      found.append((name, unpickler.tensors[place]))
      return
    }
    for (key, value) in items(of: value) ?? [] {
      guard case .string(let key) = key else { continue }
      try visit(value, name: name.isEmpty ? key : "\(name).\(key)", depth: depth + 1)
    }
  }
}
