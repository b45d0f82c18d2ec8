/// e to the power of x for x <= 0, about one unit in the last place off; 0 below -87, NaN for NaN.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2, a polynomial in r (the coefficients are those of Cephes' expf), and n put
/// into the exponent. Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
  let magic = Vector(repeating: 12_582_912)
  let shifted = magic.addingProduct(x, Vector(repeating: 1.442_695_04))
  let n = shifted - magic
  var r = x.addingProduct(n, Vector(repeating: -0.693_359_375))
  r = r.addingProduct(n, Vector(repeating: 2.121_944_4e-4))
  var series = Vector(repeating: 1.987_569_15e-4)
  series = Vector(repeating: 1.398_199_95e-3).addingProduct(series, r)
  series = Vector(repeating: 8.333_451_9e-3).addingProduct(series, r)
  series = Vector(repeating: 4.166_579_6e-2).addingProduct(series, r)
  series = Vector(repeating: 1.666_666_55e-1).addingProduct(series, r)
  series = Vector(repeating: 5.000_000_1e-1).addingProduct(series, r)
  series = (r + 1).addingProduct(series, r * r)
  let bits = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
  let power = unsafeBitCast((bits &+ SIMD16(repeating: 127)) &<< SIMD16(repeating: 23), to: Vector.self)
  return (series * power).replacing(with: 0, where: x .< Vector(repeating: -87))
}

extension Loops {
  /// Writes e^(x - maximum) for each of `count` values and returns their sum; `maximum` must be the largest of them.
  @inline(never)
  package static func exponentials(
    _ input: UnsafePointer<Float>, count: Int, maximum: Float, into output: UnsafeMutablePointer<Float>
  ) -> Float {
    var sums = Vector.zero
    var at = 0
    while at + 16 <= count {
      let value = exponential(load(input + at) - maximum)
      sums += value
      store(value, output + at)
      at += 16
    }
    if at < count {
      var rest = Vector(repeating: -.infinity)
      var lane = 0
      while at + lane < count {
        rest[lane] = input[at + lane] - maximum
        lane += 1
      }
      rest = exponential(rest)
      sums += rest
      lane = 0
      while at + lane < count {
        output[at + lane] = rest[lane]
        lane += 1
      }
    }
    var total: Float = 0
    var lane = 0
    while lane < 16 {
      total += sums[lane]
      lane += 1
    }
    return total
  }
}
