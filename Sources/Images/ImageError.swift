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
  /// `detail` is the codec's message.
  case damaged(path: String, codec: ImageCodec, detail: String)
  /// A valid file of a kind that is not read, such as a JPEG of 12 bits.
  case unsupported(path: String, codec: ImageCodec, detail: String)
  /// More pixels than `limit`, by the header.
  case tooLarge(path: String, width: Int, height: Int, limit: Int)
  /// A side of more than `limit` pixels, by the header.
  case sideTooLong(path: String, width: Int, height: Int, limit: Int)
  /// More bytes than any image within the limits can have.
  case fileTooLarge(path: String, bytes: Int, limit: Int)
  case outOfMemory(path: String)
  case cannotEncode(codec: ImageCodec, width: Int, height: Int, detail: String)
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
