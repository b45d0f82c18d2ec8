import Generators
import Testing

@Suite struct ImageSpaceTests {
  @Test func everyLevelSurvivesItsByte() {
    var lost: [String] = []
    for levels in 2...256 {
      let space = ImageSpace(height: 1, width: 1, channels: 1, levels: levels)
      for level in 0..<levels where space.level(ofByte: space.byte(ofLevel: UInt8(level))) != UInt8(level) {
        lost.append("\(level) of \(levels)")
      }
      if space.byte(ofLevel: 0) != 0 || space.byte(ofLevel: UInt8(levels - 1)) != 255 {
        lost.append("ends of \(levels)")
      }
    }
    #expect(lost.count == 0, "such as level \(lost.first ?? "")")
  }

  @Test func bitsPerDimension() {
    let space = ImageSpace(height: 2, width: 2, channels: 3)
    #expect(abs(space.bitsPerDimension(nats: -12 * 8 * 0.693147180559945) - 8) < 1e-12)
  }
}
