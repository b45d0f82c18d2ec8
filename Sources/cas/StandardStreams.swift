import Foundation

/// The three standard file descriptors.
enum StandardStreams {
  /// Opens the ones that the parent closed. Otherwise a file of a run could get their number, and progress would be
  /// written into it. Writing to such an stdout is still an error.
  static func secure() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The system assigns the lowest free number, which is this one.
      _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
