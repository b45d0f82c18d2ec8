extension Double {
  /// A fraction, or a percentage with its sign: `0.7` and `70%` are the same.
  init?(fraction text: some StringProtocol) {
    guard text.hasSuffix("%") else {
      self.init(text)
      return
    }
    guard let percent = Double(text.dropLast()) else { return nil }
    self = percent / 100
  }
}
