/// The loops over bf16 numbers, for processors that have dot products of them.
package protocol BF16Loops: FeatureLoops where Stored == UInt16 {
  typealias PairSource = UnsafePointer<UInt32>
  typealias PairTarget = UnsafeMutablePointer<UInt32>

  static func dotConvolve(
    _ image: Source, by weights: Source, _ extents: DotExtents, accumulating: Bool, into output: Target)
  static func dotProducts(_ image: Source, by weights: Source, _ extents: DotExtents, into output: FloatTarget)
  static func dotConvolveWeights(
    _ image: PairSource, gradient: PairSource, _ extents: DotGradientExtents, accumulating weights: FloatTarget)

  static func packDots(_ weights: Floats, _ extents: DotPackingExtents, into packed: Target)
  static func packTransposedDots(_ weights: Floats, _ extents: DotPackingExtents, into packed: Target)
  static func copyWindows(_ row: Source, _ taps: RowTaps, into windows: Target)
  static func pairTaps(_ row: Source, _ taps: RowTaps, into pairs: PairTarget)
  static func pairTapTiles(_ row: Source, _ taps: RowTaps, into words: PairTarget, tilePitch: Int)
  static func pairOutputs(_ row: Source, width: Int, channels: Int, into pairs: PairTarget)
  static func transposeWindows(
    _ pairs: PairSource, channels: Int, windows: Int, into gradients: PairTarget, channelPitch: Int)
  static func spreadSums(_ sums: FloatTarget, _ extents: SpreadExtents, accumulating: Bool, into weights: FloatTarget)

  static var winogradF2: any BF16WinogradTransforms.Type { get }
}

/// The transforms of F(2x2, 3x3) over bf16 numbers.
package protocol BF16WinogradTransforms: WinogradTransforms where Stored == UInt16 {
  static func inputPairs(
    _ image: UnsafePointer<UInt16>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<UInt32>, planePitch: Int)
  static func gradientPairs(
    _ image: UnsafePointer<UInt16>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<UInt32>, planePitch: Int)
}

/// The products of bf16 numbers on tiles.
package protocol TileLoops: SendableMetatype {
  static func tileConvolve(
    _ image: UnsafePointer<UInt16>, by weights: UnsafePointer<UInt16>, _ extents: TileExtents, accumulating: Bool,
    into output: UnsafeMutablePointer<UInt16>)
  static func tileSumWeights(
    _ words: UnsafePointer<UInt32>, gradients: UnsafePointer<UInt32>,
    _ extents: TileGradientExtents, into sums: UnsafeMutablePointer<Float>)
}
