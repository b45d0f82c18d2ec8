internal import Datasets
internal import Foundation
internal import Kernels
internal import Metrics
internal import Networks

extension LikelihoodStudy {
  /// The metrics of every model, those of an extractor with its name before theirs.
  func measure(_ models: [Model], _ data: StudyData, _ warnings: inout [String]) throws -> [[MetricEntry]] {
    var results = try request.score ? scores(models, data) : models.map { _ in [] }
    let families = try request.families()
    let usual =
      (data.test.classNames.count > 1 ? [FeatureNetwork.own.rawValue] : []) + [LikelihoodStudyRequest.Extractor.pixels]
    let chosen =
      request.extractors.isEmpty
      ? usual.map { LikelihoodStudyRequest.Extractor(name: $0, weights: nil) } : request.extractors
    for chosen in chosen {
      let describer = try Describer(chosen, data, seed: request.seed, context)
      if let note = describer.note { warnings.append(note) }
      let possible = families.filter { !$0.needsProbabilities || describer.classifies }
      let found = try measure(models, data, describer, possible)
      for index in models.indices {
        results[index] += found[index].map { entry in
          var entry = entry
          entry.name = "\(chosen.name):\(entry.name)"
          return entry
        }
      }
    }
    return results
  }

  private func measure(
    _ models: [Model], _ data: StudyData, _ describer: Describer, _ families: [MetricFamily]
  ) throws -> [[MetricEntry]] {
    let store = StudyStore(path: "\(folder.path)/metrics")
    let metricsRequest = request.metricsRequest
    func key(_ model: Model, _ family: MetricFamily) -> StudyStore.Key {
      var settings = metricsRequest
      // The other metrics do not change this one.
      settings.metrics = nil
      return StudyStore.Key(
        samples: model.samples.summary.hash, real: data.test.summary.hash, extractor: describer.identity,
        metric: family.name, request: settings, kernels: context.machine.kernels, build: context.build)
    }
    var known = try models.map { model in try families.map { try store.lookup(key(model, $0)) } }
    let total = models.count * families.count
    var done = known.reduce(0) { $0 + $1.count { $0 != nil } }
    guard done < total else { return known.map { $0.flatMap { $0 ?? [] } } }
    let pool = context.machine.processor.pool
    let real = try describer.describe(data.test, "real", events)
    let reference = ReferenceSet(real, training: nil, neighbours: metricsRequest.neighbours, pool: pool)
    events.began("Metrics by \(describer.name)", total, "metrics", done)
    var isWhole = false
    defer { events.ended(isWhole) }
    var silent = RunEvents()
    silent.shouldStop = events.shouldStop
    for (place, model) in models.enumerated() where known[place].contains(where: { $0 == nil }) {
      let set = try describer.describe(model.samples, model.point.name, silent)
      let metrics = SetMetrics(samples: set, reference: reference, request: metricsRequest, pool: pool)
      for (index, family) in families.enumerated() where known[place][index] == nil {
        if events.shouldStop() { throw Interrupted() }
        events.advanced(done, .words("\(model.point.name): \(family.name)"))
        var result = MetricsResult(name: model.point.name)
        try metrics.add(family, to: &result)
        try store.store(result.metrics, key(model, family))
        known[place][index] = result.metrics
        done += 1
        events.advanced(done, .words("\(model.point.name): \(family.name)"))
      }
    }
    isWhole = true
    return known.map { $0.flatMap { $0 ?? [] } }
  }

  /// The accuracy on the real images of a classifier that learned from the samples of each model (CAS).
  private func scores(_ models: [Model], _ data: StudyData) throws -> [[MetricEntry]] {
    try data.requireClasses()
    let store = StudyStore(path: "\(folder.path)/metrics")
    var quiet = context
    quiet.events.note = { _ in }
    return try models.enumerated().map { place, model in
      var settings = MetricsRequest()
      settings.seed = request.seed
      let key = StudyStore.Key(
        samples: model.samples.summary.hash, real: data.test.summary.hash, extractor: "classifier", metric: "cas",
        request: settings, kernels: context.machine.kernels, build: context.build)
      if let known = try store.lookup(key) { return known }
      events.note("CAS of \(model.point.name), \(place + 1) of \(models.count)")
      let classifier = try OwnNetwork(on: model.samples, seed: request.seed).trained(quiet, for: "")
      let found = try FeatureExtraction(classifier, context).run(data.test, title: "the real test images")
      guard let logits = found.logits else { preconditionFailure("a classifier has logits") }
      let correct = data.test.labels.indices.count { row in
        let line = logits.values[row * logits.columns..<(row + 1) * logits.columns]
        let best = line.indices.max { (line[$0], $1) < (line[$1], $0) } ?? line.startIndex
        return best - line.startIndex == Int(data.test.labels[row])
      }
      let share = Double(correct) / Double(data.test.count)
      let entries = [
        MetricEntry(
          "cas", value: share, interval: Interval.wilson(proportion: share, trials: data.test.count),
          n: [model.samples.count, data.test.count], better: "higher")
      ]
      try store.store(entries, key)
      return entries
    }
  }
}

/// An extractor of a study: a network, or the pixels themselves.
private struct Describer {
  let name: String
  /// What its features depend on besides the images.
  let identity: String
  let classifies: Bool
  /// What the document says of it.
  let note: String?
  private let extraction: FeatureExtraction?

  init(_ chosen: LikelihoodStudyRequest.Extractor, _ data: StudyData, seed: UInt64, _ context: RunContext) throws {
    name = chosen.name
    guard chosen.name != LikelihoodStudyRequest.Extractor.pixels else {
      (identity, classifies, note, extraction) = ("pixels", false, nil, nil)
      return
    }
    let network = try FeatureNetwork(name: chosen.name)
    let extractor: FeatureExtractor
    if let weights = chosen.weights {
      extractor = try FeatureExtractor.pretrained(network, weights: weights)
      note = "\(chosen.name): the weights \(weights) (SHA-256 \(extractor.weightsHash.prefix(12))…)."
    } else {
      try data.requireClasses()
      let training = data.realTrain ?? data.test
      extractor = try OwnNetwork(on: training, seed: seed).trained(context, for: "features: own network,")
      note =
        "own: a classifier trained on \(training.summary.path), seed \(seed) (SHA-256 \(extractor.weightsHash.prefix(12))…)"
        + (data.realTrain == nil ? ", the very images that samples are compared with." : ".")
    }
    try extractor.check(data.test)
    identity = extractor.identity
    classifies = extractor.classes != nil
    extraction = FeatureExtraction(extractor, context)
  }

  func describe(_ samples: Samples, _ name: String, _ events: RunEvents) throws -> FeatureSet {
    guard var extraction else { return try FeatureSet(pixelsOf: samples, name: name) }
    extraction.events = events
    let found = try extraction.run(samples, title: name == "real" ? "the real test images" : "the samples \(name)")
    var set = FeatureSet(name: name, path: samples.summary.path, features: found.features)
    set.probabilities = found.logits.map { ClassProbabilities($0, kind: .logits) }
    return set
  }
}
