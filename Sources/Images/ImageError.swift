/// Why an image could not be read or written. Every case except `cannotEncode` carries the path of the file.
package enum ImageError: Error, Equatable {
  case notFound(path: String)
  case notPermitted(path: String)
  case notAFile(path: String)
  /// `reason` is the operating system's.
  case unreadable(path: String, reason: String)
  case empty(path: String)
  /// `looksLike` names the format that the bytes resemble, with its article.
  case unknownFormat(path: String, looksLike: String)
  case truncated(path: String, codec: ImageCodec)
  case damaged(path: String, codec: ImageCodec, detail: ImageFault)
  /// A valid file of a kind that is not read, such as a JPEG of 12 bits.
  case unsupported(path: String, codec: ImageCodec, detail: ImageFault)
  /// More pixels than `limit`, by the header.
  case tooLarge(path: String, width: Int, height: Int, limit: Int)
  /// A side of more than `limit` pixels, by the header.
  case sideTooLong(path: String, width: Int, height: Int, limit: Int)
  /// More bytes than any image within the limits can have.
  case fileTooLarge(path: String, bytes: Int, limit: Int)
  case outOfMemory(path: String)
  case cannotEncode(codec: ImageCodec, width: Int, height: Int, detail: ImageFault)
}

/// What the codec, or the check before it, finds wrong with an image.
package enum ImageFault: Equatable, Sendable {
  /// What libpng or libjpeg says.
  case library(String)
  case changedSignature, noHeader
  case header(width: Int, height: Int)
  case noSuchPixels(colourType: UInt8, bits: Int)
  case moreThanItsBytes(width: Int, height: Int, bytes: Int)
  /// Longer than the format can say, or than the library writes.
  case longSide
  case sideAbove(Int)
}

extension ImageError {
  /// The file that the error is about, nil for one that was to be written.
  package var path: String? {
    switch self {
    case .notFound(let path), .notPermitted(let path), .notAFile(let path), .unreadable(let path, _),
      .empty(let path), .unknownFormat(let path, _), .truncated(let path, _), .damaged(let path, _, _),
      .unsupported(let path, _, _), .tooLarge(let path, _, _, _), .sideTooLong(let path, _, _, _),
      .fileTooLarge(let path, _, _),
      .outOfMemory(let path):
      path
    case .cannotEncode: nil
    }
  }
}

extension ImageError: CustomStringConvertible {
  /// One sentence that names the file and the remedy.
  package var description: String {
    switch self {
    case .notFound(let path):
      "\(path) does not exist; check the path."
    case .notPermitted(let path):
      "\(path) may not be read by this user; change its permissions."
    case .notAFile(let path):
      "\(path) is not a regular file; name a PNG or JPEG file."
    case .unreadable(let path, let reason):
      "\(path) could not be read (\(reason)); check the disk or the network mount and try again."
    case .empty(let path):
      "\(path) is empty; make it again or remove it."
    case .unknownFormat(let path, let looksLike):
      "\(path) is not a PNG or JPEG image but looks like \(looksLike); convert it to PNG or remove it."
    case .truncated(let path, let codec):
      "\(path) is a \(codec.displayName) that ends before its picture does; copy or make it again, or remove it."
    case .damaged(let path, let codec, let detail):
      "\(path) is a damaged \(codec.displayName) (\(detail)); copy or make it again, or remove it."
    case .unsupported(let path, let codec, let detail):
      "\(path) is a \(codec.displayName) of a kind that is not read (\(detail)); convert it to 8-bit PNG."
    case .tooLarge(let path, let width, let height, let limit):
      "\(path) says that it has \(width) x \(height) pixels, more than the limit of \(limit); "
        + "scale it down or remove it."
    case .sideTooLong(let path, let width, let height, let limit):
      "\(path) says that it has \(width) x \(height) pixels, more on a side than the limit of \(limit); "
        + "scale it down or remove it."
    case .fileTooLarge(let path, let bytes, let limit):
      "\(path) has \(bytes) bytes, more than the limit of \(limit) for one image; scale it down or remove it."
    case .outOfMemory(let path):
      "\(path) needs more memory to decode than there is; scale it down or free memory."
    case .cannotEncode(let codec, let width, let height, let detail):
      "An image of \(width) x \(height) pixels cannot be written as \(codec.displayName) (\(detail)); scale it down."
    }
  }
}

extension ImageFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .library(let message): message
    case .changedSignature: "its signature was changed, as by a transfer in text mode"
    case .noHeader: "it does not begin with IHDR"
    case .header(let width, let height): "its header says \(width) x \(height) pixels"
    case .noSuchPixels(let type, let bits): "colour type \(type) with \(bits) bits does not exist"
    case .moreThanItsBytes(let width, let height, let bytes):
      "\(ImageFault.header(width: width, height: height)), more than its \(bytes) bytes can hold"
    case .longSide: "a side is too long"
    case .sideAbove(let limit): "a side is longer than \(limit)"
    }
  }
}
