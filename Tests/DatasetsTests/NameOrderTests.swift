import Datasets
import Testing

struct NameOrderTests {
  /// Each list is in natural order.
  static let lists: [[String]] = [
    ["1", "2", "10", "11", "100"],
    ["a1.png", "a2.png", "a10.png", "b1.png"],
    ["00000.png", "00001.png", "00010.png", "00100.png"],
    ["a", "a0", "a00", "a01", "a1", "a2"],
    ["", "0", "a"],
    ["img-9-2.png", "img-9-10.png", "img-10-1.png"],
    ["x/2/1.png", "x/2/10.png", "x/10/1.png"],
    ["99999999999999999999998", "99999999999999999999999", "100000000000000000000000"],
    ["A", "B", "a", "b", "é"],
  ]

  @Test(arguments: lists)
  func naturalOrder(names: [String]) {
    for (i, first) in names.enumerated() {
      #expect(!NameOrder.natural(first, first))
      for second in names[(i + 1)...] {
        #expect(NameOrder.natural(first, second), "\(first) comes before \(second)")
        #expect(!NameOrder.natural(second, first), "\(second) comes after \(first)")
      }
    }
  }

  @Test func classesAreOrderedByBytes() {
    #expect(["b", "10", "2", "B", "a", "é"].sorted(by: NameOrder.bytes) == ["10", "2", "B", "a", "b", "é"])
  }
}
