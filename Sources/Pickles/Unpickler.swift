/// A restricted reader of Python's pickles: it makes numbers, strings, lists, tuples, dictionaries and descriptions of
/// tensors and arrays, and nothing else.
///
/// A pickle is a program for a stack machine that may call any function, so a file of weights can take over the machine
/// that opens it. Here, names are looked up in a short list, and functions are described instead of called
/// (`PickleCallable`). Every instruction takes at least one byte of the file and makes at most one container, so time and
/// memory are bounded by the file's length and by `limit`.
package struct Unpickler {
  /// The contents of the containers, by their places.
  package private(set) var sequences: [[PickleValue]] = []
  package private(set) var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
  package private(set) var records: [PickleValue?] = []
  package private(set) var tensors: [TorchTensor] = []
  package private(set) var arrays: [PickleArray] = []
  private var blocks: [[UInt8]] = []
  private var numberTypes: [String] = []
  /// Where the next instruction begins.
  package private(set) var position: Int

  /// What the references in a pickle stand for, in the files of PyTorch 0.1; nil where they are storages.
  package var references: [Int: PickleValue]?

  private let bytes: [UInt8]
  private var end: Int
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var instructions = 0

  /// The maximum number of instructions; a large network has some tens of thousands.
  private static let limit = 4_000_000

  package init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }
}

extension Unpickler {
  /// Goes on in another part of the file.
  package mutating func move(to range: Range<Int>) { (position, end) = (range.lowerBound, range.upperBound) }

  /// The next bytes, which are no pickle. Throws `PickleFault`.
  package mutating func skip(_ count: Int) throws -> Range<Int> {
    let start = position
    _ = try take(count)
    return start..<position
  }

  /// A signed number of eight bytes outside of a pickle. Throws `PickleFault`.
  package mutating func wideNumber() throws -> Int { try long(count: 8) }

  /// A tensor that was described outside of a pickle.
  package mutating func add(_ tensor: TorchTensor) -> PickleValue {
    tensors.append(tensor)
    return .tensor(tensors.count - 1)
  }

  /// Reads the next pickle to its end and returns its value. Throws `PickleFault`.
  package mutating func load() throws -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      instructions += 1
      guard instructions <= Self.limit else { throw PickleFault.damaged("it has more instructions than weights need") }
      let opcode = try byte()
      if opcode == UInt8(ascii: ".") { return try pop() }
      guard try literal(opcode) || container(opcode) || object(opcode) else {
        throw PickleFault.damaged("it has the instruction \(opcode), which weights do not need")
      }
    }
  }

  /// Instructions that push one simple value or move values between stack and memo.
  private mutating func literal(_ opcode: UInt8) throws -> Bool {
    switch opcode {
    case 0x80:  // PROTO
      let version = try byte()
      guard (2...5).contains(version) else { throw PickleFault.damaged("its pickle protocol is \(version)") }
    case 0x95: _ = try number(8)  // FRAME
    case UInt8(ascii: "N"): push(.none)
    case 0x88: push(.boolean(true))
    case 0x89: push(.boolean(false))
    case UInt8(ascii: "K"): push(.integer(try number(1)))
    case UInt8(ascii: "M"): push(.integer(try number(2)))
    case UInt8(ascii: "J"): push(.integer(Int(Int32(truncatingIfNeeded: try number(4)))))
    case 0x8A: push(.integer(try long(count: try number(1))))
    case 0x8B: push(.integer(try long(count: try number(4))))
    case UInt8(ascii: "U"): push(ofPython2(try take(try number(1))))
    case UInt8(ascii: "T"): push(ofPython2(try take(try number(4))))
    case UInt8(ascii: "C"): push(block(Array(try take(try number(1)))))
    case UInt8(ascii: "B"): push(block(Array(try take(try number(4)))))
    case 0x8E, 0x96: push(block(Array(try take(try number(8)))))
    case 0x8D: push(.string(try text(count: try number(8))))
    case UInt8(ascii: "2"): push(try top())
    case UInt8(ascii: "G"):
      let bits = try take(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      push(.float(Double(bitPattern: bits)))
    case UInt8(ascii: "X"): push(.string(try text(count: try number(4))))
    case 0x8C: push(.string(try text(count: try number(1))))
    case UInt8(ascii: "q"): memo[try number(1)] = try top()
    case UInt8(ascii: "r"): memo[try number(4)] = try top()
    case 0x94: memo[memo.count] = try top()  // MEMOIZE
    case UInt8(ascii: "h"): push(try remembered(try number(1)))
    case UInt8(ascii: "j"): push(try remembered(try number(4)))
    case UInt8(ascii: "0"): _ = try pop()
    default: return false
    }
    return true
  }

  /// Instructions that make and fill lists, tuples and dictionaries.
  private mutating func container(_ opcode: UInt8) throws -> Bool {
    switch opcode {
    case UInt8(ascii: "("): marks.append(stack.count)
    case UInt8(ascii: ")"): push(tuple([]))
    case UInt8(ascii: "t"): push(tuple(try popToMark()))
    case 0x85: push(tuple(try pop(1)))
    case 0x86: push(tuple(try pop(2)))
    case 0x87: push(tuple(try pop(3)))
    case UInt8(ascii: "]"):
      sequences.append([])
      push(.list(sequences.count - 1))
    case UInt8(ascii: "a"): try append(try pop(1))
    case UInt8(ascii: "e"): try append(try popToMark())
    case UInt8(ascii: "}"): push(emptyDictionary())
    case UInt8(ascii: "s"): try set(try pop(2))
    case UInt8(ascii: "u"): try set(try popToMark())
    case 0x8F: push(.opaque)  // EMPTY_SET
    case 0x91:  // FROZENSET
      _ = try popToMark()
      push(.opaque)
    case 0x90:  // ADDITEMS
      _ = try popToMark()
      guard try top() == .opaque else { throw PickleFault.damaged("it adds to something that is no set") }
    default: return false
    }
    return true
  }

  /// Instructions that look up and call functions in Python.
  private mutating func object(_ opcode: UInt8) throws -> Bool {
    switch opcode {
    case UInt8(ascii: "c"):
      let module = try line()
      push(try callable(module: module, name: try line()))
    case 0x93:  // STACK_GLOBAL
      let names = try pop(2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else {
        throw PickleFault.damaged("it names a function by something that is no text")
      }
      push(try callable(module: module, name: name))
    case UInt8(ascii: "Q"):
      let identifier = try pop()
      guard let references else {
        push(.storage(try storage(identifier)))
        return true
      }
      var number: Int?
      if case .integer(let own) = identifier { number = own }
      if case .string(let text) = identifier { number = Int(text) }
      guard let value = number.flatMap({ references[$0] }) else {
        throw PickleFault.damaged("it refers to a tensor that it does not have")
      }
      push(value)
    case UInt8(ascii: "R"), 0x81:  // REDUCE, NEWOBJ
      let operands = try pop(2)
      if case .opaque = operands[0], case .tuple = operands[1] {
        push(.opaque)
        return true
      }
      guard case .callable(let callable) = operands[0], case .tuple(let place) = operands[1] else {
        throw PickleFault.damaged("it applies something that is no function")
      }
      push(try apply(callable, to: sequences[place]))
    case UInt8(ascii: "b"): try build(try pop())
    default: return false
    }
    return true
  }
}

// MARK: - Objects

extension Unpickler {
  private func callable(module: String, name: String) throws -> PickleValue {
    guard let callable = PickleCallable(module: module, name: name) else {
      throw PickleFault.forbidden("\(module).\(name)")
    }
    return .callable(callable)
  }

  private mutating func apply(_ callable: PickleCallable, to arguments: [PickleValue]) throws -> PickleValue {
    switch callable {
    case .orderedDictionary where arguments.isEmpty: return emptyDictionary()
    case .module where arguments.isEmpty:
      records.append(nil)
      return .record(records.count - 1)
    case .size where arguments.count == 1, .annotation where !arguments.isEmpty: return arguments[0]
    case .opaque: return .opaque
    case .encode:
      guard arguments.count == 2, case .string(let text) = arguments[0], arguments[1] == .string("latin1"),
        text.unicodeScalars.allSatisfy({ $0.value < 256 })
      else { break }
      return block(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
    case .array:
      arrays.append(PickleArray())
      return .array(arrays.count - 1)
    case .numberType:
      guard case .string(let type)? = arguments.first else { break }
      numberTypes.append(type)
      return .numberType(numberTypes.count - 1)
    case .rebuildSubclass:
      guard arguments.count >= 3, arguments[0] == .callable(.rebuildTensor), case .tuple(let inner) = arguments[2]
      else { break }
      return try apply(.rebuildTensor, to: sequences[inner])
    case .rebuildParameter:
      guard case .tensor? = arguments.first else { break }
      return arguments[0]
    case .rebuildTensor:
      guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1]
      else { break }
      tensors.append(
        TorchTensor(
          storage: storage, offset: offset, shape: try integers(arguments[2]), strides: try integers(arguments[3])))
      return .tensor(tensors.count - 1)
    default: break
    }
    throw PickleFault.damaged("it makes an object from the wrong parts")
  }

  /// Attributes of an object. Those of a dictionary, PyTorch's record of module versions, do not concern weights.
  private mutating func build(_ state: PickleValue) throws {
    switch try top() {
    case .dictionary, .opaque: return
    case .record(let place) where records[place] == nil:
      records[place] = state
      return
    // (3, byte order, …), for numbers of several bytes.
    case .numberType(let place):
      guard case .tuple(let parts) = state, sequences[parts].count >= 2, case .string(let order) = sequences[parts][1],
        order.utf8.count == 1, !["<", ">", "|", "="].contains(where: numberTypes[place].hasPrefix)
      else { break }
      numberTypes[place] = order + numberTypes[place]
      return
    // (1, shape, type, Fortran order, bytes)
    case .array(let place):
      guard case .tuple(let parts) = state, sequences[parts].count == 5,
        case .numberType(let type) = sequences[parts][2], case .boolean(let isFortran) = sequences[parts][3],
        let bytes = bytes(of: sequences[parts][4]), arrays[place].type.isEmpty
      else { throw PickleFault.damaged("an array in it holds something other than numbers") }
      arrays[place] = PickleArray(
        shape: try integers(sequences[parts][1]), type: numberTypes[type], isFortran: isFortran, bytes: bytes)
      return
    default: break
    }
    throw PickleFault.damaged("it gives attributes to something that has none")
  }

  /// The bytes of a text of Python 2 or of bytes; nil for other values.
  package func bytes(of value: PickleValue) -> [UInt8]? {
    switch value {
    case .string(let text): Array(text.utf8)
    case .bytes(let place): blocks[place]
    default: nil
    }
  }

  /// The text of a value; nil for other values.
  package func text(of value: PickleValue) -> String? {
    bytes(of: value).flatMap { String(validating: $0, as: UTF8.self) }
  }

  private mutating func block(_ bytes: [UInt8]) -> PickleValue {
    blocks.append(bytes)
    return .bytes(blocks.count - 1)
  }

  /// Python 2 has one type for texts and bytes.
  private mutating func ofPython2(_ bytes: ArraySlice<UInt8>) -> PickleValue {
    String(validating: bytes, as: UTF8.self).map { .string($0) } ?? block(Array(bytes))
  }

  /// PyTorch's reference to a block of numbers: ("storage", its type, its key, its device, its length).
  private func storage(_ identifier: PickleValue) throws -> TorchStorage {
    guard case .tuple(let place) = identifier, (5...6).contains(sequences[place].count),
      sequences[place][0] == .string("storage"), case .callable(.storageType(let kind)) = sequences[place][1],
      case .string(let key) = sequences[place][2], case .integer(let count) = sequences[place][4], count >= 0,
      sequences[place].count == 5 || sequences[place][5] == .none
    else { throw PickleFault.damaged("it refers to numbers in a way that is not known") }
    return TorchStorage(kind: kind, key: key, count: count)
  }

  /// More dimensions than any tensor of a network has.
  private static let mostDimensions = 16

  private func integers(_ value: PickleValue) throws -> [Int] {
    guard let place = value.sequence else { throw PickleFault.damaged("a tensor's shape is no list of numbers") }
    guard sequences[place].count <= Self.mostDimensions else {
      throw PickleFault.damaged("a tensor has more than \(Self.mostDimensions) dimensions")
    }
    return try sequences[place].map { element in
      guard case .integer(let number) = element else {
        throw PickleFault.damaged("a tensor's shape is no list of numbers")
      }
      return number
    }
  }
}

extension PickleValue {
  /// The place of a list or tuple.
  package var sequence: Int? {
    switch self {
    case .list(let place), .tuple(let place): place
    default: nil
    }
  }
}

// MARK: - Stack and bytes

extension Unpickler {
  private mutating func push(_ value: PickleValue) { stack.append(value) }

  private mutating func tuple(_ values: [PickleValue]) -> PickleValue {
    sequences.append(values)
    return .tuple(sequences.count - 1)
  }

  private mutating func emptyDictionary() -> PickleValue {
    dictionaries.append([])
    return .dictionary(dictionaries.count - 1)
  }

  private mutating func append(_ values: [PickleValue]) throws {
    if case .opaque = try top() { return }
    guard case .list(let place) = try top() else {
      throw PickleFault.damaged("it appends to something that is no list")
    }
    sequences[place] += values
  }

  private mutating func set(_ values: [PickleValue]) throws {
    if case .opaque = try top() { return }
    guard case .dictionary(let place) = try top(), values.count.isMultiple(of: 2) else {
      throw PickleFault.damaged("it sets items of something that is no dictionary")
    }
    for at in stride(from: 0, to: values.count, by: 2) {
      dictionaries[place].append((key: values[at], value: values[at + 1]))
    }
  }

  /// The values above the last mark cannot be taken by instructions that want fewer.
  private var floor: Int { marks.last ?? 0 }

  private func top() throws -> PickleValue {
    guard stack.count > floor, let value = stack.last else { throw PickleFault.damaged("its stack is empty") }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    let value = try top()
    stack.removeLast()
    return value
  }

  private mutating func pop(_ count: Int) throws -> [PickleValue] {
    guard stack.count - floor >= count else { throw PickleFault.damaged("its stack is empty") }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = marks.popLast() else { throw PickleFault.damaged("it ends a list that it has not begun") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private func remembered(_ place: Int) throws -> PickleValue {
    guard let value = memo[place] else { throw PickleFault.damaged("it recalls what it has not stored") }
    return value
  }

  private mutating func byte() throws -> UInt8 {
    guard position < end else { throw PickleFault.damaged("it is cut short") }
    position += 1
    return bytes[position - 1]
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= end - position else { throw PickleFault.damaged("it is cut short") }
    position += count
    return bytes[(position - count)..<position]
  }

  /// An unsigned number of up to eight bytes, the lowest first.
  private mutating func number(_ count: Int) throws -> Int {
    let bits = try take(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: bits) else { throw PickleFault.damaged("a length in it is larger than memory") }
    return number
  }

  /// A signed number in two's complement.
  private mutating func long(count: Int) throws -> Int {
    guard count <= 8 else { throw PickleFault.damaged("a number in it has more than 64 bits") }
    let digits = try take(count)
    let fill: UInt64 = (digits.last ?? 0) >= 0x80 ? .max : 0
    return Int(bitPattern: UInt(digits.reversed().reduce(fill) { $0 << 8 | UInt64($1) }))
  }

  private mutating func text(count: Int) throws -> String {
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw PickleFault.damaged("a text in it is not UTF-8")
    }
    return text
  }

  private mutating func line() throws -> String {
    let start = position
    while try byte() != UInt8(ascii: "\n") {}
    guard let text = String(validating: bytes[start..<(position - 1)], as: UTF8.self) else {
      throw PickleFault.damaged("a text in it is not UTF-8")
    }
    return text
  }
}
