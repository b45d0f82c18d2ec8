package import Kernels

/// Which work of a plan's normalisations its convolutions and sums do in passing, while the images lie in the cache.
///
/// It follows from the plan, the number format and the mode. In training a map in a residual block is then written once
/// by the convolution that makes it, and read once by the one that needs it; a normalised map is kept only where a sum
/// needs it as well. In inference a convolution over floats writes the normalised map at once.
package struct Fusion: Sendable {
  /// For a convolution's name, the normalisation of its input that is done on the way in. Its result is never kept.
  private(set) var inputs: [String: NormalizationLayer] = [:]
  /// For a convolution's or a sum's name, the normalisation of its output, whose moments it measures.
  private(set) var measured: [String: NormalizationLayer] = [:]
  /// For a convolution's name, the normalisation of its output, whose backward pass it does before its own.
  private(set) var applied: [String: NormalizationLayer] = [:]
  /// The same of its input, whose gradients it sums, since its share of them is the last.
  private(set) var summed: [String: NormalizationLayer] = [:]
  /// For a convolution's name, the normalisation of its output that it does in inference, in place.
  private(set) var finished: [String: NormalizationLayer] = [:]

  private var absorbed: Set<String> = []
  private var measuredNames: Set<String> = []
  private var appliedNames: Set<String> = []
  private var summedNames: Set<String> = []
  private var finishedNames: Set<String> = []

  /// Nothing is fused.
  package init() {}

  /// What layers over feature maps of this format do for one another; for the images' gradient nothing.
  package init(_ plan: Plan, _ format: NumberFormat, _ mode: Mode) {
    guard mode != .imageGradient else { return }
    let graph = Graph(plan)
    for (index, layer) in plan.layers.enumerated() {
      guard let normalization = layer as? NormalizationLayer else { continue }
      let writer = graph.writer(of: normalization.input)
      let readers = graph.readers(of: normalization.output)
      if let reader = readers.first as? ConvolutionLayer {
        summed[reader.name] = normalization
        summedNames.insert(normalization.name)
      }
      if let sum = writer?.layer as? SumLayer, measured[sum.name] == nil {
        measured[sum.name] = normalization
        measuredNames.insert(normalization.name)
      }
      let convolution = graph.isRead(normalization.input, onlyBy: index) ? writer?.layer as? ConvolutionLayer : nil
      if let convolution, let writer {
        measured[convolution.name] = normalization
        measuredNames.insert(normalization.name)
        if graph.canApply(normalization, at: index, after: writer.index) {
          applied[convolution.name] = normalization
          appliedNames.insert(normalization.name)
        }
      }

      // Where a backward pass reads nothing, floats are normalised by the convolution that writes them, since the one
      // that reads them may need no copy of its own. Images in bf16 are always copied.
      let isAbsorbed =
        normalization.residual == nil && readers.count == 1 && readers[0] is ConvolutionLayer
        && !graph.isKept(normalization.output)
      if mode == .inference, let convolution, let writer, graph.canFinish(normalization, after: writer.index),
        format == .fp32 || !isAbsorbed
      {
        finished[convolution.name] = normalization
        finishedNames.insert(normalization.name)
      } else if isAbsorbed {
        inputs[readers[0].name] = normalization
        absorbed.insert(normalization.name)
      }
    }
  }
}

/// Which layers write and read the slots of a plan.
private struct Graph {
  private let plan: Plan
  private var writers: [Int: Int] = [:]
  private var reading: [Int: [Int]] = [:]

  init(_ plan: Plan) {
    self.plan = plan
    for (index, layer) in plan.layers.enumerated() {
      writers[layer.output.index] = index
      for input in layer.inputs { reading[input.index, default: []].append(index) }
    }
  }

  func writer(of slot: Slot) -> (index: Int, layer: any Layer)? {
    writers[slot.index].map { ($0, plan.layers[$0]) }
  }

  func readers(of slot: Slot) -> [any Layer] { reading[slot.index, default: []].map { plan.layers[$0] } }

  func isRead(_ slot: Slot, onlyBy index: Int) -> Bool { reading[slot.index] == [index] && !isKept(slot) }

  /// Whether it is read after the last layer.
  func isKept(_ slot: Slot) -> Bool { slot == plan.output || plan.kept.contains(slot) }

  /// Whether the normalisation can be done when its input is written: what is added is there by then.
  func canFinish(_ normalization: NormalizationLayer, after writer: Int) -> Bool {
    normalization.residual.map { writers[$0.index, default: -1] < writer } ?? true
  }

  /// Whether the backward pass of the normalisation can wait for that of its input's writer. The residual's gradient is
  /// then written late: nobody may ask for it before, and the writer must have a backward pass, which one that reads the
  /// images with fixed weights has not.
  func canApply(_ normalization: NormalizationLayer, at index: Int, after writer: Int) -> Bool {
    guard let residual = normalization.residual else { return true }
    let isAsked = reading[residual.index, default: []].contains { $0 > writer && $0 < index }
    let isFixed =
      (plan.layers[writer] as? ConvolutionLayer).map { $0.weights.rate == 0 && $0.input == plan.input } ?? false
    return !isAsked && !isFixed && writers[residual.index, default: -1] < writer
  }
}

extension Fusion {
  /// Whether the result of a normalisation is never kept.
  func absorbs(_ layer: NormalizationLayer) -> Bool { absorbed.contains(layer.name) }
  func measures(_ layer: NormalizationLayer) -> Bool { measuredNames.contains(layer.name) }
  func applies(_ layer: NormalizationLayer) -> Bool { appliedNames.contains(layer.name) }
  func sums(_ layer: NormalizationLayer) -> Bool { summedNames.contains(layer.name) }
  func finishes(_ layer: NormalizationLayer) -> Bool { finishedNames.contains(layer.name) }

  /// The slots that a layer's forward pass really reads.
  func read(by layer: any Layer) -> [Slot] {
    guard let normalization = inputs[layer.name] else { return layer.inputs }
    return layer.inputs.map { $0 == normalization.output ? normalization.input : $0 }
  }

  /// The slots whose values its backward pass really reads.
  func kept(for layer: any Layer) -> [Slot] {
    if let normalization = layer as? NormalizationLayer, absorbs(normalization) { return [normalization.input] }
    guard let normalization = inputs[layer.name] else { return layer.keptForBackward }
    return layer.keptForBackward.map { $0 == normalization.output ? normalization.input : $0 }
  }
}
