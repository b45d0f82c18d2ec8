// The gated activation, tanh(a + b) σ(c + d) with the bias of a class: van den Oord et al. 2016, equation 4. A number's
// result depends on the number alone, wherever it stands among others.

typealias Lanes = SIMD16<Float>

@inline(__always)
func load(_ source: UnsafePointer<Float>) -> Lanes { UnsafeRawPointer(source).loadUnaligned(as: Lanes.self) }

@inline(__always)
func store(_ value: Lanes, _ target: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(target).storeBytes(of: value, as: Lanes.self)
}

/// The first `count` of sixteen numbers; the others are zero.
@inline(__always)
private func load(_ source: UnsafePointer<Float>, _ count: Int) -> Lanes {
  guard count < 16 else { return load(source) }
  var lanes = Lanes.zero
  for lane in 0..<count { lanes[lane] = source[lane] }
  return lanes
}

@inline(__always)
private func store(_ value: Lanes, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
  guard count < 16 else { return store(value, target) }
  for lane in 0..<count { target[lane] = value[lane] }
}

/// e to the power of x, with x cut to −80...80: n ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of degree six in r, and n in
/// the exponent.
@inline(__always)
private func exponential(_ x: Lanes) -> Lanes {
  let x = x.clamped(lowerBound: Lanes(repeating: -80), upperBound: Lanes(repeating: 80))
  // Adding 1.5 · 2²³ rounds to an integer and leaves it in the low bits.
  let magic = Lanes(repeating: 12_582_912)
  let shifted = magic.addingProduct(x, Lanes(repeating: 1.442_695_04))
  let n = shifted - magic
  var r = x.addingProduct(n, Lanes(repeating: -0.693_359_375))
  r = r.addingProduct(n, Lanes(repeating: 2.121_944_4e-4))
  var series = Lanes(repeating: 1 / 720)
  series = Lanes(repeating: 1 / 120).addingProduct(series, r)
  series = Lanes(repeating: 1 / 24).addingProduct(series, r)
  series = Lanes(repeating: 1 / 6).addingProduct(series, r)
  series = Lanes(repeating: 0.5).addingProduct(series, r)
  series = Lanes(repeating: 1).addingProduct(series, r)
  series = Lanes(repeating: 1).addingProduct(series, r)
  let bits = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
  let power = unsafeBitCast((bits &+ SIMD16(repeating: 127)) &<< SIMD16(repeating: 23), to: Lanes.self)
  return series * power
}

/// σ(x).
@inline(__always)
private func sigmoid(_ x: Lanes) -> Lanes { 1 / (1 + exponential(-x)) }

/// tanh x = 2 σ(2x) − 1.
@inline(__always)
private func tangent(_ x: Lanes) -> Lanes { 2 * sigmoid(x + x) - 1 }

/// `rows` rows of 2 `width` numbers, those of the tangent before those of the sigmoid.
struct GateRows {
  let rows: Int
  let width: Int

  /// Rows of `width` gated numbers.
  func gate(
    _ input: UnsafePointer<Float>, bias: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      let (line, target) = (input + row * 2 * width, output + row * width)
      var at = 0
      while at < width {
        let count = min(16, width - at)
        let a = load(line + at, count) + load(bias + at, count)
        let b = load(line + width + at, count) + load(bias + width + at, count)
        store(tangent(a) * sigmoid(b), target + at, count)
        at += 16
      }
    }
  }

  /// The gradient with respect to the input, written or added, from that with respect to the output; and its sum over
  /// the rows, added to the gradient of the bias.
  func gateBackward(
    _ gradient: UnsafePointer<Float>, input: UnsafePointer<Float>, bias: UnsafePointer<Float>, accumulating: Bool,
    into target: UnsafeMutablePointer<Float>, addingBias biasGradient: UnsafeMutablePointer<Float>
  ) {
    var at = 0
    while at < width {
      let count = min(16, width - at)
      let (biasA, biasB) = (load(bias + at, count), load(bias + width + at, count))
      var (sumA, sumB) = (Lanes.zero, Lanes.zero)
      for row in 0..<rows {
        let (line, place) = (input + row * 2 * width + at, target + row * 2 * width + at)
        let t = tangent(load(line, count) + biasA)
        let s = sigmoid(load(line + width, count) + biasB)
        let own = load(gradient + row * width + at, count)
        let a = own * s * (1 - t * t)
        let b = own * t * s * (1 - s)
        sumA += a
        sumB += b
        store(accumulating ? load(place, count) + a : a, place, count)
        store(accumulating ? load(place + width, count) + b : b, place + width, count)
      }
      store(load(biasGradient + at, count) + sumA, biasGradient + at, count)
      store(load(biasGradient + width + at, count) + sumB, biasGradient + width + at, count)
      at += 16
    }
  }
}
