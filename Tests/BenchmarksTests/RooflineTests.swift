import Benchmarks
import Testing

@Suite struct RooflineTests {
  /// Two operations a byte on a machine of 100 operations and 10 bytes a second: the memory bounds it.
  @Test func memoryBoundsWorkOfLowIntensity() {
    let work = Demand(flops: 200, peak: 100, movements: [(bytes: 100, bandwidth: 10)])
    let roofline = work.roofline(seconds: 20)
    #expect(roofline.bound == .memory && roofline.intensity == 2)
    #expect(roofline.attainableGigaflopsPerSecond == 20e-9, "intensity x bandwidth")
    #expect(roofline.attained == 0.5 && roofline.gigaflopsPerSecond == 10e-9 && roofline.gigabytesPerSecond == 5e-9)
  }

  @Test func computingBoundsWorkOfHighIntensity() {
    let roofline = Demand(flops: 2000, peak: 100, movements: [(bytes: 100, bandwidth: 10)]).roofline(seconds: 40)
    #expect(roofline.bound == .compute && roofline.attainableGigaflopsPerSecond == 100e-9, "the peak")
    #expect(roofline.attained == 0.5)
  }

  /// Where both take equally long, faster memory alone would not help.
  @Test func equalBoundsAreComputing() {
    let roofline = Demand(flops: 1000, peak: 100, movements: [(bytes: 100, bandwidth: 10)]).roofline(seconds: 10)
    #expect(roofline.bound == .compute && roofline.attained == 1)
  }

  @Test func workWithoutOperationsHasTheTimeToMoveItsBytes() {
    let roofline = Demand(flops: 0, peak: 100, movements: [(60, 10), (40, 20)]).roofline(seconds: 16)
    #expect(roofline.bound == .memory && roofline.attained == 0.5 && roofline.attainableGigaflopsPerSecond == 0)
  }

  /// Of two pieces one after the other each has its own bound.
  @Test func boundsOfPiecesAdd() {
    var sum = Demand(flops: 1000, peak: 100, movements: [(10, 10)])
    sum += Demand(flops: 0, peak: 100, movements: [(50, 10)])
    #expect(sum.attainable == 15 && sum.computing == 10 && sum.moving == 6)
    #expect(sum.roofline(seconds: 30).attained == 0.5)
  }

  @Test func medianLeastAndGreatest() {
    #expect(Timing([3, 1, 2]) == Timing([1, 2, 3]) && Timing([3, 1, 2]).median == 2)
    #expect(Timing([4, 1, 2, 3]).median == 2.5 && Timing([4, 1]).least == 1 && Timing([4, 1]).greatest == 4)
  }
}
