extension FloatImage {
  /// Scales to `width` by `height` exactly as Pillow's `Image.resize` in mode "F", per channel; bicubic and
  /// Lanczos overshoot, and nothing is clipped.
  package func resampled(width: Int, height: Int, filter: ResampleFilter) -> FloatImage {
    if width == self.width && height == self.height { return self }
    let grid = SampleGrid(width: self.width, height: self.height, channels: channels, samples: values)
    let scaled = grid.resampled(
      ResampleWeights(from: self.width, to: width, filter), ResampleWeights(from: self.height, to: height, filter))
    return FloatImage(width: width, height: height, channels: channels, values: scaled)
  }
}

extension Image {
  /// Scales to `width` by `height` exactly as Pillow's `Image.resize` does for modes "L" and "RGB": antialiased, rounded
  /// to 8 bits after the horizontal pass and again after the vertical one.
  package func resized(width: Int, height: Int, filter: ResampleFilter) -> Image {
    if width == self.width && height == self.height { return self }
    return resized(width: width, height: height, filter: filter, columns: 0..<width, rows: 0..<height)
  }

  /// The part in `columns` and `rows` of the image scaled to `width` by `height`; the rest is not computed.
  func resized(
    width: Int, height: Int, filter: ResampleFilter, columns: Range<Int>, rows: Range<Int>
  ) -> Image {
    let grid = SampleGrid(width: self.width, height: self.height, channels: channels, samples: pixels)
    let scaled = grid.resampled(
      ResampleWeights(from: self.width, to: width, filter, positions: columns),
      ResampleWeights(from: self.height, to: height, filter, positions: rows))
    return Image(width: columns.count, height: rows.count, channels: channels, pixels: scaled)
  }
}

/// A picture to be scaled, HWC.
struct SampleGrid<Sample: ResampledSample> {
  let width: Int
  let height: Int
  let channels: Int
  let samples: [Sample]

  /// The given rows and columns of the picture scaled to the axes' lengths. Each input row is scaled horizontally, stored
  /// as a sample, and added to its output rows. So only one row and the sums are needed besides the result, whatever the
  /// input's shape.
  func resampled(_ columns: ResampleWeights<Sample>, _ rows: ResampleWeights<Sample>) -> [Sample] {
    let length = columns.windows.count * channels
    guard length > 0, let firstRow = rows.windows.first?.start, let lastRow = rows.windows.last?.end else { return [] }
    var line = samples.prefix(1).flatMap { [Sample](repeating: $0, count: length) }
    var sums = [Sample.Weight](repeating: Sample.emptySum, count: rows.windows.count * length)
    sums.withUnsafeMutableBufferPointer { sums in
      line.withUnsafeMutableBufferPointer { line in
        var active = 0
        for y in firstRow..<lastRow {
          scale(row: y, by: columns, into: line)
          while rows.windows[active].end <= y { active += 1 }
          for position in active..<rows.windows.count {
            let window = rows.windows[position]
            if window.start > y { break }
            let weight = rows.values[window.offset + y - window.start]
            let into = UnsafeMutableBufferPointer(rebasing: sums[(position * length)..<((position + 1) * length)])
            for i in 0..<length { Sample.add(line[i], times: weight, to: &into[i]) }
          }
        }
      }
    }
    return sums.map(Sample.stored)
  }

  private func scale(
    row y: Int, by columns: ResampleWeights<Sample>, into line: UnsafeMutableBufferPointer<Sample>
  ) {
    samples.withUnsafeBufferPointer { input in
      columns.values.withUnsafeBufferPointer { values in
        for (x, window) in columns.windows.enumerated() {
          let taps = UnsafeBufferPointer(rebasing: values[window.offset..<window.offset + window.count])
          let first = (y * width + window.start) * channels
          let from = UnsafeBufferPointer(rebasing: input[first..<first + window.count * channels])
          // No byte follows the last pixel.
          if channels == 3, first + from.count < input.count, x + 1 < columns.windows.count {
            guard let pixels = from.baseAddress, let weights = taps.baseAddress, let target = line.baseAddress else {
              continue
            }
            Sample.blendTriples(pixels, weights, taps.count, into: target + 3 * x)
          } else {
            for channel in 0..<channels {
              var sum = Sample.emptySum
              for (k, weight) in taps.enumerated() {
                Sample.add(from[k * channels + channel], times: weight, to: &sum)
              }
              line[x * channels + channel] = Sample.stored(sum)
            }
          }
        }
      }
    }
  }
}
