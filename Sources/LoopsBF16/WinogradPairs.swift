package import LoopTypes

// The transforms of F(2x2, 3x3) for the weights' gradient, which sums over tiles: neighbouring tiles are transformed
// together and their values paired at once. Tile t of `first..<last`, `first` being even, is half of pair t / 2 of each
// plane; the partner of an odd last tile is zero.

/// Four rows or columns of a tile.
private typealias Four = (Vector, Vector, Vector, Vector)

/// Bᵀ applied to four values: a − c, b + c, c − b, b − d.
@inline(__always)
private func spread(_ v: Four) -> Four { (v.0 - v.2, v.1 + v.2, v.2 - v.1, v.1 - v.3) }

/// A applied to two values: a, a + b, a − b, −b.
@inline(__always)
private func spread(_ a: Vector, _ b: Vector) -> Four { (a, a + b, a - b, Vector.zero - b) }

/// Bᵀ applied to the four columns of a tile; a tile that is not there is zero.
@inline(__always)
private func columns(_ tile: UnsafePointer<UInt16>?, _ pitch: Int, _ channels: Int) -> (Four, Four, Four, Four) {
  guard let tile else {
    let none = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
    return (none, none, none, none)
  }
  @inline(__always)
  func column(_ at: UnsafePointer<UInt16>) -> Four {
    spread((load(at), load(at + pitch), load(at + 2 * pitch), load(at + 3 * pitch)))
  }
  return (column(tile), column(tile + channels), column(tile + 2 * channels), column(tile + 3 * channels))
}

@inline(__always)
private func putPairs(_ a: Four, _ b: Four, _ plane: inout UnsafeMutablePointer<UInt32>, _ pitch: Int) {
  put(interleaved(a.0, b.0), plane)
  put(interleaved(a.1, b.1), plane + pitch)
  put(interleaved(a.2, b.2), plane + 2 * pitch)
  put(interleaved(a.3, b.3), plane + 3 * pitch)
  plane += 4 * pitch
}

extension WinogradF2 {
  /// `input` in pairs: plane p of 16 receives pair t / 2 of value p of Bᵀ d B, `planePitch` pairs a plane.
  @inline(never)
  package static func inputPairs(
    _ image: UnsafePointer<UInt16>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<UInt32>, planePitch: Int
  ) {
    let (rowPitch, channels, tilesPerRow) = (
      tiles.image.width * tiles.image.channels, tiles.image.channels, tiles.tilesPerRow
    )
    let (first, last) = (tiles.tiles.lowerBound, tiles.tiles.upperBound)
    @inline(__always)
    func corner(_ tile: Int) -> UnsafePointer<UInt16> {
      let row = tile / tilesPerRow
      return image + 2 * row * rowPitch + 2 * (tile - row * tilesPerRow) * channels
    }
    var tile = first
    while tile < last {
      let left = corner(tile)
      let right = tile + 1 < last ? corner(tile + 1) : nil
      let target = planes + (tile - first) / 2 * channels
      var at = 0
      while at < channels {
        let a = columns(left + at, rowPitch, channels)
        let b = columns(right.map { $0 + at }, rowPitch, channels)
        var plane = target + at
        putPairs(
          spread((a.0.0, a.1.0, a.2.0, a.3.0)), spread((b.0.0, b.1.0, b.2.0, b.3.0)), &plane, planePitch)
        putPairs(
          spread((a.0.1, a.1.1, a.2.1, a.3.1)), spread((b.0.1, b.1.1, b.2.1, b.3.1)), &plane, planePitch)
        putPairs(
          spread((a.0.2, a.1.2, a.2.2, a.3.2)), spread((b.0.2, b.1.2, b.2.2, b.3.2)), &plane, planePitch)
        putPairs(
          spread((a.0.3, a.1.3, a.2.3, a.3.3)), spread((b.0.3, b.1.3, b.2.3, b.3.3)), &plane, planePitch)
        at += 16
      }
      tile += 2
    }
  }
}

extension WinogradF2 {
  /// `gradient` in pairs: the transform A dy Aᵀ of 2x2 output gradients, zero outside of the image.
  @inline(never)
  package static func gradientPairs(
    _ image: UnsafePointer<UInt16>, _ tiles: WinogradTiles, into planes: UnsafeMutablePointer<UInt32>, planePitch: Int
  ) {
    let (width, channels, tilesPerRow) = (tiles.image.width, tiles.image.channels, tiles.tilesPerRow)
    let (first, last) = (tiles.tiles.lowerBound, tiles.tiles.upperBound)
    let height = tiles.image.height
    /// A applied to the two columns of a tile.
    @inline(__always)
    func columns(_ tile: Int, _ at: Int) -> (Four, Four) {
      guard tile < last else { return (spread(.zero, .zero), spread(.zero, .zero)) }
      let row = tile / tilesPerRow
      let (y, x) = (2 * row, 2 * (tile - row * tilesPerRow))
      let place = image + (y * width + x) * channels + at
      let lower = place + width * channels
      let hasRight = x + 1 < width, hasLower = y + 1 < height
      return (
        spread(load(place), hasLower ? load(lower) : .zero),
        spread(hasRight ? load(place + channels) : .zero, hasRight && hasLower ? load(lower + channels) : .zero)
      )
    }
    var tile = first
    while tile < last {
      let target = planes + (tile - first) / 2 * channels
      var at = 0
      while at < channels {
        let a = columns(tile, at)
        let b = columns(tile + 1, at)
        var plane = target + at
        putPairs(spread(a.0.0, a.1.0), spread(b.0.0, b.1.0), &plane, planePitch)
        putPairs(spread(a.0.1, a.1.1), spread(b.0.1, b.1.1), &plane, planePitch)
        putPairs(spread(a.0.2, a.1.2), spread(b.0.2, b.1.2), &plane, planePitch)
        putPairs(spread(a.0.3, a.1.3), spread(b.0.3, b.1.3), &plane, planePitch)
        at += 16
      }
      tile += 2
    }
  }
}
