import Foundation

/// The three descriptors that every program expects to be open.
enum StandardStreams {
  /// Opens those that the parent closed, lest a file of a run takes their number and gets progress written into it.
  /// What is written to such an stdout is an error still, and not lost in silence.
  static func secure() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest number that is free is taken, which is this one.
      _ = open("/dev/null", descriptor == STDERR_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
