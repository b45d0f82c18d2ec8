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
    let loops = tiling.algorithm.loops(execution.table)
    (base, self.pitch) = (UnsafePointer(target), pitch)
    execution.forEachRange(of: channels, step: 4) { range, _ in
      for channel in range {
        loops.weights(
          weights + channel * results, channels * results, target + channel * 16, pitch, channels * 16, results)
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
    let loops = tiling.algorithm.loops(execution.table)
    (base, self.pitch) = (UnsafePointer(target), pitch)
    let block = channels * 16
    execution.pool.run(chunks: results / 16) { panel, worker in
      let turned = execution.scratch.worker(worker, 9 * block)
      for tap in 0..<9 {
        execution.table.transpose(
          weights + (8 - tap) * channels * results + panel * 16 * channels, channels, 16, channels,
          turned + tap * block, 16)
      }
      loops.weights(turned, block, target + panel * block, pitch, 16, block)
    }
  }

  /// The floats that a worker needs for turned weights.
  static func scratch(channels: Int) -> Int { 9 * 16 * channels }
}
