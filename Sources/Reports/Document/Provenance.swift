/// What the document of every command says besides its findings: which command, of which build, asked for what, computed
/// where, from which data.
package struct Provenance: Encodable, Sendable {
  private let schemaVersion = Report.currentSchemaVersion
  private let command: String
  private let version: String
  /// What was asked for.
  private let config: JSONValue
  /// Null where there are no kernels that this machine can run (`cas doctor`).
  @ExplicitNull private var machine: MachineDescription?
  /// Null for a command that looks at none.
  @ExplicitNull private var data: JSONValue?

  package init(
    command: String, version: String, config: some Encodable, machine: MachineDescription?, data: JSONValue? = nil
  ) throws {
    self.command = command
    self.version = version
    self.config = try JSONValue(encoding: config)
    self.machine = machine
    self.data = data
  }
}

/// The findings of a command with their provenance: one object with the keys of both.
package struct AttributedDocument<Findings: Encodable & Sendable>: JSONDocument, Sendable {
  package let findings: Findings
  package let provenance: Provenance

  package init(_ findings: Findings, _ provenance: Provenance) {
    self.findings = findings
    self.provenance = provenance
  }

  package func encode(to encoder: any Encoder) throws {
    try findings.encode(to: encoder)
    try provenance.encode(to: encoder)
  }
}
