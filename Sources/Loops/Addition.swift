extension Loops {
  /// y = a + b, which may be the same memory as a or b.
  @inline(never)
  package static func add(
    _ first: UnsafePointer<Stored>, _ second: UnsafePointer<Stored>, count: Int,
    into output: UnsafeMutablePointer<Stored>
  ) {
    var at = 0
    while at + 16 <= count {
      store(load(first + at) + load(second + at), output + at)
      at += 16
    }
    while at < count {
      write(read(first + at) + read(second + at), output + at)
      at += 1
    }
  }
}
