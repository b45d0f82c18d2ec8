package import LoopTypes

extension Loops {
  /// Writes the transpose of a row-major matrix.
  @inline(never)
  package static func transpose(
    _ source: UnsafePointer<Float>, _ extents: TransposeExtents, into target: UnsafeMutablePointer<Float>
  ) {
    let (rows, columns) = (extents.rows, extents.columns)
    let (stride, targetStride) = (extents.stride, extents.targetStride)
    var row = 0
    while row < rows {
      var column = 0
      while column < columns {
        let from = source + row * stride + column, to = target + column * targetStride + row
        if rows - row >= 16 && columns - column >= 16 {
          transposeBlock(from, stride, to, targetStride)
        } else {
          var i = 0
          while i < min(16, rows - row) {
            var j = 0
            while j < min(16, columns - column) {
              to[j * targetStride + i] = from[i * stride + j]
              j += 1
            }
            i += 1
          }
        }
        column += 16
      }
      row += 16
    }
  }
}

/// A block of 16x16: four times, the even values of each two neighbouring rows make one row of the upper half, the odd
/// ones one of the lower half. Each time the four bits of a value's row and the four of its column, taken as one number
/// of eight bits, turn by one.
@inline(__always)
private func transposeBlock(
  _ source: UnsafePointer<Float>, _ stride: Int, _ target: UnsafeMutablePointer<Float>, _ targetStride: Int
) {
  var rows = (
    Octet(
      load(source), load(source + stride), load(source + 2 * stride), load(source + 3 * stride),
      load(source + 4 * stride), load(source + 5 * stride), load(source + 6 * stride), load(source + 7 * stride)),
    Octet(
      load(source + 8 * stride), load(source + 9 * stride), load(source + 10 * stride), load(source + 11 * stride),
      load(source + 12 * stride), load(source + 13 * stride), load(source + 14 * stride), load(source + 15 * stride))
  )
  rows = turn(turn(turn(turn(rows))))
  storeRows(rows.0, target, targetStride)
  storeRows(rows.1, target + 8 * targetStride, targetStride)
}

private struct Octet {
  var r0: Vector
  var r1: Vector
  var r2: Vector
  var r3: Vector
  var r4: Vector
  var r5: Vector
  var r6: Vector
  var r7: Vector

  @inline(__always)
  init(
    _ r0: Vector, _ r1: Vector, _ r2: Vector, _ r3: Vector, _ r4: Vector, _ r5: Vector, _ r6: Vector, _ r7: Vector
  ) {
    (self.r0, self.r1, self.r2, self.r3) = (r0, r1, r2, r3)
    (self.r4, self.r5, self.r6, self.r7) = (r4, r5, r6, r7)
  }
}

@inline(__always)
private func turn(_ rows: (Octet, Octet)) -> (Octet, Octet) {
  let (u, l) = rows
  return (
    Octet(
      even(u.r0, u.r1), even(u.r2, u.r3), even(u.r4, u.r5), even(u.r6, u.r7), even(l.r0, l.r1), even(l.r2, l.r3),
      even(l.r4, l.r5), even(l.r6, l.r7)),
    Octet(
      odd(u.r0, u.r1), odd(u.r2, u.r3), odd(u.r4, u.r5), odd(u.r6, u.r7), odd(l.r0, l.r1), odd(l.r2, l.r3),
      odd(l.r4, l.r5), odd(l.r6, l.r7))
  )
}

@inline(__always)
private func even(_ a: Vector, _ b: Vector) -> Vector { Vector(lowHalf: a.evenHalf, highHalf: b.evenHalf) }

@inline(__always)
private func odd(_ a: Vector, _ b: Vector) -> Vector { Vector(lowHalf: a.oddHalf, highHalf: b.oddHalf) }

@inline(__always)
private func storeRows(_ rows: Octet, _ target: UnsafeMutablePointer<Float>, _ pitch: Int) {
  store(rows.r0, target)
  store(rows.r1, target + pitch)
  store(rows.r2, target + 2 * pitch)
  store(rows.r3, target + 3 * pitch)
  store(rows.r4, target + 4 * pitch)
  store(rows.r5, target + 5 * pitch)
  store(rows.r6, target + 6 * pitch)
  store(rows.r7, target + 7 * pitch)
}
