/// What a position of a causal convolution sees: a rectangle of earlier positions. Those outside of the image are zeros.
///
/// Such a convolution has no masked weights: it multiplies by what it sees and by nothing else.
struct CausalTaps: Sendable, Equatable {
  let rows: Int
  let columns: Int
  /// How far above the position the lowest row lies.
  let up: Int
  /// How far left of the position the first column lies.
  let left: Int

  var count: Int { rows * columns }

  /// The convolution of the vertical stack with a square kernel, cut to the rows up to its own (van den Oord et al. 2016,
  /// "Conditional Image Generation with PixelCNN Decoders", section 2.2). The first layer lies a row higher.
  static func vertical(kernel: Int, isFirst: Bool) -> CausalTaps {
    CausalTaps(rows: kernel / 2 + 1, columns: kernel, up: isFirst ? 1 : 0, left: kernel / 2)
  }

  /// The convolution of the horizontal stack, up to its own column. The first layer lies a column further left.
  static func horizontal(kernel: Int, isFirst: Bool) -> CausalTaps {
    CausalTaps(rows: 1, columns: kernel / 2 + 1, up: 0, left: kernel / 2 + (isFirst ? 1 : 0))
  }

  /// The row of the image that tap row `row` lies in, for a position in row `position`; it may be negative.
  func row(_ row: Int, of position: Int) -> Int { position - up - (rows - 1) + row }

  /// The columns of taps that lie within the image for a position in column `column`.
  func inside(_ column: Int, width: Int) -> Range<Int> {
    let first = column - left
    let low = min(columns, max(0, -first))
    return low..<max(low, min(columns, width - first))
  }
}

/// The features of one image: `height` x `width` positions of `channels` numbers.
struct Grid: Sendable {
  let height: Int
  let width: Int
  let channels: Int

  var positions: Int { height * width }
  var count: Int { positions * channels }
}

extension CausalTaps {
  /// Copies what tap row `row` sees of an image's row at `line`; a row above the image is nil.
  @inline(__always)
  func gather(
    _ line: UnsafePointer<Float>?, column: Int, _ grid: Grid, into target: UnsafeMutablePointer<Float>
  ) {
    let channels = grid.channels
    guard let line else {
      target.update(repeating: 0, count: columns * channels)
      return
    }
    let seen = inside(column, width: grid.width)
    target.update(repeating: 0, count: seen.lowerBound * channels)
    (target + seen.lowerBound * channels).update(
      from: line + (column - left + seen.lowerBound) * channels, count: seen.count * channels)
    (target + seen.upperBound * channels).update(repeating: 0, count: (columns - seen.upperBound) * channels)
  }

  /// The matrix of what all positions of `images` images see: `count` x `channels` numbers for each position.
  func gather(_ source: UnsafePointer<Float>, images: Int, _ grid: Grid, into patches: UnsafeMutablePointer<Float>) {
    var target = patches
    for image in 0..<images {
      let base = source + image * grid.count
      for position in 0..<grid.height {
        for column in 0..<grid.width {
          for tap in 0..<rows {
            let row = row(tap, of: position)
            gather(row < 0 ? nil : base + row * grid.width * grid.channels, column: column, grid, into: target)
            target += columns * grid.channels
          }
        }
      }
    }
  }

  /// The transpose of `gather`: adds each number of the matrix to where it came from.
  func scatter(
    _ patches: UnsafePointer<Float>, images: Int, _ grid: Grid, accumulating target: UnsafeMutablePointer<Float>
  ) {
    var source = patches
    for image in 0..<images {
      let base = target + image * grid.count
      for position in 0..<grid.height {
        for column in 0..<grid.width {
          let seen = inside(column, width: grid.width)
          for tap in 0..<rows {
            let row = row(tap, of: position)
            if row >= 0 {
              let place = base + (row * grid.width + column - left + seen.lowerBound) * grid.channels
              add(source + seen.lowerBound * grid.channels, count: seen.count * grid.channels, to: place)
            }
            source += columns * grid.channels
          }
        }
      }
    }
  }
}

/// target += source.
@inline(__always)
func add(_ source: UnsafePointer<Float>, count: Int, to target: UnsafeMutablePointer<Float>) {
  var at = 0
  while at &+ 16 <= count {
    store(load(target + at) + load(source + at), target + at)
    at &+= 16
  }
  while at < count {
    target[at] += source[at]
    at &+= 1
  }
}
