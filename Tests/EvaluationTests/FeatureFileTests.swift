import Datasets
import Evaluation
import Metrics
import Support
import Testing

@Suite struct FeatureFileTests {
  private let folder: TemporaryFolder
  private var path: String { "\(folder.path)/set.npz" }
  private let matrix = NPYArray((0..<12).map { Float($0) / 4 }, shape: [4, 3])

  init() throws { folder = try TemporaryFolder() }

  private func read(_ arrays: [(name: String, array: NPYArray)], isReference: Bool = false) throws -> FeatureSet {
    try NPZ.write(arrays, to: path)
    return try FeatureFile.read(path, name: "it", isReference: isReference)
  }

  private func rows(_ source: (any FeatureSource)?, _ range: Range<Int>) throws -> [Double] {
    let source = try #require(source)
    return try [Double](unsafeUninitializedCapacity: range.count * source.columns) { buffer, count in
      try source.copy(range, into: try #require(buffer.baseAddress))
      count = buffer.count
    }
  }

  @Test func everyKeyHasItsPlace() throws {
    let names = Array(#"["dog","cat"]"#.utf8)
    let set = try read([
      ("features", matrix), ("logits", NPYArray([Double](repeating: 2, count: 8), shape: [4, 2])),
      ("labels", NPYArray([1, 0, 1, 1] as [Int64], shape: [4])), ("class_names", NPYArray(names, shape: [names.count])),
      ("other", NPYArray([Float](repeating: 0, count: 8), shape: [4, 2])),
    ])
    #expect(set.name == "it" && set.path == path && set.count == 4)
    #expect(try rows(set.features, 1..<3) == (3..<9).map { Double($0) / 4 })
    #expect(set.probabilities?.kind == .logits && set.probabilities?.classes == 2)
    #expect(set.labels == [1, 0, 1, 1] && set.className(1) == "cat" && set.statistics == nil)
    #expect(set.rowsByLabel == [0: [1], 1: [0, 2, 3]])
  }

  @Test func aMatrixOfAnotherNameIsFound() throws {
    let wide = NPYArray((0..<12).map { Double($0) }, shape: [4, 3])
    let set = try read([
      ("arr_0", wide), ("probabilities", NPYArray([Float](repeating: 0.5, count: 8), shape: [4, 2])),
    ])
    #expect(try rows(set.features, 3..<4) == [9, 10, 11] && set.probabilities?.kind == .probabilities)
    #expect(throws: DataError.self) { try read([("one", wide), ("two", wide)]) }
  }

  /// What is written of a reference is what is read, to the last bit.
  @Test func statisticsComeBack() throws {
    let statistics = FeatureStatistics(count: 40, mean: [0.1, -2], covariance: [1.5, 0.25, 0.25, 0.75])
    try FeatureFile.write(statistics, hash: "abc", to: path)
    let set = try FeatureFile.read(path, name: "it", isReference: true)
    #expect(set.statistics == statistics && set.statisticsHash == "abc" && set.features == nil && set.count == 40)
    #expect(throws: DataError.self) { try FeatureFile.read(path, name: "it", isReference: false) }
    // Other programs do not say of how many images they are.
    let other = try read(
      [("mu", NPYArray(statistics.mean, shape: [2])), ("sigma", NPYArray(statistics.covariance, shape: [2, 2]))],
      isReference: true)
    #expect(other.statistics?.count == nil && other.statistics?.covariance == statistics.covariance)
  }

  @Test(arguments: [
    ([1.5, 0.25, 0.3, 0.75], "no covariance matrix"), ([-1, 0, 0, 1], "no covariance matrix"),
    ([1, 2, 2, 1], "no covariance matrix"), ([1, .nan, 0, 1], "no array of finite numbers"),
    ([1, 0, 0, 1, 0, 0], "no mean and covariance"),
  ])
  func noCovariance(values: [Double], reason: String) throws {
    let shape = [values.count / 2, 2]
    #expect {
      try read(
        [("mu", NPYArray([0.5, 0.5], shape: [2])), ("sigma", NPYArray(values, shape: shape))], isReference: true)
    } throws: { "\($0)".contains(reason) }
  }

  @Test func whatDoesNotFitIsRefused() throws {
    func labels(_ values: [Int64]) -> (name: String, array: NPYArray) {
      ("labels", NPYArray(values, shape: [values.count]))
    }
    func names(_ text: String) -> (name: String, array: NPYArray) {
      ("class_names", NPYArray(Array(text.utf8), shape: [text.utf8.count]))
    }
    for (arrays, words) in [
      ([("features", matrix), labels([0, 1, 0])], "different numbers of rows, or none: 4, 3"),
      ([("features", NPYArray([Float](), shape: [0, 3]))], "different numbers of rows, or none: 0"),
      (
        [("features", matrix), ("labels", NPYArray([0, 1, 0.5, 1], shape: [4]))],
        "labels: it is no list of whole numbers"
      ),
      ([("features", matrix), labels([0, 2, 0, 1]), names(#"["a","b"]"#)], "2"),
      ([("features", matrix), labels([0, 1, 0, 1]), names(#"["a","a"]"#)], "no list of different names"),
      ([("features", NPYArray([Float](repeating: 0, count: 8), shape: [2, 2, 2]))], "no matrix"),
      ([labels([0, 1])], "it has no key features, logits or probabilities"),
    ] as [([(name: String, array: NPYArray)], String)] {
      #expect { try read(arrays) } throws: { "\($0)".contains(words) }
    }
    let alone = try folder.write(NPYWriter.file("<f4", shape: [2, 2], [UInt8](repeating: 0, count: 16)), "alone.npz")
    #expect { try FeatureFile.read(alone, name: "it", isReference: false) } throws: { "\($0)".contains("numpy.savez") }
  }
}
