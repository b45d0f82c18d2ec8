/// An optional value whose key is always written: as `null` where there is none. A number or an interval that is not
/// finite is none.
///
/// What you give up by using it: the difference between a missing key and a null one, which read the same.
@propertyWrapper
package struct ExplicitNull<Value> {
  private var stored: Value?

  package init(wrappedValue: Value?) {
    stored = nil
    self.wrappedValue = wrappedValue
  }

  package var wrappedValue: Value? {
    get { stored }
    set {
      let isFinite = (newValue as? Double)?.isFinite ?? (newValue as? Interval)?.isFinite ?? true
      stored = isFinite ? newValue : nil
    }
  }
}

extension ExplicitNull: Sendable where Value: Sendable {}
extension ExplicitNull: Equatable where Value: Equatable {}

extension ExplicitNull: Encodable where Value: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let stored { try container.encode(stored) } else { try container.encodeNil() }
  }
}

extension ExplicitNull: Decodable where Value: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self.init(wrappedValue: container.decodeNil() ? nil : try container.decode(Value.self))
  }
}

extension KeyedDecodingContainer {
  /// Chosen by the synthesised initialisers, so that documents from before a key existed can be read.
  package func decode<Value: Decodable>(_ type: ExplicitNull<Value>.Type, forKey key: Key) throws -> ExplicitNull<Value>
  {
    try decodeIfPresent(type, forKey: key) ?? ExplicitNull(wrappedValue: nil)
  }
}
