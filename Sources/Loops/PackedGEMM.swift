package import LoopTypes

// GEMM of the rows of images with a packed matrix, in panels of 16 columns, the core of every matrix product of ours. A row
// is what one output position sees: some segments of neighbouring values, one for each row of the kernel. So a
// convolution needs no matrix of patches (Dukhan: "The Indirect Convolution Algorithm", 2019, does the same with
// pointers).

extension PackedGEMMExtents {
  /// Where row `row` begins.
  @inline(__always)
  fileprivate func offset(_ row: Int, _ pitches: RowPitches) -> Int {
    if row < width { return row * pitches.step }
    let (line, column) = (UInt32(truncatingIfNeeded: row) / UInt32(truncatingIfNeeded: width), row % width)
    let image = Int(line) / height
    return image * pitches.image + (Int(line) - image * height) * pitches.line + column * pitches.step
  }
}

/// A block of rows times one or two panels. Rows that are missing are the last one again.
private struct Block {
  let source: UnsafePointer<Float>
  let target: UnsafeMutablePointer<Float>
  let extents: PackedGEMMExtents
  let first: Int
  let last: Int
  let panel: UnsafePointer<Float>
  let columns: Int
  let accumulating: Bool

  var segments: Int { extents.segments }
  var segmentPitch: Int { extents.segmentPitch }
  var k: Int { extents.k }

  @inline(__always)
  func row(_ index: Int) -> UnsafePointer<Float> { source + extents.offset(min(first + index, last), extents.source) }

  @inline(__always)
  func store(_ left: Lanes, _ right: Lanes, _ index: Int) {
    guard first + index <= last else { return }
    let place = target + extents.offset(first + index, extents.target)
    store(left, place, columns)
    store(right, place + Self.distance, columns - Self.distance)
  }

  @inline(__always)
  func store(_ sums: Lanes, _ index: Int) {
    guard first + index <= last else { return }
    store(sums, target + extents.offset(first + index, extents.target), columns)
  }

  @inline(__always)
  private func store(_ sums: Lanes, _ place: UnsafeMutablePointer<Float>, _ columns: Int) {
    if columns >= Lanes.scalarCount {
      if accumulating { increase(place, by: sums) } else { put(sums, place) }
    } else {
      var lane = 0
      while lane < columns {
        place[lane] = accumulating ? place[lane] + sums[lane] : sums[lane]
        lane += 1
      }
    }
  }

  /// From the first columns of a block to the others.
  private static var distance: Int { Lanes.scalarCount }
}

extension Loops {
  /// Writes (or adds) the products of some rows with a matrix whose columns lie in panels of 16, the last one filled up.
  ///
  /// Every result is one sum over the segments in order, wherever its row stands among the others.
  @inline(never)
  package static func packedGEMM(
    _ source: UnsafePointer<Float>, by panels: UnsafePointer<Float>, _ extents: PackedGEMMExtents, accumulating: Bool,
    into target: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (extents.rows, extents.columns)
    // Few weights stay in the first-level cache, and each row of results is better written as a whole.
    let together = extents.segments * extents.k * columns <= 4096 ? 24 : rows
    var begin = 0
    while begin < rows {
      let end = min(rows, begin + together)
      var column = 0
      while column < columns {
        #if CAS_AVX512
          let (most, covered) = (8, columns - column > 16 ? 32 : 16)
        #else
          let (most, covered) = (6, 16)
        #endif
        var first = begin
        while first < end {
          let block = Block(
            source: source, target: target + column, extents: extents, first: first, last: end - 1,
            panel: panels + column / 16 * extents.panelPitch, columns: columns - column, accumulating: accumulating)
          #if CAS_AVX512
            if covered == 32 { multiply8x2(block) } else { multiply8x1(block) }
          #else
            multiply6x2(block)
          #endif
          first += most
        }
        column += covered
      }
      begin = end
    }
  }
}

#if CAS_AVX512
  @inline(__always)
  private func multiply8x2(_ b: Block) {
    var r0 = b.row(0), r1 = b.row(1), r2 = b.row(2), r3 = b.row(3)
    var r4 = b.row(4), r5 = b.row(5), r6 = b.row(6), r7 = b.row(7)
    var (left, right) = (b.panel, b.panel + b.extents.panelPitch)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
    var segment = 0
    while segment < b.segments {
      var i = 0
      while i < b.k {
        let u = lanes(at: left + 16 * i), v = lanes(at: right + 16 * i)
        multiplyAdd(&a0, u, r0[i]); multiplyAdd(&d0, v, r0[i])
        multiplyAdd(&a1, u, r1[i]); multiplyAdd(&d1, v, r1[i])
        multiplyAdd(&a2, u, r2[i]); multiplyAdd(&d2, v, r2[i])
        multiplyAdd(&a3, u, r3[i]); multiplyAdd(&d3, v, r3[i])
        multiplyAdd(&a4, u, r4[i]); multiplyAdd(&d4, v, r4[i])
        multiplyAdd(&a5, u, r5[i]); multiplyAdd(&d5, v, r5[i])
        multiplyAdd(&a6, u, r6[i]); multiplyAdd(&d6, v, r6[i])
        multiplyAdd(&a7, u, r7[i]); multiplyAdd(&d7, v, r7[i])
        i += 1
      }
      left += 16 * b.k; right += 16 * b.k
      r0 += b.segmentPitch; r1 += b.segmentPitch; r2 += b.segmentPitch; r3 += b.segmentPitch
      r4 += b.segmentPitch; r5 += b.segmentPitch; r6 += b.segmentPitch; r7 += b.segmentPitch
      segment += 1
    }
    b.store(a0, d0, 0); b.store(a1, d1, 1); b.store(a2, d2, 2); b.store(a3, d3, 3)
    b.store(a4, d4, 4); b.store(a5, d5, 5); b.store(a6, d6, 6); b.store(a7, d7, 7)
  }

  @inline(__always)
  private func multiply8x1(_ b: Block) {
    var r0 = b.row(0), r1 = b.row(1), r2 = b.row(2), r3 = b.row(3)
    var r4 = b.row(4), r5 = b.row(5), r6 = b.row(6), r7 = b.row(7)
    var left = b.panel
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var segment = 0
    while segment < b.segments {
      var i = 0
      while i < b.k {
        let u = lanes(at: left + 16 * i)
        multiplyAdd(&a0, u, r0[i]); multiplyAdd(&a1, u, r1[i]); multiplyAdd(&a2, u, r2[i]); multiplyAdd(&a3, u, r3[i])
        multiplyAdd(&a4, u, r4[i]); multiplyAdd(&a5, u, r5[i]); multiplyAdd(&a6, u, r6[i]); multiplyAdd(&a7, u, r7[i])
        i += 1
      }
      left += 16 * b.k
      r0 += b.segmentPitch; r1 += b.segmentPitch; r2 += b.segmentPitch; r3 += b.segmentPitch
      r4 += b.segmentPitch; r5 += b.segmentPitch; r6 += b.segmentPitch; r7 += b.segmentPitch
      segment += 1
    }
    b.store(a0, 0); b.store(a1, 1); b.store(a2, 2); b.store(a3, 3)
    b.store(a4, 4); b.store(a5, 5); b.store(a6, 6); b.store(a7, 7)
  }
#else
  @inline(__always)
  private func multiply6x2(_ b: Block) {
    var r0 = b.row(0), r1 = b.row(1), r2 = b.row(2), r3 = b.row(3), r4 = b.row(4), r5 = b.row(5)
    var left = b.panel
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0
    var segment = 0
    while segment < b.segments {
      var i = 0
      while i < b.k {
        let u = lanes(at: left + 16 * i), v = lanes(at: left + 16 * i + 8)
        multiplyAdd(&a0, u, r0[i]); multiplyAdd(&d0, v, r0[i])
        multiplyAdd(&a1, u, r1[i]); multiplyAdd(&d1, v, r1[i])
        multiplyAdd(&a2, u, r2[i]); multiplyAdd(&d2, v, r2[i])
        multiplyAdd(&a3, u, r3[i]); multiplyAdd(&d3, v, r3[i])
        multiplyAdd(&a4, u, r4[i]); multiplyAdd(&d4, v, r4[i])
        multiplyAdd(&a5, u, r5[i]); multiplyAdd(&d5, v, r5[i])
        i += 1
      }
      left += 16 * b.k
      r0 += b.segmentPitch; r1 += b.segmentPitch; r2 += b.segmentPitch
      r3 += b.segmentPitch; r4 += b.segmentPitch; r5 += b.segmentPitch
      segment += 1
    }
    b.store(a0, d0, 0); b.store(a1, d1, 1); b.store(a2, d2, 2)
    b.store(a3, d3, 3); b.store(a4, d4, 4); b.store(a5, d5, 5)
  }
#endif
