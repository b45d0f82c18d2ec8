internal import Datasets
internal import Metrics

/// Features in a NumPy file, read a few rows at a time, so memory does not grow with the number of rows.
struct StoredFeatures: FeatureSource {
  let rows: Int
  let columns: Int
  private let file: InputFile
  private let offset: Int
  private let isDouble: Bool

  /// Nil where the array is no matrix of float32 or float64.
  init?(_ array: NPZReader.StoredArray) {
    guard array.shape.count == 2, array.element == .float32 || array.element == .float64 else { return nil }
    rows = array.shape[0]
    columns = array.shape[1]
    file = array.file
    offset = array.offset
    isDouble = array.element == .float64
  }

  private func read<Value>(_ rows: Range<Int>, _ target: UnsafeMutablePointer<Value>) throws {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "there are no such rows of features")
    let size = MemoryLayout<Value>.stride
    try file.read(
      at: offset + rows.lowerBound * columns * size,
      into: UnsafeMutableRawBufferPointer(start: target, count: rows.count * columns * size))
  }

  func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Double>) throws {
    if isDouble { return try read(rows, target) }
    // Single precision is read into the upper half of the doubles' memory, and widened from the front.
    let count = rows.count * columns
    let half = UnsafeMutableRawPointer(target) + count * 4
    try half.withMemoryRebound(to: Float.self, capacity: count) { narrow in
      try read(rows, narrow)
    }
    for index in 0..<count { target[index] = Double(half.load(fromByteOffset: index * 4, as: Float.self)) }
  }

  func copy(_ rows: Range<Int>, into target: UnsafeMutablePointer<Float>) throws {
    if !isDouble { return try read(rows, target) }
    let count = rows.count * columns
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { wide in
      guard let base = wide.baseAddress else { return }
      try read(rows, base)
      for index in 0..<count { target[index] = Float(base[index]) }
    }
  }
}
