internal import Datasets
internal import Generators
internal import Images
internal import Reports

/// What a run of `cas sample` will do, known before it does any of it.
struct SamplePlan: Sendable {
  let identity: ModelIdentity
  /// Samples to draw of each class.
  let counts: [Int]

  var images: Int { counts.reduce(0, +) }

  init(_ request: SampleRequest, _ saved: ModelIdentity?, train: Samples?) throws {
    if let saved {
      identity = saved
    } else {
      guard let train, let choice = request.fit else { preconditionFailure("there is a model or a fit") }
      let space = ImageSpace(
        height: train.shape.height, width: train.shape.width, channels: train.shape.channels, levels: request.levels)
      let family = choice.generator
      identity = ModelIdentity(
        family: type(of: family).name, capacity: family.capacity, space: space,
        classes: zip(train.classNames, train.classCounts).map { ($0, $1) }, kind: request.kind, seed: request.seed,
        dataHash: train.summary.hash)
    }
    if let perClass = request.perClass {
      counts = identity.classCounts.map { $0 > 0 ? perClass : 0 }
    } else if let count = request.count {
      counts = Self.shares(of: count, identity.classCounts)
    } else {
      counts = identity.classCounts.map { _ in 0 }
    }
    if request.isDrawing, request.format == .folder {
      for name in identity.classNames
      where name.isEmpty || name.hasPrefix(".") || name.contains("/") || name.utf8.contains(0) {
        throw SampleError.className(name, path: request.model ?? request.real ?? request.output)
      }
    }
  }

  /// `total` cut into whole numbers in the ratio of `counts`; the largest remainders are rounded up, the first of equals.
  private static func shares(of total: Int, _ counts: [Int]) -> [Int] {
    let all = max(1, counts.reduce(0, +))
    let exact = counts.map { Double(total) * Double($0) / Double(all) }
    var shares = exact.map { Int($0) }
    let order = exact.indices.sorted { (exact[$1] - Double(shares[$1]), $0) < (exact[$0] - Double(shares[$0]), $1) }
    for index in order.prefix(max(0, total - shares.reduce(0, +))) { shares[index] += 1 }
    return shares
  }

  /// One sentence on what will be done.
  func sentence(_ request: SampleRequest, test: Int?, scored: Int?) -> String {
    let capacity = identity.capacity.sorted { $0.key < $1.key }.map { " \($0.key) \($0.value)" }.joined(separator: ",")
    var parts: [String] = []
    let trained = identity.classCounts.reduce(0, +).counted("image", "images")
    parts.append(
      "\(request.fit == nil ? "The model" : "Fitting") \(identity.family)\(capacity)"
        + " \(request.fit == nil ? "of" : "to") \(trained) of \(identity.space.text), in "
        + identity.classNames.count.counted("class", "classes"))
    if let test { parts.append("exact inference on \(test.counted("test image", "test images"))") }
    if let scored { parts.append("scores of \(scored.counted("image", "images"))") }
    if images > 0 { parts.append("\(images.counted("sample", "samples")) to \(request.output)") }
    return parts.joined(separator: "; ") + "."
  }
}

extension GeneratorEntry {
  init(_ model: some LikelihoodModel) {
    let identity = model.identity
    self.init(
      family: identity.family, capacity: identity.capacity, levels: identity.space.levels, kind: identity.kind.rawValue,
      size: DataEntry.Size(
        width: identity.space.width, height: identity.space.height, channels: identity.space.channels),
      classes: identity.classNames, seed: identity.seed,
      parameters: model.tensors.values.reduce(0) { $0 + $1.values.count }, dataHash: identity.dataHash)
  }
}
