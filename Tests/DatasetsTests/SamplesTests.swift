import Datasets
import Kernels
import Testing

struct SamplesTests {
  /// `counts[c]` images of 2x1 grey pixels for each class, all different.
  private func samples(_ counts: [Int], path: String = "set") -> Samples {
    let labels = counts.enumerated().flatMap { label, count in [Int32](repeating: Int32(label), count: count) }
    return Samples(
      classNames: counts.indices.map { "class\($0)" }, shape: Shape(height: 2, width: 1, channels: 1),
      pixels: labels.indices.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] },
      labels: labels, members: labels.indices.map(String.init), origin: Samples.Origin(path: path))
  }

  @Test func aDrawKeepsTheOrderAndTheCounts() throws {
    let all = samples([50, 20, 30])
    let drawn = try all.drawing(perClass: [10, 0, 30])
    #expect(drawn.classCounts == [10, 0, 30])
    let places = drawn.members.compactMap(Int.init)
    #expect(places == places.sorted())
    #expect(Array(places.suffix(30)) == Array(70..<100))
    #expect(Array(places.prefix(10)) != Array(0..<10), "a draw is not the first images")
    for (place, original) in places.enumerated() { #expect(try drawn[place].elementsEqual(all[original])) }
  }

  @Test func drawsAreNestedAndAlwaysTheSame() throws {
    let all = samples([40, 60], path: "one")
    var previous: Set<String> = []
    for count in 0...40 {
      let members = Set(try all.drawing(perClass: [count, count]).members)
      #expect(members.count == 2 * count && members.isSuperset(of: previous))
      previous = members
    }
    #expect(
      try samples([40, 60], path: "other").drawing(perClass: [7, 9]).members == all.drawing(perClass: [7, 9]).members)
    // The draw is part of the tool's promise: a change would change every published number.
    #expect(try samples([10]).drawing(perClass: [4]).members == ["1", "2", "3", "8"])
  }

  @Test func drawingEverythingChangesNothing() throws {
    let all = samples([5, 8])
    #expect(try all.drawing(perClass: [5, 8]) == all)
  }

  @Test func tooLargeADrawIsAnError() {
    let error = #expect(throws: DataError.self) { try samples([5, 1]).drawing(perClass: [5, 2]) }
    #expect(error?.description == "set: class class1 has 1 image, 2 are wanted.")
  }

  @Test func theHashCoversPixelsLabelsNamesAndShape() {
    func hash(_ names: [String], _ shape: Shape, _ pixels: [UInt8], _ labels: [Int32], _ members: [String]) -> String {
      Samples(
        classNames: names, shape: shape, pixels: pixels, labels: labels, members: members,
        origin: Samples.Origin(path: members[0])
      ).summary.hash
    }
    let wide = Shape(height: 1, width: 2, channels: 1)
    let base = hash(["a", "b"], wide, [1, 2, 3, 4], [0, 1], ["x", "y"])
    #expect(hash(["a", "b"], wide, [1, 2, 3, 4], [0, 1], ["other", "names"]) == base)
    let others = [
      hash(["a", "c"], wide, [1, 2, 3, 4], [0, 1], ["x", "y"]),
      hash(["ab", ""], wide, [1, 2, 3, 4], [0, 1], ["x", "y"]),
      hash(["a", "b"], wide, [1, 2, 3, 5], [0, 1], ["x", "y"]),
      hash(["a", "b"], wide, [1, 2, 3, 4], [1, 0], ["x", "y"]),
      hash(["a", "b"], Shape(height: 2, width: 1, channels: 1), [1, 2, 3, 4], [0, 1], ["x", "y"]),
    ]
    #expect(Set(others + [base]).count == 6)
  }

  @Test func concatenatingAppends() throws {
    let first = samples([2, 1], path: "real")
    let second = samples([1, 2], path: "synthetic")
    let both = first.concatenating(second)
    #expect(both.labels == [0, 0, 1, 0, 1, 1])
    #expect(try Bool(both.pixels == first.pixels + second.pixels))
    #expect(both.classCounts == [3, 3] && both.summary.path == "real + synthetic")
    #expect(first.concatenating(try second.drawing(perClass: [0, 0])) == first)
  }

  /// Of two sets the worse quality counts, and the sums of what was left out.
  @Test func concatenatingKeepsWhatIsKnown() {
    let (first, second) = (summary(quality: 90, side: 32, ignored: 2), summary(quality: 60, side: 64, ignored: 3))
    for both in [first.concatenating(second).summary, second.concatenating(first).summary] {
      #expect(both.jpegQuality == 60 && both.storedSide == 32 && both.ignoredOther == 5 && both.ignoredHidden == 10)
      #expect(both.codecs == ["jpeg": 4, "png": 2] && both.warnings.sorted() == ["60", "90"])
    }
  }

  private func summary(quality: Int, side: Int, ignored: Int) -> Samples {
    var origin = Samples.Origin(path: "set")
    (origin.jpegQuality, origin.storedSide) = (quality, side)
    (origin.ignoredOther, origin.ignoredHidden) = (ignored, 2 * ignored)
    (origin.codecs, origin.warnings) = (["jpeg": 2, "png": 1], ["\(quality)"])
    return Samples(
      classNames: ["a"], shape: Shape(height: 1, width: 1, channels: 1), pixels: [7], labels: [0], members: ["0"],
      origin: origin)
  }

  @Test func selectingFollowsTheIndices() throws {
    let selected = samples([3, 3]).selecting([5, 0, 5])
    #expect(selected.labels == [1, 0, 1] && selected.members == ["5", "0", "5"])
    #expect(try selected.pixels == [5, 0, 0, 0, 5, 0])
    #expect(selected.selecting([]).count == 0)
  }
}
