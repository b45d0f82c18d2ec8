package import LoopTypes

extension Loops {
  /// The largest value of every 2x2 block of one NHWC image, per channel, in whole vectors of channels; a last row or column
  /// without a partner is left out. A NaN in the block is the result.
  @inline(never)
  package static func maximumBlocks(
    _ image: UnsafePointer<Stored>, _ extents: PoolingExtents, into output: UnsafeMutablePointer<Stored>
  ) {
    let (width, channels) = (extents.input.width, extents.input.channels)
    var target = output
    var row = 0
    while row < extents.output.height {
      var upper = image + 2 * row * width * channels
      var column = 0
      while column < extents.output.width {
        let lower = upper + width * channels
        var channel = 0
        while channel < channels {
          var best = load(upper + channel)
          let second = load(upper + channels + channel)
          best.replace(with: second, where: (second .> best) .| (second .!= second))
          let third = load(lower + channel)
          best.replace(with: third, where: (third .> best) .| (third .!= third))
          let fourth = load(lower + channels + channel)
          best.replace(with: fourth, where: (fourth .> best) .| (fourth .!= fourth))
          store(best, target + channel)
          channel += 16
        }
        target += channels
        upper += 2 * channels
        column += 1
      }
      row += 1
    }
  }
}

extension Loops {
  /// The gradient of `maximumBlocks`, written: each block's goes to the first of its largest values, zeros to the other
  /// three. What lies in no block is not touched.
  @inline(never)
  package static func maximumBlocksBackward(
    _ gradient: UnsafePointer<Stored>, image: UnsafePointer<Stored>, _ extents: PoolingExtents,
    into result: UnsafeMutablePointer<Stored>
  ) {
    let (width, channels) = (extents.input.width, extents.input.channels)
    var source = gradient
    var row = 0
    while row < extents.output.height {
      var at = 2 * row * width * channels
      var column = 0
      while column < extents.output.width {
        let below = at + width * channels
        var channel = 0
        while channel < channels {
          let change = load(source + channel)
          var best = load(image + at + channel)
          var first = change
          let second = load(image + at + channels + channel)
          var larger = (second .> best) .| (second .!= second)
          best.replace(with: second, where: larger)
          first.replace(with: Vector.zero, where: larger)
          var secondChange = Vector.zero.replacing(with: change, where: larger)
          let third = load(image + below + channel)
          larger = (third .> best) .| (third .!= third)
          best.replace(with: third, where: larger)
          first.replace(with: Vector.zero, where: larger)
          secondChange.replace(with: Vector.zero, where: larger)
          var thirdChange = Vector.zero.replacing(with: change, where: larger)
          let fourth = load(image + below + channels + channel)
          larger = (fourth .> best) .| (fourth .!= fourth)
          first.replace(with: Vector.zero, where: larger)
          secondChange.replace(with: Vector.zero, where: larger)
          thirdChange.replace(with: Vector.zero, where: larger)
          store(first, result + at + channel)
          store(secondChange, result + at + channels + channel)
          store(thirdChange, result + below + channel)
          store(Vector.zero.replacing(with: change, where: larger), result + below + channels + channel)
          channel += 16
        }
        source += channels
        at += 2 * channels
        column += 1
      }
      row += 1
    }
  }
}
