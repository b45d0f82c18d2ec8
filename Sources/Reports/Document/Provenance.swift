/// What every document says besides its findings: which command, of which build, asked for what, computed where, from which
/// data.
///
/// `Host` and `Sets` are optional for commands that may run where no kernels do, or look at no data; their keys are written
/// all the same.
package struct Provenance<Host, Sets>: Codable, Sendable, Equatable
where Host: Codable & Sendable & Equatable, Sets: Codable & Sendable & Equatable {
  package var schemaVersion = DocumentSchema.version
  /// The subcommand: "train", "nas", "evaluate".
  package var command: String
  /// The program's version with its commit.
  package var version: String
  /// What was asked for: of a run, the merged configuration.
  package var config: JSONValue
  package var machine: Host
  package var data: Sets

  package init(command: String, version: String, config: JSONValue, machine: Host, data: Sets) {
    self.command = command
    self.version = version
    self.config = config
    self.machine = machine
    self.data = data
  }
}

package enum DocumentSchema {
  /// The only version that this program reads and writes.
  package static let version = 1
}

/// The findings of a command with their provenance: one object with the keys, and the properties, of both.
@dynamicMemberLookup
package struct AttributedDocument<Findings, Host, Sets>: JSONDocument, Sendable
where
  Findings: Encodable & Sendable, Host: Codable & Sendable & Equatable, Sets: Codable & Sendable & Equatable
{
  package var findings: Findings
  package var provenance: Provenance<Host, Sets>

  package init(_ findings: Findings, _ provenance: Provenance<Host, Sets>) {
    self.findings = findings
    self.provenance = provenance
  }

  package func encode(to encoder: any Encoder) throws {
    try findings.encode(to: encoder)
    try provenance.encode(to: encoder)
  }

  package subscript<Value>(dynamicMember path: KeyPath<Findings, Value>) -> Value { findings[keyPath: path] }

  package subscript<Value>(dynamicMember path: WritableKeyPath<Findings, Value>) -> Value {
    get { findings[keyPath: path] }
    set { findings[keyPath: path] = newValue }
  }

  package subscript<Value>(dynamicMember path: WritableKeyPath<Provenance<Host, Sets>, Value>) -> Value {
    get { provenance[keyPath: path] }
    set { provenance[keyPath: path] = newValue }
  }
}

extension AttributedDocument: Equatable where Findings: Equatable {}

extension AttributedDocument: Decodable where Findings: Decodable {
  package init(from decoder: any Decoder) throws {
    provenance = try Provenance(from: decoder)
    findings = try Findings(from: decoder)
  }
}

/// The document of a command that may run where no kernels do (`cas doctor`), or look at no data (`cas describe`).
package typealias CommandDocument<Findings: Encodable & Sendable> =
  AttributedDocument<Findings, MachineDescription?, JSONValue?>
