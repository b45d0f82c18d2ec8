/// The extent of one image or feature map: height, width and channels, in that order in memory.
package struct Shape: Hashable, Sendable, Codable, CustomStringConvertible {
  package var height: Int
  package var width: Int
  package var channels: Int

  package init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The number of positions, height times width.
  package var pixels: Int { height * width }
  /// The number of values, height times width times channels.
  package var count: Int { height * width * channels }
  package var description: String { "\(height)x\(width)x\(channels)" }
}

/// Rows and columns: of a kernel, or of positions.
package struct Size: Hashable, Sendable {
  package var height: Int
  package var width: Int

  package init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }
}

/// Rows and columns of zeros before an image; a negative number cuts off as many of its own.
package struct Padding: Hashable, Sendable {
  package var top: Int
  package var left: Int

  package init(top: Int, left: Int) {
    self.top = top
    self.left = left
  }
}

/// The extents of a row-major matrix without gaps.
package struct MatrixExtents: Hashable, Sendable {
  package var rows: Int
  package var columns: Int

  package init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}
