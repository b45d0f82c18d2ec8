internal import CTiles

/// Writes the transpose of 16 x 16 32-bit values, read `pitch` values from row to row. Both may be the same place.
///
/// Four times, the even columns of the rows 2 i and 2 i + 1 become the row i, their odd columns the row i + 8. Each time
/// the bits of a value's index (row, column) move down by one place, the lowest to the top; after four times row and
/// column have changed places.
@inline(never)
func transposeTile(_ source: UnsafePointer<UInt32>, _ pitch: Int, _ target: UnsafeMutablePointer<UInt32>) {
  var r = (
    pairs(at: source), pairs(at: source + pitch), pairs(at: source + 2 * pitch), pairs(at: source + 3 * pitch),
    pairs(at: source + 4 * pitch), pairs(at: source + 5 * pitch), pairs(at: source + 6 * pitch),
    pairs(at: source + 7 * pitch), pairs(at: source + 8 * pitch), pairs(at: source + 9 * pitch),
    pairs(at: source + 10 * pitch), pairs(at: source + 11 * pitch), pairs(at: source + 12 * pitch),
    pairs(at: source + 13 * pitch), pairs(at: source + 14 * pitch), pairs(at: source + 15 * pitch)
  )
  separate(&r)
  separate(&r)
  separate(&r)
  separate(&r)
  put(r.0, target)
  put(r.1, target + 16)
  put(r.2, target + 32)
  put(r.3, target + 48)
  put(r.4, target + 64)
  put(r.5, target + 80)
  put(r.6, target + 96)
  put(r.7, target + 112)
  put(r.8, target + 128)
  put(r.9, target + 144)
  put(r.10, target + 160)
  put(r.11, target + 176)
  put(r.12, target + 192)
  put(r.13, target + 208)
  put(r.14, target + 224)
  put(r.15, target + 240)
}

private typealias Rows = (
  Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs, Pairs
)

@inline(__always)
private func separate(_ r: inout Rows) {
  r = (
    cas_even(r.0, r.1), cas_even(r.2, r.3), cas_even(r.4, r.5), cas_even(r.6, r.7), cas_even(r.8, r.9),
    cas_even(r.10, r.11), cas_even(r.12, r.13),
    cas_even(r.14, r.15), cas_odd(r.0, r.1), cas_odd(r.2, r.3), cas_odd(r.4, r.5), cas_odd(r.6, r.7), cas_odd(r.8, r.9),
    cas_odd(r.10, r.11),
    cas_odd(r.12, r.13), cas_odd(r.14, r.15)
  )
}
