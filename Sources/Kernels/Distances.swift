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
  let whole = count / 16 * 16
  let own = SIMD16<Float>(repeating: length)
  let least = SIMD16<Float>(repeating: limit)
  for index in stride(from: 0, to: whole, by: 16) {
    let distance =
      own + others.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
      - 2 * values.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self)
    let bound = pointwiseMax(least, bounds.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self))
    guard any(distance .< bound) else { continue }
    for lane in 0..<16 where distance[lane] < bound[lane] { body(index + lane, distance[lane]) }
  }
  for index in whole..<count {
    let distance = length + lengths[index] - 2 * products[index]
    if distance < max(limit, limits[index]) { body(index, distance) }
  }
}
