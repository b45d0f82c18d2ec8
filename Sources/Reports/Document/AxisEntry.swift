package import Metrics

/// The value of a sweep's axis for one result.
package struct AxisEntry: Codable, Sendable, Equatable {
  package var name: String
  package var value: Double
  /// How the value is meant; null where that was not said.
  @ExplicitNull package var convention: String?

  package init(name: String, value: Double, convention: String?) {
    self.name = name
    self.value = value
    self.convention = convention
  }
}

extension AxisEntry {
  /// The name, with how its values are meant: "truncation (scaled)". What is meant otherwise is another axis.
  var title: String { name.printable + (convention.map { " (\($0.printable))" } ?? "") }
}
