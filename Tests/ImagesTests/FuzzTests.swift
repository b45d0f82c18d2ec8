import Foundation
import Images
import Testing

/// Decodes damaged files: 2,000 for each codec, or as many as the environment variable CAS_FUZZ_INPUTS says. A crash ends
/// the tests; that any input is either decoded, alike twice, or refused with an error of its own path is checked.
@Suite(.serialized) struct FuzzTests {
  static let inputs = ProcessInfo.processInfo.environment["CAS_FUZZ_INPUTS"].flatMap { Int($0) } ?? 2_000

  @Test(arguments: [ImageCodec.png, .jpeg])
  func damagedFilesAreDecodedOrRefused(_ codec: ImageCodec) throws {
    let corpus = try Golden.shared.decoding.filter { $0.codec == codec }.map { try Golden.bytes($0.file) }
    var accepted = 0
    var refused: [String: Int] = [:]
    let clock = ContinuousClock()
    var slowest = Duration.zero
    let elapsed = try clock.measure {
      for number in 0..<Self.inputs {
        var mutation = Mutation(seed: UInt64(number) &* 2 &+ (codec == .png ? 0 : 1))
        let bytes = mutation.mutate(corpus, codec: codec)
        let path = "input-\(number)"
        let start = clock.now
        do {
          let decoded = try ImageDecoder.decode(bytes, path: path)
          accepted += 1
          if number % 8 == 0 { #expect(try ImageDecoder.decode(bytes, path: path) == decoded, "input \(number)") }
        } catch let error as ImageError {
          #expect(error.path == path)
          refused[String("\(error)".drop { $0 != " " }.prefix(24)), default: 0] += 1
        }
        slowest = max(slowest, clock.now - start)
      }
    }
    #expect(accepted > 0)
    #expect(!refused.isEmpty)
    print(
      "fuzz \(codec.rawValue): \(Self.inputs) inputs, \(accepted) accepted, \(Self.inputs - accepted) refused,",
      "\(elapsed), slowest \(slowest), peak memory \(Self.peakMemory)")
    for (kind, count) in refused.sorted(by: { $0.value > $1.value }).prefix(12) { print("  \(count) \(kind)") }
  }

  /// The process's peak resident memory, in the kernel's words.
  static var peakMemory: String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().joined(separator: " ") ?? "unknown"
  }
}
