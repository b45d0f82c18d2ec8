import LoopsBF16
import Support
import Testing

/// The emulation against results that are worked out by hand from TDPBF16PS's definition.
@Suite(.enabled(if: hasDots, "no bf16 dot products")) struct TileUnitTests {
  /// The one sum of `pairs` products: c + Σ left · right.
  private func sum(_ c: Float, _ left: [(Float, Float)], _ right: [(Float, Float)]) -> Float {
    func bits(_ pair: (Float, Float)) -> UInt32 { pair.0.bitPattern >> 16 | pair.1.bitPattern & 0xffff_0000 }
    var unit = EmulatedTileUnit()
    unit.configure(rows: 1, columns: 1, depth: left.count)
    var (a, b, result) = (left.map(bits), right.map(bits), c)
    a.withUnsafeBytes { unit.load(4, $0.baseAddress.unsafelyUnwrapped, 64) }
    b.withUnsafeBytes { unit.load(6, $0.baseAddress.unsafelyUnwrapped, 4) }
    withUnsafeMutableBytes(of: &result) {
      unit.load(0, UnsafeRawPointer($0.baseAddress.unsafelyUnwrapped), 4)
      unit.multiply(0, 4, 6)
      unit.store(0, $0.baseAddress.unsafelyUnwrapped, 4)
    }
    return result
  }

  @Test func evenAndOddTermsAreSummedApartAndThenAdded() {
    // 2²⁴ + 1 is no float, so the ones vanish where they meet 2²⁴ one by one and count where they are summed first.
    let big: Float = 0x1p24
    #expect(sum(0, [(big, 1), (1, 1), (1, 1)], [(1, 1), (1, 1), (1, 1)]) == big + 4)
    #expect(sum(0, [(1, 0), (1, 0), (big, 0)], [(1, 1), (1, 1), (1, 1)]) == big + 2)
    #expect(sum(0, [(big, 0), (1, 0), (1, 0)], [(1, 1), (1, 1), (1, 1)]) == big)
    // What was there before is added last.
    #expect(sum(big, [(1, 1)], [(1, 1)]) == big + 2)
    #expect(sum(big, [(1, 0)], [(1, 1)]) == big)
  }

  @Test func roundsToTheNearestAndTiesToEven() {
    #expect(sum(0x1p24 + 2, [(1, 0)], [(1, 0)]) == 0x1p24 + 4)
    #expect(sum(0x1p24, [(1, 0)], [(1, 0)]) == 0x1p24)
    #expect(sum(0x1p24, [(1.5, 0)], [(1, 0)]) == 0x1p24 + 2)
    // A product of two bf16 numbers is exact: (1 + 2⁻⁷)² - 1 - 2⁻⁶ is 2⁻¹⁴.
    #expect(sum(0, [(1 + 0x1p-7, 0), (-1 - 0x1p-6, 0)], [(1 + 0x1p-7, 0), (1, 0)]) == 0x1p-14)
  }

  @Test func denormalsAreZero() {
    let tiny = Float(bitPattern: 0x0040_0000)
    #expect(sum(0, [(tiny, tiny)], [(0x1p100, 0x1p100)]) == 0)
    #expect(sum(0, [(0x1p-100, 0)], [(0x1p-30, 0)]).bitPattern == 0)
    #expect(sum(-0.0, [(-0x1p-100, -0x1p-100)], [(0x1p-30, 0x1p-30)]).bitPattern == 0x8000_0000)
    #expect(sum(tiny, [(0, 0)], [(0, 0)]) == 0)
    // 2⁻¹²⁵ - 2⁻¹²⁶ - 2⁻¹²⁷ is a denormal, as the even terms' sum, before 2⁻¹²⁶ is added.
    #expect(
      sum(0x1p-126, [(0x1p-125, 0), (-0x1p-126, 0), (-0x1p-127, 0)], [(1, 0), (1, 0), (1, 0)]) == 0x1p-125)
    // 1.5 · 2⁻¹⁵¹ below the least normal float: rounded to 24 bits it stays below.
    #expect(sum(0, [(0x1p-126, 0), (-1.5 * 0x1p-100, 0)], [(1, 0), (0x1p-51, 0)]) == 0)
    #expect(sum(0, [(0x1p-126, 0), (-0x1p-100, 0)], [(1, 0), (0x1p-52, 0)]) == 0x1p-126)
  }

  @Test func whatIsNoNumberStaysSo() {
    #expect(sum(0, [(.infinity, 0)], [(1, 0)]) == .infinity)
    #expect(sum(0, [(.infinity, 0)], [(0, 0)]).isNaN)
    #expect(sum(.nan, [(1, 0)], [(1, 0)]).isNaN)
  }
}
