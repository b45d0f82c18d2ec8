/// The eigenvalues of a small symmetric matrix, descending, and its eigenvectors, by the cyclic Jacobi method (Golub and
/// Van Loan, "Matrix Computations", section 8.5). It is our own because its bits are the same with every BLAS.
package struct EigenSystem {
  package let values: [Double]
  /// Unit vectors; the entry of the largest magnitude, the first of equal ones, is positive.
  package let vectors: [[Double]]

  /// - Parameter symmetric: size x size numbers.
  package init(symmetric matrix: [Double], size: Int) {
    precondition(matrix.count == size * size, "the matrix is square")
    var a = matrix
    var v = (0..<size * size).map { $0 / size == $0 % size ? 1.0 : 0 }
    let scale = a.reduce(0) { max($0, abs($1)) }
    // Sweeps converge quadratically; ten are enough for double precision at any size that fits here.
    for _ in 0..<30 {
      var largest = 0.0
      for p in 0..<size {
        for q in (p + 1)..<max(size, p + 1) {
          largest = max(largest, abs(a[p * size + q]))
          Self.rotate(&a, &v, size, p, q)
        }
      }
      if largest <= 1e-15 * scale { break }
    }
    let order = (0..<size).sorted { (a[$0 * size + $0], $1) > (a[$1 * size + $1], $0) }
    values = order.map { a[$0 * size + $0] }
    vectors = order.map { column in
      let vector = (0..<size).map { v[$0 * size + column] }
      let strongest = vector.reduce(0) { abs($1) > abs($0) ? $1 : $0 }
      return strongest < 0 ? vector.map { -$0 } : vector
    }
  }

  /// Makes the element (p, q) zero by a rotation of the two axes.
  private static func rotate(_ a: inout [Double], _ v: inout [Double], _ size: Int, _ p: Int, _ q: Int) {
    let off = a[p * size + q]
    guard off != 0 else { return }
    let theta = (a[q * size + q] - a[p * size + p]) / (2 * off)
    let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
    let c = 1 / (t * t + 1).squareRoot()
    let s = t * c
    for k in 0..<size {
      let (x, y) = (a[k * size + p], a[k * size + q])
      a[k * size + p] = c * x - s * y
      a[k * size + q] = s * x + c * y
    }
    for k in 0..<size {
      let (x, y) = (a[p * size + k], a[q * size + k])
      a[p * size + k] = c * x - s * y
      a[q * size + k] = s * x + c * y
      let (one, other) = (v[k * size + p], v[k * size + q])
      v[k * size + p] = c * one - s * other
      v[k * size + q] = s * one + c * other
    }
  }
}
