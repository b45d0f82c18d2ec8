/// One line of log.jsonl: an epoch of one training.
package struct EpochRecord: Codable, Equatable, Sendable {
  package var name: String
  package var seed: UInt64
  package var epoch: Int
  package var step: Int
  /// The mean training loss of the epoch's batches.
  package var loss: Double
  /// The fraction of the epoch's (augmented) training images that were correct before their step.
  package var trainingTop1: Double
  package var learningRate: Double
  /// Seconds of training since its start, without evaluation and pauses.
  package var seconds: Double
  /// Whether the classifier came from another run, through the cache; the key is absent otherwise.
  package var cached: Bool?
}
