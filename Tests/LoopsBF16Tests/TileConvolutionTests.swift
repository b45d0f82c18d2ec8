import LoopTypes
import LoopsBF16
import Support
import Testing

/// Operands are bf16 numbers, whose products are exact in floats, so only sums are rounded: n terms in any order are off
/// by at most n ulps (2⁻²⁴) of the sum of their magnitudes, and a result that is stored as bf16 by 2⁻⁸ of itself more.
@Suite(.enabled(if: hasDots, "no bf16 dot products")) struct TileConvolutionTests {
  private typealias Kernel = (UnsafePointer<UInt16>, UnsafePointer<UInt16>, UnsafeMutablePointer<UInt16>, Bool) -> Void

  private static let untouched: UInt16 = 0x3f9a

  /// What lies there before: numbers from 1.5 on.
  private func before(_ index: Int) -> UInt16 { 0x3fc0 + UInt16(index % 7) }

  /// Where output (y, x, n) lies.
  private func place(_ index: Int, _ test: TileCase) -> Int {
    let (position, n) = (index / test.outputs, index % test.outputs)
    return position / test.width * test.outputPitch + position % test.width * test.outputStep + n
  }

  private func run(
    _ kernel: Kernel, _ test: TileCase, _ image: [UInt16], accumulating: Bool
  ) -> [UInt16] {
    var output = [UInt16](repeating: Self.untouched, count: test.height * test.outputPitch)
    for index in 0..<test.height * test.width * test.outputs {
      output[place(index, test)] = before(index)
    }
    let packed = test.packed
    image.withUnsafeBufferPointer { image in
      packed.withUnsafeBufferPointer { packed in
        output.withUnsafeMutableBufferPointer { output in
          guard let x = image.baseAddress, let w = packed.baseAddress, let y = output.baseAddress else { return }
          kernel(x, w, y, accumulating)
        }
      }
    }
    return output
  }

  private func onTiles(
    _ test: TileCase,
    _ kernel:
      @escaping (
        UnsafePointer<UInt16>, UnsafePointer<UInt16>, UnsafeMutablePointer<UInt16>, TileExtents, Bool
      ) -> Void
  ) -> Kernel {
    let (rows, places, targets) = test.tiles
    let kernelRows = (0..<test.kernel).map { $0 * test.columns * test.inputs }
    return { image, weights, output, accumulating in
      kernelRows.withUnsafeBufferPointer { kernelRows in
        places.withUnsafeBufferPointer { places in
          targets.withUnsafeBufferPointer { targets in
            guard let row = kernelRows.baseAddress, let place = places.baseAddress, let target = targets.baseAddress
            else { return }
            let extents = TileExtents(
              channels: test.outputs, depth: test.pairs / tilePairs, step: test.stride * test.inputs, tileRows: rows,
              offsets: TileOffsets(
                rows: test.kernel, kernelRows: row, tiles: places.count, places: place, targets: target))
            kernel(image, weights, output, extents, accumulating)
          }
        }
      }
    }
  }

  private func emulated(_ test: TileCase) -> Kernel {
    onTiles(test) { image, weights, output, extents, accumulating in
      var unit = EmulatedTileUnit()
      tileConvolve(
        on: &unit, image, by: weights, extents, into: SumTarget(output, isAccumulating: accumulating))
    }
  }

  @Test(arguments: TileCase.all)
  func convolutionAgreesWithItsDefinition(test: TileCase) {
    let image = test.image(0)
    let (sums, scales) = test.outputs(image)
    let terms = Double(test.kernel * test.taps)
    for accumulating in [false, true] {
      let output = run(emulated(test), test, image, accumulating: accumulating)
      var isInside = [Bool](repeating: false, count: output.count)
      var largest = 0.0
      for index in sums.indices {
        let at = place(index, test)
        isInside[at] = true
        let old = accumulating ? Double(float(before(index))) : 0
        let expected = old + sums[index]
        let allowed = abs(expected) * 0x1.01p-8 + (terms + 1) * 0x1p-24 * (scales[index] + abs(old))
        largest = max(largest, abs(Double(float(output[at])) - expected) / allowed)
        if float(output[at]).isNaN { largest = .infinity }
      }
      #expect(largest <= 1)
      #expect(output.indices.allSatisfy { isInside[$0] || output[$0] == Self.untouched })
    }
  }

  /// The twin sums in another order, so that some results lie at the other side of the border between two numbers.
  @Test(arguments: TileCase.forDots)
  func convolutionAgreesWithDotProducts(test: TileCase) {
    #expect(TileCase.forDots.count == 68)
    let image = test.image(0)
    let (_, scales) = test.outputs(image)
    let terms = Double(test.kernel * test.taps)
    for accumulating in [false, true] {
      let output = run(emulated(test), test, image, accumulating: accumulating)
      let twin = run(
        { Loops.dotConvolve($0, by: $1, test.dotExtents, accumulating: $3, into: $2) }, test, image,
        accumulating: accumulating)
      for index in scales.indices {
        let (a, b) = (Double(float(output[place(index, test)])), Double(float(twin[place(index, test)])))
        let allowed = 2 * (terms + 1) * 0x1p-24 * (scales[index] + 8) + max(abs(a), abs(b)) * 0x1p-7
        guard abs(a - b) > allowed else { continue }
        Issue.record("\(index): \(a) and \(b)")
        break
      }
    }
  }

  /// Blocks of two by two tiles, of four by one, and what is left over, multiply each tile of outputs with each of
  /// weights once.
  @Test(arguments: [TileCase(1, 32, 32, 16, 16, 3, 1), TileCase(1, 3, 16, 32, 80, 3, 1)])
  func tilesAreNotWasted(test: TileCase) {
    var unit = EmulatedTileUnit()
    let kernel = onTiles(test) {
      tileConvolve(on: &unit, $0, by: $1, $3, into: SumTarget($2, isAccumulating: $4))
    }
    _ = run(kernel, test, test.image(0), accumulating: false)
    #expect(unit.products == test.height * test.width / 16 * test.outputs / 16 * test.kernel * test.pairs / tilePairs)
  }

  @Test(.enabled(if: hasTiles, "no AMX tiles"), arguments: TileCase.all)
  func theProcessorAgreesWithTheEmulation(test: TileCase) {
    for accumulating in [false, true] {
      let emulation = run(emulated(test), test, test.image(0), accumulating: accumulating)
      let tiles = onTiles(test) { MatrixTiles.tileConvolve($0, by: $1, $3, accumulating: $4, into: $2) }
      #expect(Bool(run(tiles, test, test.image(0), accumulating: accumulating) == emulation))
    }
  }
}
