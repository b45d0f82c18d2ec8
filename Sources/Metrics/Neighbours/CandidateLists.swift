/// For each row, the nearest other rows so far by screened distance: sorted lists of a fixed capacity.
final class CandidateLists {
  let capacity: Int
  let rows: Int
  /// The largest distance of each full list, infinite while there is room. A distance must be below it to enter.
  let limits: FloatScratch
  private let distances: FloatScratch
  private let indices: UnsafeMutablePointer<Int32>
  private let counts: UnsafeMutablePointer<Int32>

  init(rows: Int, capacity: Int) {
    self.rows = rows
    self.capacity = capacity
    limits = FloatScratch(rows)
    limits.base.initialize(repeating: .infinity, count: rows)
    distances = FloatScratch(rows * capacity)
    indices = .allocate(capacity: max(rows * capacity, 1))
    counts = .allocate(capacity: max(rows, 1))
    counts.initialize(repeating: 0, count: rows)
  }

  deinit {
    indices.deallocate()
    counts.deallocate()
  }

  /// Enters a neighbour if it is nearer than the last one of a full list. Different rows may be entered in parallel.
  func insert(_ index: Int, _ distance: Float, at row: Int) {
    guard distance < limits.base[row] else { return }
    let (values, names) = (distances.base + row * capacity, indices + row * capacity)
    var place = Int(counts[row])
    if place < capacity { counts[row] += 1 } else { place -= 1 }
    while place > 0, values[place - 1] > distance {
      values[place] = values[place - 1]
      names[place] = names[place - 1]
      place -= 1
    }
    values[place] = distance
    names[place] = Int32(truncatingIfNeeded: index)
    if counts[row] == capacity { limits.base[row] = values[capacity - 1] }
  }

  /// The candidates of a row, nearest first.
  func candidates(_ row: Int) -> [(index: Int, distance: Float)] {
    (0..<Int(counts[row])).map { (Int(indices[row * capacity + $0]), distances.base[row * capacity + $0]) }
  }
}
