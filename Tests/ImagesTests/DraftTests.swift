import Foundation
import Images
import Testing

/// JPEGs decoded at a part of their size, and what their tables tell, against Pillow (`Golden/draft.py`).
struct DraftTests {
  private struct Golden: Decodable {
    struct Draft: Decodable {
      let file: Data
      let side: Int
      let width: Int
      let height: Int
      let pixels: Data
    }

    struct Table: Decodable {
      let file: Data
      let quality: Int
      let sampling: String
    }

    let drafts: [Draft]
    let tables: [Table]
  }

  private func golden() throws -> Golden {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/draft.json")
    return try JSONDecoder().decode(Golden.self, from: try Data(contentsOf: file))
  }

  @Test func smallerPicturesArePillows() throws {
    for draft in try golden().drafts {
      let image = try ImageDecoder.decode(Array(draft.file), path: "x.jpg", leastSide: draft.side).image
      #expect(image.width == draft.width && image.height == draft.height)
      #expect(Bool(image.pixels == Array(draft.pixels)), "\(image.width)x\(image.height)")
      #expect(min(image.width, image.height) >= draft.side)
    }
  }

  @Test func aSideThatIsNotMuchSmallerChangesNothing() throws {
    for draft in try golden().drafts {
      let whole = try ImageDecoder.decode(Array(draft.file), path: "x.jpg").image
      let least = min(whole.width, whole.height)
      #expect(try ImageDecoder.decode(Array(draft.file), path: "x.jpg", leastSide: least / 2 + 1).image == whole)
    }
  }

  @Test func cutFilesAreStillErrors() throws {
    let file = Array(try #require(try golden().drafts.first).file)
    for count in stride(from: 1, to: file.count - 2, by: 7) {
      #expect(throws: ImageError.self) {
        try ImageDecoder.decode(Array(file[..<count]), path: "x.jpg", leastSide: 12)
      }
    }
  }

  @Test func qualityAndSamplingAreRead() throws {
    for table in try golden().tables {
      let tables = try #require(JPEGTables(Array(table.file)))
      // From 99 on and below 3 the tables of neighbouring qualities are nearly alike.
      #expect(abs(tables.quality - table.quality) <= (table.quality == 1 ? 1 : 0), "\(table.quality)")
      #expect(tables.sampling == table.sampling && tables.isStandard && !tables.isProgressive)
    }
    #expect(JPEGTables([]) == nil && JPEGTables([0xFF, 0xD8, 0xFF, 0xDB, 0, 2]) == nil)
  }

  /// No changed byte may stop the program.
  @Test func damagedHeadersNeverCrash() throws {
    let file = Array(try #require(try golden().tables.last).file)
    for at in file.indices {
      for value in [UInt8(0), 0xFF, file[at] ^ 0x80] {
        var changed = file
        changed[at] = value
        _ = JPEGTables(changed)
      }
    }
  }
}
