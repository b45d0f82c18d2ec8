import Images

/// A container of named files: a zip or tar archive, several tar archives, or a folder with a list.
protocol MemberArchive: Sendable {
  var path: String { get }
  var members: [ArchiveMember] { get }
  /// The contents of member `index`. Throws an error that names it.
  func contents(at index: Int) throws -> [UInt8]
  /// The contents of a member that should be an image. If it is none, its beginning is enough.
  func picture(at index: Int) throws -> [UInt8]
  /// What to call member `index` in an error.
  func fullName(of index: Int) -> String
  /// The error if several shards have a member of one name, except for the samples of a WebDataset.
  var repetition: DataError? { get }
  /// The prefix that distinguishes the samples of member `index`'s shard from others of the same name.
  func shard(of index: Int) -> String?
}

/// A file of an archive.
struct ArchiveMember: Sendable {
  /// The path within the archive, without `./` and double slashes.
  let name: String
  /// Links are not followed, because their targets are not trusted.
  let isLink: Bool
}

extension MemberArchive {
  func fullName(of index: Int) -> String { "\(path)/\(members[index].name)" }
  func picture(at index: Int) throws -> [UInt8] { try contents(at: index) }
  var repetition: DataError? { nil }
  func shard(of index: Int) -> String? { nil }
}

extension ArchiveMember {
  /// Checks a name from an archive. Nothing is ever written under such a name, but a name that leads out of the archive
  /// shows that the archive is malicious. Throws `DataError.unsafeName`.
  init(checking name: String, isLink: Bool, archive: String) throws {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isAbsolute = name.hasPrefix("/") || name.hasPrefix("\\") || name.dropFirst().hasPrefix(":")
    guard !name.isEmpty, !isAbsolute, !name.utf8.contains(0), !parts.contains(".."),
      !name.split(separator: "\\").contains("..")
    else { throw DataError.unsafeName(archive, name) }
    self.name = parts.filter { !$0.isEmpty && $0 != "." }.joined(separator: "/")
    self.isLink = isLink
  }
}

/// The members of a zip archive.
struct ZipMembers: MemberArchive {
  private let archive: ZipArchive
  /// For each member its place in the archive, without folders.
  private let places: [Int]
  let members: [ArchiveMember]

  var path: String { archive.path }

  init(_ archive: ZipArchive) throws {
    var places: [Int] = []
    var members: [ArchiveMember] = []
    var seen: Set<String> = []
    for (place, member) in archive.members.enumerated() where !member.isFolder {
      // Some programs write Windows' separators, against the format's rule, and some write both kinds.
      let name = member.name.replacing("\\", with: "/")
      if name.hasSuffix("/") { continue }
      let checked = try ArchiveMember(checking: name, isLink: member.isLink, archive: archive.path)
      guard seen.insert(checked.name).inserted else { throw DataError.memberTwice(archive.path, checked.name) }
      members.append(checked)
      places.append(place)
    }
    for member in archive.members where member.isFolder {
      _ = try ArchiveMember(checking: member.name, isLink: false, archive: archive.path)
    }
    self.archive = archive
    self.places = places
    self.members = members
  }

  func contents(at index: Int) throws -> [UInt8] {
    try archive.contents(of: archive.members[places[index]], limit: ImageFile.byteLimit)
  }

  func picture(at index: Int) throws -> [UInt8] {
    let member = archive.members[places[index]]
    // The first bytes reveal a zip bomb of gigabytes.
    if member.size > 1 << 20, ImageCodec.detect(try archive.beginning(of: member, count: 16)) == nil {
      return try archive.beginning(of: member, count: 512)
    }
    return try contents(at: index)
  }
}

/// The members of one tar archive, or of several shards one after the other.
struct TarMembers: MemberArchive {
  let path: String
  let members: [ArchiveMember]
  private let shards: [TarArchive]
  /// For each member its shard and its place in it.
  private let places: [(shard: Int32, place: Int32)]

  let repetition: DataError?

  /// Throws if one shard has two members of one name.
  init(_ shards: [TarArchive], path: String) throws {
    var places: [(shard: Int32, place: Int32)] = []
    var members: [ArchiveMember] = []
    var owners: [String: Int32] = [:]
    var repetition: DataError?
    for (shard, archive) in shards.enumerated() {
      for (place, member) in archive.members.enumerated() {
        let checked = try ArchiveMember(checking: member.name, isLink: member.kind == .link, archive: archive.path)
        if member.kind == .other { continue }
        // GNU tar's own form, and the one of its pax headers, which name a folder after the process.
        guard member.kind != .sparse, !member.name.contains("GNUSparseFile.") else {
          throw DataError.unsupportedFormat("\(archive.path)/\(checked.name)", kind: "a sparse member (tar --sparse)")
        }
        let own = Int32(truncatingIfNeeded: shard)
        if let owner = owners.updateValue(own, forKey: checked.name) {
          let error = DataError.memberTwice(archive.path, checked.name)
          guard owner != own else { throw error }
          repetition = repetition ?? error
        }
        members.append(checked)
        places.append((own, Int32(truncatingIfNeeded: place)))
      }
    }
    self.repetition = repetition
    self.path = path
    self.shards = shards
    self.places = places
    self.members = members
  }

  func fullName(of index: Int) -> String { "\(shards[Int(places[index].shard)].path)/\(members[index].name)" }

  func shard(of index: Int) -> String? {
    guard repetition != nil else { return nil }
    let name = shards[Int(places[index].shard)].path.split(separator: "/").last ?? ""
    return String(name.hasSuffix(".tar") ? name.dropLast(4) : name)
  }

  func contents(at index: Int) throws -> [UInt8] {
    let archive = shards[Int(places[index].shard)]
    let member = archive.members[Int(places[index].place)]
    guard member.size <= ImageFile.byteLimit else {
      throw ImageError.fileTooLarge(path: fullName(of: index), bytes: member.size, limit: ImageFile.byteLimit)
    }
    return try archive.contents(of: member)
  }
}

/// The files of a folder that a list names.
struct FolderMembers: MemberArchive {
  let path: String
  let members: [ArchiveMember]

  init(_ names: [String], path: String) throws {
    self.path = path
    members = try names.map { try ArchiveMember(checking: $0, isLink: false, archive: path) }
  }

  func contents(at index: Int) throws -> [UInt8] { try ImageFile.bytes(at: fullName(of: index)) }
}
