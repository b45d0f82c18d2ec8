/// The class that most seeds predict for each image, −1 if no seed could rank one.
///
/// Ties go to the class with the larger probability summed over all seeds (0 if it is not among a seed's five most
/// probable), then to the lower class index.
package func majorityVote(_ seeds: [Predictions]) -> [Int32] {
  guard let first = seeds.first else { return [] }
  precondition(
    seeds.allSatisfy { $0.labels == first.labels && $0.classes == first.classes },
    "a vote needs the same test images in the same order")
  guard seeds.count > 1 else { return (0..<first.count).map { first.topClasses[$0 * first.depth] } }
  return (0..<first.count).map { image in
    var ballots: [Int32: (votes: Int, probability: Double)] = [:]
    for seed in seeds {
      for place in image * seed.depth..<(image + 1) * seed.depth where seed.topClasses[place] >= 0 {
        var ballot = ballots[seed.topClasses[place]] ?? (0, 0)
        if place == image * seed.depth { ballot.votes += 1 }
        ballot.probability += Double(seed.topProbabilities[place])
        ballots[seed.topClasses[place]] = ballot
      }
    }
    let winner = ballots.max {
      ($0.value.votes, $0.value.probability, $1.key) < ($1.value.votes, $1.value.probability, $0.key)
    }
    return winner?.key ?? -1
  }
}
