package import Kernels

/// Which work of a plan's normalisations its convolutions and sums do in passing, while the images lie in the cache.
///
/// It follows from the plan, the number format and the purpose. In bf16 the map within a residual block is written once by
/// the convolution that makes it, and read once by the one that needs it; a normalised map is kept only where a sum needs
/// it as well.
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

  /// What layers over feature maps of this format do for one another. Floats are not normalised on their way into a
  /// convolution, and for the images' gradient nothing is fused.
  package init(_ plan: Plan, _ format: NumberFormat, _ purpose: Purpose) {
    guard purpose != .imageGradient else { return }
    var producers: [Int: Int] = [:]
    var consumers: [Int: [Int]] = [:]
    for (index, layer) in plan.layers.enumerated() {
      producers[layer.output.index] = index
      for input in layer.inputs { consumers[input.index, default: []].append(index) }
    }
    for (index, layer) in plan.layers.enumerated() {
      guard let normalization = layer as? NormalizationLayer else { continue }
      let readers = consumers[normalization.output.index, default: []].map { plan.layers[$0] }
      if let reader = readers.first as? ConvolutionLayer {
        summed[reader.name] = normalization
        summedNames.insert(normalization.name)
      }
      if format == .bf16, normalization.residual == nil, readers.count == 1,
        let reader = readers.first as? ConvolutionLayer
      {
        inputs[reader.name] = normalization
        absorbed.insert(normalization.name)
      }
      if let before = producers[normalization.input.index], let sum = plan.layers[before] as? SumLayer {
        measured[sum.name] = normalization
        measuredNames.insert(normalization.name)
      }
      guard let before = producers[normalization.input.index], consumers[normalization.input.index] == [index],
        let convolution = plan.layers[before] as? ConvolutionLayer
      else { continue }
      measured[convolution.name] = normalization
      measuredNames.insert(normalization.name)
      let isLate = normalization.residual.map { producers[$0.index, default: -1] > before } ?? false
      if purpose == .inference, !isLate, !absorbed.contains(normalization.name),
        !plan.kept.contains(normalization.input)
      {
        finished[convolution.name] = normalization
        finishedNames.insert(normalization.name)
      }
      if let residual = normalization.residual {
        // The residual's gradient is written late, when the convolution's is needed: nobody may ask for it before.
        let isAsked = consumers[residual.index, default: []].contains { $0 > before && $0 < index }
        guard !isAsked, producers[residual.index, default: -1] < before else { continue }
      }
      applied[convolution.name] = normalization
      appliedNames.insert(normalization.name)
    }
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
