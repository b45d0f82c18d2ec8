internal import Synchronization

/// The parts of a set of images that several threads draw, in their order.
final class SharedImages: Sendable {
  private let parts: Mutex<[[UInt8]]>

  init(count: Int) { parts = Mutex([[UInt8]](repeating: [], count: count)) }

  func set(_ index: Int, _ levels: [UInt8]) { parts.withLock { $0[index] = levels } }

  var levels: [UInt8] { parts.withLock { $0.flatMap { $0 } } }
}
