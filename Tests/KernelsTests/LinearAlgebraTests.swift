import Kernels
import Support
import Testing

/// LAPACK and the loops of metrics against their definitions.
@Suite struct LinearAlgebraTests {
  private func values(_ count: Int, seed: UInt64) -> [Double] {
    let golden = GoldenValues(seed: seed)
    return (0..<count).map(golden.irwinHall)
  }

  @Test(arguments: [1, 2, 7, 40])
  func eigenvectorsDiagonalise(order n: Int) throws {
    let half = values(n * n, seed: 1)
    let matrix = (0..<n * n).map { half[$0] + half[$0 % n * n + $0 / n] }
    var vectors = matrix
    let found = try #require(symmetricEigenvalues(&vectors, order: n, vectors: true))
    var lost = matrix
    let alone = try #require(symmetricEigenvalues(&lost, order: n, vectors: false))
    #expect(zip(found, alone).allSatisfy { abs($0 - $1) < 1e-12 } && found == found.sorted())
    for i in 0..<n {
      for row in 0..<n {
        let image = (0..<n).reduce(0) { $0 + matrix[row * n + $1] * vectors[i * n + $1] }
        #expect(abs(image - found[i] * vectors[i * n + row]) < 1e-12)
      }
    }
  }

  @Test(arguments: [(3, 8), (8, 3), (5, 5), (1, 4)])
  func singularValuesAreRootsOfEigenvalues(rows: Int, columns: Int) throws {
    let matrix = values(rows * columns, seed: 2)
    var square = (0..<rows * rows).map { place in
      (0..<columns).reduce(0) { $0 + matrix[place / rows * columns + $1] * matrix[place % rows * columns + $1] }
    }
    var lost = matrix
    let found = try #require(singularValues(&lost, rows: rows, columns: columns))
    let squares = try #require(symmetricEigenvalues(&square, order: rows, vectors: false))
    #expect(found.count == min(rows, columns))
    for (value, expected) in zip(found, squares.reversed()) { #expect(abs(value * value - expected) < 1e-12) }
  }

  @Test(arguments: [(1, 1), (3, 8), (5, 19)])
  func cubicSums(rows: Int, columns: Int) {
    let gram = values(rows * columns, seed: 3)
    var (down, across) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: columns))
    let squares = sumCubicKernel(
      gram, rows: rows, columns: columns, scale: 0.5, rowSums: &down, columnSums: &across)
    func kernel(_ row: Int, _ column: Int) -> Double {
      let base = gram[row * columns + column] * 0.5 + 1
      return base * base * base
    }
    for row in 0..<rows { #expect(abs(down[row] - (0..<columns).reduce(0) { $0 + kernel(row, $1) }) < 1e-13) }
    for column in 0..<columns {
      #expect(abs(across[column] - (0..<rows).reduce(0) { $0 + kernel($1, column) }) < 1e-13)
    }
    let expected = gram.indices.reduce(0.0) {
      $0 + kernel($1 / columns, $1 % columns) * kernel($1 / columns, $1 % columns)
    }
    #expect(abs(squares - expected) < 1e-12)
  }

  @Test func distances() {
    let (a, b) = (values(37, seed: 4), values(37, seed: 5))
    let expected = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    #expect(abs(squaredDistance(a, b, count: 37) - expected) < 1e-13)
    #expect(squaredDistance(a, b, count: 37) == squaredDistance(b, a, count: 37))
    #expect(squaredDistance(a, a, count: 37) == 0)
    let floats = a.map(Float.init)
    let length = floats.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(squaredLength(floats, count: 37) - length) < 1e-13)
    var met: [Int: Float] = [:]
    let lengths = (0..<37).map { Float($0) }
    let limits = (0..<37).map { $0 == 20 ? Float(100) : -1 }
    forEachDistance(
      [Float](repeating: 1, count: 37), count: 37, length: 4, lengths: lengths, limit: 5, limits: limits
    ) { met[$0] = $1 }
    #expect(met == [0: 2, 1: 3, 2: 4, 20: 22])
  }
}
