internal import Datasets
import Foundation
package import Images
package import Reports

/// The pictures of a report as files, so that the page can be written again without the data.
///
/// `thumbnails/index.json` lists the galleries; each picture is a PNG file beside it.
package struct Thumbnails {
  package let galleries: [FailureGallery<Image>]

  package init(_ galleries: [FailureGallery<Image>]) { self.galleries = galleries }
}

extension Thumbnails {
  package func write(to folder: RunFolder) throws {
    let path = folder.file("thumbnails")
    try folder.makeFolder(path)
    var count = 0
    let entries = try galleries.map { gallery in
      try gallery.map { image in
        let name = "\(count).png"
        count += 1
        try folder.write(PNG.encode(image), to: "\(path)/\(name)")
        return name
      }
    }
    try folder.write(Array(try JSONEncoder.document.encode(entries)), to: "\(path)/index.json")
  }

  /// Reads the pictures of a run; none where there is no index.
  ///
  /// - Throws: `FileError`, `ImageError`.
  package init(of folder: RunFolder) throws {
    let path = folder.file("thumbnails")
    guard let bytes = try? InputFile.contents(of: "\(path)/index.json"),
      let entries = try? JSONDecoder().decode([FailureGallery<String>].self, from: Data(bytes))
    else {
      galleries = []
      return
    }
    galleries = try entries.map { entry in
      // The index names files of this folder only, whatever it says.
      try entry.map { try ImageDecoder.decode(contentsOf: "\(path)/\(PathParts($0).name)").image }
    }
  }
}
