/// The bound of a piece of work on a machine, and how close it comes: the roofline of Williams, Waterman and
/// Patterson (Communications of the ACM 52, 2009), attainable = min(peak, intensity x bandwidth).
///
/// Work without counted operations, such as a copy, is bound by the time to move its bytes.
package struct Roofline: Codable, Equatable, Sendable {
  package let gigaflopsPerSecond: Double
  package let gigabytesPerSecond: Double
  /// Operations per byte that must move.
  package let intensity: Double
  /// Operations per second at the bound, in units of 10^9.
  package let attainableGigaflopsPerSecond: Double
  /// The bound's time over the measured time; above 1 if an algorithm saves counted operations.
  package let attained: Double
  package let bound: Bound

  package enum Bound: String, Codable, Sendable { case compute, memory }
}

/// A piece of work: its operations and bytes, with the machine's peak rate of each.
package struct Demand: Equatable, Sendable {
  package var flops = 0.0
  package var bytes = 0.0
  /// The least seconds for the operations, and for the bytes.
  package var computing = 0.0
  package var moving = 0.0
  /// The least seconds for both, each piece of work bound by its slower half.
  package var attainable = 0.0

  package init() {}

  /// - Parameters:
  ///   - peak: operations per second.
  ///   - movements: bytes, and the bytes per second at which they can move.
  package init(flops: Double, peak: Double, movements: [(bytes: Double, bandwidth: Double)]) {
    self.flops = flops
    bytes = movements.reduce(0) { $0 + $1.bytes }
    computing = flops / peak
    moving = movements.reduce(0) { $0 + $1.bytes / $1.bandwidth }
    attainable = max(computing, moving)
  }

  package static func += (sum: inout Demand, other: Demand) {
    sum.flops += other.flops
    sum.bytes += other.bytes
    sum.computing += other.computing
    sum.moving += other.moving
    sum.attainable += other.attainable
  }

  /// The roofline of work that took `seconds`.
  package func roofline(seconds: Double) -> Roofline {
    Roofline(
      gigaflopsPerSecond: flops / seconds / 1e9, gigabytesPerSecond: bytes / seconds / 1e9,
      intensity: bytes > 0 ? flops / bytes : 0,
      attainableGigaflopsPerSecond: attainable > 0 ? flops / attainable / 1e9 : 0, attained: attainable / seconds,
      bound: computing >= moving ? .compute : .memory)
  }
}
