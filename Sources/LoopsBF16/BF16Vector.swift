internal import CTiles

// bf16 numbers are loaded as the upper halves of floats, and rounded to the nearest, ties to even, when they are stored.

/// Two bf16 numbers in each 32-bit lane: what a dot product multiplies at a time.
typealias Pairs = SIMD16<UInt32>

@inline(__always)
func load(_ source: UnsafePointer<UInt16>) -> Vector { widened(bf16(at: source)) }

@inline(__always)
func store(_ value: Vector, _ target: UnsafeMutablePointer<UInt16>) {
  UnsafeMutableRawPointer(target).storeBytes(of: cas_narrow(value), as: SIMD16<UInt16>.self)
}

@inline(__always)
func read(_ source: UnsafePointer<UInt16>) -> Float { Float(bitPattern: UInt32(source.pointee) << 16) }

@inline(__always)
func write(_ value: Float, _ target: UnsafeMutablePointer<UInt16>) {
  target.pointee = cas_narrow(Vector(repeating: value))[0]
}

@inline(__always)
func bf16(at source: UnsafePointer<UInt16>) -> SIMD16<UInt16> {
  UnsafeRawPointer(source).loadUnaligned(as: SIMD16<UInt16>.self)
}

@inline(__always)
func widened(_ values: SIMD16<UInt16>) -> Vector { cas_widen(values) }

/// The pairs (first, second) of each lane.
@inline(__always)
func interleaved(_ first: SIMD16<UInt16>, _ second: SIMD16<UInt16>) -> Pairs { cas_interleave(first, second) }

@inline(__always)
func interleaved(_ first: Vector, _ second: Vector) -> Pairs { interleaved(cas_narrow(first), cas_narrow(second)) }

@inline(__always)
func pairs(at source: UnsafePointer<UInt16>) -> Pairs { UnsafeRawPointer(source).loadUnaligned(as: Pairs.self) }

@inline(__always)
func pairs(at source: UnsafePointer<UInt32>) -> Pairs { UnsafeRawPointer(source).loadUnaligned(as: Pairs.self) }

@inline(__always)
func put(_ value: Pairs, _ target: UnsafeMutablePointer<UInt32>) {
  UnsafeMutableRawPointer(target).storeBytes(of: value, as: Pairs.self)
}

@inline(__always)
func put(_ value: Pairs, _ target: UnsafeMutablePointer<UInt16>) {
  UnsafeMutableRawPointer(target).storeBytes(of: value, as: Pairs.self)
}

/// sum + Σ over the two numbers of `pair` and of each lane of `vector`.
@inline(__always)
func addDot(_ sum: inout Vector, _ vector: Pairs, _ pair: UInt32) {
  sum = cas_dot(sum, vector, Pairs(repeating: pair))
}

@inline(__always)
func pair(_ source: UnsafePointer<UInt16>, _ at: Int) -> UInt32 {
  UnsafeRawPointer(source + at).loadUnaligned(as: UInt32.self)
}

@inline(__always)
func clear(_ target: UnsafeMutablePointer<UInt16>, _ count: Int) {
  var at = 0
  while at + 32 <= count {
    UnsafeMutableRawPointer(target + at).storeBytes(of: .zero, as: SIMD32<UInt16>.self)
    at += 32
  }
  while at < count {
    target[at] = 0
    at += 1
  }
}

@inline(__always)
func copy(_ source: UnsafePointer<UInt16>, _ target: UnsafeMutablePointer<UInt16>, _ count: Int) {
  var at = 0
  while at + 32 <= count {
    UnsafeMutableRawPointer(target + at).storeBytes(
      of: UnsafeRawPointer(source + at).loadUnaligned(as: SIMD32<UInt16>.self), as: SIMD32<UInt16>.self)
    at += 32
  }
  while at < count {
    target[at] = source[at]
    at += 1
  }
}

@inline(__always)
func lanes(at pointer: UnsafePointer<UInt16>) -> Lanes { load(pointer) }

@inline(__always)
func put(_ value: Lanes, _ pointer: UnsafeMutablePointer<UInt16>) { store(value, pointer) }

@inline(__always)
func increase(_ pointer: UnsafeMutablePointer<UInt16>, by value: Lanes) { store(load(pointer) + value, pointer) }
