/// One line of log.jsonl: an epoch of one training.
package struct EpochRecord: Codable, Equatable, Sendable {
  package var name: String
  package var seed: UInt64
  package var epoch: Int
  package var step: Int
  /// The mean training loss of the epoch's batches.
  package var loss: Double
  /// The share of the epoch's (augmented) training images that were classified right before their step.
  package var trainingTop1: Double
  package var learningRate: Double
  /// Seconds of training since its start, evaluation and pauses left out.
  package var seconds: Double
  /// Whether the training was another run's, whose classifier was in the cache; a key that is left out where it was not.
  package var cached: Bool?
}
