import CZlib

/// The library that inflates.
package enum Zlib {
  /// The version in use, such as "1.2.13".
  package static var version: String { String(cString: zlibVersion()) }
}
