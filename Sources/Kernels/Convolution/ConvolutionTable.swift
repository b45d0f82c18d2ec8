/// The algorithms of the convolutions that the networks have, as `cas-bench --tune` measured them.
///
/// What you give up by using it: it knows only the shapes that were measured; the others follow the rules of
/// `ConvolutionAlgorithm`.
package struct ConvolutionTable: Sendable {
  private let rows: [ConvolutionGeometry: Row]

  private struct Row {
    let forward: ConvolutionAlgorithm
    let data: ConvolutionAlgorithm
    let weights: ConvolutionAlgorithm
  }

  /// A line for each convolution: its label, then the algorithms of forward, data and weights. `-` stands for a pass
  /// that nobody needs.
  init(_ text: String) {
    rows = Dictionary(
      uniqueKeysWithValues: text.split(separator: "\n").map { line in
        let words = line.split(separator: " ")
        precondition(words.count == 7, "a line of the table of convolutions has 7 words: \(line)")
        let algorithms = words[4...].map { word in
          let algorithm = word == "-" ? .im2col : ConvolutionAlgorithm(rawValue: String(word))
          guard let algorithm else { preconditionFailure("there is no algorithm \(word) for convolutions") }
          return algorithm
        }
        return (
          ConvolutionGeometry(label: words[..<4].map(String.init)),
          Row(forward: algorithms[0], data: algorithms[1], weights: algorithms[2])
        )
      })
  }

  package subscript(geometry: ConvolutionGeometry, pass: ConvolutionPass) -> ConvolutionAlgorithm? {
    guard let row = rows[geometry] else { return nil }
    return switch pass {
    case .forward: row.forward
    case .data: row.data
    case .weights: row.weights
    }
  }

  package var geometries: [ConvolutionGeometry] { Array(rows.keys) }
}

extension ConvolutionGeometry {
  /// The shape as people read it: `32x32x16 -> 32 3x3/2`. A padding other than half of the kernel is not told.
  package var label: String {
    "\(input) -> \(outputChannels) \(kernelHeight)x\(kernelWidth)" + (stride > 1 ? "/\(stride)" : "")
  }

  /// The convolution of a label's four words, padded by half of its kernel.
  fileprivate init(label words: [String]) {
    let input = words[0].split(separator: "x").compactMap { Int($0) }
    let kernel = words[3].split { $0 == "x" || $0 == "/" }.compactMap { Int($0) }
    guard input.count == 3, words[1] == "->", let outputs = Int(words[2]), (2...3).contains(kernel.count) else {
      preconditionFailure("no convolution is called \(words)")
    }
    self.init(
      input: Shape(height: input[0], width: input[1], channels: input[2]), outputChannels: outputs,
      kernelHeight: kernel[0], kernelWidth: kernel[1], stride: kernel.count > 2 ? kernel[2] : 1,
      padding: kernel[0] / 2)
  }
}
