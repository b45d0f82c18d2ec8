/// Sixteen floats, the unit of every hot loop: one register with AVX-512, two with AVX2. The same sequence of
/// operations runs on both, so both give the same bits.
typealias Vector = SIMD16<Float>

// How feature maps lie in memory: floats, or the upper halves of floats (bf16), of which loops load and store whole
// vectors and compute in floats. The loops over features are compiled for either.
#if CAS_BF16
  package typealias Stored = UInt16
#else
  package typealias Stored = Float
#endif

@inline(__always)
func load(_ source: UnsafePointer<Float>) -> Vector {
  UnsafeRawPointer(source).loadUnaligned(as: Vector.self)
}

@inline(__always)
func store(_ value: Vector, _ target: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(target).storeBytes(of: value, as: Vector.self)
}

@inline(__always)
func clear(_ target: UnsafeMutablePointer<Float>, _ count: Int) {
  var at = 0
  while at + 16 <= count {
    store(.zero, target + at)
    at += 16
  }
  while at < count {
    target[at] = 0
    at += 1
  }
}

@inline(__always)
func copy(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
  var at = 0
  while at + 16 <= count {
    store(load(source + at), target + at)
    at += 16
  }
  while at < count {
    target[at] = source[at]
    at += 1
  }
}

@inline(__always)
func addTo(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int) {
  var at = 0
  while at + 16 <= count {
    store(load(target + at) + load(source + at), target + at)
    at += 16
  }
  while at < count {
    target[at] += source[at]
    at += 1
  }
}

@inline(__always)
func read(_ source: UnsafePointer<Float>) -> Float { source.pointee }

@inline(__always)
func write(_ value: Float, _ target: UnsafeMutablePointer<Float>) { target.pointee = value }
