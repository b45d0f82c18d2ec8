/// y = max(x, 0). NaN stays NaN, so that a diverged training is seen. x and y may be the same memory.
@inline(never)
package func rectify(_ input: UnsafePointer<Stored>, _ count: Int, _ output: UnsafeMutablePointer<Stored>) {
  var at = 0
  while at + 16 <= count {
    let value = load(input + at)
    store(value.replacing(with: 0, where: value .< .zero), output + at)
    at += 16
  }
  while at < count {
    let value = read(input + at)
    write(value < 0 ? 0 : value, output + at)
    at += 1
  }
}

/// dx = dy where y > 0, else 0; added to dx where `accumulating`. dx and dy may be the same memory.
@inline(never)
package func rectifyBackward(
  _ gradient: UnsafePointer<Stored>, _ output: UnsafePointer<Stored>, _ count: Int, _ accumulating: Bool,
  _ result: UnsafeMutablePointer<Stored>
) {
  var at = 0
  while at + 16 <= count {
    var value = Vector.zero.replacing(with: load(gradient + at), where: load(output + at) .> .zero)
    if accumulating { value += load(result + at) }
    store(value, result + at)
    at += 16
  }
  while at < count {
    let value = read(output + at) > 0 ? read(gradient + at) : 0
    write(accumulating ? value + read(result + at) : value, result + at)
    at += 1
  }
}

/// y = a + b, then max(y, 0) where `rectified`. y may be the same memory as a or b.
@inline(never)
package func add(
  _ first: UnsafePointer<Stored>, _ second: UnsafePointer<Stored>, _ count: Int, _ rectified: Bool,
  _ output: UnsafeMutablePointer<Stored>
) {
  var at = 0
  while at + 16 <= count {
    var value = load(first + at) + load(second + at)
    if rectified { value.replace(with: 0, where: value .< .zero) }
    store(value, output + at)
    at += 16
  }
  while at < count {
    let value = read(first + at) + read(second + at)
    write(rectified && value < 0 ? 0 : value, output + at)
    at += 1
  }
}
