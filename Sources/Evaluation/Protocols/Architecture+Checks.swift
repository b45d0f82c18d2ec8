internal import Kernels
package import Networks

extension Architecture {
  /// - Throws: `UsageError.unknownModel` for a name that no architecture has.
  package static func named(_ name: String) throws -> Architecture {
    guard let architecture = Architecture(name: name) else {
      throw UsageError.unknownModel(name, nearest: Spelling.nearest(to: name, in: names))
    }
    return architecture
  }

  /// - Throws: `UsageError` for images that are too small for the network.
  func check(_ input: Shape) throws {
    guard min(input.height, input.width) < smallestSide else { return }
    throw UsageError.smallImages(input, model: name, least: smallestSide)
  }
}
