internal import LoopTypes

/// One of Winograd's algorithms for 3x3 convolutions of stride 1 and padding 1: outputs of a tile of `tile` x `tile`
/// for `planes` multiplications a pair of channels.
enum WinogradAlgorithm {
  /// F(2x2, 3x3): 16 multiplications for 4 outputs.
  case two
  /// F(4x4, 3x3): 36 multiplications for 16 outputs.
  case four
  /// Images of 2x2, whose borders of zeros are not multiplied: 9 multiplications for 4 outputs.
  case square

  var tile: Int { self == .four ? 4 : 2 }

  var planes: Int {
    switch self {
    case .two: 16
    case .four: 36
    case .square: 9
    }
  }

  /// The one that multiplies least; where two are equal, the one that rounds less.
  init(for image: Shape) {
    let fours = 36 * Self.tiles(4, in: image), twos = 16 * Self.tiles(2, in: image)
    self = image.height == 2 && image.width == 2 ? .square : fours < twos ? .four : .two
  }

  private static func tiles(_ tile: Int, in image: Shape) -> Int {
    (image.height + tile - 1) / tile * ((image.width + tile - 1) / tile)
  }

  /// Its transforms.
  func transforms(_ floats: any FloatLoops.Type) -> any FloatWinogradTransforms.Type {
    switch self {
    case .two: floats.winogradF2
    case .four: floats.winogradF4
    case .square: floats.winogradSquare
    }
  }
}

/// How images are cut into tiles, and these into groups that are transformed and multiplied at a time.
///
/// A group is some tiles of one image, or all tiles of some images. Every output is a sum of its own, so its bits do not
/// depend on the group.
struct WinogradTiling {
  let algorithm: WinogradAlgorithm
  let image: Shape
  /// The channels of the other image.
  let results: Int
  /// Tiles that one group has at most: `rows`, but whole images where these have fewer tiles.
  let wanted: Int

  var tilesPerRow: Int { (image.width + algorithm.tile - 1) / algorithm.tile }
  var tileRows: Int { (image.height + algorithm.tile - 1) / algorithm.tile }
  var tiles: Int { tilesPerRow * tileRows }

  /// The image with a border of one value, and with more where the last tiles reach over the edge.
  var padded: PaddedImage {
    PaddedImage(
      shape: image, top: 1, left: 1, height: tileRows * algorithm.tile + 2, width: tilesPerRow * algorithm.tile + 2)
  }

  /// An image of the results' channels, up to the end of the last tiles.
  var filled: PaddedImage {
    PaddedImage(
      shape: Shape(height: image.height, width: image.width, channels: results), top: 0, left: 0,
      height: tileRows * algorithm.tile, width: tilesPerRow * algorithm.tile)
  }

  /// Some tiles of the padded image, of an output, and of a filled image of gradients, for the transforms.
  func inputTiles(_ range: Range<Int>) -> WinogradTiles {
    WinogradTiles(image: padded.padded, tilesPerRow: tilesPerRow, tiles: range)
  }
  func outputTiles(_ range: Range<Int>) -> WinogradTiles {
    WinogradTiles(image: filled.shape, tilesPerRow: tilesPerRow, tiles: range)
  }
  func gradientTiles(_ range: Range<Int>) -> WinogradTiles {
    WinogradTiles(image: filled.padded, tilesPerRow: tilesPerRow, tiles: range)
  }

  var imagesPerGroup: Int { max(1, wanted / tiles) }
  /// The tiles of a full group.
  var rows: Int { imagesPerGroup > 1 ? imagesPerGroup * tiles : min(wanted, tiles) }

  /// The distance of the planes of a group. The line between them keeps the same value of all planes from falling on
  /// the same set of the first-level cache.
  var inputPlane: Int { rows * image.channels + 16 }
  var outputPlane: Int { rows * results + 16 }
  var planeFloats: Int { algorithm.planes * (inputPlane + outputPlane) }
  /// The distance of the planes of weights, or of sums for their gradient, and the floats of all of them.
  var weightPlane: Int { image.channels * results + 16 }
  var weightFloats: Int { algorithm.planes * weightPlane }
}

extension ConvolutionGeometry {
  /// Whether Winograd's algorithms can compute it.
  var allowsWinograd: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1 && padding == 1 && input.channels % 16 == 0
      && outputChannels % 16 == 0
  }
}
