import Foundation

/// A file operation that the system refused: what was tried, on which path, and the system's error number.
package struct FileError: Error, Equatable, Sendable {
  package enum Operation: String, Sendable {
    case open, read, create, write, rename
    case list = "list the folder"
  }

  package let operation: Operation
  package let path: String
  /// The value of `errno`.
  package let code: Int32

  package init(_ operation: Operation, _ path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }
}

extension FileError: CustomStringConvertible {
  package var description: String {
    "cannot \(operation.rawValue) \(path): \(String(cString: strerror(code)))\(remedy)."
  }

  private var remedy: String {
    switch code {
    case ENOSPC, EDQUOT: "; free some space or choose a folder on another disk"
    case EACCES, EPERM: "; check the permissions of the file and of its folder"
    case EROFS: "; choose a folder that can be written"
    case ENOENT where isOfResult: "; make its folder first"
    case ENOTDIR where isOfResult: "; name a file in a folder"
    case EISDIR where isOfResult: "; name a file in it"
    case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
    default: ""
    }
  }

  /// 66 for an input that is not there, otherwise 74 (sysexits: EX_NOINPUT, EX_IOERR).
  package var exitCode: Int32 { code == ENOENT && !isOfResult ? 66 : 74 }

  /// Whether a file was to be written.
  private var isOfResult: Bool { operation == .create || operation == .write || operation == .rename }
}
