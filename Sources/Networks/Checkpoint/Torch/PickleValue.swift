/// A value in a pickle of weights.
///
/// Containers are places in the unpickler's heap, not references: a pickle that refers to itself then makes no cycle, and
/// one nested a million levels deep is read without recursion.
enum PickleValue: Equatable {
  case none
  case boolean(Bool)
  case integer(Int)
  case float(Double)
  case string(String)
  case list(Int)
  case tuple(Int)
  case dictionary(Int)
  /// An object of a TorchScript module: a dictionary of its attributes, once it has them.
  case record(Int)
  case callable(PickleCallable)
  case storage(TorchStorage)
  case tensor(Int)
}

/// The few names that a pickle of weights may refer to. The functions behind them are never called.
enum PickleCallable: Equatable {
  case orderedDictionary
  case size
  case rebuildTensor
  case rebuildParameter
  /// TorchScript's typed lists and annotations: they are their first argument.
  case annotation
  /// A class of a TorchScript module.
  case module
  case storageType(TorchStorage.Kind)

  /// nil for names that weights do not need.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch", "Size"): self = .size
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch.jit._pickle", "restore_type_tag"), ("torch.jit._pickle", "build_intlist"),
      ("torch.jit._pickle", "build_floatlist"), ("torch.jit._pickle", "build_boollist"),
      ("torch.jit._pickle", "build_tensorlist"):
      self = .annotation
    case ("torch", _):
      guard let kind = TorchStorage.Kind(className: name) else { return nil }
      self = .storageType(kind)
    default:
      guard module == "__torch__" || module.hasPrefix("__torch__.") else { return nil }
      self = .module
    }
  }
}

/// A pickle's reference to a block of numbers elsewhere in the file.
struct TorchStorage: Equatable {
  enum Kind: String, CaseIterable {
    case float = "FloatStorage"
    case double = "DoubleStorage"
    case half = "HalfStorage"
    case bfloat = "BFloat16Storage"
    case long = "LongStorage"
    case int = "IntStorage"
    case short = "ShortStorage"
    case char = "CharStorage"
    case byte = "ByteStorage"
    case bool = "BoolStorage"

    init?(className: String) { self.init(rawValue: className) }

    /// Its name in safetensors.
    var format: String {
      switch self {
      case .float: "F32"
      case .double: "F64"
      case .half: "F16"
      case .bfloat: "BF16"
      case .long: "I64"
      case .int: "I32"
      case .short: "I16"
      case .char: "I8"
      case .byte: "U8"
      case .bool: "BOOL"
      }
    }

    var width: Int { SafeTensors.widths[format] ?? 1 }
  }

  let kind: Kind
  let key: String
  /// The number of elements.
  let count: Int
}

/// A view of a storage.
struct TorchTensor: Equatable {
  let storage: TorchStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// The reason why a pickle is refused.
enum PickleFault: Error, Equatable {
  /// It asks for something that weights do not need.
  case forbidden(String)
  case damaged(String)
}
