internal import Kernels
internal import Metrics
internal import Randomness

/// One set of samples and the reference, of which families of metrics compute their numbers.
struct SetMetrics {
  let samples: FeatureSet
  let reference: ReferenceSet
  let request: MetricsRequest
  let pool: ThreadPool
  private let known = Known()

  private final class Known { var values: [String: Any] = [:] }

  init(samples: FeatureSet, reference: ReferenceSet, request: MetricsRequest, pool: ThreadPool) {
    self.samples = samples
    self.reference = reference
    self.request = request
    self.pool = pool
  }

  /// Adds a family's numbers to the result. Where a family is not defined for these sets its numbers are null and the
  /// note says why.
  ///
  /// - Throws: `FeatureSetError` for features that are no numbers, and what reading throws.
  func add(_ family: MetricFamily, to result: inout MetricsResult) throws {
    do {
      let found = try family.compute(self)
      result.metrics += found.entries.filter { result.metric($0.name) == nil }
      if !found.curves.isEmpty { result.curves = (result.curves ?? []) + found.curves }
      if let prd = found.prd { result.prd = prd }
      result.suspects += found.suspects
    } catch let error as MetricError {
      guard error.isOfSize else { throw FeatureSetError(path: samples.path, reason: error) }
      result.metrics.append(MetricEntry(family.name, value: nil, n: counts, note: error.description))
    } catch let error as FeatureSetError where error.reason.isOfSize {
      let note = "\(error.path): \(error.reason)"
      result.metrics.append(MetricEntry(family.name, value: nil, n: counts, note: note))
    }
  }
}

// What families compute from.
extension SetMetrics {
  var counts: [Int?] { [samples.count, reference.set.count] }

  func sides() throws -> (samples: any FeatureSource, real: any FeatureSource) {
    (try present(samples.features), try present(reference.set.features))
  }

  func ownFeatures() throws -> any FeatureSource { try present(samples.features) }

  func classifier() throws -> ClassProbabilities { try present(samples.probabilities) }

  private func present<Value>(_ value: Value?) throws -> Value {
    guard let value else { throw MetricError.tooFew(metric: "this metric", rows: 0, needed: 1) }
    return value
  }

  func stream(_ purpose: StaticString) -> RandomStream { RandomStream(seed: request.seed, purpose: purpose) }

  /// What several families need, made by the first of them.
  func shared<Value>(_ name: String, _ make: () throws -> Value) rethrows -> Value {
    if let value = known.values[name] as? Value { return value }
    let value = try make()
    known.values[name] = value
    return value
  }
}

extension MetricEntry {
  /// The limit of a metric for ever more images.
  init(
    _ name: String, _ limit: Extrapolation, _ interval: Interval?, better: String, n: [Int?], notes: [String] = []
  ) {
    var notes = notes
    // Chong and Forsyth fit from 5,000 images on; a line through less of the curve leaves that more open.
    if let first = limit.sizes.first, first < Extrapolation.leastSize {
      notes.append(
        "fitted from \(first.grouped) images on, where \(Extrapolation.leastSize.grouped) are usual: rough below "
          + "\((2 * Extrapolation.leastSize).grouped) images")
    }
    var details = ["slope": limit.fit.slope, "smallestSize": Double(limit.sizes.first ?? 0)]
    details["determination"] = limit.fit.determination
    details["standardError"] = limit.fit.interceptError
    self.init(
      name, value: limit.fit.intercept, interval: interval, n: n, better: better, details: details,
      note: notes.isEmpty ? nil : notes.joined(separator: "; "))
  }
}
