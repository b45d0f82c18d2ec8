/// The settings that come with the tool, one file of `configs/` each.
package struct Preset: Sendable {
  package let name: String
  package let yaml: String

  package static let all: [Preset] = [
    Preset("demo", PackageResources.demo_yaml),
    Preset("quick", PackageResources.quick_yaml),
    Preset("resnet20-short", PackageResources.resnet20_short_yaml),
  ]

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    yaml = String(decoding: bytes, as: UTF8.self)
  }

  /// - Throws: `UsageError.unknownPreset`, which names the nearest right one.
  package static func named(_ name: String) throws -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw UsageError.unknownPreset(name, known: all.map(\.name))
    }
    return preset
  }
}
