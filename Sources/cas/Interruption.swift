import CGuard
import Datasets
import Foundation
import Synchronization

/// Ctrl-C, SIGTERM, and SIGHUP when a terminal is closed. They end the program; a run that can be resumed saves its state
/// first.
enum Interruption {
  /// The only state that the signal handler can reach.
  private static let signalNumber = Atomic<Int32>(0)

  static var received: Int32 { signalNumber.load(ordering: .relaxed) }

  /// Ends the program at the first signal, for commands that have nothing to save. A partly written file is removed.
  static func end() {
    handle { number in
      AtomicFile.abandon()
      _exit(128 + number)
    }
  }

  /// Records the first signal, so that a run can save its state and end; a second one ends it at once.
  static func watch() {
    handle { number in
      guard Interruption.signalNumber.exchange(number, ordering: .relaxed) != 0 else { return }
      AtomicFile.abandon()
      _exit(128 + number)
    }
  }

  /// Sends SIGTERM to this program when the one that started it ends (prctl(2)), so that none is left behind.
  ///
  /// - Parameter parent: the process number of the one that asks for it; nil asks for nothing.
  static func follow(parent: String?) {
    guard let parent = parent.flatMap(pid_t.init) else { return }
    cas_end_with_parent(SIGTERM)
    // It may have ended before.
    if getppid() != parent { kill(getpid(), SIGTERM) }
  }

  private static func handle(_ handler: @escaping @convention(c) (Int32) -> Void) {
    // The parent process may have blocked them.
    var awaited = sigset_t()
    sigemptyset(&awaited)
    // Signals that `nohup` ignores stay ignored.
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
