import KernelsBF16
import Support
import Testing

/// The products of bf16 numbers are exact in floats, so n terms in any order are off by at most n ulps (2⁻²⁴) of the sum
/// of their magnitudes.
@Suite(.enabled(if: hasDots, "no bf16 dot products")) struct TileWeightGradientTests {
  private typealias Kernel = (
    UnsafePointer<UInt32>, UnsafePointer<UInt32>, UnsafeMutablePointer<Float>, DotGradientExtents
  ) -> Void

  /// Pairs of taps of all images, and behind them what is no number.
  private func imagePairs(_ test: TileCase) -> [UInt32] {
    let e = test.gradientExtents
    var pairs = [UInt32](repeating: 0x7fc0_7fc0, count: test.images * e.imagePitch + 64)
    for index in 0..<test.images {
      test.image(index).withUnsafeBufferPointer { image in
        pairs.withUnsafeMutableBufferPointer { pairs in
          guard let x = image.baseAddress, let to = pairs.baseAddress else { return }
          for row in 0..<test.rows {
            pairTaps(
              x + row * test.columns * test.inputs, test.stride * test.inputs, test.taps, e.pairs,
              to + index * e.imagePitch + row * e.pairs * test.taps)
          }
        }
      }
    }
    return pairs
  }

  private func gradientPairs(_ test: TileCase) -> [UInt32] {
    let e = test.gradientExtents
    let size = e.pairs * test.outputs
    var pairs = [UInt32](repeating: 0x7fc0_7fc0, count: test.images * test.height * size + 64)
    for index in 0..<test.images {
      test.gradient(index).withUnsafeBufferPointer { gradient in
        pairs.withUnsafeMutableBufferPointer { pairs in
          guard let g = gradient.baseAddress, let to = pairs.baseAddress else { return }
          for row in 0..<test.height {
            pairOutputs(
              g + row * test.width * test.outputs, test.width, test.outputs, to + (index * test.height + row) * size)
          }
        }
      }
    }
    return pairs
  }

  private func run(_ kernel: Kernel, _ test: TileCase, _ before: [Float]) -> [Float] {
    var weights = before
    let (image, gradient) = (imagePairs(test), gradientPairs(test))
    image.withUnsafeBufferPointer { image in
      gradient.withUnsafeBufferPointer { gradient in
        weights.withUnsafeMutableBufferPointer { weights in
          guard let x = image.baseAddress, let g = gradient.baseAddress, let w = weights.baseAddress else { return }
          kernel(x, g, w, test.gradientExtents)
        }
      }
    }
    return weights
  }

  private func before(_ test: TileCase) -> [Float] {
    (0..<test.kernel * test.taps * test.outputs).map { Float($0 % 13) - 6 } + [1234.5]
  }

  @Test(arguments: TileCase.all)
  func weightGradientAgreesWithItsDefinition(test: TileCase) {
    let before = before(test)
    let (sums, scales) = test.weightGradients()
    let terms = Double(test.images * test.height * test.width)
    var unit = EmulatedTileUnit()
    let weights = run({ tileConvolveWeights(on: &unit, $0, $1, $2, $3) }, test, before)
    #expect(weights.last == 1234.5)
    let expected = sums.indices.map { Double(before[$0]) + sums[$0] }
    func allowed(_ index: Int) -> Double {
      (terms + 2) * 0x1p-24 * (scales[index] + abs(Double(before[index]))) + 1e-30
    }
    #expect(excess(of: weights.dropLast(), over: expected, allowed: allowed) <= 1)
    let twin = run(dotConvolveWeights, test, before)
    #expect(excess(of: weights.dropLast(), over: twin.dropLast().map { Double($0) }) { 2 * allowed($0) } <= 1)
  }

  /// Taps that are summed apart, in their places, get the bits that they get together.
  @Test func someTapsAtATime() {
    let test = TileCase(3, 4, 4, 32, 48, 3, 1)
    var unit = EmulatedTileUnit()
    let together = run({ tileConvolveWeights(on: &unit, $0, $1, $2, $3) }, test, before(test))
    let apart = run(
      { image, gradient, weights, extents in
        for row in 0..<extents.rows {
          for tap in stride(from: 0, to: extents.taps, by: 40) {
            var e = extents
            e.rows = 1
            e.taps = min(40, extents.taps - tap)
            let from = image + row * e.pairs * e.tapPitch + tap
            tileConvolveWeights(on: &unit, from, gradient, weights + (row * e.tapPitch + tap) * e.channels, e)
          }
        }
      }, test, before(test))
    #expect(apart == together)
  }

  /// A row of 16 pairs is one window, 4 rows of 4 another; rows of 4 that a stride of 2 keeps apart fill half of it, and
  /// three images of 2 x 1 pairs share one.
  @Test func windowsAreNotWasted() {
    for (test, products) in [
      (TileCase(1, 32, 32, 16, 16, 3, 1), 32 * 9), (TileCase(2, 8, 8, 32, 32, 3, 1), 2 * 2 * 18 * 2),
      (TileCase(1, 8, 8, 16, 32, 3, 2), 4 * 9 * 2), (TileCase(3, 2, 2, 16, 16, 3, 1), 9),
    ] {
      var unit = EmulatedTileUnit()
      _ = run({ tileConvolveWeights(on: &unit, $0, $1, $2, $3) }, test, before(test))
      #expect(unit.products == products)
    }
  }

  @Test(arguments: TileCase.all)
  func theProcessorAgreesWithTheEmulation(test: TileCase) {
    guard hasTiles else { return }
    var unit = EmulatedTileUnit()
    let emulated = run({ tileConvolveWeights(on: &unit, $0, $1, $2, $3) }, test, before(test))
    #expect(run(tileConvolveWeights, test, before(test)) == emulated)
  }
}
