package import Kernels
package import Networks
package import Randomness

/// What a log-likelihood is about. Numbers of the two kinds never stand in one table: the probability of a discrete image
/// is at most 1, a density has no bound.
package enum LikelihoodKind: String, Codable, Sendable, CaseIterable {
  /// The probability of the image of levels.
  case levels
  /// The density of the image plus uniform noise in [0, 1) of a level (Theis, van den Oord, Bethge 2016, section 3.1).
  case dequantized
}

/// What every saved model says of itself.
package struct ModelIdentity: Codable, Sendable, Equatable {
  /// `GeneratorFamily.name`.
  package let family: String
  /// Such as "rank": 20.
  package let capacity: [String: Int]
  package var space: ImageSpace
  package let classNames: [String]
  /// The training images of each class, whose shares are p(y).
  package let classCounts: [Int]
  package let kind: LikelihoodKind
  /// The seed of the fit.
  package let seed: UInt64
  /// SHA-256 over the images that it was fitted to, as `SampleSummary.hash`.
  package let dataHash: String

  package init(
    family: String, capacity: [String: Int], space: ImageSpace, classes: [(name: String, images: Int)],
    kind: LikelihoodKind, seed: UInt64, dataHash: String
  ) {
    self.family = family
    self.capacity = capacity
    self.space = space
    classNames = classes.map(\.name)
    classCounts = classes.map(\.images)
    self.kind = kind
    self.seed = seed
    self.dataHash = dataHash
  }
}

/// A class-conditional generator whose likelihood can be computed exactly. Everything else (files, commands, inference,
/// reports) is written against this protocol.
///
/// Results are functions of the model and the arguments: neither the threads of a pool nor the other images of a call
/// change an image or, beyond rounding, its likelihood.
package protocol LikelihoodModel: Sendable {
  var identity: ModelIdentity { get }

  /// ln p(x | y) in nats per image for every image and each of these classes: `images.count` rows of `classes.count`
  /// numbers. Finite, or −infinity for an image that the model excludes.
  ///
  /// - Parameter progress: gets the number of finished units and of all.
  /// - Throws: what `progress` throws, to stop.
  func logLikelihoods(
    _ images: LevelImages, classes: [Int], pool: ThreadPool, progress: GeneratorProgress
  ) throws -> [Double]

  /// One image for each label. Image i of the call takes its random numbers from `stream.split(first + i)` alone, so that
  /// it is the same whatever part of a set is drawn at once.
  func sample(
    labels: [Int], first: Int, stream: RandomStream, pool: ThreadPool, progress: GeneratorProgress
  ) throws -> LevelImages

  /// The parameters by name. `GeneratorFile` adds the identity.
  var tensors: [String: SafeTensors.Entry] { get }

  /// The model from the tensors of a file.
  ///
  /// - Throws: `CheckpointError` where a tensor is missing or has a wrong shape or value.
  init(_ identity: ModelIdentity, tensors: GeneratorTensors) throws
}

extension LikelihoodModel {
  package var space: ImageSpace { identity.space }
  package var classNames: [String] { identity.classNames }
}

/// Told how much of a call is done; it may throw to stop the call.
package typealias GeneratorProgress = @Sendable (_ done: Int, _ total: Int, _ detail: String) throws -> Void

/// A family of models at one capacity: it can be fitted, and its models can be read again.
package protocol GeneratorFamily: Sendable {
  associatedtype Model: LikelihoodModel
  /// Such as gaussian, of `--fit` and of files.
  static var name: String { get }
  /// The options that set the capacity, by name, with the values of this one.
  var capacity: [String: Int] { get }

  /// Fits a model to the images.
  ///
  /// - Throws: `GeneratorError`, what `context.progress` throws, or `FileError` of the state file.
  func fit(_ data: LabelledImages, _ context: FitContext) throws -> Model
}

/// What a fit needs beside images and capacity.
package struct FitContext: Sendable {
  package var seed: UInt64
  package var kind: LikelihoodKind
  package var dataHash: String
  package var pool: ThreadPool
  package var progress: GeneratorProgress = { _, _, _ in }
  /// The file of the state from which a long fit goes on. The fit writes it whole or not at all, every minute or so and
  /// when `progress` throws; the caller removes it once the model is saved. Nil for fits that take seconds.
  package var stateFile: String?

  package init(seed: UInt64, kind: LikelihoodKind, dataHash: String, pool: ThreadPool) {
    self.seed = seed
    self.kind = kind
    self.dataHash = dataHash
    self.pool = pool
  }

  /// The identity of a model that this fit makes.
  package func identity(of family: some GeneratorFamily, _ data: LabelledImages) -> ModelIdentity {
    var counts = [Int](repeating: 0, count: data.classNames.count)
    for label in data.labels { counts[label] += 1 }
    return ModelIdentity(
      family: type(of: family).name, capacity: family.capacity, space: data.images.space,
      classes: zip(data.classNames, counts).map { ($0, $1) }, kind: kind, seed: seed, dataHash: dataHash)
  }
}
