/// The mapping of a listing's own classes: the target classes, sorted by their bytes, and for each own class its place
/// among them, or nil if its images are left out.
package struct ClassAssignment: Sendable, Equatable {
  package let classNames: [String]
  package let targets: [Int?]

  package init(classNames: [String], targets: [Int?]) {
    self.classNames = classNames
    self.targets = targets
  }

  /// The listing's own classes under their own names, or under their numbers if they have none, for a single data set.
  package init(own listing: SplitListing) {
    let names = listing.classNames ?? listing.classCounts.indices.map(String.init)
    let sorted = names.sorted(by: NameOrder.bytes)
    let places = Dictionary(sorted.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    self.init(classNames: sorted, targets: names.map { places[$0] })
  }
}

/// The classes of several sets, matched by name and never by position. The real test set defines the classes.
package struct ClassMatching: Sendable {
  /// The classes of the real test set, sorted by their bytes.
  package let classNames: [String]
  package let test: ClassAssignment
  /// In the order of the other sets.
  package let others: [ClassAssignment]
  /// For each other set, the classes of which it has no image; they score 0.
  package let missing: [[String]]
  /// Sentences that a user should read: names that were borrowed, classes that are missing or left out.
  package let notes: [String]
  /// The notes that only repeat `missing`.
  package let missingNotes: [String]

  /// A set whose classes take part, and what to call it in a message, such as "synthetic set cvae".
  package struct Side: Sendable {
    package let title: String
    package let listing: SplitListing

    package init(title: String, listing: SplitListing) {
      self.title = title
      self.listing = listing
    }
  }
}

extension ClassMatching {
  /// Matches the classes of `others` to those of the real test set.
  ///
  /// `namesFile` (names and path, of `--class-names`) names the numbers of formats that have no names; without it
  /// they take the sorted names of the first set that has names.
  /// Throws `DataError`: a class that is on one side only, unless `allowMissing`; an empty class folder, likewise.
  package init(
    test: SplitListing, others: [Side], namesFile: (names: [String], path: String)? = nil, allowMissing: Bool = false
  ) throws {
    let sides = [Side(title: "real test set", listing: test)] + others
    if !allowMissing {
      for side in sides where !side.listing.emptyClasses.isEmpty {
        throw DataError.emptyClasses(side.listing.path, side.listing.emptyClasses)
      }
    }
    let named = try Self.names(of: sides, file: namesFile)
    var notes = named.notes
    let held = zip(named.names, sides).map { names, side in
      zip(names, side.listing.classCounts).filter { $1 > 0 }.map { $0.0 }
    }
    let targets = held[0].sorted(by: NameOrder.bytes)
    let places = Dictionary(targets.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

    var differences: [ClassDifference] = []
    var missing: [[String]] = []
    var missingNotes: [String] = []
    for index in sides.indices.dropFirst() {
      let there = Set(held[index])
      let difference = ClassDifference(
        title: sides[index].title, onlyInTest: targets.filter { !there.contains($0) },
        onlyInSet: held[index].filter { places[$0] == nil }.sorted(by: NameOrder.bytes))
      missing.append(difference.onlyInTest)
      if difference.onlyInTest.isEmpty && difference.onlyInSet.isEmpty { continue }
      differences.append(difference)
      if difference.onlyInTest.count == targets.count && allowMissing {
        throw DataError.noCommonClass(difference.title)
      }
      let counts = Dictionary(
        zip(named.names[index], sides[index].listing.classCounts), uniquingKeysWith: { first, _ in first })
      let lacking = difference.missingNotes
      missingNotes += lacking
      notes += lacking + difference.ignoredNotes(counts: counts)
    }
    guard differences.isEmpty || allowMissing else { throw DataError.classesDiffer(differences) }
    let assignments = named.names.map { names in
      ClassAssignment(classNames: targets, targets: names.map { places[$0] })
    }
    self.classNames = targets
    self.test = assignments[0]
    self.others = Array(assignments.dropFirst())
    self.missing = missing
    self.notes = notes
    self.missingNotes = missingNotes
  }

  /// The name of each own class of each side, and notes about the source of the names.
  private static func names(
    of sides: [Side], file: (names: [String], path: String)?
  ) throws -> (names: [[String]], notes: [String]) {
    var notes: [String] = []
    let lender = sides.first { $0.listing.classNames != nil }
    if let file, sides.allSatisfy({ $0.listing.classNames != nil }) {
      notes.append("\(file.path) is not used: all classes have names already.")
    }
    let names = try sides.map { side in
      let count = side.listing.classCounts.count
      if let own = side.listing.classNames { return own }
      if let file {
        guard file.names.count >= count else {
          throw DataError.classNames(
            file.path, .count(names: file.names.count, classes: count, title: "the \(side.title)"))
        }
        return file.names
      }
      guard let lender, let own = lender.listing.classNames else { return (0..<count).map(String.init) }
      // Names that are numbers stand for these numbers, whatever their alphabetical order.
      let numbers = own.indices.map(String.init)
      let areNumbers = Set(own) == Set(numbers)
      let lent = areNumbers ? numbers : own.sorted(by: NameOrder.bytes)
      guard lent.count >= count else {
        throw DataError.classNames(
          side.listing.path, .count(names: lent.count, classes: count, title: "the \(side.title)"))
      }
      if areNumbers, lent.count > 10 {
        notes.append(
          "The \(side.title) has only numbers for its classes; they are taken for those that the \(lender.title) uses as "
            + "names, 10 for 10. A tool that sorts folders by letters counts 0, 1, 10 instead: --class-names FILE says so."
        )
      } else if !areNumbers {
        notes.append(
          "The \(side.title) has only numbers for its classes; they take the sorted names of the \(lender.title): "
            + "0 is \(lent[0]), \(lent.count - 1) is \(lent[lent.count - 1]) (--class-names FILE gives others).")
      }
      return lent
    }
    return (names, notes)
  }
}

extension ClassDifference {
  /// What `--allow-missing-classes` did about classes that the set lacks.
  fileprivate var missingNotes: [String] {
    onlyInTest.isEmpty ? [] : ["The \(title) lacks \(onlyInTest.capped()): scored 0."]
  }

  /// What it did about the set's other classes; `counts` holds the set's images of each class.
  fileprivate func ignoredNotes(counts: [String: Int]) -> [String] {
    guard !onlyInSet.isEmpty else { return [] }
    let images = onlyInSet.map { counts[$0] ?? 0 }
    let list = zip(onlyInSet, images).map { "\($0) (\($1.grouped))" }
    return [
      "The \(title) has \(images.reduce(0, +).counted("image", "images")) of classes that the real test set lacks, "
        + "ignored: \(list.capped())."
    ]
  }
}
