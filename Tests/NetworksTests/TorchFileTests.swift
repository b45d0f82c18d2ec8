import Foundation
import Networks
import Support
import Testing

/// Files that PyTorch wrote, and files that nobody should have written.
@Suite struct TorchFileTests {
  private static let counted: [Float] = (0..<12).map { Float($0) }

  @Test(arguments: ["torch_zip.pt", "torch_legacy.pt"])
  func stateDictionaries(name: String) throws {
    let file = try golden(name)
    func expect(_ tensor: String, _ shape: [Int], _ values: [Float]) {
      #expect(file.tensors[tensor] == SafeTensors.Entry(shape: shape, values: .float(values)), "\(tensor)")
    }
    expect("plain", [2, 3], Array(Self.counted[..<6]))
    expect("parameter", [3], [0, 1, 2])
    for tensor in ["half", "bfloat"] { expect(tensor, [4], [0, 1, 2, 3]) }
    expect("double", [2], [0, 1])
    expect("transposed", [3, 2], Array(Self.counted[..<6]))
    expect("slice", [2, 2], [4, 5, 6, 7])
    expect("whole", [12], Self.counted)
    expect("empty", [0, 3], [])
    #expect(file.tensors["counter"] == SafeTensors.Entry(shape: [], values: .integer([7])))
    #expect(file.tensors["bytes"] == SafeTensors.Entry(shape: [3], values: .integer([0, 1, 2])))
    #expect(file.tensors.count == 11)
  }

  @Test func scriptedModules() throws {
    let file = try golden("torch_script.pt")
    #expect(
      file.tensors == [
        "inner.weight": SafeTensors.Entry(shape: [2, 3], values: .float([0, 1, 2, 3, 4, 5])),
        "buffer": SafeTensors.Entry(shape: [2], values: .float([0, 1])),
      ])
  }

  /// What training scripts save beside weights is passed over; files of Python 2 and of PyTorch 0.1 are read.
  @Test func checkpointsAndOldFiles() throws {
    let values = SafeTensors.Values.float(Array(Self.counted[..<6]))
    #expect(
      try golden("torch_checkpoint.pt").tensors == [
        "weight": SafeTensors.Entry(shape: [2, 3], values: values),
        "parameter": SafeTensors.Entry(shape: [3], values: .float([0, 1, 2])),
      ])
    #expect(try golden("torch_python2.pt").tensors == ["weight": SafeTensors.Entry(shape: [2, 3], values: values)])
    // Its strides say that it is transposed.
    let turned = SafeTensors.Values.float([0, 3, 1, 4, 2, 5])
    #expect(try golden("torch_01.pt").tensors == ["weight": SafeTensors.Entry(shape: [3, 2], values: turned)])
  }

  /// The ResNets of transformers are torchvision's under other names.
  @Test func namesOfTransformers() throws {
    let pairs = [
      "resnet.embedder.embedder.convolution.weight": "conv1.weight",
      "resnet.embedder.embedder.normalization.running_mean": "bn1.running_mean",
      "resnet.encoder.stages.0.layers.1.layer.2.convolution.weight": "layer1.1.conv3.weight",
      "resnet.encoder.stages.3.layers.0.layer.0.normalization.bias": "layer4.0.bn1.bias",
      "resnet.encoder.stages.1.layers.0.shortcut.convolution.weight": "layer2.0.downsample.0.weight",
      "resnet.encoder.stages.1.layers.0.shortcut.normalization.weight": "layer2.0.downsample.1.weight",
      "classifier.1.bias": "fc.bias", "encoder.stages.x.layers.0.layer.0.convolution.weight": nil,
    ]
    let entry = SafeTensors.Entry(shape: [], values: .integer([1]))
    for (name, expected) in pairs {
      let file = SafeTensors(tensors: [name: entry])
      #expect(try WeightsFile.read(file.serialized(), path: "f").tensors.keys.first == expected ?? name)
    }
  }

  /// A tensor of a type that is not read hurts only where it is needed, and is named then.
  @Test func unknownTypesBesideTheNeededOnes() throws {
    let text =
      #"{"a":{"dtype":"U16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]}}"#
    let file = try SafeTensors(
      [UInt8(text.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(text.utf8) + [1, 0, 2, 0, 0, 0, 0x80, 0x3F], path: "f")
    #expect(file.tensors == ["b": SafeTensors.Entry(shape: [], values: .float([1]))] && file.unread == ["a": "U16"])
  }

  /// Wrappers before the names are taken off, however many there are; two tensors never become one.
  @Test func wrappersAreTakenOff() throws {
    #expect(
      try golden("resnet8_a_wrapped.pth").tensors
        == golden("resnet8_a.safetensors").tensors.filter { $0.value.shape != [] })
    func read(_ names: String...) throws -> [String] {
      let entry = SafeTensors.Entry(shape: [], values: .integer([1]))
      let file = SafeTensors(tensors: Dictionary(uniqueKeysWithValues: names.map { ($0, entry) }))
      return try WeightsFile.read(file.serialized(), path: "f").tensors.keys.sorted()
    }
    #expect(
      try read("module.conv.weight", "backbone.model.b", "fc.model.c", "module", "modules.d", "n_averaged") == [
        "b", "conv.weight", "fc.model.c", "module", "modules.d",
      ])
    let error = #expect(throws: CheckpointError.self) { try read("conv.weight", "module.conv.weight") }
    #expect(error.map(String.init(describing:))?.contains("twice, as conv.weight and as module.conv.weight") == true)
  }

  /// Every file that is cut short is an error, and so is most of what random bytes make of one; none is a crash.
  @Test(
    arguments: [
      "torch_zip.pt", "torch_legacy.pt", "torch_script.pt", "torch_checkpoint.pt", "torch_python2.pt", "torch_01.pt",
    ])
  func damagedFiles(name: String) throws {
    let whole = Array(try Data(contentsOf: GoldenFile.url("NetworksTests/Golden/\(name)")))
    for length in stride(from: 16, to: whole.count, by: 37) {
      #expect(throws: CheckpointError.self) { try WeightsFile.read(Array(whole[..<length]), path: "f") }
    }
    let chance = GoldenValues(seed: 7)
    for trial in 0..<2000 {
      var bytes = whole
      for change in 0..<3 {
        let place = 16 + Int(chance.uniform(6 * trial + 2 * change) * Double(bytes.count - 16))
        bytes[place] = UInt8(chance.uniform(6 * trial + 2 * change + 1) * 256)
      }
      _ = try? WeightsFile.read(bytes, path: "f")
    }
  }

  struct Attack: Sendable, CustomStringConvertible {
    let description: String
    let pickle: [UInt8]
    /// A part of the sentence that the user sees.
    let sentence: String
  }

  @Test(arguments: attacks)
  func refused(attack: Attack) {
    let file = StoredZip(["f/data.pkl": attack.pickle, "f/data/0": [UInt8](repeating: 0, count: 64)]).bytes
    let error = #expect(throws: CheckpointError.self) { try WeightsFile.read(file, path: "x.pth") }
    let text = error.map(String.init(describing:)) ?? ""
    #expect(text.contains(attack.sentence) && text.hasPrefix("x.pth ") && text.hasSuffix("."), "\(text)")
    #expect(!text.contains("\n") && !text.contains("\u{1B}"))
  }

  static let attacks: [Attack] = [
    Attack("runs a command", Pickle.global("posix", "system") + Pickle.text("id") + Pickle.end, "posix.system"),
    Attack("evaluates", Pickle.global("builtins", "eval") + [0x29, 0x52] + Pickle.end, "builtins.eval"),
    Attack("the same by its stack", Pickle.text("os") + Pickle.text("system") + [0x93] + Pickle.end, "os.system"),
    Attack("loads code", Pickle.global("torch", "load") + Pickle.end, "torch.load"),
    Attack("a storage that is none", Pickle.global("torch", "Storage") + Pickle.end, "torch.Storage"),
    Attack("steers the terminal", Pickle.global("\u{1B}[2J", "x") + Pickle.end, "?[2J.x"),
    Attack("an instance", [0x28] + Pickle.text("a") + [0x6F] + Pickle.end, "instruction 111"),
    Attack("an extension", [0x82, 1] + Pickle.end, "instruction 130"),
    Attack("a number without end", [0x8A, 255] + [UInt8](repeating: 1, count: 255) + Pickle.end, "64 bits"),
    Attack("a text longer than the file", [0x58, 255, 255, 255, 127] + Pickle.end, "cut short"),
    Attack("a length beyond memory", [0x95] + [UInt8](repeating: 255, count: 8) + Pickle.end, "larger than memory"),
    Attack("a memory of nothing", [0x68, 3] + Pickle.end, "recalls"),
    Attack("an empty stack", [0x30] + Pickle.end, "stack is empty"),
    Attack("a mark taken for a value", [0x4E, 0x28, 0x85] + Pickle.end, "stack is empty"),
    Attack("an end without a mark", [0x74] + Pickle.end, "has not begun"),
    Attack("a list in itself", [0x5D, 0x71, 0, 0x68, 0, 0x61] + Pickle.end, "no tensors"),
    Attack(
      "a dictionary in itself", [0x7D, 0x71, 0] + Pickle.text("a") + [0x68, 0, 0x73] + Pickle.end, "without end"),
    Attack("a tower of tuples", [0x29] + [UInt8](repeating: 0x85, count: 300_000) + Pickle.end, "no tensors"),
    Attack("two to the power of 60 tensors", Pickle.doubled(60), "without end"),
    Attack("too many instructions", [UInt8](repeating: 0x4E, count: 4_000_001) + Pickle.end, "more instructions"),
    Attack("larger than its numbers", Pickle.tensor(shape: [64], strides: [1], offset: 0), "does not fit"),
    Attack("one number a million times", Pickle.tensor(shape: [1 << 20], strides: [0], offset: 0), "does not fit"),
    Attack("an offset before the numbers", Pickle.tensor(shape: [2], strides: [1], offset: -1), "does not fit"),
    Attack("a negative extent", Pickle.tensor(shape: [-4], strides: [1], offset: 0), "does not fit"),
    Attack("a stride beyond the numbers", Pickle.tensor(shape: [2], strides: [16], offset: 0), "does not fit"),
    Attack("a large product", Pickle.tensor(shape: [8, 8, 8], strides: [1, 1, 1], offset: 0), "does not fit"),
    Attack("a strange number of strides", Pickle.tensor(shape: [2, 2], strides: [1], offset: 0), "does not fit"),
    Attack("a lie", Pickle.tensor(shape: [2], strides: [1], offset: 0, count: 1 << 40), "does not fit"),
    Attack("no numbers", Pickle.tensor(shape: [2], strides: [1], offset: 0, key: "1"), "are missing"),
    Attack("attributes of a number", [0x4B, 1, 0x7D, 0x62] + Pickle.end, "attributes"),
    Attack("nothing", Pickle.end, "stack is empty"),
  ]

  @Test func compressedAndForeignArchives() {
    var compressed = StoredZip(["f/data.pkl": Pickle.end]).bytes
    let directory = compressed.count - 22 - 46 - "f/data.pkl".utf8.count
    compressed[directory + 10] = 8
    for (bytes, sentence) in [
      (compressed, "compressed"), (StoredZip(["a.npy": [1]]).bytes, "without PyTorch's data.pkl"),
      (StoredZip(["f/data.pkl": Pickle.end, "f/byteorder": Array("big".utf8)]).bytes, "highest byte first"),
    ] {
      let error = #expect(throws: CheckpointError.self) { try WeightsFile.read(bytes, path: "x.pth") }
      #expect(error.map(String.init(describing:))?.contains(sentence) == true)
    }
  }

  private func golden(_ name: String) throws -> SafeTensors {
    try WeightsFile.read(Array(try Data(contentsOf: GoldenFile.url("NetworksTests/Golden/\(name)"))), path: name)
  }
}

extension TorchFileTests.Attack {
  fileprivate init(_ description: String, _ pickle: [UInt8], _ sentence: String) {
    self.init(description: description, pickle: [0x80, 2] + pickle, sentence: sentence)
  }
}

/// Pieces of pickles of protocol 2.
private enum Pickle {
  static let end: [UInt8] = [0x2E]

  static func global(_ module: String, _ name: String) -> [UInt8] { [0x63] + Array("\(module)\n\(name)\n".utf8) }
  static func text(_ text: String) -> [UInt8] { [0x58] + little(text.utf8.count, 4) + Array(text.utf8) }
  static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + little(value, 8) }
  static func tuple(_ parts: [[UInt8]]) -> [UInt8] { [0x28] + parts.flatMap { $0 } + [0x74] }

  /// A dictionary of one tensor of floats.
  static func tensor(shape: [Int], strides: [Int], offset: Int, count: Int = 16, key: String = "0") -> [UInt8] {
    let storage = tuple([text("storage"), global("torch", "FloatStorage"), text(key), text("cpu"), integer(count)])
    let arguments = tuple([
      storage + [0x51], integer(offset), tuple(shape.map(integer)), tuple(strides.map(integer)), [0x89],
      [0x7D],
    ])
    return [0x7D] + text("w") + global("torch._utils", "_rebuild_tensor_v2") + arguments + [0x52, 0x73] + end
  }

  /// Dictionaries that each hold the one before twice.
  static func doubled(_ times: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x7D, 0x71, 0]
    for level in 1...min(times, 30) {
      bytes += [0x7D] + text("a") + [0x68, UInt8(level - 1), 0x73] + text("b") + [0x68, UInt8(level - 1), 0x73]
      bytes += [0x71, UInt8(level)]
    }
    return bytes + end
  }
}

/// A zip archive of stored members.
private struct StoredZip {
  let bytes: [UInt8]

  init(_ members: [String: [UInt8]]) {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, contents) in members.sorted(by: { $0.key < $1.key }) {
      let common = little(0, 12) + little(contents.count, 4) + little(contents.count, 4) + little(name.utf8.count, 2)
      directory += little(0x0201_4B50, 4) + little(20, 2) + little(20, 2) + little(0, 2) + common.dropFirst(2)
      directory += little(0, 12) + little(file.count, 4) + Array(name.utf8)
      file += little(0x0403_4B50, 4) + little(20, 2) + common + little(0, 2) + Array(name.utf8) + contents
    }
    let end =
      little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
      + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
    bytes = file + directory + end
  }
}

private func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
}
