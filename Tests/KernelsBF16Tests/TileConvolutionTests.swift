import KernelsBF16
import Support
import Testing

/// Operands are bf16 numbers, whose products are exact in floats, so only sums are rounded: n terms in any order are off
/// by at most n ulps (2⁻²⁴) of the sum of their magnitudes, and a result that is stored as bf16 by 2⁻⁸ of itself more.
@Suite(.enabled(if: hasDots, "no bf16 dot products")) struct TileConvolutionTests {
  private typealias Kernel = (
    UnsafePointer<UInt16>, UnsafePointer<UInt16>, UnsafeMutablePointer<UInt16>, DotExtents, Bool
  ) -> Void

  private static let untouched: UInt16 = 0x3f9a

  /// What lies there before: numbers from 1.5 on.
  private func before(_ index: Int) -> UInt16 { 0x3fc0 + UInt16(index % 7) }

  /// Where output (y, x, n) lies.
  private func place(_ index: Int, _ e: DotExtents) -> Int {
    let (position, n) = (index / e.channels, index % e.channels)
    return position / e.width * e.outputPitch + position % e.width * e.outputStep + n
  }

  private func run(
    _ kernel: Kernel, _ test: TileCase, _ image: [UInt16], accumulating: Bool
  ) -> [UInt16] {
    let e = test.extents
    var output = [UInt16](repeating: Self.untouched, count: test.height * e.outputPitch)
    for index in 0..<test.height * test.width * test.outputs {
      output[place(index, e)] = before(index)
    }
    let packed = test.packed
    image.withUnsafeBufferPointer { image in
      packed.withUnsafeBufferPointer { packed in
        output.withUnsafeMutableBufferPointer { output in
          guard let x = image.baseAddress, let w = packed.baseAddress, let y = output.baseAddress else { return }
          kernel(x, w, y, e, accumulating)
        }
      }
    }
    return output
  }

  @Test(arguments: TileCase.all)
  func convolutionAgreesWithItsDefinition(test: TileCase) {
    let e = test.extents
    let image = test.image(0)
    let (sums, scales) = test.outputs(image)
    let terms = Double(test.kernel * test.taps)
    for accumulating in [false, true] {
      var unit = EmulatedTileUnit()
      let output = run({ tileConvolve(on: &unit, $0, $1, $2, $3, $4) }, test, image, accumulating: accumulating)
      var isInside = [Bool](repeating: false, count: output.count)
      var largest = 0.0
      for index in sums.indices {
        let at = place(index, e)
        isInside[at] = true
        let old = accumulating ? Double(float(before(index))) : 0
        let expected = old + sums[index]
        let allowed = abs(expected) * 0x1.01p-8 + (terms + 1) * 0x1p-24 * (scales[index] + abs(old))
        largest = max(largest, abs(Double(float(output[at])) - expected) / allowed)
        if float(output[at]).isNaN { largest = .infinity }
      }
      #expect(largest <= 1)
      #expect(output.indices.allSatisfy { isInside[$0] || output[$0] == Self.untouched })
      guard test.width >= 8 else { continue }
      // The twin sums in another order, so that some results lie at the other side of the border between two numbers.
      let twin = run(dotConvolve, test, image, accumulating: accumulating)
      for index in sums.indices {
        let (a, b) = (Double(float(output[place(index, e)])), Double(float(twin[place(index, e)])))
        let allowed = 2 * (terms + 1) * 0x1p-24 * (scales[index] + 8) + max(abs(a), abs(b)) * 0x1p-7
        guard abs(a - b) > allowed else { continue }
        Issue.record("\(index): \(a) and \(b)")
        break
      }
    }
  }

  private typealias Product = (
    UnsafePointer<UInt16>, UnsafePointer<UInt16>, UnsafeMutablePointer<Float>, DotExtents
  ) -> Void

  /// The outputs as floats, without gaps.
  private func products(_ kernel: Product, _ test: TileCase) -> [Float] {
    var e = test.extents
    e.outputStep = test.outputs
    e.outputPitch = test.width * test.outputs
    let (image, packed) = (test.image(0), test.packed)
    var output = [Float](repeating: .nan, count: test.height * test.width * test.outputs)
    image.withUnsafeBufferPointer { image in
      packed.withUnsafeBufferPointer { packed in
        output.withUnsafeMutableBufferPointer { output in
          guard let x = image.baseAddress, let w = packed.baseAddress, let y = output.baseAddress else { return }
          kernel(x, w, y, e)
        }
      }
    }
    return output
  }

  @Test(arguments: TileCase.all)
  func productsAgreeWithTheirDefinition(test: TileCase) {
    let (sums, scales) = test.outputs(test.image(0))
    var unit = EmulatedTileUnit()
    let output = products({ tileProducts(on: &unit, $0, $1, $2, $3) }, test)
    let terms = Double(test.kernel * test.taps)
    #expect(excess(of: output, over: sums) { terms * 0x1p-24 * scales[$0] + 1e-30 } <= 1)
  }

  /// An 8 x 8 map of 64 channels: 5 tiles of outputs as one run of a padded image of 10 columns, by 4 of channels and
  /// 3 · 6 of taps. 32 columns take a run for each row.
  @Test func tilesAreNotWasted() {
    for (test, products) in [
      (TileCase(1, 8, 8, 64, 64, 3, 1), 5 * 4 * 18), (TileCase(1, 32, 32, 16, 16, 3, 1), 64 * 6),
      (TileCase(1, 16, 16, 32, 32, 3, 1), 16 * 2 * 9),
    ] {
      var unit = EmulatedTileUnit()
      _ = run({ tileConvolve(on: &unit, $0, $1, $2, $3, $4) }, test, test.image(0), accumulating: false)
      #expect(unit.products == products)
    }
  }

  @Test(arguments: TileCase.all)
  func theProcessorAgreesWithTheEmulation(test: TileCase) {
    guard hasTiles else { return }
    var unit = EmulatedTileUnit()
    for accumulating in [false, true] {
      let emulated = run(
        { tileConvolve(on: &unit, $0, $1, $2, $3, $4) }, test, test.image(0), accumulating: accumulating)
      #expect(run(tileConvolve, test, test.image(0), accumulating: accumulating) == emulated)
    }
    #expect(products(tileProducts, test) == products({ tileProducts(on: &unit, $0, $1, $2, $3) }, test))
  }
}
