/// The floats of one register: the unit of the loops that keep a whole block of sums in registers, where a vector of
/// two registers would not fit.
#if CAS_AVX512
  typealias Lanes = SIMD16<Float>
#else
  typealias Lanes = SIMD8<Float>
#endif

@inline(__always)
func lanes(at pointer: UnsafePointer<Float>) -> Lanes {
  UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
}

@inline(__always)
func put(_ value: Lanes, _ pointer: UnsafeMutablePointer<Float>) {
  UnsafeMutableRawPointer(pointer).storeBytes(of: value, as: Lanes.self)
}

@inline(__always)
func increase(_ pointer: UnsafeMutablePointer<Float>, by value: Lanes) { put(lanes(at: pointer) + value, pointer) }

@inline(__always)
func multiplyAdd(_ sum: inout Lanes, _ vector: Lanes, _ scalar: Float) {
  sum.addProduct(vector, Lanes(repeating: scalar))
}
