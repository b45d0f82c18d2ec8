import Kernels
import Networks

/// PixelCNN with gates, conditional on the class (van den Oord et al. 2016, "Conditional Image Generation with PixelCNN
/// Decoders"), trained by Adam on minibatches in a seeded order.
package struct PixelCNNFamily: GeneratorFamily {
  package static let name = "pixelcnn"

  /// Features of each stack.
  package let width: Int
  /// Layers.
  package let depth: Int
  /// Passes over the training images.
  package let epochs: Int

  package init(width: Int, depth: Int, epochs: Int) {
    self.width = width
    self.depth = depth
    self.epochs = epochs
  }

  package var capacity: [String: Int] { ["width": width, "depth": depth, "epochs": epochs] }

  static let widths = 1...256
  static let depths = 1...50

  package func fit(_ data: LabelledImages, _ context: FitContext) throws -> PixelCNNModel {
    guard context.kind == .levels else { throw GeneratorError.kind(context.kind, family: Self.name) }
    try Self.check("--width", width, Self.widths, "the features of a stack")
    try Self.check("--depth", depth, Self.depths, "the number of layers")
    try Self.check("--epochs", epochs, 1...100_000, "the passes over the images")
    let identity = context.identity(of: self, data)
    guard data.images.count >= 2 else {
      throw GeneratorError.tooFewImages(
        className: data.classNames.first ?? "", images: data.images.count, needed: 2)
    }
    var fit = try PixelCNNFit(identity, data, context)
    return PixelCNNModel(identity, try fit.run())
  }

  private static func check(_ option: String, _ value: Int, _ allowed: ClosedRange<Int>, _ reason: String) throws {
    guard allowed.contains(value) else {
      throw GeneratorError.capacity(option: option, value: value, allowed: allowed, reason: reason)
    }
  }
}
