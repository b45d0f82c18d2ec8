import Kernels
import Randomness

/// Draws images pixel by pixel and keeps what earlier pixels computed, so that a batch of images costs about one forward
/// pass. It lives on one thread.
///
/// A row of the vertical stack depends on the rows above alone, so all its columns are computed at once, before the first
/// pixel of the row. The horizontal stack then computes the one pixel for all images of the batch. Of the features only the
/// rows that later ones see are kept. Products and gates are those of `PixelCNNPass`, bit by bit.
final class PixelCNNSampler {
  private let shape: PixelCNNShape
  private let capacity: Int
  private let arena: Arena
  private let products: RowProducts
  /// The images as they come in.
  private let input: UnsafeMutablePointer<Float>
  private let layers: [Rows]
  private let patches: UnsafeMutablePointer<Float>
  private let wide: UnsafeMutablePointer<Float>
  private let gated: UnsafeMutablePointer<Float>
  private let narrow: UnsafeMutablePointer<Float>
  private let head: HeadRows
  private var pixels: [UInt8]

  /// What is kept of a layer: for each image the numbers of a row of positions.
  private struct Rows {
    /// The vertical stack after its gate, of the last rows: row i lies in slot i modulo their number.
    let vertical: [UnsafeMutablePointer<Float>]
    /// What the vertical stack adds to the horizontal one in this row: 2 width numbers.
    let link: UnsafeMutablePointer<Float>
    /// The horizontal stack of this row.
    let horizontal: UnsafeMutablePointer<Float>
  }

  /// - Parameter images: the most images of a batch.
  init(_ shape: PixelCNNShape, images: Int) {
    self.shape = shape
    capacity = images
    let (line, width, groups) = (shape.space.width, shape.width, shape.head.groups.count)
    let slots = shape.layers.dropFirst().map(\.verticalTaps.rows).max() ?? 1
    let patch = shape.layers.map { max($0.verticalInputs, $0.horizontalInputs) }.max() ?? 0
    let perImage =
      shape.input.count + line * (patch + 2 * width + shape.layers.count * (slots + 3) * width)
      + (3 + groups) * width + groups * shape.head.outputs
    arena = Arena(count: images * perImage)
    var next = arena.base
    func take(_ numbers: Int) -> UnsafeMutablePointer<Float> {
      defer { next += images * numbers }
      return next
    }
    products = RowProducts(shape)
    input = take(shape.input.count)
    layers = shape.layers.map { _ in
      Rows(
        vertical: (0..<slots).map { _ in take(line * width) }, link: take(line * 2 * width),
        horizontal: take(line * width))
    }
    patches = take(line * patch)
    wide = take(line * 2 * width)
    gated = take(width)
    narrow = take(width)
    head = HeadRows(
      features: take(width), hidden: (0..<groups).map { _ in take(width) },
      outputs: (0..<groups).map { _ in take(shape.head.outputs) })
    pixels = [UInt8](repeating: 0, count: images * shape.space.channels)
  }
}

extension PixelCNNSampler {
  /// One image for each label, D levels each; the pixel at position p of image i takes its random numbers from
  /// `streams[i].split(p)`.
  func sample(labels: [Int], streams: [RandomStream], _ parameters: UnsafePointer<Float>) -> [UInt8] {
    precondition(labels.count <= capacity, "a batch has memory for \(capacity) images")
    let (width, channels) = (shape.space.width, shape.space.channels)
    var levels = [UInt8](repeating: 0, count: labels.count * shape.space.dimensions)
    for row in 0..<shape.space.height {
      beginRow(row, labels, parameters)
      for column in 0..<width {
        computePixel(row, column, labels, parameters)
        let position = row * width + column
        var own = streams.map { $0.split(position) }
        pixels.withUnsafeMutableBufferPointer { pixels in
          guard let pixels = pixels.baseAddress else { return }
          for group in shape.head.groups.indices {
            shape.forwardGroup(group, head, rows: labels.count, pixels: pixels, parameters, products)
            for image in labels.indices {
              shape.head.draw(
                group, head.outputs[group] + image * shape.head.outputs, &own[image], into: pixels + image * channels)
            }
          }
          for image in labels.indices {
            let pixel = pixels + image * channels
            shape.encode(pixel, into: input + image * shape.input.count + position * shape.input.channels)
            let place = image * shape.space.dimensions + position * channels
            for channel in 0..<channels { levels[place + channel] = pixel[channel] }
          }
        }
      }
    }
    return levels
  }

  /// The row of an image that a layer of the vertical stack sees: of the input, or of the layer below.
  private func line(_ row: Int, below layer: Int, image: Int) -> UnsafePointer<Float>? {
    guard row >= 0 else { return nil }
    let (grid, line) = (shape.input, shape.space.width)
    if layer == 0 { return UnsafePointer(input + image * grid.count + row * line * grid.channels) }
    let slots = layers[layer - 1].vertical
    return UnsafePointer(slots[row % slots.count] + image * line * shape.width)
  }

  /// The vertical stack for all columns of a row.
  private func beginRow(_ row: Int, _ labels: [Int], _ parameters: UnsafePointer<Float>) {
    let (line, width) = (shape.space.width, shape.width)
    let count = labels.count * line
    for (index, layer) in shape.layers.enumerated() {
      let (taps, grid) = (layer.verticalTaps, index == 0 ? shape.input : shape.features)
      var target = patches
      for image in labels.indices {
        for column in 0..<line {
          for tap in 0..<taps.rows {
            let seen = self.line(taps.row(tap, of: row), below: index, image: image)
            taps.gather(seen, column: column, grid, into: target)
            target += taps.columns * grid.channels
          }
        }
      }
      products.multiply(patches, count, by: parameters + layer.vertical, shape.vertical(layer), into: wide)
      products.multiply(wide, count, by: parameters + layer.link, shape.link, into: layers[index].link)
      guard let bias = layer.verticalBias else { continue }
      let slots = layers[index].vertical
      for (image, label) in labels.enumerated() {
        GateRows(rows: line, width: width).gate(
          wide + image * line * 2 * width, bias: parameters + bias + label * 2 * width,
          into: slots[row % slots.count] + image * line * width)
      }
    }
  }

  /// The horizontal stack at one position, up to the features of the head.
  private func computePixel(_ row: Int, _ column: Int, _ labels: [Int], _ parameters: UnsafePointer<Float>) {
    let (line, width) = (shape.space.width, shape.width)
    for (index, layer) in shape.layers.enumerated() {
      let (taps, grid) = (layer.horizontalTaps, index == 0 ? shape.input : shape.features)
      for image in labels.indices {
        let seen =
          index == 0
          ? input + image * grid.count + row * line * grid.channels
          : layers[index - 1].horizontal + image * line * width
        taps.gather(seen, column: column, grid, into: patches + image * layer.horizontalInputs)
      }
      products.multiply(
        patches, labels.count, by: parameters + layer.horizontal, shape.horizontal(layer), into: wide)
      for (image, label) in labels.enumerated() {
        let own = wide + image * 2 * width
        add(layers[index].link + (image * line + column) * 2 * width, count: 2 * width, to: own)
        GateRows(rows: 1, width: width).gate(
          own, bias: parameters + layer.horizontalBias + label * 2 * width, into: gated + image * width)
      }
      products.multiply(gated, labels.count, by: parameters + layer.output, shape.square, into: narrow)
      for image in labels.indices {
        let own = narrow + image * width
        let place = (image * line + column) * width
        if index > 0 { add(layers[index - 1].horizontal + place, count: width, to: own) }
        (layers[index].horizontal + place).update(from: own, count: width)
      }
    }
    head.features.update(from: narrow, count: labels.count * width)
    rectify(head.features, count: labels.count * width)
  }
}

extension PixelCNNHead {
  /// Draws what a group is about: a channel of the pixel, or all of them.
  func draw(
    _ group: Int, _ outputs: UnsafePointer<Float>, _ stream: inout RandomStream, into pixel: UnsafeMutablePointer<UInt8>
  ) {
    switch distribution {
    case .softmax(let softmax): pixel[group] = softmax.draw(outputs, &stream)
    case .logistics(let mixture): mixture.draw(outputs, &stream, into: pixel)
    }
  }
}
