import Datasets
import Foundation
import Synchronization

/// Ctrl-C, SIGTERM, and SIGHUP where a terminal is closed. They end the program, and a run that can be resumed is asked
/// to save its state before.
enum Interruption {
  /// The one piece of state that a signal handler can reach.
  private static let signalNumber = Atomic<Int32>(0)

  static var received: Int32 { signalNumber.load(ordering: .relaxed) }

  /// Ends the program at the first signal: for commands that have nothing to save. A file that was being written is
  /// removed.
  static func end() {
    handle { number in
      AtomicFile.abandon()
      _exit(128 + number)
    }
  }

  /// Notes the first signal, so that a run can save its state and end; a second one ends it at once.
  static func watch() {
    handle { number in
      guard Interruption.signalNumber.exchange(number, ordering: .relaxed) != 0 else { return }
      AtomicFile.abandon()
      _exit(128 + number)
    }
  }

  private static func handle(_ handler: @escaping @convention(c) (Int32) -> Void) {
    // A parent may have handed down a mask that blocks them.
    var awaited = sigset_t()
    sigemptyset(&awaited)
    // What `nohup` has told to be ignored stays so.
    var present = sigaction()
    sigaction(SIGHUP, nil, &present)
    let isIgnored = unsafeBitCast(present.__sigaction_handler, to: UInt.self) == 1
    for number in [SIGINT, SIGTERM] + (isIgnored ? [] : [SIGHUP]) {
      sigaddset(&awaited, number)
      signal(number, handler)
    }
    pthread_sigmask(SIG_UNBLOCK, &awaited, nil)
  }
}
