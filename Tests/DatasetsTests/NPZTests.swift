import Datasets
import Foundation
import Testing

struct NPZTests {
  static let arrays: [(name: String, array: NPYArray)] = [
    ("labels", NPYArray([3, -1, 2] as [Int32], shape: [3])),
    ("cas/seed0/probabilities", NPYArray([0.5, 0.25, -1.5, .infinity, 0, 1e-30] as [Float], shape: [2, 3])),
    ("bytes", NPYArray((0..<24).map { UInt8($0) }, shape: [2, 3, 4])),
    ("one", NPYArray([1 << 40] as [Int64], shape: [])),
    ("none", NPYArray([] as [Float], shape: [0, 5])),
  ]

  /// numpy.savez_compressed of labels = arange(5, int32), p = linspace(0, 1, 6, float32) as 2x3, u = uint8(7) and
  /// big = full(300, 2**40, int64), by NumPy 2, in base64.
  static let fromNumPy = """
    UEsDBC0AAAAIAAAAIQA1/GVj//////////8KABQAbGFiZWxzLm5weQEAEACUAAAAAAAAAFEAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoq6j\
    oJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkapjqaOgq1ChQALgYgYARiJiBmBmIWIAYAUEsDBC0AAAAIAAAAIQD9z32E//////////8FABQAcC5u\
    cHkBABAAmAAAAAAAAABcAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1\
    CmQDLgYgOHvGx+7smTN2s2ZK2gPZ9gwMDfYAUEsDBC0AAAAIAAAAIQB2DhOJ//////////8FABQAdS5ucHkBABAAgQAAAAAAAABDAAAAAAAAAJvsF+ob\
    EMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5Gpo6CrUKFAEudgBQSwMELQAAAAgAAAAhAC7+3Wv/////////\
    /wcAFABiaWcubnB5AQAQAOAJAAAAAAAAXgAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC\
    +RrGBgY6mjoKtQpkAy4GEGBkYBilR+lRepQepUfpUXqUHqWpQwMAUEsBAi0DLQAAAAgAAAAhADX8ZWNRAAAAlAAAAAoAAAAAAAAAAAAAAIABAAAAAGxh\
    YmVscy5ucHlQSwECLQMtAAAACAAAACEA/c99hFwAAACYAAAABQAAAAAAAAAAAAAAgAGNAAAAcC5ucHlQSwECLQMtAAAACAAAACEAdg4TiUMAAACBAAAA\
    BQAAAAAAAAAAAAAAgAEgAQAAdS5ucHlQSwECLQMtAAAACAAAACEALv7da14AAADgCQAABwAAAAAAAAAAAAAAgAGaAQAAYmlnLm5weVBLBQYAAAAABAAE\
    ANMAAAAxAgAAAAA=
    """

  @Test func whatIsWrittenIsReadBack() throws {
    let folder = try DataFolder()
    try NPZ.write(Self.arrays, to: folder["a.npz"])
    let read = try NPZ.read(folder["a.npz"])
    #expect(read.count == Self.arrays.count)
    for (name, array) in Self.arrays { #expect(read[name] == array, "\(name)") }
    #expect(read["labels"]?.int32 == [3, -1, 2])
    #expect(read["labels"]?.float32 == nil)
    #expect(read["one"]?.int64 == [1 << 40])
    #expect(read["cas/seed0/probabilities"]?.float32 == [0.5, 0.25, -1.5, .infinity, 0, 1e-30])
  }

  @Test func theSameArraysGiveTheSameBytes() throws {
    let folder = try DataFolder()
    try NPZ.write(Self.arrays, to: folder["a.npz"])
    try NPZ.write(Self.arrays, to: folder["b.npz"])
    let bytes = try InputFile.contents(of: folder["a.npz"])
    #expect(try InputFile.contents(of: folder["b.npz"]) == bytes)
    // numpy.load reads this file; its bytes were compared once with what it was given.
    #expect(Digest.hexadecimal(of: bytes) == "a34d65967bb64b03bb1206f1bd83059195eb0389989aa88a16947543ef2c2313")
  }

  @Test func compressedFilesOfNumPyAreRead() throws {
    let folder = try DataFolder()
    try folder.write(Array(try #require(Data(base64Encoded: Self.fromNumPy))), "numpy.npz")
    let read = try NPZ.read(folder["numpy.npz"])
    #expect(read["labels"] == NPYArray([0, 1, 2, 3, 4] as [Int32], shape: [5]))
    #expect(read["p"]?.shape == [2, 3])
    #expect(read["p"]?.float32 == [0, 0.2, 0.4, 0.6, 0.8, 1])
    #expect(read["u"] == NPYArray([7] as [UInt8], shape: []))
    #expect(read["big"]?.int64 == [Int64](repeating: 1 << 40, count: 300))
  }

  @Test func cutFilesAreErrorsThatNameTheFile() throws {
    let folder = try DataFolder()
    let whole = Array(try #require(Data(base64Encoded: Self.fromNumPy)))
    for count in 0..<whole.count {
      try folder.write(Array(whole[..<count]), "cut.npz")
      let error = #expect(throws: DataError.self) { try NPZ.read(folder["cut.npz"]) }
      #expect(error?.description.hasPrefix(folder["cut.npz"]) == true)
    }
  }

  /// No single changed byte may stop the program; each gives other arrays or an error.
  @Test func changedFilesNeverCrash() throws {
    let folder = try DataFolder()
    try NPZ.write(Self.arrays, to: folder["stored.npz"])
    let files = [
      Array(try #require(Data(base64Encoded: Self.fromNumPy))), try InputFile.contents(of: folder["stored.npz"]),
    ]
    var refused = 0
    for file in files {
      for at in file.indices {
        var changed = file
        changed[at] ^= UInt8(truncatingIfNeeded: 1 << (at % 8))
        try folder.write(changed, "changed.npz")
        do { _ = try NPZ.read(folder["changed.npz"]) } catch is DataError { refused += 1 }
      }
    }
    #expect(refused > files.map(\.count).reduce(0, +) / 2)
  }

  static let headers: [(header: String, part: String)] = [
    ("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", "element type '<c8'"),
    ("{'descr': '|u1', 'fortran_order': True, 'shape': (1,), }", "Fortran order"),
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,), }", "shape (-1,) is not possible"),
    ("{'descr': '<i8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", "is not possible"),
    ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", "needs 2"),
    ("{'descr': '|u1', 'shape': (1,), }", "header cannot be read"),
    ("", "not a .npy array"), ("{}  ", "header cannot be read"),
  ]

  @Test(arguments: headers)
  func impossibleHeadersAreRefused(header: String, part: String) {
    let file =
      [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + [0]
    let error = #expect(throws: DataError.self) { try NPYArray(decoding: file, name: "x.npy") }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }
}
