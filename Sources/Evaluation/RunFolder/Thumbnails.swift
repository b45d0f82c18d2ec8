internal import Datasets
import Foundation
internal import Images
package import Reports

/// The pictures of a report as files, so that the page can be written again without the data.
///
/// `thumbnails/index.json` lists the galleries; each picture is a PNG file beside it.
package struct Thumbnails {
  package let galleries: [FailureGallery]

  package init(_ galleries: [FailureGallery]) { self.galleries = galleries }

  private struct Entry: Codable {
    struct Missed: Codable {
      var file: String
      var predicted: String
    }

    var result: String
    var fractionAdded: Double?
    var className: String
    var samples: [String]
    var missed: [Missed]
    /// Missing in runs of earlier versions.
    var right: [String]?
  }
}

extension Thumbnails {
  package func write(to folder: RunFolder) throws {
    let path = folder.file("thumbnails")
    try folder.makeFolder(path)
    var count = 0
    func save(_ image: Image) throws -> String {
      let name = "\(count).png"
      count += 1
      try folder.write(PNG.encode(image), to: "\(path)/\(name)")
      return name
    }
    let entries = try galleries.map { gallery in
      Entry(
        result: gallery.result, fractionAdded: gallery.fractionAdded, className: gallery.className,
        samples: try gallery.samples.map(save),
        missed: try gallery.missed.map { Entry.Missed(file: try save($0.image), predicted: $0.predicted) },
        right: try gallery.right.map(save))
    }
    try folder.write(Array(try JSONEncoder.document.encode(entries)), to: "\(path)/index.json")
  }

  /// Reads the pictures of a run; none where there is no index.
  ///
  /// - Throws: `FileError`, `ImageError`.
  package init(of folder: RunFolder) throws {
    let path = folder.file("thumbnails")
    guard let bytes = try? InputFile.contents(of: "\(path)/index.json"),
      let entries = try? JSONDecoder().decode([Entry].self, from: Data(bytes))
    else {
      galleries = []
      return
    }
    func load(_ name: String) throws -> Image {
      // The index names files of this folder only, whatever it says.
      try ImageDecoder.decode(contentsOf: "\(path)/\(PathParts(name).name)").image
    }
    galleries = try entries.map { entry in
      FailureGallery(
        result: entry.result, fractionAdded: entry.fractionAdded, className: entry.className,
        samples: try entry.samples.map(load),
        missed: try entry.missed.map { FailureGallery.Missed(image: try load($0.file), predicted: $0.predicted) },
        right: try (entry.right ?? []).map(load))
    }
  }
}
