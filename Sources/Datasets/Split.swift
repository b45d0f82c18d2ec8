/// A part of a data set: its training or its test images, or all of a data set that has no such parts.
package enum Split: String, Codable, Sendable, CaseIterable {
  case train
  case test
  case whole
}
