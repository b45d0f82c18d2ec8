/// Some of the tiles of one image.
package struct WinogradTiles: Hashable, Sendable {
  /// The image that is read or written, with its border where it has one.
  package let image: Shape
  package let tilesPerRow: Int
  /// The tiles' numbers, row by row.
  package let tiles: Range<Int>

  package init(image: Shape, tilesPerRow: Int, tiles: Range<Int>) {
    self.image = image
    self.tilesPerRow = tilesPerRow
    self.tiles = tiles
  }
}

/// Where transformed tiles lie: the value of channel c of tile t is `tile` (t − first) + `panel` (c / 16) + c mod 16 numbers
/// behind the start of its plane, and planes lie `plane` numbers apart.
package struct PlanePitches: Hashable, Sendable {
  package let plane: Int
  package let tile: Int
  package let panel: Int

  package init(plane: Int, tile: Int, panel: Int) {
    self.plane = plane
    self.tile = tile
    self.panel = panel
  }
}

/// Where 3x3 weights lie before and after their transform, in floats.
package struct WinogradWeightExtents: Hashable, Sendable {
  /// Neighbouring values of each tap, a multiple of 16.
  package let count: Int
  package let tapPitch: Int
  package let planePitch: Int
  /// From 16 values of a plane to the next 16.
  package let panelPitch: Int

  package init(count: Int, tapPitch: Int, planePitch: Int, panelPitch: Int) {
    self.count = count
    self.tapPitch = tapPitch
    self.planePitch = planePitch
    self.panelPitch = panelPitch
  }
}

/// Where the sums of planes lie, and the gradients of the nine taps, in floats.
package struct WinogradGradientExtents: Hashable, Sendable {
  /// Rows of 16 values, without gaps in a plane.
  package let rows: Int
  package let planePitch: Int
  package let tapPitch: Int
  /// Between rows of a tap.
  package let rowPitch: Int

  package init(rows: Int, planePitch: Int, tapPitch: Int, rowPitch: Int) {
    self.rows = rows
    self.planePitch = planePitch
    self.tapPitch = tapPitch
    self.rowPitch = rowPitch
  }
}
