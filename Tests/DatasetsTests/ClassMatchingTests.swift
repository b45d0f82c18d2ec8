import Datasets
import Testing

struct ClassMatchingTests {
  /// A listing with one image in each of `classes`, or this many of each number where they have no names.
  private func listing(_ path: String, _ classes: [String]?, counts: [Int]? = nil, empty: [String] = []) -> SplitListing
  {
    let counts = counts ?? (classes ?? []).map { _ in 1 }
    let entries = counts.enumerated().flatMap { index, count in
      (0..<count).map { SplitListing.Entry(classIndex: index, member: "\(index)/\($0)") }
    }
    var listing = SplitListing(path: path, split: .whole, classNames: classes, classes: counts.count, entries: entries)
    listing.emptyClasses = empty
    return listing
  }

  private func side(_ title: String, _ classes: [String]?, counts: [Int]? = nil) -> ClassMatching.Side {
    ClassMatching.Side(title: title, listing: listing(title, classes, counts: counts))
  }

  @Test func orderAndPositionDoNotMatter() throws {
    let matching = try ClassMatching(
      test: listing("real", ["10", "2", "a"]), others: [side("synthetic set s", ["a", "10", "2"])])
    #expect(matching.classNames == ["10", "2", "a"])
    #expect(matching.others[0].targets == [2, 0, 1])
    #expect(matching.notes.isEmpty && matching.missing == [[]])
  }

  /// Where labels were positions, a missing first class would move every other class by one.
  @Test func aMissingFirstClassIsAnErrorThatNamesIt() throws {
    let test = listing("real", ["bag", "coat", "dress"])
    let sides = [
      side("synthetic set good", ["bag", "coat", "dress"]), side("synthetic set s", ["coat", "dress", "hat"]),
    ]
    let error = #expect(throws: DataError.self) { try ClassMatching(test: test, others: sides) }
    #expect(
      error
        == .classesDiffer([ClassDifference(title: "synthetic set s", onlyInTest: ["bag"], onlyInSet: ["hat"])]))
    #expect(
      error?.description == "the classes of the synthetic set s are not those of the real test set: it lacks bag, and "
        + "the real test set lacks hat; classes are matched by name: rename the folders, or use --allow-missing-classes."
    )
  }

  @Test func foldersThatAreNoSplitsAreExplained() throws {
    let error = #expect(throws: DataError.self) {
      try ClassMatching(
        test: listing("real", ["evaluation", "train"]), others: [side("synthetic set s", ["cat", "dog"])])
    }
    #expect(
      error?.description
        == "the classes of the synthetic set s are not those of the real test set: it lacks evaluation, "
        + "train, and the real test set lacks cat, dog (names of splits are those of classes unless a training "
        + "set, train or training, and a test set, test or testing or val or validation or valid or eval or evaluation or "
        + "dev, lie side by side with no other images); classes are matched by name: rename the folders, "
        + "or use --allow-missing-classes.")
  }

  @Test func allowedDifferencesKeepTheLabels() throws {
    let matching = try ClassMatching(
      test: listing("real", ["bag", "coat", "dress"]),
      others: [side("synthetic set s", ["coat", "dress", "hat"], counts: [5, 6, 1200])], allowMissing: true)
    #expect(matching.classNames == ["bag", "coat", "dress"])
    #expect(matching.others[0].targets == [1, 2, nil])
    #expect(matching.missing == [["bag"]] && matching.missingNotes == ["The synthetic set s lacks bag: scored 0."])
    #expect(
      matching.notes == [
        "The synthetic set s lacks bag: scored 0.",
        "The synthetic set s has 1,200 images of classes that the real test set lacks, ignored: hat (1,200).",
      ])
  }

  @Test func nothingInCommonIsAlwaysAnError() {
    #expect(throws: DataError.noCommonClass("synthetic set s")) {
      try ClassMatching(test: listing("real", ["a"]), others: [side("synthetic set s", ["b"])], allowMissing: true)
    }
  }

  @Test func longListsAreCut() {
    let names = (10..<30).map { "class\($0)" }
    let error = #expect(throws: DataError.self) {
      try ClassMatching(test: listing("real", ["a"] + names), others: [side("synthetic set s", ["a"])])
    }
    #expect(error?.description.contains("class10, class11, class12") == true)
    #expect(error?.description.contains("class19 and 10 more;") == true)
    #expect(error?.description.contains("class20") == false)
  }

  @Test func emptyClassFoldersAreAnErrorThatNamesThem() throws {
    let test = listing("real", ["a", "b"])
    let other = ClassMatching.Side(title: "synthetic set s", listing: listing("s", ["a"], empty: ["b"]))
    #expect(throws: DataError.emptyClasses("s", ["b"])) { try ClassMatching(test: test, others: [other]) }
    let matching = try ClassMatching(test: test, others: [other], allowMissing: true)
    #expect(matching.missing == [["b"]])
  }

  @Test func numbersTakeTheSortedNamesOfTheOtherSide() throws {
    let matching = try ClassMatching(
      test: listing("real", nil, counts: [2, 2, 2]), others: [side("synthetic set s", ["c", "a", "b"])])
    #expect(matching.classNames == ["a", "b", "c"])
    #expect(matching.test.targets == [0, 1, 2])
    #expect(matching.others[0].targets == [2, 0, 1])
    #expect(
      matching.notes == [
        "The real test set has only numbers for its classes; they take the sorted names of the synthetic set s: "
          + "0 is a, 2 is c (--class-names FILE gives others)."
      ])
  }

  @Test func numbersAreThemselvesWhereFoldersAreNumbered() throws {
    let folders = (0..<12).map(String.init).sorted()
    let matching = try ClassMatching(
      test: listing("real", folders),
      others: [side("synthetic set s", nil, counts: [Int](repeating: 1, count: 12))])
    #expect(matching.others[0].targets.map { $0.map { matching.classNames[$0] } } == (0..<12).map(String.init))
    #expect(matching.notes.count == 1 && matching.notes[0].contains("10 for 10"), "\(matching.notes)")
    // With ten classes both orders are the same.
    let few = try ClassMatching(
      test: listing("real", ["1", "0"]), others: [side("synthetic set s", nil, counts: [1, 1])])
    #expect(few.notes.isEmpty && few.others[0].targets == [0, 1])
  }

  @Test func numbersTakeTheNamesOfTheFile() throws {
    let matching = try ClassMatching(
      test: listing("real", ["a", "b", "c"]), others: [side("synthetic set s", nil, counts: [1, 1, 1])],
      namesFile: (["c", "a", "b"], "names.txt"))
    #expect(matching.others[0].targets == [2, 0, 1])
    #expect(matching.notes.isEmpty)
  }

  @Test func numbersAloneAreTheirOwnNames() throws {
    let matching = try ClassMatching(
      test: listing("real", nil, counts: [Int](repeating: 1, count: 11)),
      others: [side("synthetic set s", nil, counts: [Int](repeating: 1, count: 11))])
    #expect(matching.classNames == ["0", "1", "10", "2", "3", "4", "5", "6", "7", "8", "9"])
    #expect(matching.test.targets == [0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 2])
  }

  @Test func tooFewNamesAreAnError() {
    let error = #expect(throws: DataError.self) {
      try ClassMatching(
        test: listing("real", nil, counts: [1, 1, 1]), others: [], namesFile: (["a", "b"], "names.txt"))
    }
    #expect(error?.description == "names.txt: 2 class names, but the real test set has 3 classes.")
  }

  @Test func aNumberWithoutAnImageIsAMissingClass() {
    #expect(
      throws: DataError.classesDiffer([ClassDifference(title: "synthetic set s", onlyInTest: ["b"], onlyInSet: [])])
    ) {
      try ClassMatching(
        test: listing("real", ["a", "b", "c"]), others: [side("synthetic set s", nil, counts: [4, 0, 4])])
    }
  }

  static let files: [(text: String, names: [String]?, message: String)] = [
    ("a\nb\n", ["a", "b"], ""), ("a\r\nb\r\n\r\n", ["a", "b"], ""), ("  a b \nc", ["a b", "c"], ""),
    ("\u{FEFF}a\nb", ["a", "b"], ""), ("a\n\nb\n", nil, "line 2 is blank; give one class name a line"),
    ("a\nb\na\n", nil, "lines 1 and 3 are the same name, a"),
  ]

  @Test(arguments: files)
  func namesAreReadOneALine(text: String, names: [String]?, message: String) throws {
    let folder = try DataFolder()
    try folder.write(text, "names.txt")
    if let names {
      #expect(try ClassNames.read(folder["names.txt"]) == names)
    } else {
      let error = #expect(throws: DataError.self) { try ClassNames.read(folder["names.txt"]) }
      #expect(error?.description == "\(folder["names.txt"]): \(message).")
    }
  }

  @Test func bytesThatAreNotTextAreRefused() throws {
    let folder = try DataFolder()
    try folder.write([0x61, 0xFF, 0x0A], "names.txt")
    #expect(throws: DataError.classNames(folder["names.txt"], .notText)) { try ClassNames.read(folder["names.txt"]) }
  }
}
