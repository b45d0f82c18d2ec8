package import LoopTypes

// Convolution without a matrix of patches: each block of output pixels and channels stays in registers while the taps
// stream by. A row of taps is contiguous in an NHWC image, so one loop runs over kernel width times input channels.
//
// Images are padded already: `rowPitch` floats lie between two padded rows, `step` floats (stride times input channels)
// between the first taps of two neighbouring output pixels. Weights are [kernel rows][taps of a row][output channels].

/// Where one block of outputs reads and writes.
private struct Block {
  let image: UnsafePointer<Float>
  let weights: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let rows: Int
  /// Taps of one kernel row: kernel width times input channels.
  let taps: Int
  let rowPitch: Int
  let step: Int
  let channels: Int
}

extension Loops {
  /// One image: output[y][x][n] = Σ over rows k and taps j of image[y · stride + k][x · step + j] · weights[k][j][n].
  ///
  /// - Parameter extents: an output at least 8 wide; a last block that would overlap the edge is moved back, so some
  ///   pixels are computed twice, to the same bits.
  @inline(never)
  package static func directConvolve(
    _ image: UnsafePointer<Float>, by weights: UnsafePointer<Float>, _ extents: DirectExtents,
    into output: UnsafeMutablePointer<Float>
  ) {
    let (height, width, channels) = (extents.output.height, extents.output.width, extents.output.channels)
    let (stride, rowPitch) = (extents.stride, extents.rowPitch)
    let (taps, step) = (extents.kernel.width * extents.inputChannels, stride * extents.inputChannels)
    var n = 0
    while n < channels {
      #if CAS_AVX512
        let isPair = n + 32 <= channels
        let pixels = isPair || width < 16 ? 8 : 16
        let covered = isPair ? 32 : 16
      #else
        let (pixels, covered) = (4, 16)
      #endif
      for y in 0..<height {
        var x = 0
        while x < width {
          if x + pixels > width { x = width - pixels }
          let block = Block(
            image: image + y * stride * rowPitch + x * step, weights: weights + n,
            output: output + (y * width + x) * channels + n, rows: extents.kernel.height, taps: taps,
            rowPitch: rowPitch, step: step,
            channels: channels)
          #if CAS_AVX512
            if isPair { convolve8x2(block) } else if pixels == 16 { convolve16x1(block) } else { convolve8x1(block) }
          #else
            convolve4x2(block)
          #endif
          x += pixels
        }
      }
      n += covered
    }
  }
}

#if CAS_AVX512
  @inline(__always)
  private func convolve8x2(_ b: Block) {
    let (s, c, width) = (b.step, b.channels, Lanes.scalarCount)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
    var w = b.weights
    for row in 0..<b.rows {
      var x = b.image + row * b.rowPitch
      for _ in 0..<b.taps {
        let u = lanes(at: w), v = lanes(at: w + width)
        multiplyAdd(&a0, u, x[0]); multiplyAdd(&d0, v, x[0])
        multiplyAdd(&a1, u, x[s]); multiplyAdd(&d1, v, x[s])
        multiplyAdd(&a2, u, x[2 * s]); multiplyAdd(&d2, v, x[2 * s])
        multiplyAdd(&a3, u, x[3 * s]); multiplyAdd(&d3, v, x[3 * s])
        multiplyAdd(&a4, u, x[4 * s]); multiplyAdd(&d4, v, x[4 * s])
        multiplyAdd(&a5, u, x[5 * s]); multiplyAdd(&d5, v, x[5 * s])
        multiplyAdd(&a6, u, x[6 * s]); multiplyAdd(&d6, v, x[6 * s])
        multiplyAdd(&a7, u, x[7 * s]); multiplyAdd(&d7, v, x[7 * s])
        x += 1
        w += c
      }
    }
    let o = b.output
    put(a0, o); put(a1, o + c); put(a2, o + 2 * c); put(a3, o + 3 * c)
    put(a4, o + 4 * c); put(a5, o + 5 * c); put(a6, o + 6 * c); put(a7, o + 7 * c)
    let p = b.output + width
    put(d0, p); put(d1, p + c); put(d2, p + 2 * c); put(d3, p + 3 * c)
    put(d4, p + 4 * c); put(d5, p + 5 * c); put(d6, p + 6 * c); put(d7, p + 7 * c)
  }

  @inline(__always)
  private func convolve16x1(_ b: Block) {
    let (s, c) = (b.step, b.channels)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0, d4 = a0, d5 = a0, d6 = a0, d7 = a0
    var w = b.weights
    for row in 0..<b.rows {
      var x = b.image + row * b.rowPitch
      for _ in 0..<b.taps {
        let u = lanes(at: w)
        let z = x + 8 * s
        multiplyAdd(&a0, u, x[0]); multiplyAdd(&a1, u, x[s]); multiplyAdd(&a2, u, x[2 * s]);
        multiplyAdd(&a3, u, x[3 * s])
        multiplyAdd(&a4, u, x[4 * s]); multiplyAdd(&a5, u, x[5 * s]); multiplyAdd(&a6, u, x[6 * s]);
        multiplyAdd(&a7, u, x[7 * s])
        multiplyAdd(&d0, u, z[0]); multiplyAdd(&d1, u, z[s]); multiplyAdd(&d2, u, z[2 * s]);
        multiplyAdd(&d3, u, z[3 * s])
        multiplyAdd(&d4, u, z[4 * s]); multiplyAdd(&d5, u, z[5 * s]); multiplyAdd(&d6, u, z[6 * s]);
        multiplyAdd(&d7, u, z[7 * s])
        x += 1
        w += c
      }
    }
    let o = b.output
    put(a0, o); put(a1, o + c); put(a2, o + 2 * c); put(a3, o + 3 * c)
    put(a4, o + 4 * c); put(a5, o + 5 * c); put(a6, o + 6 * c); put(a7, o + 7 * c)
    let p = o + 8 * c
    put(d0, p); put(d1, p + c); put(d2, p + 2 * c); put(d3, p + 3 * c)
    put(d4, p + 4 * c); put(d5, p + 5 * c); put(d6, p + 6 * c); put(d7, p + 7 * c)
  }

  @inline(__always)
  private func convolve8x1(_ b: Block) {
    let (s, c) = (b.step, b.channels)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0
    var w = b.weights
    for row in 0..<b.rows {
      var x = b.image + row * b.rowPitch
      for _ in 0..<b.taps {
        let u = lanes(at: w)
        multiplyAdd(&a0, u, x[0]); multiplyAdd(&a1, u, x[s]); multiplyAdd(&a2, u, x[2 * s]);
        multiplyAdd(&a3, u, x[3 * s])
        multiplyAdd(&a4, u, x[4 * s]); multiplyAdd(&a5, u, x[5 * s]); multiplyAdd(&a6, u, x[6 * s]);
        multiplyAdd(&a7, u, x[7 * s])
        x += 1
        w += c
      }
    }
    let o = b.output
    put(a0, o); put(a1, o + c); put(a2, o + 2 * c); put(a3, o + 3 * c)
    put(a4, o + 4 * c); put(a5, o + 5 * c); put(a6, o + 6 * c); put(a7, o + 7 * c)
  }
#else
  @inline(__always)
  private func convolve4x2(_ b: Block) {
    let (s, c, width) = (b.step, b.channels, Lanes.scalarCount)
    var a0 = Lanes.zero, a1 = a0, a2 = a0, a3 = a0
    var d0 = a0, d1 = a0, d2 = a0, d3 = a0
    var w = b.weights
    for row in 0..<b.rows {
      var x = b.image + row * b.rowPitch
      for _ in 0..<b.taps {
        let u = lanes(at: w), v = lanes(at: w + width)
        multiplyAdd(&a0, u, x[0]); multiplyAdd(&d0, v, x[0])
        multiplyAdd(&a1, u, x[s]); multiplyAdd(&d1, v, x[s])
        multiplyAdd(&a2, u, x[2 * s]); multiplyAdd(&d2, v, x[2 * s])
        multiplyAdd(&a3, u, x[3 * s]); multiplyAdd(&d3, v, x[3 * s])
        x += 1
        w += c
      }
    }
    let o = b.output
    put(a0, o); put(a1, o + c); put(a2, o + 2 * c); put(a3, o + 3 * c)
    let p = b.output + width
    put(d0, p); put(d1, p + c); put(d2, p + 2 * c); put(d3, p + 3 * c)
  }
#endif
