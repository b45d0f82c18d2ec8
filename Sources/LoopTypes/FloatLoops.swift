/// The loops over floats.
package protocol FloatLoops: FeatureLoops where Stored == Float {
  static func col2im(_ patches: Floats, _ extents: Im2colExtents, rows: Range<Int>, accumulating image: FloatTarget)
  static func transpose(_ source: Floats, _ extents: TransposeExtents, into target: FloatTarget)

  static func packPanel(_ matrix: Floats, _ extents: PackingExtents, into panel: FloatTarget)
  static func packRows(_ source: Floats, _ extents: RowPackingExtents, into target: FloatTarget)
  static func packedGEMM(
    _ source: Floats, by panels: Floats, _ extents: PackedGEMMExtents, accumulating: Bool, into target: FloatTarget)
  static func sumOuterProducts(
    _ left: Floats, _ right: Floats, _ extents: OuterProductExtents, accumulating: Bool, into target: FloatTarget)

  static func directConvolve(_ image: Floats, by weights: Floats, _ extents: DirectExtents, into output: FloatTarget)
  static func directConvolveWeights(
    _ image: Floats, gradient: Floats, _ extents: DirectExtents, accumulating weights: FloatTarget)
  static func depthwiseConvolve(
    _ image: Floats, by weights: Floats, _ extents: DepthwiseExtents, into output: FloatTarget)

  static var winogradF2: any FloatWinogradTransforms.Type { get }
  static var winogradF4: any FloatWinogradTransforms.Type { get }
  static var winogradSquare: any FloatWinogradTransforms.Type { get }

  static func addToRows(_ row: Floats, _ extents: MatrixExtents, accumulating matrix: FloatTarget)
  static func sumParts(_ parts: Floats, number: Int, pitch: Int, count: Int, into output: FloatTarget)
  static func exponentials(_ input: Floats, count: Int, maximum: Float, into output: FloatTarget) -> Float
  static func activateRows(
    _ input: Floats, _ extents: MatrixExtents, bias: Floats?, by function: ActivationFunction, into output: FloatTarget)
  static func normalizeLayers(
    _ input: Floats, _ extents: MatrixExtents, by scaling: LayerScaling, into output: FloatTarget)

  static func sgdStep(
    _ parameters: FloatTarget, gradients: Floats, velocities: FloatTarget, count: Int, _ step: SGDStep)
  static func movingAverage(_ averages: FloatTarget, towards parameters: Floats, count: Int, weight: Float)
  static func allFinite(_ values: Floats, count: Int) -> Bool
}

/// The transforms of one of Winograd's algorithms over floats.
package protocol FloatWinogradTransforms: WinogradTransforms where Stored == Float {
  static func weights(
    _ weights: UnsafePointer<Float>, _ extents: WinogradWeightExtents, into planes: UnsafeMutablePointer<Float>)
  static func gradient(
    _ image: UnsafePointer<Float>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<Float>,
    _ pitches: PlanePitches)
  static func weightGradient(
    _ planes: UnsafePointer<Float>, _ extents: WinogradGradientExtents, into weights: UnsafeMutablePointer<Float>)
}
