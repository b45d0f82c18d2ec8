import Foundation
internal import Kernels
package import Metrics
package import Networks

/// What `cas describe` tells about a network.
package struct ModelDescription: Codable, Sendable {
  package struct Row: Codable, Sendable {
    package let name: String
    package let kind: String
    package let output: String
    package let parameters: Int
    package let multiplyAdds: Int
    /// What computes a convolution; null for other layers.
    @ExplicitNull package var kernels: Kernels?
  }

  /// The algorithm of each pass over a convolution: `direct`, `panels`, `patches`, `winograd`; `bf16` where features are in
  /// that format, for which there is one.
  package struct Kernels: Codable, Sendable {
    package let forward: String
    package let data: String
    package let weights: String

    init(_ geometry: ConvolutionGeometry, _ machine: Machine) {
      func algorithm(_ pass: ConvolutionPass) -> String {
        let processor = machine.processor
        return processor.format == .bf16 ? "bf16" : geometry.algorithm(pass, processor.choice).rawValue
      }
      (forward, data, weights) = (algorithm(.forward), algorithm(.data), algorithm(.weights))
    }

    fileprivate var text: String {
      forward == data && data == weights ? forward : "\(forward), \(data), \(weights)"
    }
  }

  package let model: String
  package let input: String
  package let classes: Int
  package let batchSize: Int
  /// Precision, choice of kernels, instruction set and BLAS.
  package let kernels: String
  /// The format of feature maps: "fp32" or "bf16".
  package let precision: String
  package let layers: [Row]
  package let parameters: Int
  package let multiplyAdds: Int
  /// Bytes of a training step and of a test batch.
  package let training: Footprint
  package let inference: Footprint

  /// - Throws: `UsageError` for a name or a shape that cannot be.
  package init(model: String, input: String, classes: Int, batchSize: Int, machine: Machine) throws {
    let architecture = try Architecture.named(model)
    guard let shape = Shape(input), max(shape.height, shape.width) <= 4096 else {
      throw UsageError.wrongValue(key: "--input", value: input, expected: "a shape such as 32x32x3")
    }
    guard (1...100_000).contains(classes) else {
      throw UsageError.wrongValue(key: "--classes", value: "\(classes)", expected: "1 to 100000")
    }
    guard (1...65_536).contains(batchSize) else {
      throw UsageError.wrongValue(key: "--batch-size", value: "\(batchSize)", expected: "1 to 65536")
    }
    let (threads, format) = (machine.processor.pool.threads, machine.processor.format)
    try architecture.check(shape)
    let plan = architecture.plan(input: shape, classes: classes)
    self.model = architecture.name
    self.input = shape.description
    self.classes = classes
    self.batchSize = batchSize
    kernels = machine.kernels
    precision = format.rawValue
    layers = zip(plan.layers, plan.layerMultiplyAdds).map { layer, multiplyAdds in
      Row(
        name: layer.name, kind: layer.kind, output: layer.output.shape.description,
        parameters: layer.parameters.reduce(0) { $0 + $1.count }, multiplyAdds: multiplyAdds,
        kernels: layer.parameters.lazy.compactMap { parameter -> Kernels? in
          guard case .convolution(let geometry) = parameter.layout else { return nil }
          return Kernels(geometry, machine)
        }.first)
    }
    parameters = plan.learnableCount
    multiplyAdds = plan.multiplyAdds
    training = Footprint(plan, batch: batchSize, mode: .training, threads: threads, format: format)
    inference = Footprint(plan, batch: batchSize, mode: .inference, threads: threads, format: format)
  }
}

extension ModelDescription {
  /// The table for people.
  package var text: String {
    let header = ["layer", "kind", "output", "parameters", "multiply-adds", "kernels"]
    let rows = layers.map {
      [$0.name, $0.kind, $0.output, $0.parameters.grouped, $0.multiplyAdds.grouped, $0.kernels?.text ?? ""]
    }
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      cells.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 3 || column == 4 ? space + cell : cell + space
      }.joined(separator: "  ").trimmingCharacters(in: .whitespaces)
    }
    var lines = ["\(model) for \(input) images and \(classes) classes", "", line(header)]
    lines += rows.map(line)
    lines += ["", "kernels (of forward, data and weight gradient where they differ): \(kernels)"]
    lines += [
      "", "parameters     \(parameters.grouped)", "multiply-adds  \(multiplyAdds.grouped) an image, forward",
      "", "Memory of a training step at batch \(batchSize) in \(precision): \(megabytes(training.total))",
    ]
    let parts = [
      ("feature maps", training.features), ("their gradients", training.featureGradients),
      ("parameters", training.parameters), ("gradients", training.gradients), ("momentum", training.momentum),
      ("statistics", training.statistics), ("scratch", training.scratch),
    ]
    lines += parts.map { name, bytes in
      "  \(name.padding(toLength: 16, withPad: " ", startingAt: 0))\(megabytes(bytes))"
    }
    lines.append("Memory of a test batch of the same size: \(megabytes(inference.total))")
    return lines.joined(separator: "\n")
  }

  private func megabytes(_ bytes: Int) -> String { String(format: "%8.1f MB", Double(bytes) / 1e6) }
}
