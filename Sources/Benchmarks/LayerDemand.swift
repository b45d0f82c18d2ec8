internal import Kernels
internal import Networks

/// The operations and the bytes that the layers of a program need at least.
///
/// A layer moves its maps and its parameters once, whatever its kernels do. What has just been written comes from the
/// nearest memory that holds all that the layer touches; what the forward pass keeps for the backward pass goes to, and
/// comes back from, the memory that holds the features of the whole step.
struct LayerDemand {
  private let program: Program
  private let batch: Int
  private let limits: MachineLimits
  /// Operations a second, in units of 10^9.
  private let peak: Double
  private let threads: Int
  private let featureBytes: Int
  /// The values that some operation's backward pass reads.
  private let kept: Set<Place>

  init(_ program: Program, batch: Int, limits: MachineLimits, peak: Double, threads: Int) {
    self.program = program
    self.batch = batch
    self.limits = limits
    self.peak = peak
    self.threads = threads
    featureBytes = Layout(program, batch: batch).featureBytes
    kept = Traffic(program.backward).reads.filter { $0.arena == .features }
  }

  /// Of all operations that a layer has in a pass.
  func demand(of layer: Int, _ pass: Pass) -> Demand {
    let operations = program.operations(pass).filter { $0.layer == layer }
    let traffic = Traffic(operations)
    func isRemembered(_ place: Place, _ isWritten: Bool) -> Bool {
      place.arena == .features && (pass == .backward || isWritten && kept.contains(place))
    }
    let remembered = Double(traffic.bytes(batch: batch, isRemembered))
    let recent = Double(
      traffic.bytes(batch: batch) { place, isWritten in
        place.arena != .moments && place.arena != .statistics && !isRemembered(place, isWritten)
      })
    let near = bandwidth(holding: recent + remembered)
    let far = bandwidth(holding: Double(featureBytes))
    return Demand(
      flops: 2 * Double(operations.reduce(0) { $0 + $1.multiplyAdds } * batch), peak: peak * 1e9,
      movements: [(recent, near), (remembered, min(near, far))])
  }

  /// Bytes a second of the nearest memory that holds so many.
  private func bandwidth(holding bytes: Double) -> Double {
    limits.bandwidth(holding: Int(bytes), threads: threads).map { $0 * 1e9 } ?? .infinity
  }
}
