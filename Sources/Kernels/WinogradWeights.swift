/// The transformed weights of a convolution, in panels of 16 results, plane by plane.
struct WinogradWeights {
  let base: UnsafePointer<Float>
  let channels: Int
  let results: Int

  /// The floats of one plane.
  var pitch: Int { channels * results }

  func plane(_ index: Int) -> UnsafePointer<Float> { base + index * pitch }

  /// Transforms weights (taps x channels x results) into `target`.
  init(
    _ weights: UnsafePointer<Float>, channels: Int, results: Int, _ loops: WinogradLoops,
    into target: UnsafeMutablePointer<Float>, on execution: Execution
  ) {
    (self.channels, self.results) = (channels, results)
    base = UnsafePointer(target)
    let pitch = channels * results
    execution.forEachRange(of: channels, step: 4) { range, _ in
      for channel in range {
        loops.weights(weights + channel * results, pitch, target + channel * 16, pitch, channels * 16, results)
      }
    }
  }

  /// Transforms the weights (taps x results x channels) of the opposite direction: turned by 180 degrees, with inputs
  /// and outputs exchanged.
  init(
    turning weights: UnsafePointer<Float>, channels: Int, results: Int, _ loops: WinogradLoops,
    into target: UnsafeMutablePointer<Float>, on execution: Execution
  ) {
    (self.channels, self.results) = (channels, results)
    base = UnsafePointer(target)
    let pitch = channels * results
    let block = channels * 16
    execution.pool.run(chunks: results / 16) { panel, worker in
      let turned = execution.scratch.worker(worker, 9 * block)
      for tap in 0..<9 {
        execution.table.transpose(
          weights + (8 - tap) * pitch + panel * 16 * channels, channels, 16, channels, turned + tap * block, 16)
      }
      loops.weights(turned, block, target + panel * block, pitch, 16, block)
    }
  }

  /// The floats that a worker needs for turned weights.
  static func scratch(channels: Int) -> Int { 9 * 16 * channels }
}
