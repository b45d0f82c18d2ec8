/// What a layer does to each value after its sum.
package enum ActivationFunction: Int, Sendable, CaseIterable {
  case identity
  case rectifier
  /// min(max(x, 0), 6).
  case rectifier6
  /// x σ(x), also called swish.
  case sigmoidLinear
  /// x Φ(x) with the normal distribution function (Hendrycks and Gimpel 2016).
  case gaussianErrorLinear
  /// x σ(1.702 x), CLIP's approximation of it.
  case quickGaussianErrorLinear
}
