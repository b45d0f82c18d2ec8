package import Randomness

/// The random changes that a training image goes through, each switched on by itself.
package struct Augmentation: Sendable, Codable, Equatable {
  /// Pad by this many pixels on every side and cut out the original size at a random place; 0 is off.
  package var padCrop: Int
  /// Mirror left and right with probability one half.
  package var flip: Bool
  /// Where images are mirrored: each by chance in its first epoch, and then in turn, so that in two epochs the network
  /// sees both sides of every image (Jordan 2024, arXiv:2404.00498, section 3.6).
  package var alternateFlip: Bool
  /// Blend the images of a batch in pairs, with a share from Beta(α, α) of this α (Zhang et al. 2018); 0 is off.
  package var mixup: Double
  /// Paste a rectangle of another image of the batch, its area from Beta(α, α) (Yun et al. 2019); 0 is off.
  package var cutmix: Double

  package init(
    padCrop: Int = 0, flip: Bool = false, alternateFlip: Bool = false, mixup: Double = 0, cutmix: Double = 0
  ) {
    precondition(padCrop >= 0, "padding cannot be negative")
    precondition(mixup >= 0 && cutmix >= 0, "the parameter of a beta distribution is positive")
    self.padCrop = padCrop
    self.flip = flip
    self.alternateFlip = alternateFlip
    self.mixup = mixup
    self.cutmix = cutmix
  }

  package static let none = Augmentation()

  /// What chance decided for one image: where each pixel of the result comes from.
  package struct Placement: Equatable, Sendable {
    /// Row y of the result is row `y + rowOffset` of the image, or padding where there is none; columns likewise.
    package var rowOffset = 0
    package var columnOffset = 0
    /// Whether the result is mirrored after cutting.
    package var isFlipped = false

    package init() {}
  }

  /// Draws from `stream`; a change that is off draws nothing.
  package func placement(from stream: inout RandomStream) -> Placement {
    var placement = Placement()
    if padCrop > 0 {
      placement.rowOffset = stream.nextInteger(below: 2 * padCrop + 1) - padCrop
      placement.columnOffset = stream.nextInteger(below: 2 * padCrop + 1) - padCrop
    }
    if flip && !alternateFlip { placement.isFlipped = stream.nextBool() }
    return placement
  }

  /// Whether image `image` is mirrored in epoch `epoch`, where images are mirrored in turn. `stream` decides about the
  /// first epoch; its part `image` is drawn from.
  package func isFlippedInTurn(image: Int, epoch: Int, stream: RandomStream) -> Bool {
    var own = stream.split(image)
    return own.nextBool() != epoch.isMultiple(of: 2)
  }
}
