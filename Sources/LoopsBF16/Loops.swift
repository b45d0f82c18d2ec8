package import LoopTypes

/// The hot loops over bf16 numbers.
package enum Loops: BF16Loops {
  package typealias Stored = UInt16

  package static var winogradF2: any BF16WinogradTransforms.Type { WinogradF2.self }
}

package enum WinogradF2: BF16WinogradTransforms {
  package typealias Stored = UInt16
}

/// The products on the processor's own tiles.
package enum MatrixTiles: TileLoops {}
