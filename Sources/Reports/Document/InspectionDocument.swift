package import Metrics

/// What is in data sets (`cas data inspect`).
package struct InspectionDocument: Codable, Sendable, Equatable {
  /// A value and how many images have it.
  package struct Count: Codable, Sendable, Equatable {
    package var name: String
    package var images: Int

    package init(name: String, images: Int) {
      self.name = name
      self.images = images
    }
  }

  /// One split of one data set.
  package struct Part: Codable, Sendable, Equatable {
    package var path: String
    package var format: String
    @ExplicitNull package var split: String?
    package var images: Int
    package var classes: [Count]
    /// "28x28", the most frequent first.
    package var sizes: [Count]
    package var codecs: [Count]
    /// By libjpeg's quality of the tables, ascending; empty without JPEGs.
    package var jpegQualities: [Count]
    package var jpegSamplings: [Count]
    package var grey: Int
    /// Of each channel, in units of 0 to 1, over all pixels as they are stored.
    package var mean: [Double]
    package var deviation: [Double]
    package var damaged: [String]
    package var ignored: Int
    package var warnings: [String]

    package init(
      path: String, format: String, split: String?, images: Int, classes: [Count], sizes: [Count], codecs: [Count],
      jpegQualities: [Count], jpegSamplings: [Count], grey: Int, mean: [Double], deviation: [Double],
      damaged: [String], ignored: Int, warnings: [String]
    ) {
      self.path = path
      self.format = format
      self.split = split
      self.images = images
      self.classes = classes
      self.sizes = sizes
      self.codecs = codecs
      self.jpegQualities = jpegQualities
      self.jpegSamplings = jpegSamplings
      self.grey = grey
      self.mean = mean
      self.deviation = deviation
      self.damaged = damaged
      self.ignored = ignored
      self.warnings = warnings
    }
  }

  package var results: [Part]

  package init(results: [Part]) { self.results = results }
}

extension InspectionDocument {
  package var text: String { results.map(\.text).joined(separator: "\n") }
}

extension InspectionDocument.Part {
  fileprivate var text: String {
    func list(_ counts: [InspectionDocument.Count], most: Int = 8) -> String {
      let shown = counts.prefix(most).map { "\($0.name.printable) (\(NumberText.grouped($0.images)))" }
      return shown.joined(separator: ", ") + (counts.count > most ? " and \(counts.count - most) more" : "")
    }
    func numbers(_ values: [Double]) -> String { values.map { String(format: "%.4f", $0) }.joined(separator: ", ") }
    let counts = classes.map(\.images)
    let range = counts.min().map { least in
      least == counts.max()
        ? "\(NumberText.grouped(least)) each"
        : "\(NumberText.grouped(least)) to \(NumberText.grouped(counts.max() ?? 0))"
    }
    var rows = [
      ("images", NumberText.grouped(images)),
      ("classes", "\(NumberText.grouped(classes.count)), \(range ?? "none")"),
      ("", list(classes, most: 10)),
      ("sizes", list(sizes)), ("codecs", list(codecs)),
    ]
    if !jpegQualities.isEmpty {
      rows.append(("JPEG quality", list(jpegQualities)))
      rows.append(("JPEG colours", list(jpegSamplings)))
    }
    if !mean.isEmpty {
      rows += [
        ("colour", grey == images ? "grey" : grey == 0 ? "colour" : "colour, \(NumberText.grouped(grey)) of them grey"),
        ("mean", numbers(mean)), ("deviation", numbers(deviation)),
      ]
    }
    if ignored > 0 { rows.append(("ignored", NumberText.count(ignored, "file", "files"))) }
    var lines = ["\(path.printable)\(split.map { " (\($0))" } ?? ""): \(format)"]
    lines += rows.map { "  " + $0.padding(toLength: 14, withPad: " ", startingAt: 0) + $1 }
    lines += warnings.map { "  warning: \($0.printable)" }
    lines += damaged.prefix(20).map { "  damaged: \($0.printable)" }
    if damaged.count > 20 { lines.append("  and \(NumberText.grouped(damaged.count - 20)) more damaged files") }
    return lines.map { $0 + "\n" }.joined().replacing("\u{A0}", with: " ")
  }
}
