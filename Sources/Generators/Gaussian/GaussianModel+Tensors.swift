package import Networks

extension GaussianModel {
  package var tensors: [String: SafeTensors.Entry] {
    let (classes, order) = (components.count, space.dimensions)
    let all = components.flatMap { $0 }
    let count = all.count / max(classes, 1)
    var tensors: [String: SafeTensors.Entry] = [
      "weights": .init(shape: [classes, count], values: .float(all.map(\.weight))),
      "means": .init(shape: [classes, count, order], values: .float(all.flatMap(\.mean))),
    ]
    var (factors, loadings, variances): ([Float], [Float], [Float]) = ([], [], [])
    var columns = 0
    for component in all {
      switch component.covariance {
      case .factor(let packed): factors += packed
      case .loadings(let values, let rank, let variance):
        loadings += values
        variances.append(variance)
        columns = rank
      }
    }
    if variances.isEmpty {
      tensors["factors"] = .init(shape: [classes, count, order * (order + 1) / 2], values: .float(factors))
    } else {
      tensors["loadings"] = .init(shape: [classes, count, order, columns], values: .float(loadings))
      tensors["variances"] = .init(shape: [classes, count], values: .float(variances))
    }
    return tensors
  }

  package init(_ identity: ModelIdentity, tensors: GeneratorTensors) throws {
    let (classes, order) = (identity.classNames.count, identity.space.dimensions)
    let count = identity.capacity["components"] ?? 1
    let rank = identity.capacity["rank"]
    guard order <= Self.mostDimensions else {
      throw CheckpointError.unsuitable(
        path: tensors.path, detail: "its images of \(identity.space.text) are too large for a covariance",
        remedy: "Fit a Gaussian to smaller images")
    }
    guard count >= 1, count <= 1 << 20, rank.map({ (1...order).contains($0) }) ?? true else {
      throw CheckpointError.damaged(path: tensors.path, detail: "its capacity is none of the family \(identity.family)")
    }
    func floats(_ name: String, _ shape: [Int]) throws -> [Float] {
      try tensors.floats(name, shape: shape, family: identity.family)
    }
    func positive(_ values: [Float], _ name: String) throws {
      guard values.allSatisfy({ $0 > 0 }) else {
        throw CheckpointError.damaged(path: tensors.path, detail: "\(name) has a number that is not positive")
      }
    }
    let weights = try floats("weights", [classes, count])
    guard weights.allSatisfy({ $0 >= 0 && $0 <= 1 }),
      (0..<classes).allSatisfy({ abs(weights[$0 * count..<($0 + 1) * count].reduce(0, +) - 1) < 1e-3 })
    else {
      throw CheckpointError.damaged(path: tensors.path, detail: "the weights of a class do not sum to 1")
    }
    let means = try floats("means", [classes, count, order])
    var covariances: [GaussianComponent.Covariance] = []
    if let rank {
      let loadings = try floats("loadings", [classes, count, order, rank])
      let variances = try floats("variances", [classes, count])
      try positive(variances, "variances")
      covariances = variances.enumerated().map { index, variance in
        .loadings(Array(loadings[index * order * rank..<(index + 1) * order * rank]), rank: rank, variance: variance)
      }
    } else {
      let size = order * (order + 1) / 2
      let factors = try floats("factors", [classes, count, size])
      covariances = try (0..<classes * count).map { index in
        let own = Array(factors[index * size..<(index + 1) * size])
        try positive((0..<order).map { own[$0 * ($0 + 1) / 2 + $0] }, "the diagonal of factors")
        return .factor(own)
      }
    }
    let all = covariances.enumerated().map { index, covariance in
      GaussianComponent(
        weight: weights[index], mean: Array(means[index * order..<(index + 1) * order]), covariance: covariance)
    }
    self.init(identity, components: (0..<classes).map { Array(all[$0 * count..<($0 + 1) * count]) })
  }
}
