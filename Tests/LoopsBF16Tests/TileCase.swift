import CTiles
import LoopTypes
import LoopsBF16
import Randomness

/// One convolution of padded bf16 images, the data for it, and its definition in doubles.
struct TileCase: Sendable, CustomStringConvertible {
  let images: Int
  /// Of the output.
  let height: Int
  let width: Int
  let inputs: Int
  let outputs: Int
  let kernel: Int
  let stride: Int

  var description: String { "\(images)x\(height)x\(width), \(inputs) -> \(outputs), \(kernel)x\(kernel)/\(stride)" }

  init(_ images: Int, _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int, _ kernel: Int, _ stride: Int) {
    (self.images, self.height, self.width, self.inputs) = (images, height, width, inputs)
    (self.outputs, self.kernel, self.stride) = (outputs, kernel, stride)
  }

  /// The layers of the ResNets, and the corners where tiles are shared, cut or moved back.
  static let layers: [TileCase] = [
    TileCase(1, 32, 32, 3, 16, 3, 1), TileCase(1, 32, 32, 3, 64, 3, 1), TileCase(1, 16, 16, 3, 64, 7, 2),
    TileCase(2, 32, 32, 16, 16, 3, 1), TileCase(1, 16, 16, 16, 32, 3, 2), TileCase(2, 16, 16, 32, 32, 3, 1),
    TileCase(3, 8, 8, 32, 64, 3, 2), TileCase(5, 8, 8, 64, 64, 3, 1), TileCase(1, 16, 16, 64, 64, 3, 1),
    TileCase(1, 16, 16, 64, 128, 3, 2), TileCase(1, 14, 14, 128, 128, 3, 1), TileCase(3, 4, 4, 256, 256, 3, 1),
    TileCase(1, 7, 7, 64, 128, 3, 2), TileCase(1, 7, 7, 256, 128, 3, 1), TileCase(1, 4, 4, 512, 512, 3, 1),
    TileCase(5, 2, 2, 64, 48, 3, 1), TileCase(3, 1, 1, 32, 80, 3, 1), TileCase(1, 28, 28, 32, 48, 3, 1),
    TileCase(1, 16, 16, 16, 32, 1, 2), TileCase(1, 8, 8, 64, 256, 1, 1), TileCase(2, 14, 14, 96, 16, 1, 1),
    TileCase(7, 8, 8, 48, 48, 3, 1), TileCase(1, 1, 3, 16, 16, 3, 2),
  ]

  /// All widths up to two tiles and one output, with one and with two tiles of channels.
  static let widths: [TileCase] = (1...33).flatMap { (width: Int) -> [TileCase] in
    let kernel = width % 2 == 0 ? 3 : 1
    return [
      TileCase(1 + width % 3, 1 + width % 5, width, 16, 16, 3, 1),
      TileCase(1 + width % 2, 1 + width % 4, width, 5, 48, kernel, 1 + width % 2),
    ]
  }

  static let all = layers + widths

  /// Wide enough for a block of dot products.
  static let forDots = all.filter { $0.width >= 8 }
}

extension TileCase {
  /// Taps of one row of the kernel.
  var taps: Int { kernel * inputs }
  var pairs: Int { (taps + 2 * tilePairs - 1) / (2 * tilePairs) * tilePairs }
  /// Of a padded image. Its last column is the last one that is needed when outputs are taken by twos.
  var rows: Int { (height - 1) * stride + kernel }
  var columns: Int { ((width + 1) / 2 * 2 - 1) * stride + kernel }

  private func numbers(_ count: Int, _ seed: Int) -> [UInt16] {
    var stream = RandomStream(seed: 3, purpose: "tile tests").split(seed)
    return (0..<count).map { _ in UInt16(truncatingIfNeeded: stream.nextNormal().bitPattern >> 16) }
  }

  /// One padded image, behind it 64 finite numbers and then some that are none.
  func image(_ index: Int) -> [UInt16] {
    numbers(rows * columns * inputs, 10 + index) + [UInt16](repeating: 0x7f00, count: 64)
      + [UInt16](repeating: 0x7fc0, count: 64)
  }

  func gradient(_ index: Int) -> [UInt16] { numbers(height * width * outputs, 1000 + index) }

  /// [row][tap][channel]
  var weights: [UInt16] { numbers(kernel * taps * outputs, 1) }

  /// As the kernels want them: [channels / 16][rows · pairs][16][2].
  var packed: [UInt16] {
    let weights = weights.map(float)
    var packed = [UInt16](repeating: 0, count: outputs * kernel * pairs * 2)
    for row in 0..<kernel {
      weights.withUnsafeBufferPointer { source in
        packed.withUnsafeMutableBufferPointer { target in
          guard let from = source.baseAddress, let to = target.baseAddress else { return }
          Loops.packDots(
            from + row * taps * outputs,
            DotPackingExtents(taps: taps, channels: outputs, blockPitch: kernel * pairs * 32),
            into: to + row * pairs * 32)
        }
      }
    }
    return packed
  }

  /// From one output to its right neighbour and from one row to the next: gaps which nobody may write to.
  var outputStep: Int { outputs + 16 }
  var outputPitch: Int { width * outputStep + 16 }

  /// For the twin on dot products.
  var dotExtents: DotExtents {
    var e = DotExtents(
      width: width, channels: outputs, pairs: pairs, step: stride * inputs, outputStep: outputStep)
    e.height = height
    e.rows = kernel
    e.rowPitch = columns * inputs
    e.stride = stride
    e.outputPitch = outputPitch
    return e
  }

  /// Where tiles of 16 outputs of a row begin in the padded image, the last one moved back to end with the row, and
  /// where its outputs go that no other tile has.
  var tiles: (rows: Int, places: [Int], targets: [Int]) {
    let rows = min(16, width)
    var (places, targets) = ([Int](), [Int]())
    for y in 0..<height {
      for wanted in Swift.stride(from: 0, to: width, by: 16) {
        let first = min(wanted, width - rows)
        places.append((y * stride * columns + first * stride) * inputs)
        for row in 0..<16 {
          let isHere = row < rows && first + row >= wanted
          targets.append(isHere ? y * outputPitch + (first + row) * outputStep : -1)
        }
      }
    }
    return (rows, places, targets)
  }

  /// The sums of `convolve` for one image, and of the terms' magnitudes: [y][x][n].
  func outputs(_ image: [UInt16]) -> (sums: [Double], scales: [Double]) {
    let (x, w) = (image.map { Double(float($0)) }, weights.map { Double(float($0)) })
    var sums = [Double](repeating: 0, count: height * width * outputs)
    var scales = sums
    for position in 0..<height * width {
      let (row, column) = (position / width * stride, position % width * stride)
      for k in 0..<kernel {
        for tap in 0..<taps {
          let factor = x[((row + k) * columns + column) * inputs + tap]
          for n in 0..<outputs {
            let term = factor * w[(k * taps + tap) * outputs + n]
            sums[position * outputs + n] += term
            scales[position * outputs + n] += abs(term)
          }
        }
      }
    }
    return (sums, scales)
  }

  /// The weights' gradient over all images, and the sums of its terms' magnitudes: [row][tap][n].
  func weightGradients() -> (sums: [Double], scales: [Double]) {
    var sums = [Double](repeating: 0, count: kernel * taps * outputs)
    var scales = sums
    for index in 0..<images {
      let x = image(index).map { Double(float($0)) }
      let g = gradient(index).map { Double(float($0)) }
      for position in 0..<height * width {
        let (row, column) = (position / width * stride, position % width * stride)
        for k in 0..<kernel {
          for tap in 0..<taps {
            let factor = x[((row + k) * columns + column) * inputs + tap]
            for n in 0..<outputs {
              let term = factor * g[position * outputs + n]
              sums[(k * taps + tap) * outputs + n] += term
              scales[(k * taps + tap) * outputs + n] += abs(term)
            }
          }
        }
      }
    }
    return (sums, scales)
  }
}

func float(_ number: UInt16) -> Float { Float(bitPattern: UInt32(number) << 16) }

/// Whether this machine can run kernels on tiles, be it emulated ones, and on its own.
let hasDots = cas_cpu_has_avx512_bf16() != 0
let hasTiles = hasDots && cas_cpu_has_amx_bf16() != 0 && cas_tiles_permitted() != 0
