package import LoopTypes

extension Loops {
  /// Writes (or adds to) blocks of 16x16 sums, the products of two panels: Σ over rows r of left[r][i] · right[r][j].
  ///
  /// Block b takes right panel b. Panels have rows of 16 values.
  @inline(never)
  package static func sumOuterProducts(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ extents: OuterProductExtents, accumulating: Bool,
    into target: UnsafeMutablePointer<Float>
  ) {
    var block = 0
    while block < extents.blocks {
      let from = right + block * extents.rightPitch
      let target = BlockTarget(
        place: target + block * extents.targetPitch, stride: extents.targetStride, isAccumulating: accumulating)
      #if CAS_AVX512
        sum16(left, from, extents.rows, target)
      #else
        sum6x2(left, from, extents.rows, target)
        sum6x2(left + 6, from, extents.rows, target.below(6))
        sum4x2(left + 12, from, extents.rows, target.below(12))
      #endif
      block += 1
    }
  }
}

/// Where the sums of a block go.
private struct BlockTarget {
  let place: UnsafeMutablePointer<Float>
  let stride: Int
  let isAccumulating: Bool

  @inline(__always)
  func below(_ rows: Int) -> BlockTarget {
    BlockTarget(place: place + rows * stride, stride: stride, isAccumulating: isAccumulating)
  }
}

#if CAS_AVX512
  @inline(__always)
  private func sum16(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ rows: Int, _ target: BlockTarget
  ) {
    let (w, c, accumulating) = (target.place, target.stride, target.isAccumulating)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
    var x = left, g = right
    for _ in 0..<rows {
      let v = lanes(at: g)
      multiplyAdd(&a0, v, x[0]); multiplyAdd(&a1, v, x[1]); multiplyAdd(&a2, v, x[2]); multiplyAdd(&a3, v, x[3])
      multiplyAdd(&a4, v, x[4]); multiplyAdd(&a5, v, x[5]); multiplyAdd(&a6, v, x[6]); multiplyAdd(&a7, v, x[7])
      multiplyAdd(&d0, v, x[8]); multiplyAdd(&d1, v, x[9]); multiplyAdd(&d2, v, x[10]); multiplyAdd(&d3, v, x[11])
      multiplyAdd(&d4, v, x[12]); multiplyAdd(&d5, v, x[13]); multiplyAdd(&d6, v, x[14]); multiplyAdd(&d7, v, x[15])
      x += 16
      g += 16
    }
    let z = w + 8 * c
    if accumulating {
      increase(w, by: a0); increase(w + c, by: a1); increase(w + 2 * c, by: a2); increase(w + 3 * c, by: a3)
      increase(w + 4 * c, by: a4); increase(w + 5 * c, by: a5); increase(w + 6 * c, by: a6); increase(w + 7 * c, by: a7)
      increase(z, by: d0); increase(z + c, by: d1); increase(z + 2 * c, by: d2); increase(z + 3 * c, by: d3)
      increase(z + 4 * c, by: d4); increase(z + 5 * c, by: d5); increase(z + 6 * c, by: d6); increase(z + 7 * c, by: d7)
    } else {
      put(a0, w); put(a1, w + c); put(a2, w + 2 * c); put(a3, w + 3 * c)
      put(a4, w + 4 * c); put(a5, w + 5 * c); put(a6, w + 6 * c); put(a7, w + 7 * c)
      put(d0, z); put(d1, z + c); put(d2, z + 2 * c); put(d3, z + 3 * c)
      put(d4, z + 4 * c); put(d5, z + 5 * c); put(d6, z + 6 * c); put(d7, z + 7 * c)
    }
  }
#else
  @inline(__always)
  private func sum6x2(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ rows: Int, _ target: BlockTarget
  ) {
    let (w, c, accumulating) = (target.place, target.stride, target.isAccumulating)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0
    var x = left, g = right
    for _ in 0..<rows {
      let u = lanes(at: g), v = lanes(at: g + 8)
      multiplyAdd(&a0, u, x[0]); multiplyAdd(&d0, v, x[0]); multiplyAdd(&a1, u, x[1]); multiplyAdd(&d1, v, x[1])
      multiplyAdd(&a2, u, x[2]); multiplyAdd(&d2, v, x[2]); multiplyAdd(&a3, u, x[3]); multiplyAdd(&d3, v, x[3])
      multiplyAdd(&a4, u, x[4]); multiplyAdd(&d4, v, x[4]); multiplyAdd(&a5, u, x[5]); multiplyAdd(&d5, v, x[5])
      x += 16
      g += 16
    }
    write(a0, d0, accumulating, w); write(a1, d1, accumulating, w + c); write(a2, d2, accumulating, w + 2 * c)
    write(a3, d3, accumulating, w + 3 * c); write(a4, d4, accumulating, w + 4 * c);
    write(a5, d5, accumulating, w + 5 * c)
  }

  @inline(__always)
  private func sum4x2(
    _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ rows: Int, _ target: BlockTarget
  ) {
    let (w, c, accumulating) = (target.place, target.stride, target.isAccumulating)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0
    var x = left, g = right
    for _ in 0..<rows {
      let u = lanes(at: g), v = lanes(at: g + 8)
      multiplyAdd(&a0, u, x[0]); multiplyAdd(&d0, v, x[0]); multiplyAdd(&a1, u, x[1]); multiplyAdd(&d1, v, x[1])
      multiplyAdd(&a2, u, x[2]); multiplyAdd(&d2, v, x[2]); multiplyAdd(&a3, u, x[3]); multiplyAdd(&d3, v, x[3])
      x += 16
      g += 16
    }
    write(a0, d0, accumulating, w); write(a1, d1, accumulating, w + c); write(a2, d2, accumulating, w + 2 * c);
    write(a3, d3, accumulating, w + 3 * c)
  }

  @inline(__always)
  private func write(_ left: Lanes, _ right: Lanes, _ accumulating: Bool, _ place: UnsafeMutablePointer<Float>) {
    if accumulating {
      increase(place, by: left)
      increase(place + 8, by: right)
    } else {
      put(left, place)
      put(right, place + 8)
    }
  }
#endif

extension Loops {
  /// Copies all channels of some positions of an image into panels of 16 channels.
  @inline(never)
  package static func packRows(
    _ source: UnsafePointer<Float>, _ extents: RowPackingExtents, into target: UnsafeMutablePointer<Float>
  ) {
    let (width, channels) = (extents.size.width, extents.channels)
    var row = 0
    while row < extents.size.height {
      var column = 0
      while column < width {
        let from = source + row * extents.linePitch + column * extents.step
        let to = target + (row * width + column) * 16
        var at = 0
        while at < channels {
          store(load(from + at), to + (at >> 4) * extents.panelPitch)
          at += 16
        }
        column += 1
      }
      row += 1
    }
  }
}
