import Foundation
import Synchronization

/// Ctrl-C and SIGTERM ask a run to save its state and end; a second one ends it at once.
enum Interruption {
  /// The one piece of state that a signal handler can reach.
  private static let signalNumber = Atomic<Int32>(0)

  static var received: Int32 { signalNumber.load(ordering: .relaxed) }

  static func watch() {
    // A parent may have handed down a mask that blocks them.
    var awaited = sigset_t()
    sigemptyset(&awaited)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&awaited, number)
      signal(number) { number in
        if Interruption.signalNumber.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &awaited, nil)
  }
}
