import LoopTypes
import LoopsBF16
import Support
import Testing

/// The products of bf16 numbers are exact in floats, so n terms in any order are off by at most n ulps (2⁻²⁴) of the sum
/// of their magnitudes.
@Suite(.enabled(if: hasDots, "no bf16 dot products")) struct TileWeightGradientTests {
  private typealias Kernel = (
    UnsafePointer<UInt32>, UnsafePointer<UInt32>, UnsafeMutablePointer<Float>, TileGradientExtents
  ) -> Void

  /// The pairs of a case as the kernel wants them: those of all images behind one another for each row.
  private struct Pairs {
    let windowsPerRow: Int
    let tilesPerRow: Int
    var words: [UInt32]
    var gradients: [UInt32]
    let taps: [Int]

    init(_ test: TileCase) {
      // No number, for where nothing may be read.
      let poison: UInt32 = 0x7fc0_7fc0
      let pairs = (test.width + 1) / 2
      windowsPerRow = (test.images * pairs + 15) / 16
      tilesPerRow = (test.taps + 15) / 16
      let rowPitch = windowsPerRow * 256
      let tapPitch = test.rows * rowPitch
      words = [UInt32](repeating: poison, count: tilesPerRow * tapPitch)
      let channelPitch = test.height * rowPitch
      gradients = [UInt32](repeating: poison, count: test.outputs / 16 * channelPitch)
      let tiles = tilesPerRow
      taps = (0..<test.kernel).flatMap { row in (0..<tiles).map { $0 * tapPitch + row * rowPitch } }
      words.withUnsafeMutableBufferPointer { words in
        guard let to = words.baseAddress else { return }
        for index in 0..<test.images {
          test.image(index).withUnsafeBufferPointer { image in
            guard let x = image.baseAddress else { return }
            for row in 0..<test.rows {
              Loops.pairTapTiles(
                x + row * test.columns * test.inputs,
                RowTaps(step: test.stride * test.inputs, taps: test.taps, count: pairs),
                into: to + row * rowPitch + index * pairs * 16, tilePitch: tapPitch)
            }
          }
        }
        for start in stride(from: 0, to: words.count, by: rowPitch) {
          for at in test.images * pairs * 16..<rowPitch { words[start + at] = 0 }
        }
      }
      let channels = test.outputs
      for y in 0..<test.height {
        var row = [UInt32](repeating: 0, count: windowsPerRow * 16 * channels)
        row.withUnsafeMutableBufferPointer { row in
          for index in 0..<test.images {
            test.gradient(index).withUnsafeBufferPointer { gradient in
              guard let g = gradient.baseAddress, let to = row.baseAddress else { return }
              Loops.pairOutputs(
                g + y * test.width * channels, width: test.width, channels: channels,
                into: to + index * pairs * channels)
            }
          }
          gradients.withUnsafeMutableBufferPointer { gradients in
            guard let from = row.baseAddress, let to = gradients.baseAddress else { return }
            Loops.transposeWindows(
              from, channels: channels, windows: windowsPerRow, into: to + y * rowPitch, channelPitch: channelPitch)
          }
        }
      }
    }
  }

  /// The weights' gradient, added to `before`, from sums over the rows of outputs that are in `rows`, one call after the
  /// other. With a stride, a row of outputs is a call of its own, for between its taps and the next one's lie others.
  private func run(_ kernel: Kernel, _ test: TileCase, _ before: [Float], rows: [Range<Int>]) -> [Float] {
    let pairs = Pairs(test)
    let (tapTiles, channelTiles) = (pairs.taps.count, test.outputs / 16)
    let rowPitch = pairs.windowsPerRow * 256
    var sums = [Float](repeating: .nan, count: tapTiles * channelTiles * 256)
    var weights = before
    sums.withUnsafeMutableBufferPointer { sums in
      guard let sum = sums.baseAddress else { return }
      for some in rows {
        pairs.words.withUnsafeBufferPointer { words in
          pairs.gradients.withUnsafeBufferPointer { gradients in
            pairs.taps.withUnsafeBufferPointer { taps in
              guard let x = words.baseAddress, let g = gradients.baseAddress else { return }
              let extents = TileGradientExtents(
                taps: taps, channelTiles: channelTiles, windows: some.count * pairs.windowsPerRow,
                channelPitch: test.height * rowPitch, begins: some.lowerBound == 0)
              kernel(x + some.lowerBound * test.stride * rowPitch, g + some.lowerBound * rowPitch, sum, extents)
            }
          }
        }
      }
      weights.withUnsafeMutableBufferPointer { weights in
        guard let to = weights.baseAddress else { return }
        for tile in 0..<tapTiles {
          let (row, tap) = (tile / pairs.tilesPerRow, tile % pairs.tilesPerRow * 16)
          Loops.spreadSums(
            sum + tile * channelTiles * 256,
            SpreadExtents(taps: min(16, test.taps - tap), channelTiles: channelTiles, pitch: test.outputs),
            accumulating: true, into: to + (row * test.taps + tap) * test.outputs)
        }
      }
    }
    return weights
  }

  private func rows(_ test: TileCase) -> [Range<Int>] {
    test.stride == 1 ? [0..<test.height] : (0..<test.height).map { $0..<$0 + 1 }
  }

  private func emulated(_ test: TileCase, rows: [Range<Int>]) -> [Float] {
    var unit = EmulatedTileUnit()
    return run({ tileSumWeights(on: &unit, $0, gradients: $1, $3, into: $2) }, test, before(test), rows: rows)
  }

  private func before(_ test: TileCase) -> [Float] {
    (0..<test.kernel * test.taps * test.outputs).map { Float($0 % 13) - 6 } + [1234.5]
  }

  @Test(arguments: TileCase.all)
  func weightGradientAgreesWithItsDefinition(test: TileCase) {
    let before = before(test)
    let (sums, scales) = test.weightGradients()
    let terms = Double(test.images * test.height * test.width)
    let weights = emulated(test, rows: rows(test))
    #expect(weights.last == 1234.5)
    let expected = sums.indices.map { Double(before[$0]) + sums[$0] }
    func allowed(_ index: Int) -> Double {
      (terms + 2) * 0x1p-24 * (scales[index] + abs(Double(before[index]))) + 1e-30
    }
    #expect(excess(of: weights.dropLast(), over: expected, allowed: allowed) <= 1)
  }

  /// Sums that go on from where they were get the bits that they get in one call, which goes through memory after
  /// sixteen windows.
  @Test func someRowsAtATime() {
    let test = TileCase(3, 32, 5, 32, 48, 3, 1)
    #expect(Bool(emulated(test, rows: [0..<16, 16..<32]) == emulated(test, rows: [0..<32])))
  }

  /// A row of 16 pairs is one window, four rows of 4 in four images another; three images of 2 x 1 pairs share one.
  @Test func windowsAreNotWasted() {
    for (test, products) in [
      (TileCase(1, 32, 32, 16, 16, 3, 1), 32 * 9), (TileCase(4, 8, 8, 32, 32, 3, 1), 8 * 18 * 2),
      (TileCase(3, 2, 2, 16, 16, 3, 1), 2 * 9), (TileCase(2, 3, 16, 16, 48, 3, 1), 3 * 9 * 3),
    ] {
      var unit = EmulatedTileUnit()
      _ = run({ tileSumWeights(on: &unit, $0, gradients: $1, $3, into: $2) }, test, before(test), rows: rows(test))
      #expect(unit.products == products)
    }
  }

  @Test(.enabled(if: hasTiles, "no AMX tiles"), arguments: TileCase.all)
  func theProcessorAgreesWithTheEmulation(test: TileCase) {
    let processor = run(
      { MatrixTiles.tileSumWeights($0, gradients: $1, $3, into: $2) }, test, before(test), rows: rows(test))
    #expect(Bool(processor == emulated(test, rows: rows(test))))
  }
}
