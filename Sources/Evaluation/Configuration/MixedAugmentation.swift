package import Datasets

/// One augmentation of a study that crosses augmentations with added samples.
package enum MixedAugmentation: String, Codable, Sendable, CaseIterable {
  /// No augmentation.
  case none
  /// The recipe's augmentation without mixup and cutmix.
  case classic
  /// The classic one, then mixup (Zhang et al. 2018).
  case mixup
  /// The classic one, then cutmix (Yun et al. 2019).
  case cutmix
}

extension MixedAugmentation {
  /// The recipe's augmentation changed to this one; α is 1 if the recipe does not mix.
  package func applied(to recipe: Augmentation) -> Augmentation {
    var augmentation = recipe
    augmentation.mixup = 0
    augmentation.cutmix = 0
    switch self {
    case .none: augmentation = .none
    case .classic: break
    case .mixup: augmentation.mixup = recipe.mixup > 0 ? recipe.mixup : 1
    case .cutmix: augmentation.cutmix = recipe.cutmix > 0 ? recipe.cutmix : 1
    }
    return augmentation
  }
}
