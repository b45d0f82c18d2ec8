import Foundation
import Generators
import Networks
import Testing

/// Files that are no whole models have a sentence, and never end the program.
@Suite struct GeneratorFileTests {
  private static func file(_ change: (inout SafeTensors) -> Void) throws -> [UInt8] {
    let model = try PrincipalFamily(rank: 2).fit(
      TinySpaces.data(TinySpaces.grey, perClass: 20), TinySpaces.context())
    var file = try SafeTensors(try GeneratorFile.serialized(model), path: "x")
    change(&file)
    return try file.serialized()
  }

  private static func message(_ bytes: [UInt8]) -> String? {
    do {
      _ = try GeneratorFile.read(bytes, path: "model.safetensors")
      return nil
    } catch { return "\(error)" }
  }

  /// Changes one number of a tensor.
  private static func put(_ value: Float, _ name: String, at index: Int, _ file: inout SafeTensors) {
    guard let entry = file.tensors[name], case .float(var values) = entry.values else { return }
    values[index] = value
    file.tensors[name] = .init(shape: entry.shape, values: .float(values))
  }

  private static func replace(_ text: String, by other: String, _ file: inout SafeTensors) {
    file.metadata["generator"] = file.metadata["generator"]?.replacingOccurrences(of: text, with: other)
  }

  @Test func whatIsWrongIsNamed() throws {
    let whole = try Self.file { _ in }
    #expect(Self.message(whole) == nil)
    #expect(Self.message(Array(whole.dropLast(5)))?.contains("not a whole safetensors file") == true)
    let cases: [(String, (inout SafeTensors) -> Void)] = [
      ("it is no generator", { $0.metadata["format"] = nil }),
      ("cannot be understood", { $0.metadata["generator"] = "{}" }),
      ("cannot be understood", { Self.replace("\"levels\":3", by: "\"levels\":1", &$0) }),
      ("cannot be understood", { Self.replace("\"high\"", by: "\"low\"", &$0) }),
      ("of the family \"flow\"", { Self.replace("\"ppca\"", by: "\"flow\"", &$0) }),
      ("loadings with shape [2, 1, 4, 2]", { Self.replace("\"rank\":2", by: "\"rank\":3", &$0) }),
      ("its capacity", { Self.replace("\"rank\":2", by: "\"rank\":0", &$0) }),
      ("too large for a covariance", { Self.replace("\"height\":2", by: "\"height\":60000", &$0) }),
      ("means with shape", { Self.replace("\"height\":2", by: "\"height\":20", &$0) }),
      ("lacks tensors", { $0.tensors["variances"] = nil }),
      ("not finite", { Self.put(.nan, "means", at: 3, &$0) }),
      ("not positive", { Self.put(0, "variances", at: 1, &$0) }),
      ("do not sum to 1", { Self.put(0.5, "weights", at: 0, &$0) }),
    ]
    for (words, change) in cases {
      let message = Self.message(try Self.file(change))
      #expect(message?.contains(words) == true, "\(words): \(message ?? "it was read")")
    }
  }
}
