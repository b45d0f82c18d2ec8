/// How far rows lie apart, in floats: neighbours in a line, lines of an image, images.
package struct RowPitches: Hashable, Sendable {
  package var step: Int
  package var line: Int
  package var image: Int

  package init(step: Int, line: Int = 0, image: Int = 0) {
    self.step = step
    self.line = line
    self.image = image
  }
}

/// The extents of a product of rows with a packed matrix.
package struct PackedGEMMExtents: Hashable, Sendable {
  package var rows: Int
  /// Row r is column r mod `width` of line r / `width`, a line belongs to an image of `height` lines.
  package var width: Int
  package var height = 1
  /// A row is `segments` segments of `k` neighbouring values, `segmentPitch` floats apart.
  package var segments = 1
  package var segmentPitch = 0
  package var k: Int
  /// The columns of the matrix, in panels of 16 that lie `panelPitch` floats apart.
  package var columns: Int
  package var panelPitch: Int
  /// Where the rows lie, and where those of the results.
  package var source: RowPitches
  package var target: RowPitches

  /// Rows, panels and rows of results without gaps.
  package init(rows: Int, k: Int, columns: Int) {
    self.rows = rows
    width = rows
    self.k = k
    self.columns = columns
    panelPitch = 16 * k
    source = RowPitches(step: k)
    target = RowPitches(step: columns)
  }
}

/// Where the columns of one panel of 16 come from.
package struct PackingExtents: Hashable, Sendable {
  package let k: Int
  /// At most 16; the others are zero.
  package let columns: Int
  /// Floats between rows of the matrix.
  package let stride: Int
  /// Whether the columns are rows of the matrix.
  package let isTransposed: Bool

  package init(k: Int, columns: Int, stride: Int, isTransposed: Bool) {
    self.k = k
    self.columns = columns
    self.stride = stride
    self.isTransposed = isTransposed
  }
}

/// The positions of an image whose channels are copied into panels.
package struct RowPackingExtents: Hashable, Sendable {
  package let size: Size
  /// A multiple of 16.
  package let channels: Int
  /// Floats from one position to the next, and from line to line.
  package let step: Int
  package let linePitch: Int
  /// Floats from 16 channels to the next 16.
  package let panelPitch: Int

  package init(size: Size, channels: Int, step: Int, linePitch: Int, panelPitch: Int) {
    self.size = size
    self.channels = channels
    self.step = step
    self.linePitch = linePitch
    self.panelPitch = panelPitch
  }
}

/// The extents of products of one panel of `rows` rows of 16 values with others, in blocks of 16x16 sums.
package struct OuterProductExtents: Hashable, Sendable {
  package let rows: Int
  /// How many right panels there are, and the floats from one to the next.
  package let blocks: Int
  package let rightPitch: Int
  /// Floats from the sums of one block to those of the next, and between the rows of a block.
  package let targetPitch: Int
  package let targetStride: Int

  package init(rows: Int, blocks: Int, rightPitch: Int, targetPitch: Int, targetStride: Int) {
    self.rows = rows
    self.blocks = blocks
    self.rightPitch = rightPitch
    self.targetPitch = targetPitch
    self.targetStride = targetStride
  }
}

/// The extents of a matrix that is transposed: its own, and the floats between rows before and after.
package struct TransposeExtents: Hashable, Sendable {
  package let rows: Int
  package let columns: Int
  package let stride: Int
  package let targetStride: Int

  package init(rows: Int, columns: Int, stride: Int, targetStride: Int) {
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.targetStride = targetStride
  }
}
