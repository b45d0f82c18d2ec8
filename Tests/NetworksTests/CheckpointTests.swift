import Foundation
import Kernels
import Networks
import Support
import Testing

@Suite struct CheckpointTests {
  @Test(arguments: [("resnet8", "A", "resnet8_a"), ("resnet8", "B", "resnet8_b_module")])
  func pytorchFilesLoad(model: String, shortcut: String, file: String) throws {
    let url = GoldenFile.url("NetworksTests/Golden/\(file).safetensors")
    let name = model + (shortcut == "B" ? "-b" : "")
    let shape = Shape(height: 32, width: 32, channels: 3)
    let network = Network(try #require(Architecture(name: name)).plan(input: shape, classes: 10))
    try network.load(SafeTensors(Array(Data(contentsOf: url)), path: url.path), path: url.path, model: name)
    let expected = try goldenNetwork(model, shortcut: shortcut, shape, classes: 10)
    #expect(network.parameters.contents == expected.parameters.contents)
    #expect(network.statistics.contents == expected.statistics.contents)
  }

  @Test func exportReadsBackAndEqualNetworksGiveEqualBytes() throws {
    let network = Network(try plan("resnet20-b"))
    network.initialize(seed: 9)
    let file = SafeTensors(metadata: ["a": "b\"é/"], tensors: network.stateDictionary(batches: 12))
    let bytes = try file.serialized()
    #expect(try file.serialized() == bytes)
    let read = try SafeTensors(bytes, path: "memory")
    #expect(read.tensors == file.tensors && read.metadata == file.metadata)
    #expect(read.tensors["bn1.num_batches_tracked"] == SafeTensors.Entry(shape: [], values: .integer([12])))
    let other = Network(network.plan)
    try other.load(read, path: "memory", model: "resnet20-b")
    #expect(other.parameters.contents == network.parameters.contents)
  }

  @Test func theLastLayerMayBeCalledEither() throws {
    let network = Network(try plan("resnet8"))
    network.initialize(seed: 1)
    var tensors = network.stateDictionary(batches: 1)
    tensors["fc.weight"] = tensors.removeValue(forKey: "linear.weight")
    tensors["fc.bias"] = tensors.removeValue(forKey: "linear.bias")
    let other = Network(network.plan)
    try other.load(SafeTensors(tensors: tensors), path: "memory", model: "resnet8")
    let areEqual = other.stateDictionary(batches: 1) == network.stateDictionary(batches: 1)
    #expect(areEqual)
  }

  @Test func wrongFilesAreNamed() throws {
    let network = Network(try plan("resnet8"))
    var tensors = network.stateDictionary(batches: 1)
    tensors["conv1.weight"] = nil
    #expect(throws: CheckpointError.missingTensors(path: "f", model: "m", names: ["conv1.weight"])) {
      try network.load(SafeTensors(tensors: tensors), path: "f", model: "m")
    }
    tensors = network.stateDictionary(batches: 1)
    tensors["layer9.weight"] = SafeTensors.Entry(shape: [1], values: .float([0]))
    #expect(throws: CheckpointError.unexpectedTensors(path: "f", model: "m", names: ["layer9.weight"])) {
      try network.load(SafeTensors(tensors: tensors), path: "f", model: "m")
    }
    let classes = Network(try plan("resnet8", classes: 7)).stateDictionary(batches: 1)
    #expect(
      throws: CheckpointError.wrongShape(path: "f", tensor: "linear.weight", found: [7, 64], expected: [10, 64])
    ) { try network.load(SafeTensors(tensors: classes), path: "f", model: "m") }
  }

  @Test func narrowAndWideFloatsAreConverted() throws {
    // 1.5, -2 and the smallest subnormal number as binary16; 1.5 as bfloat16; 0.1 as binary64.
    let header =
      #"{"b":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]},"d":{"dtype":"F64","shape":[1],"#
      + #""data_offsets":[8,16]},"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]}}"#
    var bytes: [UInt8] = [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8)
    bytes += [0x00, 0x3E, 0x00, 0xC0, 0x01, 0x00, 0xC0, 0x3F]
    bytes += withUnsafeBytes(of: 0.1.bitPattern.littleEndian, Array.init)
    let file = try SafeTensors(bytes, path: "memory")
    #expect(file.tensors["h"]?.values == .float([1.5, -2, 0x1p-24]))
    #expect(file.tensors["b"]?.values == .float([1.5]))
    #expect(file.tensors["d"]?.values == .float([0.1]))
  }

  @Test func damagedFilesAreErrorsAndNeverCrashes() throws {
    let network = Network(try plan("resnet8"))
    let whole = try SafeTensors(metadata: ["k": "v"], tensors: network.stateDictionary(batches: 1)).serialized()
    let header = 8 + Int(whole[0]) + Int(whole[1]) << 8
    for length in Array(stride(from: 0, to: header, by: 97)) + [header, whole.count - 1] {
      #expect(throws: CheckpointError.self, "cut to \(length) bytes") {
        try SafeTensors(Array(whole.prefix(length)), path: "memory")
      }
    }
    // Every byte of the header changed in turn: an error, or a file that still reads.
    for position in stride(from: 0, to: header, by: 3) {
      var bytes = whole
      bytes[position] ^= 0x15
      _ = try? SafeTensors(bytes, path: "memory")
    }
    // Every bit of the numbers counts.
    for position in stride(from: header, to: whole.count, by: 9973) {
      var bytes = whole
      bytes[position] ^= UInt8(1 << (position % 8))
      #expect(throws: CheckpointError.damaged(path: "f", detail: "its contents do not fit the checksum cas-checksum")) {
        try SafeTensors(bytes, path: "f")
      }
    }
    // The signs of two numbers, the highest bits of their words.
    var signs = whole
    for position in [header + 7, header + 15] { signs[position] ^= 0x80 }
    #expect(throws: CheckpointError.self) { try SafeTensors(signs, path: "f") }
    let huge = #"{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#
    let bytes = [UInt8(huge.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(huge.utf8)
    #expect(throws: CheckpointError.damaged(path: "f", detail: "x is larger than memory")) {
      try SafeTensors(bytes, path: "f")
    }
  }

  private func plan(_ name: String, classes: Int = 10) throws -> Plan {
    try #require(Architecture(name: name)).plan(input: Shape(height: 32, width: 32, channels: 3), classes: classes)
  }
}
