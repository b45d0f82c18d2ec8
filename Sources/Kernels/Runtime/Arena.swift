import Foundation

/// One block of zeroed 32-bit floats, aligned to cache lines, that holds all state of one kind: all parameters,
/// all gradients, all features. An optimiser step, a checkpoint or an average is then one operation on it.
///
/// What you give up by using it: it never grows, and whoever takes views of it must not let them outlive it.
package final class Arena: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Float>
  package let count: Int

  package init(count: Int) {
    precondition(count >= 0, "an arena cannot hold a negative number of values")
    // The system gives pages of zeros, each when it is first touched: what is not used costs nothing.
    let bytes = max(1, count * MemoryLayout<Float>.stride)
    guard let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else {
      end(refused: "The system does not give \(bytes) bytes of memory at once. Take a smaller batch or smaller images.")
    }
    self.base = memory.bindMemory(to: Float.self, capacity: max(1, count))
    self.count = count
  }

  deinit { munmap(base, max(1, count * MemoryLayout<Float>.stride)) }

  package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

  package func tensor(at offset: Int, images: Int, shape: Shape) -> Tensor {
    precondition(offset >= 0 && offset + images * shape.count <= count, "the tensor lies outside of its arena")
    return Tensor(base: base + offset, images: images, shape: shape)
  }

  /// A tensor of any format that begins `offset` bytes behind the arena's start.
  package func tensor(atByte offset: Int, _ format: NumberFormat, images: Int, shape: Shape) -> Tensor {
    precondition(
      offset >= 0 && offset % format.bytes == 0
        && offset + images * shape.count * format.bytes <= count * MemoryLayout<Float>.stride,
      "the tensor lies outside of its arena")
    return Tensor(address: UnsafeMutableRawPointer(base) + offset, format: format, images: images, shape: shape)
  }

  package func fill(with value: Float) { values.update(repeating: value) }

  package func copy(from other: Arena) {
    precondition(other.count == count, "arenas of different sizes cannot be copied")
    base.update(from: other.base, count: count)
  }
}
