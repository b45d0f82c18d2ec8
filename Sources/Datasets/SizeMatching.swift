extension Samples {
  /// Throws `DataError.sizeMismatch` where these images are of another size than those of the real test set.
  /// `title` is what to call these samples in the message, such as "synthetic set cvae".
  package func requireSize(of real: Samples, title: String) throws {
    guard shape.height != real.shape.height || shape.width != real.shape.width else { return }
    throw DataError.sizeMismatch(title, sizeFound, real: real.sizeFound)
  }

  private var sizeFound: SizeFound {
    SizeFound(
      width: shape.width, height: shape.height, images: count, example: "\(summary.path)/\(members.first ?? "")")
  }
}
