package import Datasets
internal import Kernels
package import Metrics
internal import Networks

/// What an extractor says about a set of images, a row for each in their order.
package struct ImageFeatures: Sendable, Equatable {
  package let features: FeatureMatrix
  /// The classifier's logits; nil where the extractor has none.
  package let logits: FeatureMatrix?
}

/// Runs images through an extractor, batch by batch, or takes what was computed before from the cache.
///
/// A row's bits depend on its image, the weights and the kernels only: not on the threads, and not on what else is in its
/// batch, since the last batch is filled up instead of shortened.
package struct FeatureExtraction: Sendable {
  package let extractor: FeatureExtractor
  package let machine: Machine
  package let cache: FeatureCache?
  package var events = RunEvents()

  /// Images of a block of the cache.
  private let blockRows: Int
  private static let usualBlockRows = 2048

  /// - Parameter machine: one that computes in fp32.
  package init(_ extractor: FeatureExtractor, machine: Machine, cache: FeatureCache?, blockRows: Int? = nil) {
    precondition(machine.processor.format == .fp32, "features are computed in fp32")
    precondition(blockRows.map { $0 > 0 } ?? true, "a block has at least one image")
    self.extractor = extractor
    self.machine = machine
    self.cache = cache
    self.blockRows = blockRows ?? Self.usualBlockRows
  }

  init(_ extractor: FeatureExtractor, _ context: RunContext) {
    self.init(extractor, machine: context.machine, cache: context.features)
    events = context.events
  }
}

extension FeatureExtraction {
  /// - Parameter title: what the images are called while the user waits, such as "the real images".
  /// - Throws: `Interrupted` once whole blocks are saved, or `UsageError` where the images do not fit the network.
  package func run(_ samples: Samples, title: String) throws -> ImageFeatures {
    try extractor.check(samples)
    let (columns, classes) = (extractor.columns, extractor.classes ?? 0)
    var features: [Float] = []
    var logits: [Float] = []
    features.reserveCapacity(samples.count * columns)
    logits.reserveCapacity(samples.count * classes)
    let key = "\(samples.summary.hash) \(extractor.identity) \(machine.kernels)"
    var engine: Engine?
    try events.stage("Features of \(title)", samples.count, "images") {
      for first in stride(from: 0, to: samples.count, by: blockRows) {
        let rows = first..<min(samples.count, first + blockRows)
        var block = FeatureCache.Block(features: [], logits: [])
        switch cache?.lookup(key, first: first, features: rows.count * columns, logits: rows.count * classes) {
        case .found(let known)?: block = known
        case let other:
          if case .damaged(let path)? = other {
            events.note("note: \(path) is damaged; its \(rows.count) images are described again.")
          }
          let running = engine ?? Engine(extractor, machine)
          engine = running
          block = try running.compute(samples, rows, events)
          cache?.store(block, key, first: first)
        }
        features += block.features
        logits += block.logits
        events.advanced(rows.upperBound, "")
        if events.shouldStop() { throw Interrupted() }
      }
    }
    return ImageFeatures(
      features: FeatureMatrix(rows: samples.count, columns: columns, values: features),
      logits: classes > 0 ? FeatureMatrix(rows: samples.count, columns: classes, values: logits) : nil)
  }
}

/// The network laid out for batches.
private struct Engine {
  let extractor: FeatureExtractor
  let pool: ThreadPool
  let executor: any Executor
  let batch: Int

  init(_ extractor: FeatureExtractor, _ machine: Machine) {
    self.extractor = extractor
    pool = machine.processor.pool
    // Large images fill the cores in small batches, and the maps of large ones would not fit into memory.
    batch = extractor.plan.plan.input.shape.pixels > 96 * 96 ? 16 : 64
    executor = machine.backend.executor(extractor.network, batch: batch, mode: .inference)
  }

  func compute(_ samples: Samples, _ rows: Range<Int>, _ events: RunEvents) throws -> FeatureCache.Block {
    var block = FeatureCache.Block(features: [], logits: [])
    let shape = executor.program.input.shape
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: batch) {
      let count = min(batch, rows.upperBound - start)
      try executor.fill { input in
        try pool.forEach(count, by: 1) { place in
          extractor.preparation.prepare(
            try samples[start + place], samples.shape, into: input.base + place * shape.count, shape)
        }
      }
      executor.forward()
      block.features += values(extractor.plan.features, count)
      if let logits = extractor.plan.logits { block.logits += values(logits, count) }
      events.advanced(start + count, "")
      if events.shouldStop() { throw Interrupted() }
    }
    return block
  }

  private func values(_ slot: Slot, _ images: Int) -> [Float] {
    executor.withValues(of: executor.program.value(slot)) { Array($0[..<(images * slot.shape.count)]) }
  }
}
