/// The built-in settings, one file of `configs/` each.
package struct Preset: Sendable {
  package let name: String
  package let yaml: String

  package static let all: [Preset] = [
    Preset("cifar10-fast", PackageResources.cifar10_fast_yaml),
    Preset("cifar10-paper", PackageResources.cifar10_paper_yaml),
    Preset("demo", PackageResources.demo_yaml),
    Preset("grey-images", PackageResources.grey_images_yaml),
    Preset("imagenet-paper", PackageResources.imagenet_paper_yaml),
    Preset("images-64x64", PackageResources.images_64x64_yaml),
    Preset("large-images", PackageResources.large_images_yaml),
    Preset("quick", PackageResources.quick_yaml),
    Preset("resnet20-short", PackageResources.resnet20_short_yaml),
    Preset("small-images", PackageResources.small_images_yaml),
  ]

  /// The name of the automatic choice from the data.
  package static let automatic = "auto"

  private init(_ name: String, _ bytes: [UInt8]) {
    self.name = name
    yaml = String(decoding: bytes, as: UTF8.self)
  }

  /// - Throws: `UsageError.unknownPreset`, which names the nearest right one.
  package static func named(_ name: String) throws -> Preset {
    guard let preset = all.first(where: { $0.name == name }) else {
      throw UsageError.unknownPreset(name, known: all.map(\.name) + [automatic])
    }
    return preset
  }
}
