/// A value in a pickle of weights or of data.
///
/// Containers are places in the unpickler's heap, not references: a pickle that refers to itself then makes no cycle, and
/// one nested a million levels deep is read without recursion.
package enum PickleValue: Equatable {
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
  /// Bytes that are no text.
  case bytes(Int)
  /// NumPy's description of a number.
  case numberType(Int)
  case array(Int)
  /// Something that is neither a number nor a container, such as a script's options: it is carried along unseen.
  case opaque
}

/// A NumPy array in a pickle, as far as it has been described.
package struct PickleArray: Equatable {
  package var shape: [Int] = []
  /// NumPy's name of the element type, such as "|u1".
  package var type = ""
  package var isFortran = false
  package var bytes: [UInt8] = []
}

/// The few names that a pickle of weights may refer to. The functions behind them are never called.
package enum PickleCallable: Equatable {
  case orderedDictionary
  case size
  case rebuildTensor
  case rebuildParameter
  /// TorchScript's typed lists and annotations: they are their first argument.
  case annotation
  /// A class of a TorchScript module.
  case module
  case storageType(TorchStorage.Kind)
  /// The form before PyTorch 0.3, without the last two arguments.
  case rebuildSubclass
  /// Python 3's spelling of bytes in protocol 2: a text and "latin1".
  case encode
  case array
  case numberType
  /// Classes and functions that training scripts save beside weights, and that no weights depend on.
  case opaque

  /// nil for names that weights do not need.
  init?(module: String, name: String) {
    if Self.harmless.contains("\(module).\(name)") {
      self = .opaque
      return
    }
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("_codecs", "encode"): self = .encode
    case ("numpy.core.multiarray", "_reconstruct"), ("numpy._core.multiarray", "_reconstruct"): self = .array
    case ("numpy", "dtype"): self = .numberType
    case ("torch._tensor", "_rebuild_from_type_v2"): self = .rebuildSubclass
    case ("torch", "Size"): self = .size
    case ("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor"): self = .rebuildTensor
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

  private static let harmless: Set<String> = {
    let builtins = [
      "set", "frozenset", "bytearray", "complex", "object", "list", "dict", "int", "float", "range", "slice",
    ]
    let types = ["float16", "float32", "float64", "bfloat16", "uint8", "int8", "int16", "int32", "int64", "bool"]
    return Set(
      [
        "argparse.Namespace", "collections.Counter", "collections.defaultdict", "collections.deque",
        "copy_reg._reconstructor",
        "copyreg._reconstructor", "numpy.ndarray", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
        "pathlib.PosixPath", "pathlib.PurePosixPath", "pathlib.WindowsPath", "pathlib.Path", "torch.device",
        "torch.Tensor", "torch.nn.parameter.Parameter", "torch.torch_version.TorchVersion", "datetime.datetime",
        "datetime.timedelta",
      ] + ["builtins", "__builtin__"].flatMap { module in builtins.map { "\(module).\($0)" } }
        + types.map { "torch.\($0)" }
        + TorchStorage.Kind.allCases.map { "torch.\($0.rawValue.dropLast("Storage".count))Tensor" })
  }()
}

/// A pickle's reference to a block of numbers elsewhere in the file.
package struct TorchStorage: Equatable {
  package enum Kind: String, CaseIterable {
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

    package init?(className: String) { self.init(rawValue: className) }

    /// Its name in safetensors.
    package var format: String {
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

    /// The bytes of a number.
    package var width: Int {
      switch self {
      case .double, .long: 8
      case .float, .int: 4
      case .half, .bfloat, .short: 2
      case .char, .byte, .bool: 1
      }
    }
  }

  package let kind: Kind
  package let key: String
  /// The number of elements.
  package let count: Int

  package init(kind: Kind, key: String, count: Int) {
    (self.kind, self.key, self.count) = (kind, key, count)
  }
}

/// A view of a storage.
package struct TorchTensor: Equatable {
  package let storage: TorchStorage
  package let offset: Int
  package let shape: [Int]
  package let strides: [Int]

  package init(storage: TorchStorage, offset: Int, shape: [Int], strides: [Int]) {
    (self.storage, self.offset, self.shape, self.strides) = (storage, offset, shape, strides)
  }
}

/// The reason why a pickle is refused.
package enum PickleFault: Error, Equatable {
  /// It asks for something that neither weights nor data need.
  case forbidden(String)
  case damaged(String)
}
