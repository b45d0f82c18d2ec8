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
  ///   - encode: makes a file of a picture.
  package init(
    title: String, pairs: [Pair], total: Int, encode: (Image) throws -> EncodedPicture
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
        <td>\(kind)</td><td class="number">\(NumberText.fixed(copy.distance, decimals: 2))</td>
        </tr>

        """
    }
    text =
      HTMLDocument(
        title: title, eyebrow: "cas data check",
        lead: """
          <p class="verdict">\(pairs.count) of \(total) shown. The distance is the root mean square of the difference of the \
          two at 8 by 8, in levels of 0 to 255.</p>

          """,
        sections: """
          <div class="scroll" role="group" aria-label="Copies and originals" tabindex="0">
          <table class="sortable">
          <thead><tr><th scope="col">Image</th><th scope="col">Original</th><th scope="col">Image’s name</th>\
          <th scope="col">Original’s name</th><th scope="col">Kind</th><th scope="col" class="number">Distance</th></tr></thead>
          <tbody>
          \(rows)</tbody>
          </table>
          </div>

          """,
        footer: "Equal pixels are found by their hash, near copies by their pictures at 8 by 8 pixels."
      ).text
  }

  private static func picture(_ image: Image, of name: String, _ encode: (Image) throws -> EncodedPicture) rethrows
    -> Markup
  {
    let picture = try PagePicture(image, encode: encode)
    return
      "<img class=\"pixels\" src=\"\(picture.source)\" width=\"\(picture.width)\" height=\"\(picture.height)\" alt=\"\(name)\">"
  }
}
