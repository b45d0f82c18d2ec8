import Foundation
internal import Metrics

/// How numbers are written for people, the same in the terminal and in HTML, whatever the locale. Nothing is "–".
enum NumberText {
  static let none = "–"

  /// A number with a fixed number of decimals and a true minus sign; never "−0.0".
  static func fixed(_ value: Double?, decimals: Int, signed: Bool = false) -> String {
    guard let value, value.isFinite else { return none }
    let digits = String(format: "%.\(decimals)f", abs(value))
    guard digits.contains(where: { "123456789".contains($0) }) else { return digits }
    return (value < 0 ? "−" : signed ? "+" : "") + digits
  }

  /// A number of unknown magnitude with four significant digits: "0.01234", "12.34", "1,234".
  static func significant(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    let magnitude = abs(value)
    if magnitude >= 1000, magnitude < 1e15 { return grouped(Int(value.rounded())) }
    let places = magnitude > 0 ? 3 - Int(log10(magnitude).rounded(.down)) : 3
    return fixed(value, decimals: min(max(places, 0), 8))
  }

  /// A number with as many decimals as it has: "0.42", "2".
  static func plain(_ value: Double?) -> String {
    guard let value, value.isFinite else { return none }
    let text = value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    return text.replacing("-", with: "−")
  }

  /// A fraction as a number of percent, without the sign: 0.7187 is "71.87".
  static func hundredths(_ fraction: Double?, decimals: Int, signed: Bool = false) -> String {
    fixed(fraction.map { $0 * 100 }, decimals: decimals, signed: signed)
  }

  /// A fraction as "71.87 %", with a space that does not break.
  static func percent(_ fraction: Double?, decimals: Int) -> String {
    fraction == nil ? none : hundredths(fraction, decimals: decimals) + "\u{A0}%"
  }

  /// Both ends in percent, without the sign: "70.61–73.10", and "to" where an end is negative.
  static func range(_ bounds: Interval?, decimals: Int) -> String {
    guard let bounds else { return none }
    let separator = bounds.low < 0 || bounds.high < 0 ? " to " : "–"
    return hundredths(bounds.low, decimals: decimals) + separator + hundredths(bounds.high, decimals: decimals)
  }

  /// A whole number with commas between the thousands.
  static func grouped(_ value: Int?) -> String {
    guard let value else { return none }
    var digits = String(value.magnitude)
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    return (value < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
  }

  /// A p-value to three decimals, or that it is smaller.
  static func pValue(_ value: Double?) -> String {
    guard let value else { return none }
    return value < 0.001 ? "< 0.001" : fixed(value, decimals: 3)
  }

  /// A duration as "0:42" or "1:02:05".
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return none }
    let whole = Int(max(seconds, 0).rounded())
    let tail = { (value: Int) in (value < 10 ? "0" : "") + String(value) }
    let (minutes, hours) = (whole / 60 % 60, whole / 3600)
    return hours > 0 ? "\(hours):\(tail(minutes)):\(tail(whole % 60))" : "\(minutes):\(tail(whole % 60))"
  }

  /// A rate with three digits at least: "0.83", "8.12", "81.2", "8,120".
  static func rate(_ value: Double) -> String {
    guard value.isFinite, value >= 0, value < 1e15 else { return none }
    return value < 10
      ? fixed(value, decimals: 2) : value < 100 ? fixed(value, decimals: 1) : grouped(Int(value.rounded()))
  }

  /// "1 class", "4 classes".
  static func count(_ number: Int, _ one: String, _ many: String) -> String {
    "\(grouped(number)) \(number == 1 ? one : many)"
  }
}
