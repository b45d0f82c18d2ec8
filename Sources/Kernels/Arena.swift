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
    // Pages that are mapped, not written, cost nothing until they are used.
    var memory: UnsafeMutableRawPointer?
    let bytes = max(64, (count * MemoryLayout<Float>.stride + 63) / 64 * 64)
    guard posix_memalign(&memory, 64, bytes) == 0, let memory else {
      preconditionFailure("out of memory: an arena of \(bytes) bytes could not be had")
    }
    memset(memory, 0, bytes)
    self.base = memory.bindMemory(to: Float.self, capacity: max(1, count))
    self.count = count
  }

  deinit { free(base) }

  package var values: UnsafeMutableBufferPointer<Float> { UnsafeMutableBufferPointer(start: base, count: count) }

  package func tensor(at offset: Int, images: Int, shape: Shape) -> Tensor {
    precondition(offset >= 0 && offset + images * shape.count <= count, "the tensor lies outside of its arena")
    return Tensor(base: base + offset, images: images, shape: shape)
  }

  package func fill(with value: Float) { values.update(repeating: value) }

  package func copy(from other: Arena) {
    precondition(other.count == count, "arenas of different sizes cannot be copied")
    base.update(from: other.base, count: count)
  }
}
