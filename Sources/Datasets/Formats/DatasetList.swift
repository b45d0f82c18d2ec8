import Foundation

/// The list of labels that StyleGAN and EDM put beside their images: `{"labels": [["00000/img.png", 6], …]}`.
struct DatasetList {
  static let name = "dataset.json"

  let labels: [(member: String, label: Int)]
  /// What to call the list in an error.
  let path: String

  /// The list among the members of an archive, and the folders before it, in which all other images lie, too.
  static func place(in archive: some MemberArchive) -> (list: Int, root: String)? {
    let lists = archive.members.indices.filter { place in
      let name = archive.members[place].name
      return (name == Self.name || name.hasSuffix("/\(Self.name)"))
        && !name.split(separator: "/").contains(where: MemberTally.isHidden)
    }
    guard let list = lists.min(by: { archive.members[$0].name.utf8.count < archive.members[$1].name.utf8.count })
    else { return nil }
    let root = String(archive.members[list].name.dropLast(Self.name.count))
    let isCommon = archive.members.allSatisfy { member in
      member.name.hasPrefix(root) || !MemberTally.isImage(member.name)
        || member.name.split(separator: "/").contains(where: MemberTally.isHidden)
    }
    return isCommon ? (list, root) : nil
  }

  /// - Parameter root: what stands before the names of the list.
  /// - Throws: `DataError.damaged`.
  init(_ bytes: [UInt8], name: String, root: String = "") throws {
    guard let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] else {
      throw DataError.damaged(name, "it is not a JSON object")
    }
    guard let list = object["labels"] as? [Any], !list.isEmpty else {
      throw DataError.damaged(name, "it has no labels, which class-conditional images need")
    }
    labels = try list.enumerated().map { index, item in
      guard let pair = item as? [Any], pair.count == 2, let member = pair[0] as? String else {
        throw DataError.damaged(name, "entry \(index) of its labels is no pair of a file and a label")
      }
      guard let label = pair[1] as? Int, (0..<LabelledMembers.mostClasses).contains(label) else {
        throw DataError.damaged(
          name, "the label of \(member) is no whole number from 0 to \((LabelledMembers.mostClasses - 1).grouped)")
      }
      return (root + member, label)
    }
    path = name
  }
}

extension LabelledMembers {
  /// More classes than any data set has: a larger label is an error.
  static let mostClasses = 1 << 20

  /// The images that a list labels. Throws if one of them is missing or occurs twice.
  init(_ archive: some MemberArchive, labels list: DatasetList) throws {
    var places: [String: Int] = [:]
    for (place, member) in archive.members.enumerated() { places[member.name] = place }
    var entries: [Entry] = []
    for (member, label) in list.labels {
      let name = try ArchiveMember(checking: member, isLink: false, archive: list.path).name
      guard let place = places.removeValue(forKey: name) else {
        throw DataError.damaged(list.path, "it labels \(name), which is not there or stands there twice")
      }
      guard !archive.members[place].isLink else { throw DataError.linkInArchive(archive.fullName(of: place)) }
      entries.append(Entry(classIndex: label, member: name, place: place))
    }
    let unlabelled = places.keys.count { MemberTally.isImage($0) }
    self.init(classNames: nil, classes: (list.labels.map(\.label).max() ?? 0) + 1, entries: entries)
    if unlabelled > 0 {
      warnings.append(
        "\(unlabelled.counted("image", "images")) of \(archive.path) that \(list.path) does not label ignored.")
    }
  }
}

/// A folder with `dataset.json` in it.
enum DatasetListFolder {
  static func open(_ path: String) throws -> ArchiveSource? {
    guard try Folder.kind(of: path) == .folder, try Folder(path).hasFile(DatasetList.name) else { return nil }
    let file = "\(path)/\(DatasetList.name)"
    let list = try DatasetList(try InputFile.contents(of: file), name: file)
    let members = try FolderMembers(list.labels.map(\.member), path: path)
    return ArchiveSource(
      members, format: .labelled, parts: [.whole: try LabelledMembers(members, labels: list)])
  }
}
