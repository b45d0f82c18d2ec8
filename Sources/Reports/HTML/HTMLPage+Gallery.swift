import Foundation
import Images
internal import Metrics

/// A picture in a page, as a data URI.
struct PagePicture: Sendable {
  let source: String
  let width: Int
  let height: Int
  let isMagnified: Bool

  /// Small images are magnified by a whole number, to 64 pixels at most; large ones are shown 96 pixels long.
  init(_ image: Image, encode: (Image) throws -> EncodedPicture) rethrows {
    let longest = max(image.width, image.height)
    let shown = longest <= 64 ? longest * (64 / longest) : min(longest, 96)
    let file = try encode(image)
    source = "data:\(file.type);base64," + Data(file.bytes).base64EncodedString()
    width = max(image.width * shown / longest, 1)
    height = max(image.height * shown / longest, 1)
    isMagnified = shown > longest
  }
}

extension HTMLPage {
  /// Strips of samples and of missed real images of the worst classes of one result.
  func gallerySection(of result: ResultEntry) -> Markup {
    let chosen = galleries.filter { $0.result == result.name && $0.fractionAdded == result.fractionAdded }
      .prefix(Self.galleryLimit(results: report.mainResults.count))
    guard !chosen.isEmpty else { return "" }
    return """
      <h3>What went wrong in the worst classes</h3>
      <div class="galleries">
      \(chosen.map { article(of: $0, in: result) })</div>

      """
  }

  private func article(of gallery: FailureGallery<PagePicture>, in result: ResultEntry) -> Markup {
    let entry = result.perClass.first { $0.name == gallery.className }
    let score = NumberText.percent(entry?.top1, decimals: 1)
    let against = entry?.baselineTop1.map { " instead of \(NumberText.percent($0, decimals: 1))" } ?? ""
    let samples: Markup =
      gallery.samples.isEmpty
      ? "<p>No training sample of this class.</p>"
      : strip("Training samples", gallery.samples) { "training sample \($0 + 1) of \(gallery.className)" }
    let missed: Markup =
      gallery.missed.isEmpty
      ? "<p>No test image of this class was missed.</p>"
      : strip(
        "Missed test images, and what they were taken for", gallery.missed.map(\.image),
        captions: gallery.missed.map(\.predicted)
      ) { "test image of \(gallery.className), taken for \(gallery.missed[$0].predicted)" }
    let correct = gallery.right ?? []
    let right: Markup =
      correct.isEmpty
      ? ""
      : strip("Test images that were right", correct) { "test image \($0 + 1) of \(gallery.className), right" }
    return """
      <article>
      <h4>\(gallery.className) <span>\(score)\(against)</span></h4>
      \(samples)
      \(missed)
      \(right)</article>

      """
  }

  private func strip(
    _ title: String, _ pictures: [PagePicture], captions: [String] = [], describe: (Int) -> String
  ) -> Markup {
    let items = pictures.enumerated().map { index, picture -> Markup in
      let caption: Markup = captions.isEmpty ? "" : "<figcaption>\(captions[index])</figcaption>"
      let style: Markup = picture.isMagnified ? " class=\"pixels\"" : ""
      return """
        <figure><img\(style) src="\(picture.source)" width="\(picture.width)" height="\(picture.height)" \
        alt="\(describe(index))">\(caption)</figure>

        """
    }
    return """
      <p class="strip-title">\(title)</p>
      <div class="strip">
      \(items)</div>
      """
  }
}
