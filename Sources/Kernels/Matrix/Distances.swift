/// The squared Euclidean distance between two rows, in double precision, in an order that depends on the count only: equal
/// rows are at 0, and a pair has the same distance from both sides.
package func squaredDistance(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  let (x, y) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
  let whole = count / 8 * 8
  for index in stride(from: 0, to: whole, by: 8) {
    let difference =
      x.loadUnaligned(fromByteOffset: index * 8, as: SIMD8<Double>.self)
      - y.loadUnaligned(fromByteOffset: index * 8, as: SIMD8<Double>.self)
    sums.addProduct(difference, difference)
  }
  var total = sums.sum()
  for index in whole..<count { total += (a[index] - b[index]) * (a[index] - b[index]) }
  return total
}

/// The squared length of a row in double precision.
package func squaredLength(_ a: UnsafePointer<Float>, count: Int) -> Double {
  var sums = SIMD8<Double>.zero
  let x = UnsafeRawPointer(a)
  let whole = count / 8 * 8
  for index in stride(from: 0, to: whole, by: 8) {
    let value = SIMD8<Double>(x.loadUnaligned(fromByteOffset: index * 4, as: SIMD8<Float>.self))
    sums.addProduct(value, value)
  }
  var total = sums.sum()
  for index in whole..<count { total += Double(a[index]) * Double(a[index]) }
  return total
}

/// Makes squared distances |x|² + |y|² − 2 x·y of the inner products of one row with `count` others, and calls `body` with
/// the index and the distance wherever that is below `limit` or below the other row's own limit.
@inline(__always)
package func forEachDistance(
  _ products: UnsafePointer<Float>, count: Int, length: Float, lengths: UnsafePointer<Float>, limit: Float,
  limits: UnsafePointer<Float>, _ body: (_ index: Int, _ distance: Float) -> Void
) {
  let (values, others, bounds) = (UnsafeRawPointer(products), UnsafeRawPointer(lengths), UnsafeRawPointer(limits))
  let own = SIMD16<Float>(repeating: length)
  let least = SIMD16<Float>(repeating: limit)
  /// How far the limits exceed the distances of sixteen others; positive where something is to be told.
  @inline(__always)
  func excess(_ index: Int) -> SIMD16<Float> {
    let distance =
      own + others.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
      - 2 * values.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
    let bound = bounds.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
    return bound.replacing(with: least, where: bound .< least) - distance
  }
  // Sixty-four at a time, because nearly all of them are too far away.
  let whole = count / 64 * 64
  for index in stride(from: 0, to: whole, by: 64) {
    let (a, b, c, d) = (excess(index), excess(index + 16), excess(index + 32), excess(index + 48))
    let ab = a.replacing(with: b, where: b .> a)
    let cd = c.replacing(with: d, where: d .> c)
    let highest = ab.replacing(with: cd, where: cd .> ab)
    var isNear = false
    for lane in 0..<16 { isNear = isNear || highest[lane] > 0 }
    guard isNear else { continue }
    for other in index..<index + 64 {
      let distance = length + lengths[other] - 2 * products[other]
      if distance < max(limit, limits[other]) { body(other, distance) }
    }
  }
  for index in whole..<count {
    let distance = length + lengths[index] - 2 * products[index]
    if distance < max(limit, limits[index]) { body(index, distance) }
  }
}
