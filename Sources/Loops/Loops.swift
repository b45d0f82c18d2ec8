package import LoopTypes

/// The hot loops over floats, for the instruction set that this module is compiled for.
package enum Loops: FloatLoops {
  package typealias Stored = Float

  package static var winogradF2: any FloatWinogradTransforms.Type { WinogradF2.self }
  package static var winogradF4: any FloatWinogradTransforms.Type { WinogradF4.self }
  package static var winogradSquare: any FloatWinogradTransforms.Type { WinogradSquare.self }
}

package enum WinogradF2: FloatWinogradTransforms {
  package typealias Stored = Float
}

package enum WinogradF4: FloatWinogradTransforms {
  package typealias Stored = Float
}

package enum WinogradSquare: FloatWinogradTransforms {
  package typealias Stored = Float
}
