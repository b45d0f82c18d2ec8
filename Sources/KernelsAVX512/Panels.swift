/// Copies `columns` (at most 16) columns of a row-major matrix with `k` rows into a panel of k x 16 values, filled up
/// with zeros. With `transposed` they are rows of the matrix instead.
@inline(never)
package func packPanel(
  _ matrix: UnsafePointer<Float>, _ stride: Int, _ transposed: Bool, _ k: Int, _ columns: Int,
  _ panel: UnsafeMutablePointer<Float>
) {
  var index = 0
  while index < k {
    let target = panel + index * 16
    if transposed {
      var column = 0
      while column < columns {
        target[column] = matrix[column * stride + index]
        column += 1
      }
    } else {
      copy(matrix + index * stride, target, columns)
    }
    clear(target + columns, 16 - columns)
    index += 1
  }
}

/// Where a block of rows times a panel reads and writes. Rows that are missing are the last one again.
private struct PanelBlock {
  let row: UnsafePointer<Float>
  let stride: Int
  let k: Int
  let panel: UnsafePointer<Float>
  let target: UnsafeMutablePointer<Float>
  let targetStride: Int
  let rows: Int
  let columns: Int
  let accumulating: Bool

  @inline(__always)
  func pointer(_ index: Int) -> UnsafePointer<Float> { row + min(index, rows - 1) * stride }

  @inline(__always)
  func store(_ sums: Lanes, _ index: Int, _ column: Int) {
    guard index < rows else { return }
    let place = target + index * targetStride + column
    if columns - column >= Lanes.scalarCount {
      if accumulating { increase(place, by: sums) } else { put(sums, place) }
    } else {
      var lane = 0
      while lane < columns - column {
        place[lane] = accumulating ? place[lane] + sums[lane] : sums[lane]
        lane += 1
      }
    }
  }
}

/// Writes (or adds) the product of a rows x k matrix and the k x columns matrix whose panels of 16 columns lie one after
/// the other, the last one filled up.
///
/// Every result is one sum over k in order, wherever its row stands among the others.
@inline(never)
package func multiplyPanels(
  _ matrix: UnsafePointer<Float>, _ stride: Int, _ rows: Int, _ k: Int, _ panels: UnsafePointer<Float>,
  _ columns: Int, _ accumulating: Bool, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int
) {
  var column = 0
  while column < columns {
    #if CAS_AVX512
      let (height, width) = (8, columns - column > 16 ? 32 : 16)
    #else
      let (height, width) = (6, 16)
    #endif
    var first = 0
    while first < rows {
      let block = PanelBlock(
        row: matrix + first * stride, stride: stride, k: k, panel: panels + column * k,
        target: target + first * targetStride + column, targetStride: targetStride, rows: rows - first,
        columns: columns - column, accumulating: accumulating)
      #if CAS_AVX512
        if width == 32 { multiply8x2(block) } else { multiply8x1(block) }
      #else
        multiply6x2(block)
      #endif
      first += height
    }
    column += width
  }
}

#if CAS_AVX512
  @inline(__always)
  private func multiply8x2(_ b: PanelBlock) {
    let r0 = b.pointer(0), r1 = b.pointer(1), r2 = b.pointer(2), r3 = b.pointer(3)
    let r4 = b.pointer(4), r5 = b.pointer(5), r6 = b.pointer(6), r7 = b.pointer(7)
    let (left, right) = (b.panel, b.panel + 16 * b.k)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
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
    b.store(a0, 0, 0); b.store(a1, 1, 0); b.store(a2, 2, 0); b.store(a3, 3, 0)
    b.store(a4, 4, 0); b.store(a5, 5, 0); b.store(a6, 6, 0); b.store(a7, 7, 0)
    b.store(d0, 0, 16); b.store(d1, 1, 16); b.store(d2, 2, 16); b.store(d3, 3, 16)
    b.store(d4, 4, 16); b.store(d5, 5, 16); b.store(d6, 6, 16); b.store(d7, 7, 16)
  }

  @inline(__always)
  private func multiply8x1(_ b: PanelBlock) {
    let r0 = b.pointer(0), r1 = b.pointer(1), r2 = b.pointer(2), r3 = b.pointer(3)
    let r4 = b.pointer(4), r5 = b.pointer(5), r6 = b.pointer(6), r7 = b.pointer(7)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var i = 0
    while i < b.k {
      let u = lanes(at: b.panel + 16 * i)
      multiplyAdd(&a0, u, r0[i]); multiplyAdd(&a1, u, r1[i]); multiplyAdd(&a2, u, r2[i]); multiplyAdd(&a3, u, r3[i])
      multiplyAdd(&a4, u, r4[i]); multiplyAdd(&a5, u, r5[i]); multiplyAdd(&a6, u, r6[i]); multiplyAdd(&a7, u, r7[i])
      i += 1
    }
    b.store(a0, 0, 0); b.store(a1, 1, 0); b.store(a2, 2, 0); b.store(a3, 3, 0)
    b.store(a4, 4, 0); b.store(a5, 5, 0); b.store(a6, 6, 0); b.store(a7, 7, 0)
  }
#else
  @inline(__always)
  private func multiply6x2(_ b: PanelBlock) {
    let r0 = b.pointer(0), r1 = b.pointer(1), r2 = b.pointer(2)
    let r3 = b.pointer(3), r4 = b.pointer(4), r5 = b.pointer(5)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0
    var i = 0
    while i < b.k {
      let u = lanes(at: b.panel + 16 * i), v = lanes(at: b.panel + 16 * i + 8)
      multiplyAdd(&a0, u, r0[i]); multiplyAdd(&d0, v, r0[i])
      multiplyAdd(&a1, u, r1[i]); multiplyAdd(&d1, v, r1[i])
      multiplyAdd(&a2, u, r2[i]); multiplyAdd(&d2, v, r2[i])
      multiplyAdd(&a3, u, r3[i]); multiplyAdd(&d3, v, r3[i])
      multiplyAdd(&a4, u, r4[i]); multiplyAdd(&d4, v, r4[i])
      multiplyAdd(&a5, u, r5[i]); multiplyAdd(&d5, v, r5[i])
      i += 1
    }
    b.store(a0, 0, 0); b.store(a1, 1, 0); b.store(a2, 2, 0); b.store(a3, 3, 0); b.store(a4, 4, 0); b.store(a5, 5, 0)
    b.store(d0, 0, 8); b.store(d1, 1, 8); b.store(d2, 2, 8); b.store(d3, 3, 8); b.store(d4, 4, 8); b.store(d5, 5, 8)
  }
#endif
