extension Shape: LosslessStringConvertible {
  /// The shape of its description, height x width x channels such as `28x28x1`, in whatever case; nil for anything else,
  /// and for extents that no image or batch of it has: sides of 1 to 65,536 and 1 to 64 channels.
  package init?(_ text: String) {
    let extents = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    guard extents.count == 3, extents.prefix(2).allSatisfy({ (1...65_536).contains($0) }), (1...64).contains(extents[2])
    else { return nil }
    self.init(height: extents[0], width: extents[1], channels: extents[2])
  }
}
