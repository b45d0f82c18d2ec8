import Foundation
package import Metrics

/// What `cas attack` found: the scores of noise, of the attacked noise and of real images.
package struct AttackDocument: Codable, Sendable, Equatable {
  /// The scores of one set of images.
  package struct Row: Codable, Sendable, Equatable {
    package var name: String
    package var images: Int
    /// In one split, and the mean of ten shuffled ones.
    package var inceptionScore: Double
    package var inceptionScoreOfTen: Double
    /// S(G), H(y) and H(y|x) in nats.
    package var information: Double
    package var marginalEntropy: Double
    package var conditionalEntropy: Double
    /// The share that is farther from its nearest training image than this is from its own.
    package var authenticity: Double
    /// The middle distance to the nearest training image, over that of training images to each other.
    @ExplicitNull package var medianRatio: Double?
    package var copies: Int

    package init(
      name: String, images: Int, inceptionScores: (whole: Double, ofTen: Double),
      entropies: (information: Double, marginal: Double, conditional: Double), authenticity: Double,
      medianRatio: Double?, copies: Int
    ) {
      self.name = name
      self.images = images
      (inceptionScore, inceptionScoreOfTen) = inceptionScores
      (information, marginalEntropy, conditionalEntropy) = entropies
      self.authenticity = authenticity
      self.copies = copies
      self.medianRatio = medianRatio
    }
  }

  /// Of the classifier: the largest possible Inception Score.
  package var classes: Int
  package var results: [Row]

  package init(classes: Int, results: [Row]) {
    self.classes = classes
    self.results = results
  }
}

extension AttackDocument {
  /// A table with a row for each set; entropies in bits, as the paper prints them.
  package func text(_ style: TerminalStyle) -> String {
    func bits(_ nats: Double) -> String { NumberText.fixed(nats / log(2), decimals: 3) }
    let titles: [(String, rank: Int?)] = [
      ("Images", 1), ("IS", nil), ("IS (10)", 2), ("S(G) nats", nil), ("bits", 3), ("H(y)", 5), ("H(y|x)", 6),
      ("Authentic", nil), ("Distance", 4), ("Copies", nil),
    ]
    var table = TextTable(
      columns: [.init(title: "Set")]
        + titles.map { .init(title: $0, alignment: .right, dropRank: $1) })
    for row in results {
      table.rows.append([
        .init(row.name.printable), .init(NumberText.grouped(row.images)),
        .init(NumberText.fixed(row.inceptionScore, decimals: 3), .bold),
        .init(NumberText.fixed(row.inceptionScoreOfTen, decimals: 3)),
        .init(NumberText.fixed(row.information, decimals: 3)), .init(bits(row.information)),
        .init(bits(row.marginalEntropy)), .init(bits(row.conditionalEntropy)),
        .init(NumberText.percent(row.authenticity, decimals: 1)),
        .init(NumberText.fixed(row.medianRatio, decimals: 3)), .init(NumberText.grouped(row.copies)),
      ])
    }
    let note = """
      The largest possible Inception Score is \(classes), the number of classes. Entropies H in bits. Authentic: farther from \
      the nearest training image than that is from its own; Distance: the middle distance to training images over that of \
      training images to each other.
      """
    return (table.lines(style) + [""] + note.wrapped(to: style.width)).joined(separator: "\n")
      .replacing("\u{A0}", with: " ") + "\n"
  }
}
