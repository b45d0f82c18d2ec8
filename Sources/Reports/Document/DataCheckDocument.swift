package import Metrics

/// What is wrong with a data set (`cas data check`): damaged files, copies within it, and copies of real images.
package struct DataCheckDocument: Codable, Sendable, Equatable {
  /// An image and what it is a copy of.
  package struct Copy: Codable, Sendable, Equatable {
    package var image: String
    package var className: String
    /// The data set in which the original is, and its name there.
    package var set: String
    package var original: String
    package var originalClass: String
    /// "exact" for the same pixels, else "near".
    package var kind: String
    package var mirrored: Bool
    /// Root mean square of the difference of the two at 8 by 8, in levels of 0 to 255.
    package var distance: Double

    package init(
      image: String, className: String, set: String, original: String, originalClass: String, kind: String,
      mirrored: Bool, distance: Double
    ) {
      self.image = image
      self.className = className
      self.set = set
      self.original = original
      self.originalClass = originalClass
      self.kind = kind
      self.mirrored = mirrored
      self.distance = distance
    }
  }

  package struct Part: Codable, Sendable, Equatable {
    package var path: String
    @ExplicitNull package var split: String?
    package var images: Int
    package var damaged: [String]
    /// Images that are copies of an earlier image of the same set.
    package var duplicates: [Copy]
    /// Images that are copies of an image of another set.
    package var leaks: [Copy]
    /// The sets that were searched for originals.
    package var against: [String]

    package init(
      _ set: SurveyedSet, damaged: [String], duplicates: [Copy], leaks: [Copy], against: [String]
    ) {
      path = set.path
      split = set.split
      images = set.images
      self.damaged = damaged
      self.duplicates = duplicates
      self.leaks = leaks
      self.against = against
    }
  }

  package var results: [Part]

  package init(results: [Part]) { self.results = results }
}

extension DataCheckDocument {
  package var damaged: Int { results.reduce(0) { $0 + $1.damaged.count } }
  package var leaks: Int { results.reduce(0) { $0 + $1.leaks.count } }

  package func text(limit: Int) -> String { results.map { $0.text(limit: limit) }.joined(separator: "\n") }
}

extension DataCheckDocument.Part {
  fileprivate func text(limit: Int) -> String {
    func capped(_ lines: [String]) -> [String] {
      lines.count <= limit ? lines : lines.prefix(limit) + ["  and \(NumberText.grouped(lines.count - limit)) more"]
    }
    func line(_ copy: DataCheckDocument.Copy) -> String {
      let kind =
        copy.kind == "exact" ? "has the pixels of" : "is a \(copy.mirrored ? "mirrored " : "")near copy of"
      let distance = copy.kind == "exact" ? "" : String(format: ", distance %.2f", copy.distance)
      let place = against.count > 1 && against.contains(copy.set) ? " in \(copy.set.printable)" : ""
      let classes = copy.className == copy.originalClass ? "" : ", of class \(copy.originalClass.printable)"
      return "  \(copy.image.printable) \(kind) \(copy.original.printable)\(place)\(classes)\(distance)"
    }
    var lines = ["\(path.printable)\(split.map { " (\($0))" } ?? ""): \(NumberText.count(images, "image", "images"))"]
    lines.append(
      damaged.isEmpty ? "no damaged file" : "\(NumberText.count(damaged.count, "damaged file", "damaged files")):")
    lines += capped(damaged.map { "  \($0.printable)" })
    let exact = duplicates.count { $0.kind == "exact" }
    lines.append(
      duplicates.isEmpty
        ? "no duplicates"
        : "\(NumberText.count(exact, "exact duplicate", "exact duplicates")), "
          + "\(NumberText.count(duplicates.count - exact, "near duplicate", "near duplicates")):")
    lines += capped(duplicates.map(line))
    let conflicts = duplicates.count { $0.kind == "exact" && $0.className != $0.originalClass }
    if conflicts > 0 {
      lines.append("  \(NumberText.count(conflicts, "duplicate is", "duplicates are")) in two classes")
    }
    if !against.isEmpty {
      lines.append(
        leaks.isEmpty
          ? "no copy of an image of \(against.map(\.printable).joined(separator: " or "))"
          : "\(NumberText.count(leaks.count, "image is a copy", "images are copies")) of images of "
            + "\(against.map(\.printable).joined(separator: " or ")):")
      lines += capped(leaks.map(line))
    }
    return lines.map { $0 + "\n" }.joined().replacing("\u{A0}", with: " ")
  }
}
