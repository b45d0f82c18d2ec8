internal import LoopTypes

/// The transformed weights of a convolution, in panels of 16 results, plane by plane.
struct WinogradWeights {
  let base: UnsafePointer<Float>

  /// The distance of the planes.
  private let pitch: Int

  func plane(_ index: Int) -> UnsafePointer<Float> { base + index * pitch }

  /// Transforms weights (taps x channels x results) into `target`.
  init(
    _ weights: UnsafePointer<Float>, _ tiling: WinogradTiling,
    into target: UnsafeMutablePointer<Float>, on execution: Execution
  ) {
    let (channels, results, pitch) = (tiling.image.channels, tiling.results, tiling.weightPlane)
    let transforms = tiling.algorithm.transforms(execution.floats)
    (base, self.pitch) = (UnsafePointer(target), pitch)
    execution.forEachRange(of: channels, step: 4) { range, _ in
      for channel in range {
        transforms.weights(
          weights + channel * results,
          WinogradWeightExtents(
            count: results, tapPitch: channels * results, planePitch: pitch, panelPitch: channels * 16),
          into: target + channel * 16)
      }
    }
  }

  /// Transforms the weights (taps x results x channels) of the opposite direction: turned by 180 degrees, with inputs
  /// and outputs exchanged.
  init(
    turning weights: UnsafePointer<Float>, _ tiling: WinogradTiling,
    into target: UnsafeMutablePointer<Float>, on execution: Execution
  ) {
    let (channels, results, pitch) = (tiling.image.channels, tiling.results, tiling.weightPlane)
    let transforms = tiling.algorithm.transforms(execution.floats)
    (base, self.pitch) = (UnsafePointer(target), pitch)
    let block = channels * 16
    execution.pool.run(chunks: results / 16) { panel, worker in
      let turned = execution.scratch.worker(worker, 9 * block)
      for tap in 0..<9 {
        execution.floats.transpose(
          weights + (8 - tap) * channels * results + panel * 16 * channels,
          TransposeExtents(rows: 16, columns: channels, stride: channels, targetStride: 16),
          into: turned + tap * block)
      }
      transforms.weights(
        turned, WinogradWeightExtents(count: block, tapPitch: block, planePitch: pitch, panelPitch: 16),
        into: target + panel * block)
    }
  }

  /// The floats that a worker needs for turned weights.
  static func scratch(channels: Int) -> Int { 9 * 16 * channels }
}
