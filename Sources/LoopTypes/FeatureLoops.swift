// The lists of the hot loops. A compiled module conforms to one of these protocols, and a kernel calls it through the
// table in its `Execution`. What each loop computes is said where it is written, in the folders Loops and LoopsBF16.
//
// What you give up by using them: the loops check nothing; whoever calls them has checked all lengths.

/// The loops over feature maps, whose numbers are floats or bf16.
package protocol FeatureLoops<Stored>: SendableMetatype {
  associatedtype Stored
  typealias Source = UnsafePointer<Stored>
  typealias Target = UnsafeMutablePointer<Stored>
  typealias Floats = UnsafePointer<Float>
  typealias FloatTarget = UnsafeMutablePointer<Float>
  typealias Doubles = UnsafeMutablePointer<Double>

  static func im2col(_ image: Source, _ extents: Im2colExtents, rows: Range<Int>, into patches: Target)
  static func padImage(_ image: Source, _ extents: PaddedImage, into padded: Target)
  static func padNormalized(_ image: Source, _ extents: PaddedImage, by scaling: ChannelScaling, into padded: Target)

  static func add(_ first: Source, _ second: Source, count: Int, into output: Target)

  static func moments(_ matrix: Source, _ extents: SpanExtents, means: Doubles, squares: Doubles)
  static func gradientSums(
    _ operands: RectifiedGradient<Stored>, _ extents: SpanExtents, sums: Doubles, products: Doubles)
  static func normalizeRows(
    _ input: Source, _ extents: MatrixExtents, by scaling: ChannelScaling, residual: Source?, into output: Target)
  static func normalizeRowsBackward(
    _ operands: RectifiedGradient<Stored>, _ extents: MatrixExtents, by slope: NormalizationSlope,
    into result: SumTarget<Stored>, residual: SumTarget<Stored>?)

  static func maximumWindows(_ image: Source, _ extents: PoolingExtents, into output: Target)
  static func maximumWindowsBackward(
    _ gradient: Source, image: Source, _ extents: PoolingExtents, accumulating result: Target)
  static func maximumBlocks(_ image: Source, _ extents: PoolingExtents, into output: Target)
  static func maximumBlocksBackward(_ gradient: Source, image: Source, _ extents: PoolingExtents, into result: Target)
  static func averageWindows(_ image: Source, _ extents: PoolingExtents, factor: Float, into output: FloatTarget)
  static func averageWindowsBackward(
    _ gradient: Floats, _ extents: PoolingExtents, factor: Float, accumulating result: Target)
}

/// The transforms of one of Winograd's algorithms that the passes over feature maps need.
package protocol WinogradTransforms<Stored>: SendableMetatype {
  associatedtype Stored

  static func input(
    _ image: UnsafePointer<Stored>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<Stored>,
    _ pitches: PlanePitches)
  static func output(
    _ planes: UnsafePointer<Float>, planePitch: Int, _ tiles: WinogradTiles,
    into output: UnsafeMutablePointer<Stored>, accumulating: Bool)
}
