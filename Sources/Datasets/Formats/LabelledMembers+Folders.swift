extension LabelledMembers {
  /// The class folders of an archive, as of a folder. `train` and `test` (or `val`) at its top are the splits. A single
  /// top folder, which packing a folder makes, is left out of the names.
  /// Throws if there are no class folders.
  static func inFolders(_ archive: some MemberArchive) throws -> [Split: LabelledMembers] {
    var tally = MemberTally()
    var images: [(parts: [Substring], place: Int)] = []
    // Formats that are not decoded: a class of nothing else is empty.
    var foreign: [[Substring]] = []
    for (place, member) in archive.members.enumerated() {
      let parts = member.name.split(separator: "/")
      guard let name = parts.last else { continue }
      if parts.contains(where: MemberTally.isHidden) {
        tally.addHidden()
      } else if !MemberTally.isImage(name) {
        tally.addOther(name)
        if MemberTally.isForeignImage(name) { foreign.append(parts) }
      } else if member.isLink {
        throw DataError.linkInArchive(archive.fullName(of: place))
      } else {
        images.append((parts, place))
      }
    }
    while let first = images.first?.parts.first, images.allSatisfy({ $0.parts.count > 1 && $0.parts[0] == first }) {
      let splits = Set(images.filter { $0.parts.count > 3 }.map { String($0.parts[1]) })
      guard images.allSatisfy({ $0.parts.count > 2 }) || SplitNames.mayBeSplits(splits) else { break }
      for index in images.indices { images[index].parts.removeFirst() }
      foreign = foreign.filter { $0.first == first }.map { Array($0.dropFirst()) }
    }
    // An image beside the folders is ignored, as in a folder.
    let tops = Set(images.filter { $0.parts.count > 1 }.map { String($0.parts[0]) })
    let deep = Set(images.filter { $0.parts.count > 2 }.map { String($0.parts[0]) })
    guard let names = SplitNames(tops), deep.isSuperset(of: [names.train, names.test]) else {
      return [.whole: try LabelledMembers(folders: images, foreign: foreign, tally: tally, path: archive.path)]
    }
    for image in images where image.parts.count == 1 { tally.addOther(image.parts[0]) }
    func split(_ name: String) throws -> LabelledMembers {
      let own = images.filter { $0.parts.count > 1 && $0.parts[0] == name }.map {
        (Array($0.parts.dropFirst()), $0.place)
      }
      let others = foreign.filter { $0.first?.elementsEqual(name) == true }.map { Array($0.dropFirst()) }
      return try LabelledMembers(folders: own, foreign: others, tally: tally, path: "\(archive.path)/\(name)")
    }
    var parts: [Split: LabelledMembers] = [.train: try split(names.train), .test: try split(names.test)]
    for key in parts.keys { parts[key]?.warnings += names.warnings(in: archive.path) }
    return parts
  }

  private init(
    folders images: [(parts: [Substring], place: Int)], foreign: [[Substring]], tally: MemberTally, path: String
  ) throws {
    var tally = tally
    let held = images.filter { $0.parts.count > 1 }
    for image in images where image.parts.count == 1 { tally.addOther(image.parts[0]) }
    guard !held.isEmpty else { throw DataError.noClassFolders(path, looseImages: tally.loose) }
    let names = Set(held.map { $0.parts[0].utf8.map { $0 } }).map { String(decoding: $0, as: UTF8.self) }
      .sorted(by: NameOrder.bytes)
    var places: [String: Int] = [:]
    for (index, name) in names.enumerated() {
      if let other = places.updateValue(index, forKey: name) {
        throw DataError.sameClassTwice("\(path)/\(names[other])", "\(path)/\(name)")
      }
    }
    self.init(
      classNames: names, classes: names.count,
      entries: held.map { image in
        Entry(
          classIndex: places[String(image.parts[0])] ?? 0, member: image.parts.joined(separator: "/"),
          place: image.place)
      })
    self.tally = tally
    emptyClasses = Set(foreign.filter { $0.count > 1 }.map { String($0[0]) }).subtracting(names)
      .sorted(by: NameOrder.bytes)
  }
}
