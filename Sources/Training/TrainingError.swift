/// An error that stops a training.
package enum TrainingError: Error, Equatable {
  case diverged(name: String, epoch: Int, step: Int, learningRate: Double)
  case tooFewImages(name: String, images: Int)
  case foreignCheckpoint(path: String, what: String)
  /// A file of a run that cannot be read in its own format.
  case damagedFile(path: String, detail: String)
  case otherKernels(path: String, saved: String, present: String)
}

extension TrainingError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .diverged(let name, let epoch, let step, let learningRate):
      "The training of \(name) diverged at step \(step) (epoch \(epoch), learning rate \(learningRate)): its loss or a "
        + "weight is not a number. Try a smaller --learning-rate or a longer warm-up "
        + "(--set training.schedule.warmupEpochs=2)."
    case .tooFewImages(let name, let images):
      "\(name) has \(images == 1 ? "1 training image" : "\(images) training images"), and a batch normalisation needs at least 2. Give it more samples."
    case .foreignCheckpoint(let path, let what):
      "\(path) belongs to another training: \(what) differs. Restore what it was made with "
        + "to go on, or choose another --output."
    case .damagedFile(let path, let detail):
      "\(path) is damaged: \(detail). Remove it, and its training begins again; all others are kept."
    case .otherKernels(let path, let saved, let present):
      "\(path) was computed with \(saved), and this machine would go on with \(present), which gives other bytes. "
        + "Pass --allow-kernel-change to go on all the same."
    }
  }
}
