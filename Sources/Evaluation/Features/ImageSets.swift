package import Datasets
import Foundation
internal import Images
internal import Metrics

/// The images of a comparison by metrics, and the extractor that describes them.
package struct ImageSets: Codable, Equatable, Sendable {
  package var real: String
  package var realTrain: String?
  package var synthetic: [NamedPath]
  package var classNames: String?
  package var allowMissingClasses = false
  /// A name of `FeatureNetwork`.
  package var features: String
  package var weights: String?
  /// Of the own network's training.
  package var trainingSeed: UInt64 = 0
  /// Which real images the samples are compared with.
  package var reference = Reference.test
  package var input: Int?
  package var resize: String?

  package enum Reference: String, Codable, Sendable, CaseIterable { case test, train }

  package init(real: String, synthetic: [NamedPath], features: String) {
    self.real = real
    self.synthetic = synthetic
    self.features = features
  }

  /// What became of them.
  package struct Described: Sendable {
    package let sets: MetricsStudy.Sets
    /// What the document says about where its numbers come from.
    package let notes: [String]
    package let weightsHash: String
  }
}

extension ImageSets {
  /// Reads the images, makes the extractor ready, and describes every set once, or takes it from the cache.
  ///
  /// - Parameters:
  ///   - decode: how images are decoded where they are read here.
  ///   - given: the same images, where they have been read already.
  ///   - drawn: for each name of a synthetic set the part of it that is described; the whole set where there is none.
  /// - Throws: `Interrupted`, `UsageError`, and what reading images and weights throws.
  package func described(
    _ context: RunContext, decode: LoadOptions.Decoding = .exact, given: StudyData? = nil,
    drawn: [String: Samples] = [:]
  ) throws -> Described {
    let network = try FeatureNetwork(name: features)
    guard weights != nil || network == .own else {
      throw UsageError.noWeights(features: features)
    }
    // The file is looked at before the images, which take longer.
    let published = try weights.map { try FeatureExtractor.pretrained(network, weights: $0) }
    let data = try given ?? StudyData(selection(decode), context.reader)
    guard reference == .test || data.realTrain != nil else {
      throw UsageError.noReference(real)
    }
    var notes = data.notes.map { data.missingNotes.contains($0) ? $0.replacing(": scored 0.", with: ".") : $0 }
    notes += codecs(data)
    let extractor = try published ?? ownNetwork(data).trained(context, for: "features: own network,")
    notes.append(try note(of: extractor, data))
    let extraction = FeatureExtraction(extractor, context)
    func describe(_ samples: Samples, _ name: String, _ title: String) throws -> FeatureSet {
      let found = try extraction.run(samples, title: title)
      var set = FeatureSet(name: name, path: samples.summary.path, features: found.features)
      set.probabilities = found.logits.map { ClassProbabilities($0, kind: .logits) }
      set.labels = samples.labels.map(Int.init)
      set.classNames = samples.classNames
      return set
    }
    let test = try reference == .test ? describe(data.test, "real", "the real test images") : nil
    let train = try data.realTrain.map { try describe($0, "training", "the real training images") }
    guard let real = reference == .test ? test : train?.named("real") else {
      preconditionFailure("one of the two real sets is the reference")
    }
    let sets = MetricsStudy.Sets(
      real: real, training: reference == .test ? train : nil,
      synthetic: try data.synthetic.map {
        try describe(drawn[$0.name] ?? $0.samples, $0.name, "the samples \($0.name)")
      })
    return Described(sets: sets, notes: notes, weightsHash: extractor.weightsHash)
  }

  private func selection(_ decode: LoadOptions.Decoding) -> ImageSelection {
    var selection = ImageSelection(real: real, realTrain: realTrain)
    (selection.synthetic, selection.classNames) = (synthetic, classNames)
    selection.allowsMissingClasses = allowMissingClasses
    selection.options = LoadOptions(input: input, resize: resize.flatMap(ResizeMode.init(rawValue:)))
    selection.options.decoding = decode
    return selection
  }

  /// What the own network is trained on: the real training images, or the test images where there are no others.
  func ownNetwork(_ data: StudyData) throws -> OwnNetwork {
    try OwnNetwork(on: data.realTrain ?? data.test, seed: trainingSeed)
  }

  /// What the document says about the network.
  private func note(of extractor: FeatureExtractor, _ data: StudyData) throws -> String {
    let hash = "(SHA-256 \(extractor.weightsHash.prefix(12))…)"
    if let weights { return "Features: \(features) with the weights \(weights) \(hash)." }
    let own = try ownNetwork(data)
    return "Features: \(own.experiment.model) trained on \((data.realTrain ?? data.test).summary.path)"
      + (data.realTrain == nil || reference == .train
        ? ", the very images that samples are compared with, which it knows better than others" : "")
      + ", seed \(trainingSeed) \(hash). Compare only numbers of the same network."
  }

  /// A codec leaves traces that a network sees.
  private func codecs(_ data: StudyData) -> [String] {
    let real = (reference == .test ? data.test : data.realTrain ?? data.test).summary.codecs.keys.sorted()
    return data.synthetic.compactMap { set in
      let own = set.samples.summary.codecs.keys.sorted()
      guard own != real, !own.isEmpty, !real.isEmpty else { return nil }
      return "\(set.name) comes as \(own.joined(separator: " and ")) and the real images as "
        + "\(real.joined(separator: " and ")): a codec's traces count as a difference."
    }
  }
}

extension FeatureSet {
  /// The same set under another name.
  fileprivate func named(_ name: String) -> FeatureSet {
    var result = FeatureSet(name: name, path: path, features: features)
    result.probabilities = probabilities
    result.labels = labels
    result.classNames = classNames
    return result
  }
}
