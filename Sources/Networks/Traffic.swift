/// What a layer moves at least in one pass: the feature maps and the gradients of maps that it reads and writes.
package struct Traffic: Equatable, Sendable {
  package var valuesRead: [Slot] = []
  package var valuesWritten: [Slot] = []
  package var gradientsRead: [Slot] = []
  package var gradientsWritten: [Slot] = []
}

extension Memory {
  package func forwardTraffic(of layer: any Layer) -> Traffic { fusion.forwardTraffic(of: layer) }

  package func backwardTraffic(of layer: any Layer) -> Traffic {
    var traffic = fusion.backwardTraffic(of: layer)
    traffic.gradientsWritten.removeAll { gradient($0) == nil }
    if let sum = layer as? SumLayer, let own = gradient(sum.output) {
      traffic.gradientsWritten.removeAll { gradient($0)?.isAt(own) == true }
      if traffic.gradientsWritten.isEmpty { traffic.gradientsRead = [] }
    }
    // A gradient that is added to is read as well.
    traffic.gradientsRead += layer.inputs.enumerated().filter {
      accumulates(layer, input: $0.offset) && traffic.gradientsWritten.contains($0.element)
    }.map(\.element)
    return traffic
  }
}

extension Fusion {
  fileprivate func forwardTraffic(of layer: any Layer) -> Traffic {
    if let normalization = layer as? NormalizationLayer, absorbs(normalization) || finishes(normalization) {
      return Traffic()
    }
    let after = finished[layer.name]
    return Traffic(
      valuesRead: read(by: layer) + (after?.residual.map { [$0] } ?? []), valuesWritten: [after?.output ?? layer.output]
    )
  }

  fileprivate func backwardTraffic(of layer: any Layer) -> Traffic {
    if let normalization = layer as? NormalizationLayer, applies(normalization) {
      if sums(normalization) { return Traffic() }
      return Traffic(valuesRead: kept(for: layer), gradientsRead: [layer.output])
    }
    var traffic = Traffic(
      valuesRead: kept(for: layer), gradientsRead: [layer.output], gradientsWritten: layer.inputs)
    if let normalization = applied[layer.name] {
      // The gradient of the convolution's output takes the place of the normalisation's.
      traffic.valuesRead += kept(for: normalization)
      traffic.gradientsRead = [normalization.output]
      traffic.gradientsWritten += [layer.output] + (normalization.residual.map { [$0] } ?? [])
    }
    if let normalization = summed[layer.name] { traffic.valuesRead += kept(for: normalization) }
    traffic.valuesRead = Array(Set(traffic.valuesRead))
    return traffic
  }

  package var isNothing: Bool {
    inputs.isEmpty && measured.isEmpty && applied.isEmpty && summed.isEmpty && finished.isEmpty
  }
}
