extension Experiment {
  // Not private: the compiler's debug builds cannot link to private keys of another file.
  enum CodingKeys: String, CodingKey {
    case model, input, resize, decode, normalization, training, budget, steps, baseline, perClass, allowMissingClasses,
      ganTest
    case matchLabelCounts, weighting, testFlips, seeds, seed, precision, kernels
  }

  /// Every key is written, null without a value, so the defaults list all keys that a file may set.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(model, forKey: .model)
    try container.encode(input, forKey: .input)
    try container.encode(resize, forKey: .resize)
    try container.encode(decode, forKey: .decode)
    try container.encode(normalization, forKey: .normalization)
    try container.encode(training, forKey: .training)
    try container.encode(budget, forKey: .budget)
    try container.encode(steps, forKey: .steps)
    try container.encode(baseline, forKey: .baseline)
    try container.encode(perClass, forKey: .perClass)
    try container.encode(allowMissingClasses, forKey: .allowMissingClasses)
    try container.encode(matchLabelCounts, forKey: .matchLabelCounts)
    try container.encode(weighting, forKey: .weighting)
    try container.encode(testFlips, forKey: .testFlips)
    try container.encode(ganTest, forKey: .ganTest)
    try container.encode(seeds, forKey: .seeds)
    try container.encode(seed, forKey: .seed)
    try container.encode(precision, forKey: .precision)
    try container.encode(kernels, forKey: .kernels)
  }
}
