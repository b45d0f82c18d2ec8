import Datasets
import Foundation
import Kernels
import Testing

struct NormalizationTests {
  private func samples(_ pixels: [UInt8], _ shape: Shape) -> Samples {
    let count = pixels.count / shape.count
    return Samples(
      classNames: ["a"], shape: shape, pixels: pixels, labels: [Int32](repeating: 0, count: count),
      members: (0..<count).map(String.init), origin: Samples.Origin(path: "set"))
  }

  /// numpy: x = array([(i * 37) % 251 for i in range(420)], uint8).reshape(7, 4, 5, 3) / 255; mean and std over
  /// axes 0, 1, 2.
  @Test func meanAndDeviationAreNumPys() {
    let set = samples((0..<420).map { UInt8($0 * 37 % 251) }, Shape(height: 4, width: 5, channels: 3))
    let normalization = Normalization.computed(from: set)
    let mean: [Double] = [0.49151260504201694, 0.4889635854341737, 0.4864145658263305]
    let deviation: [Double] = [0.28481173835747847, 0.2838638711800033, 0.2835310043751489]
    for channel in 0..<3 {
      #expect(normalization.mean[channel] == Float(mean[channel]))
      #expect(abs(normalization.deviation[channel] - Float(deviation[channel])) <= 3e-8)
    }
  }

  @Test(arguments: [UInt8(0), 7, 255])
  func aConstantChannelGetsADeviationThatCanBeDividedBy(value: UInt8) {
    let normalization = Normalization.computed(
      from: samples([UInt8](repeating: value, count: 12), Shape(height: 2, width: 2, channels: 1)))
    #expect(normalization.mean == [Float(value) / 255] && normalization.deviation == [1.0 / 255])
  }

  @Test func theTableIsTheFormula() {
    let table = Normalization.imageNet.table()
    #expect(table.count == 768)
    let expected: [(index: Int, value: Float)] = [
      (0, (0 - 0.485) / 0.229), (256 + 255, (1 - 0.456) / 0.224), (512 + 51, (0.2 - 0.406) / 0.225),
    ]
    for (index, value) in expected { #expect(table[index] == value) }
  }

  @Test(arguments: [
    #"{"mean": [0.5], "deviation": []}"#, #"{"mean": [], "deviation": []}"#, #"{"mean": [0.5], "deviation": [0]}"#,
    #"{"mean": [0.5], "deviation": [-1]}"#, #"{"mean": [0.5]}"#,
  ])
  func impossibleNumbersAreNotRead(text: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Normalization.self, from: Data(text.utf8)) }
  }

  @Test func oneChannelServesThreeAndBack() {
    let grey = Normalization(mean: [0.25], deviation: [0.5])
    #expect(grey.fitted(toChannels: 3) == Normalization(mean: [0.25, 0.25, 0.25], deviation: [0.5, 0.5, 0.5]))
    #expect(grey.fitted(toChannels: 3).fitted(toChannels: 1) == grey)
  }

  @Test func itSurvivesJSON() throws {
    let normalization = Normalization.computed(
      from: samples((0..<27).map { UInt8($0 * 9) }, Shape(height: 3, width: 3, channels: 3)))
    let data = try JSONEncoder().encode(normalization)
    #expect(try JSONDecoder().decode(Normalization.self, from: data) == normalization)
  }
}
