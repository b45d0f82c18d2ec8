import Foundation

/// A tar archive, or a folder of tar shards: class folders, or WebDataset's samples of several files that share the
/// name up to the first dot (webdataset, "The WebDataset Format").
enum TarSource {
  static func open(_ path: String) throws -> (any DataSource)? {
    switch try Folder.kind(of: path) {
    case .file:
      let file = try InputFile(path)
      let beginning = try file.bytes(at: 0, count: 512)
      let hasMark = beginning.count > 262 && beginning[257..<262].elementsEqual("ustar".utf8)
      guard hasMark || TarArchive.isBeginning(beginning) else { return nil }
      return try ArchiveSource(TarMembers([try TarArchive(file)], path: path), format: .tar)
    case .folder:
      let names = try Folder(path).entries.filter { $0.kind == .file && !$0.isHidden }.map(\.name)
        .filter { MemberTally.suffix(of: $0) == "tar" }.sorted(by: NameOrder.natural)
      // Class folders beside an archive are the data; often they were unpacked from it.
      guard !names.isEmpty, try !Folder(path).hasImagesInFolders() else { return nil }
      var found: [String: [String]] = [:]
      for name in names { found[split(of: name) ?? "", default: []].append(name) }
      // Where not all names say to which split they belong, none of them does.
      guard let splits = SplitNames(Set(found.keys)), let train = found[splits.train], let test = found[splits.test]
      else { return try shards(names, in: path) }
      return SplitSource(
        path: path, train: try shards(train, in: path), test: try shards(test, in: path),
        warnings: splits.warnings(in: path))
    case .other, .missing: return nil
    }
  }

  private static func shards(_ names: [String], in path: String) throws -> ArchiveSource {
    let archives = try names.map { try TarArchive(try InputFile("\(path)/\($0)")) }
    return try ArchiveSource(TarMembers(archives, path: path), format: .tar)
  }

  /// The split that a shard's name says, by a word of letters such as `train` or `val`; nil without one, or with two.
  private static func split(of name: String) -> String? {
    let words = Set(name.lowercased().split { !$0.isLetter }).filter { SplitNames.isSplit($0) }
    return words.count == 1 ? words.first.map(String.init) : nil
  }
}

extension LabelledMembers {
  /// The members of one sample.
  private struct SampleFiles {
    var image: Int?
    /// Whether there is a second image.
    var isRepeated = false
    /// Whether it lies in a folder, which may be a class.
    var isInFolder = false
    var label: Int?
    var isJSON = false
  }

  private enum Label {
    case number(Int)
    case name(String)
  }

  /// The samples of a WebDataset: an image, and beside it `.cls` with a number or a name, or `.json` with `cls`,
  /// `label` or `class`; nil if no image has one, or if JSON files in class folders hold something else. Throws
  /// if some images have a label and others not.
  init?(webDataset archive: some MemberArchive) throws {
    var samples: [String: SampleFiles] = [:]
    var order: [String] = []
    var tally = MemberTally()
    for (place, member) in archive.members.enumerated() {
      let folderEnd = member.name.lastIndex(of: "/").map { member.name.index(after: $0) } ?? member.name.startIndex
      let name = member.name[folderEnd...]
      let isHidden = member.name.split(separator: "/").contains(where: MemberTally.isHidden)
      guard !isHidden, let dot = name.firstIndex(of: ".") else {
        tally.addHidden()
        continue
      }
      let key = (archive.shard(of: place).map { "\($0)/" } ?? "") + member.name[..<dot]
      let suffix = MemberTally.suffix(of: name)
      var sample = samples[key] ?? SampleFiles()
      sample.isInFolder = member.name.contains("/")
      if MemberTally.imageExtensions.contains(suffix) {
        guard !member.isLink else { throw DataError.linkInArchive(archive.fullName(of: place)) }
        sample.isRepeated = sample.image != nil
        sample.image = place
      } else if suffix == "cls" || (suffix == "json" && sample.label == nil) {
        sample.label = place
        sample.isJSON = suffix == "json"
      } else {
        tally.addOther(name)
      }
      if samples.updateValue(sample, forKey: key) == nil { order.append(key) }
    }
    let held = order.compactMap { key in samples[key].flatMap { $0.image == nil ? nil : (key, $0) } }
    let labelled = held.filter { $0.1.label != nil }
    guard let first = labelled.first?.1 else { return nil }
    if held.allSatisfy(\.1.isInFolder), labelled.allSatisfy(\.1.isJSON), let place = first.label,
      Self.label(inJSON: try archive.contents(at: place)) == nil
    {
      return nil
    }
    var labels: [(key: String, image: Int, label: Label)] = []
    for (key, sample) in held {
      guard let image = sample.image else { continue }
      guard !sample.isRepeated else {
        throw DataError.damaged(archive.fullName(of: image), "its sample has two images")
      }
      guard let label = sample.label else {
        throw DataError.damaged(
          archive.fullName(of: image), "it has neither a .cls nor a .json with its label beside it")
      }
      labels.append((key, image, try Self.label(archive, at: label, isJSON: sample.isJSON)))
    }
    try self.init(labels, archive: archive)
    self.tally = tally
  }

  private static func label(_ archive: some MemberArchive, at place: Int, isJSON: Bool) throws -> Label {
    let name = archive.fullName(of: place)
    let bytes = try archive.contents(at: place)
    if isJSON {
      if let label = label(inJSON: bytes) { return label }
      throw DataError.damaged(name, "it has no label under cls, label or class")
    }
    guard bytes.count <= 4096, let text = String(validating: bytes, as: UTF8.self) else {
      throw DataError.damaged(name, "it is no label")
    }
    let word = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if let number = Int(word) {
      guard (0..<mostClasses).contains(number) else { throw DataError.damaged(name, "the label \(word) is no class") }
      return .number(number)
    }
    guard !word.isEmpty else { throw DataError.damaged(name, "it is empty, where a label should be") }
    return .name(word)
  }

  private static func label(inJSON bytes: [UInt8]) -> Label? {
    let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
    let value = ["cls", "label", "class"].lazy.compactMap { object?[$0] }.first
    if let number = value as? Int, (0..<mostClasses).contains(number) { return .number(number) }
    if let text = value as? String, !text.isEmpty { return .name(text) }
    return nil
  }

  private init(_ labels: [(key: String, image: Int, label: Label)], archive: some MemberArchive) throws {
    let names = labels.compactMap { if case .name(let name) = $0.label { name } else { nil } }
    guard names.isEmpty || names.count == labels.count else {
      throw DataError.damaged(archive.path, "some of its labels are numbers and others are names")
    }
    let classNames = Set(names).sorted(by: NameOrder.bytes)
    let places = Dictionary(classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    let entries = labels.map { key, image, label in
      let index: Int =
        switch label {
        case .number(let number): number
        case .name(let name): places[name] ?? 0
        }
      return Entry(classIndex: index, member: key, place: image)
    }
    self.init(
      classNames: names.isEmpty ? nil : classNames, classes: (entries.map(\.classIndex).max() ?? 0) + 1,
      entries: entries)
  }
}
