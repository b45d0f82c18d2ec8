package import LoopTypes

// The weights' gradient of a convolution, without a matrix of patches: a block of taps by output channels stays in
// registers while all positions of an image stream by.

extension Loops {
  /// One image's share: weights[k][j][n] += Σ over y, x of image[y · stride + k][x · step + j] · gradient[y][x][n].
  ///
  /// The image is padded as for `directConvolve`.
  @inline(never)
  package static func directConvolveWeights(
    _ image: UnsafePointer<Float>, gradient: UnsafePointer<Float>, _ extents: DirectExtents,
    accumulating weights: UnsafeMutablePointer<Float>
  ) {
    let (height, width, channels) = (extents.output.height, extents.output.width, extents.output.channels)
    let (stride, rowPitch) = (extents.stride, extents.rowPitch)
    let (taps, step) = (extents.kernel.width * extents.inputChannels, stride * extents.inputChannels)
    for row in 0..<extents.kernel.height {
      var tap = 0
      while tap < taps {
        #if CAS_AVX512
          let block = taps - tap >= 16 ? 16 : taps - tap >= 4 ? 4 : 1
        #else
          let block = taps - tap >= 8 ? 8 : taps - tap >= 4 ? 4 : 1
        #endif
        let from = image + row * rowPitch + tap
        for n in Swift.stride(from: 0, to: channels, by: Lanes.scalarCount) {
          let span = Span(
            image: from, gradient: gradient + n, weights: weights + (row * taps + tap) * channels + n, height: height,
            width: width, channels: channels, rowPitch: rowPitch * stride, step: step)
          switch block {
          #if CAS_AVX512
            case 16: accumulate16(span)
          #else
            case 8: accumulate8(span)
          #endif
          case 4: accumulate4(span)
          default: accumulate1(span)
          }
        }
        tap += block
      }
    }
  }
}

/// What one block of taps and channels reads and writes.
private struct Span {
  let image: UnsafePointer<Float>
  let gradient: UnsafePointer<Float>
  let weights: UnsafeMutablePointer<Float>
  let height: Int
  let width: Int
  let channels: Int
  let rowPitch: Int
  let step: Int
}

#if CAS_AVX512
  @inline(__always)
  private func accumulate16(_ b: Span) {
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
    var g = b.gradient
    for y in 0..<b.height {
      var x = b.image + y * b.rowPitch
      for _ in 0..<b.width {
        let v = lanes(at: g)
        multiplyAdd(&a0, v, x[0]); multiplyAdd(&a1, v, x[1]); multiplyAdd(&a2, v, x[2]); multiplyAdd(&a3, v, x[3])
        multiplyAdd(&a4, v, x[4]); multiplyAdd(&a5, v, x[5]); multiplyAdd(&a6, v, x[6]); multiplyAdd(&a7, v, x[7])
        multiplyAdd(&d0, v, x[8]); multiplyAdd(&d1, v, x[9]); multiplyAdd(&d2, v, x[10]); multiplyAdd(&d3, v, x[11])
        multiplyAdd(&d4, v, x[12]); multiplyAdd(&d5, v, x[13]); multiplyAdd(&d6, v, x[14]); multiplyAdd(&d7, v, x[15])
        x += b.step
        g += b.channels
      }
    }
    let (w, c) = (b.weights, b.channels)
    increase(w, by: a0); increase(w + c, by: a1); increase(w + 2 * c, by: a2); increase(w + 3 * c, by: a3)
    increase(w + 4 * c, by: a4); increase(w + 5 * c, by: a5); increase(w + 6 * c, by: a6); increase(w + 7 * c, by: a7)
    let z = w + 8 * c
    increase(z, by: d0); increase(z + c, by: d1); increase(z + 2 * c, by: d2); increase(z + 3 * c, by: d3)
    increase(z + 4 * c, by: d4); increase(z + 5 * c, by: d5); increase(z + 6 * c, by: d6); increase(z + 7 * c, by: d7)
  }
#else
  @inline(__always)
  private func accumulate8(_ b: Span) {
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var g = b.gradient
    for y in 0..<b.height {
      var x = b.image + y * b.rowPitch
      for _ in 0..<b.width {
        let v = lanes(at: g)
        multiplyAdd(&a0, v, x[0]); multiplyAdd(&a1, v, x[1]); multiplyAdd(&a2, v, x[2]); multiplyAdd(&a3, v, x[3])
        multiplyAdd(&a4, v, x[4]); multiplyAdd(&a5, v, x[5]); multiplyAdd(&a6, v, x[6]); multiplyAdd(&a7, v, x[7])
        x += b.step
        g += b.channels
      }
    }
    let (w, c) = (b.weights, b.channels)
    increase(w, by: a0); increase(w + c, by: a1); increase(w + 2 * c, by: a2); increase(w + 3 * c, by: a3)
    increase(w + 4 * c, by: a4); increase(w + 5 * c, by: a5); increase(w + 6 * c, by: a6); increase(w + 7 * c, by: a7)
  }
#endif

@inline(__always)
private func accumulate4(_ b: Span) {
  var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0
  var g = b.gradient
  for y in 0..<b.height {
    var x = b.image + y * b.rowPitch
    for _ in 0..<b.width {
      let v = lanes(at: g)
      multiplyAdd(&a0, v, x[0]); multiplyAdd(&a1, v, x[1]); multiplyAdd(&a2, v, x[2]); multiplyAdd(&a3, v, x[3])
      x += b.step
      g += b.channels
    }
  }
  let (w, c) = (b.weights, b.channels)
  increase(w, by: a0); increase(w + c, by: a1); increase(w + 2 * c, by: a2); increase(w + 3 * c, by: a3)
}

@inline(__always)
private func accumulate1(_ b: Span) {
  var a0 = Lanes.zero
  var g = b.gradient
  for y in 0..<b.height {
    var x = b.image + y * b.rowPitch
    for _ in 0..<b.width {
      multiplyAdd(&a0, lanes(at: g), x[0])
      x += b.step
      g += b.channels
    }
  }
  increase(b.weights, by: a0)
}
