package import Foundation

/// What a command writes as JSON, all in one form.
package protocol JSONDocument: Encodable {}

extension JSONDocument {
  /// UTF-8: sorted keys, indented, slashes as they are, a newline at the end.
  package func json() throws -> Foundation.Data { try JSONEncoder.document.encode(self) + Foundation.Data("\n".utf8) }
}

extension JSONEncoder {
  /// The encoder of all documents that people may read.
  package static var document: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
