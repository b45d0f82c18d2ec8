package import Images
package import Randomness

extension Augmentation {
  /// The random draw for an image that is only moved: where each pixel of the result comes from.
  package struct Placement: Equatable, Sendable {
    /// Row y of the result is row `y + rowOffset` of the image, or padding if there is none; columns likewise.
    package var rowOffset = 0
    package var columnOffset = 0
    /// Whether the result is mirrored after cutting.
    package var isFlipped = false

    package init() {}
  }

  /// Whether images are only moved: a crop, a flip, or a crop and then a flip. Their bytes then go to the network
  /// without a copy in between.
  var onlyMoves: Bool {
    let names = operations.map(\.name).filter { $0 != "mixup" && $0 != "cutmix" }
    return ["padCrop", "flip"].starts(with: names) || ["padCrop", "alternateFlip"].starts(with: names)
      || names == ["flip"] || names == ["alternateFlip"]
  }

  /// Draws from `stream`; an operation outside the list draws nothing.
  package func placement(from stream: inout RandomStream) -> Placement {
    var placement = Placement()
    let padding = padCrop
    if padding > 0 { (placement.rowOffset, placement.columnOffset) = Self.offsets(padding, from: &stream) }
    if flip { placement.isFlipped = stream.nextBool() }
    return placement
  }

  private static func offsets(_ padding: Int, from stream: inout RandomStream) -> (rows: Int, columns: Int) {
    let rows = stream.nextInteger(below: 2 * padding + 1) - padding
    return (rows, stream.nextInteger(below: 2 * padding + 1) - padding)
  }

  /// Whether `alternateFlip` mirrors image `image` in epoch `epoch`. Part `image` of `stream` decides for the first
  /// epoch.
  package func isFlippedInTurn(image: Int, epoch: Int, stream: RandomStream) -> Bool {
    var own = stream.split(image)
    return own.nextBool() != epoch.isMultiple(of: 2)
  }

  /// An image after all operations except those that mix a batch.
  ///
  /// - Parameters:
  ///   - image: the sample, or the image as it is stored where the list begins with `randomResizedCrop`.
  ///   - width, height: of the sample.
  ///   - isTurn: whether `alternateFlip` mirrors the image in this epoch.
  package func apply(
    to image: Image, width: Int, height: Int, isTurn: Bool, from stream: inout RandomStream
  ) -> Canvas {
    var canvas = Canvas(image)
    for operation in operations {
      switch operation {
      case .padCrop(let padding):
        let (rows, columns) = Self.offsets(padding, from: &stream)
        canvas.shift(rowOffset: rows, columnOffset: columns)
      case .randomResizedCrop(let crop):
        canvas = Canvas(crop.apply(to: canvas.image, width: width, height: height, from: &stream))
      case .flip: if stream.nextBool() { canvas.mirror() }
      case .alternateFlip: if isTurn { canvas.mirror() }
      case .randAugment(let changes): changes.apply(to: &canvas, from: &stream)
      case .colorJitter(let jitter): canvas.image = jitter.apply(to: canvas.image, from: &stream)
      case .randomErasing(let erasing):
        if let window = erasing.window(width: canvas.width, height: canvas.height, from: &stream) {
          canvas.erase(rows: window.rows, columns: window.columns)
        }
      case .cutout(let side):
        let y = stream.nextInteger(below: canvas.height) - side / 2
        let x = stream.nextInteger(below: canvas.width) - side / 2
        canvas.erase(rows: y..<y + side, columns: x..<x + side)
      case .mixup, .cutmix: break
      }
    }
    return canvas
  }
}
