internal import Kernels
internal import Networks

extension Architecture {
  /// - Throws: `UsageError` for images that are too small for the network.
  func check(_ input: Shape) throws {
    guard min(input.height, input.width) < smallestSide else { return }
    throw UsageError.message(
      "\(name) needs images of at least \(smallestSide)x\(smallestSide) pixels, and these have "
        + "\(input.width)x\(input.height). Choose another --model, or larger images with --input.")
  }
}
