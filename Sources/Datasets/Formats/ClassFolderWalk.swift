/// Walks through a folder of class folders and finds images, ignored files and empty classes.
struct ClassFolderWalk {
  let root: String
  private(set) var classNames: [String] = []
  private(set) var entries: [SplitListing.Entry] = []
  private(set) var emptyClasses: [String] = []
  private(set) var tally = MemberTally()
  private var repeatedFolders = 0
  private var runs = 0
  /// The images of the current class.
  private var members: [String] = []

  init(root: String) { self.root = root }
}

extension ClassFolderWalk {
  /// Throws `FileError`, or `DataError` if there are no classes, two class names are the same text, or a link
  /// leads nowhere.
  mutating func run() throws {
    let folder = try Folder(root)
    let rootIdentity = try Folder.identity(of: root)
    for entry in folder.entries where entry.kind != .folder || entry.isHidden {
      try note(entry, path: entry.name, isLoose: true)
    }
    for name in folder.visibleFolders {
      members = []
      let runsBefore = runs
      // A folder is entered once per class, so circular links end.
      var seen: Set<Folder.Identity> = [rootIdentity]
      try enter(name, seen: &seen)
      if members.isEmpty {
        // A folder of nothing but runs is no class.
        if runs == runsBefore { emptyClasses.append(name) }
      } else {
        members.sort(by: NameOrder.natural)
        entries += members.map { SplitListing.Entry(classIndex: classNames.count, member: $0) }
        classNames.append(name)
      }
    }
    guard !classNames.isEmpty || !emptyClasses.isEmpty else {
      throw DataError.noClassFolders(root, looseImages: tally.loose)
    }
    var spellings: [String: String] = [:]
    for name in classNames + emptyClasses {
      if let other = spellings.updateValue(name, forKey: name) {
        throw DataError.sameClassTwice("\(root)/\(other)", "\(root)/\(name)")
      }
    }
  }

  var warnings: [String] {
    var list = tally.warnings(path: root)
    if repeatedFolders > 0 {
      list.append("\(repeatedFolders.counted("link", "links")) in \(root) to a folder already counted ignored.")
    }
    if runs > 0 { list.append("\(runs.counted("folder", "folders")) of runs of cas in \(root) ignored.") }
    return list
  }
}

extension ClassFolderWalk {
  private mutating func enter(_ relative: String, seen: inout Set<Folder.Identity>) throws {
    // A list of folders instead of recursion: deep nesting cannot exhaust the stack.
    var waiting = [relative]
    while let next = waiting.popLast() {
      guard seen.insert(try Folder.identity(of: "\(root)/\(next)")).inserted else {
        repeatedFolders += 1
        continue
      }
      let folder = try Folder("\(root)/\(next)")
      if folder.isRun {
        runs += 1
        continue
      }
      for entry in folder.entries {
        let path = "\(next)/\(entry.name)"
        if entry.kind == .folder && !entry.isHidden {
          waiting.append(path)
        } else {
          try note(entry, path: path, isLoose: false)
        }
      }
    }
  }

  /// Counts a file or a hidden folder, and keeps it if it is an image of a class.
  private mutating func note(_ entry: Folder.Entry, path: String, isLoose: Bool) throws {
    if entry.isHidden {
      tally.addHidden()
      return
    }
    let isImage = MemberTally.isImage(entry.name)
    if entry.kind == .missing && isImage { throw DataError.brokenLink("\(root)/\(path)") }
    if entry.kind == .file && isImage && !isLoose {
      members.append(path)
      return
    }
    tally.addOther(entry.name, isFile: entry.kind == .file)
  }
}
