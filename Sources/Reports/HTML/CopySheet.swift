package import Images

/// A page that shows copies beside their originals (`cas data check --sheet`).
package struct CopySheet {
  package struct Pair {
    package let copy: DataCheckDocument.Copy
    package let image: Image
    package let original: Image

    package init(copy: DataCheckDocument.Copy, image: Image, original: Image) {
      self.copy = copy
      self.image = image
      self.original = original
    }
  }

  package let text: String

  /// - Parameters:
  ///   - total: the number of copies, of which the pairs are the first.
  ///   - encode: makes a PNG file of a picture.
  package init(
    title: String, pairs: [Pair], total: Int, encode: (Image) throws -> [UInt8]
  ) rethrows {
    let rows = try pairs.map { pair -> Markup in
      let copy = pair.copy
      let kind = copy.kind == "exact" ? "same pixels" : copy.mirrored ? "near copy, mirrored" : "near copy"
      return """
        <tr>
        <td>\(try Self.picture(pair.image, of: copy.image, encode))</td>
        <td>\(try Self.picture(pair.original, of: copy.original, encode))</td>
        <td>\(copy.image)<br>\(copy.className)</td>
        <td>\(copy.original)<br>\(copy.originalClass)<br>\(copy.set)</td>
        <td>\(kind)</td><td>\(NumberText.fixed(copy.distance, decimals: 2))</td>
        </tr>

        """
    }
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8"><title>\(title)</title>
      <style>
      body { font: 15px/1.4 system-ui, sans-serif; margin: 2em; color: #222; background: #fff; }
      table { border-collapse: collapse; } td, th { padding: 6px 12px; border-bottom: 1px solid #ddd; text-align: left; }
      img { image-rendering: pixelated; }
      </style></head><body>
      <h1>\(title)</h1>
      <p>\(pairs.count) of \(total) shown. The distance is the root mean square of the difference of the two at 8 by 8, \
      in levels of 0 to 255.</p>
      <table><tr><th>image</th><th>original</th><th>image's name</th><th>original's name</th><th>kind</th>\
      <th>distance</th></tr>
      \(rows)</table>
      </body></html>

      """
    text = page.text
  }

  private static func picture(_ image: Image, of name: String, _ encode: (Image) throws -> [UInt8]) rethrows -> Markup {
    let picture = try HTMLPage.Gallery.Picture(image, predicted: "", encode: encode)
    return "<img src=\"\(picture.source)\" width=\"\(picture.width)\" height=\"\(picture.height)\" alt=\"\(name)\">"
  }
}
