internal import Datasets
internal import Images
internal import Kernels
internal import Networks
internal import Training
internal import Yams

/// Builds an experiment from layers of settings, each of which states only differences from the one below.
package struct Configuration {
  private var tree: Node

  /// The defaults.
  package init() throws {
    tree = try Self.node(of: Experiment())
  }

  /// The settings so far, typed.
  ///
  /// - Throws: `UsageError.wrongValue` for a value of the wrong type or outside of its range.
  package func experiment() throws -> Experiment {
    do {
      let experiment = try YAMLDecoder().decode(Experiment.self, from: try Yams.serialize(node: tree))
      try experiment.validate()
      return experiment
    } catch let error as DecodingError {
      throw Self.wording(error, in: tree)
    }
  }
}

extension Configuration {
  /// Lays a YAML text over the settings; `source` names it in errors. A mapping called `inputs` is not a setting.
  package mutating func overlay(yaml: String, source: String) throws {
    let node: Node?
    // Some editors begin UTF-8 with a mark.
    let yaml = yaml.unicodeScalars.first == "\u{FEFF}" ? String(yaml.unicodeScalars.dropFirst()) : yaml
    do { node = try Self.composed(yaml, source: source) } catch let error as UsageError {
      throw error
    } catch {
      throw UsageError.notYAML(source, detail: "\(error)")
    }
    guard var node else { return }
    guard var mapping = node.mapping else {
      throw UsageError.notAMapping(source)
    }
    mapping["inputs"] = nil
    node.mapping = mapping
    tree = try Self.merged(tree, node, path: [], source: source)
  }

  /// Lays one `key=value` over the settings; nested keys are joined by dots.
  package mutating func set(_ assignment: String) throws {
    guard let equals = assignment.firstIndex(of: "="), equals > assignment.startIndex else {
      throw UsageError.noAssignment(assignment)
    }
    let key = assignment[..<equals].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    try set(key, yaml: String(assignment[assignment.index(after: equals)...]), source: "--set")
  }

  /// Lays one value, written as YAML, over the settings.
  package mutating func set(_ key: [String], yaml value: String, source: String) throws {
    guard let leaf = try? Self.composed(value, source: source) ?? Node("") else {
      throw UsageError.wrongValue(key: key.joined(separator: "."), value: value, expected: "a YAML value")
    }
    let nested = key.reversed().reduce(leaf) { Node([(Node($1), $0)]) }
    tree = try Self.merged(tree, nested, path: [], source: source)
  }

  /// Every key that can be set, nested ones joined by dots.
  package static func keys() throws -> [String] { leaves(try node(of: Experiment()), path: []) }

  private static func node(of experiment: Experiment) throws -> Node {
    try ExactYAML.node(of: experiment)
  }

  private static func leaves(_ node: Node, path: [String]) -> [String] {
    guard let mapping = node.mapping else { return [path.joined(separator: ".")] }
    return mapping.flatMap { key, value in leaves(value, path: path + [key.string ?? ""]) }
  }

  private static func merged(_ base: Node, _ overlay: Node, path: [String], source: String) throws -> Node {
    if base.sequence != nil, path == ["training", "augmentation"], let changes = overlay.mapping {
      return try changed(base, by: changes, path: path, source: source)
    }
    guard var mapping = base.mapping else { return overlay }
    guard let changes = overlay.mapping else {
      throw UsageError.wrongValue(
        key: path.joined(separator: "."), value: overlay.string ?? "a list", expected: "a mapping of keys to values")
    }
    for (key, value) in changes {
      let name = key.string ?? ""
      guard let known = mapping[key] else {
        let full = (path + [name]).joined(separator: ".")
        let all = try keys()
        // A key that stands under another mapping is the likeliest slip: `batchSize` for `training.batchSize`.
        let siblings = mapping.map { $0.key.string ?? "" }
        let nearest =
          all.first { $0.hasSuffix(".\(name)") } ?? Spelling.nearest(to: full, in: all)
          ?? Spelling.nearest(to: name, in: siblings).map { (path + [$0]).joined(separator: ".") }
        throw UsageError.unknownKey(full, file: source, nearest: nearest)
      }
      mapping[key] = try merged(known, value, path: path + [name], source: source)
    }
    return Node(mapping.map { ($0.key, $0.value) })
  }

  /// What a key takes that takes one of some words.
  private static func words(for key: String) -> String? {
    let words: [String]
    switch key {
    case "precision": words = Experiment.Precision.allCases.map(\.rawValue)
    case "kernels": words = KernelChoice.allCases.map(\.rawValue)
    case "budget": words = Experiment.Budget.allCases.map(\.rawValue)
    case "baseline": words = Experiment.BaselineSize.allCases.map(\.rawValue)
    case "decode": words = LoadOptions.Decoding.allCases.map(\.rawValue)
    case "weighting": words = Experiment.Weighting.allCases.map(\.rawValue)
    case "decay": words = Schedule.Decay.allCases.map(\.rawValue)
    default: return nil
    }
    return words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
  }

  /// A type as people call it.
  private static func words(for type: Any.Type) -> String {
    switch type {
    case is Bool.Type: "true or false"
    case is any UnsignedInteger.Type: "a whole number from 0 to \(UInt64.max)"
    case is any BinaryInteger.Type: "a whole number in its range"
    case is any BinaryFloatingPoint.Type: "a number"
    case is Node.Mapping.Type: "a mapping of keys to values"
    case is Node.Sequence.Type: "a list"
    default: "a word"
    }
  }

  private static func wording(_ error: DecodingError, in tree: Node) -> UsageError {
    let (context, expected): (DecodingError.Context, String) =
      switch error {
      case .typeMismatch(let type, let context): (context, words(for: type))
      case .valueNotFound(let type, let context): (context, words(for: type))
      case .keyNotFound(let key, let context): (context, "a mapping with the key \(key.stringValue)")
      case .dataCorrupted(let context):
        (context, context.codingPath.last.flatMap { words(for: $0.stringValue) } ?? context.debugDescription)
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "another value")
      }
    // A place in a list is not one of the tree's keys.
    let path = context.codingPath.prefix { $0.intValue == nil }.map(\.stringValue)
    if let wrong = context.underlyingError as? Augmentation.UnknownName {
      let nearest = Spelling.nearest(to: wrong.name, in: Augmentation.names)
      return .unknownKey((path + [wrong.name]).joined(separator: "."), file: "The configuration", nearest: nearest)
    }
    let value = path.reduce(Optional(tree)) { $0?.mapping?[Node($1)] }
    return .wrongValue(key: path.joined(separator: "."), value: value?.string ?? "that", expected: expected)
  }
}

extension Experiment {
  /// The settings as a YAML text that `Configuration.overlay` reads back.
  package func yaml() throws -> String { try ExactYAML.text(of: self) }

  /// Ranges that types do not express.
  fileprivate func validate() throws {
    func check(_ holds: Bool, _ key: String, _ value: some CustomStringConvertible, _ expected: String) throws {
      guard holds else { throw UsageError.wrongValue(key: key, value: "\(value)", expected: expected) }
    }
    _ = try Architecture.named(model)
    _ = try NormalizationSetting(normalization)
    let training = training
    let optimizer = training.optimizer
    try check(
      training.epochs > 0 && training.epochs <= 1e6, "training.epochs", training.epochs,
      "a number above 0 and up to a million")
    try check((2...65_536).contains(training.batchSize), "training.batchSize", training.batchSize, "2 to 65536")
    try check(
      optimizer.learningRate > 0 && optimizer.learningRate.isFinite, "training.optimizer.learningRate",
      optimizer.learningRate, "a number above 0")
    try check((0..<1).contains(optimizer.momentum), "training.optimizer.momentum", optimizer.momentum, "0 to below 1")
    try check(
      optimizer.weightDecay >= 0 && optimizer.weightDecay.isFinite, "training.optimizer.weightDecay",
      optimizer.weightDecay, "0 or more")
    try check(
      (0..<1).contains(training.labelSmoothing), "training.labelSmoothing", training.labelSmoothing, "0 to below 1")
    try check((0..<1).contains(training.emaDecay), "training.averaging", training.emaDecay, "0 to below 1")
    try check(
      (0...1000).contains(training.lookahead.every), "training.lookahead.every", training.lookahead.every, "0 to 1000")
    try check(
      (0...1).contains(training.lookahead.decay), "training.lookahead.decay", training.lookahead.decay, "0 to 1")
    try check(
      training.emaDecay == 0 || training.lookahead.every == 0, "training.averaging", training.emaDecay,
      "0 beside training.lookahead, which averages by itself")
    try check((0...1).contains(training.schedule.start), "training.schedule.start", training.schedule.start, "0 to 1")
    try check((0...1).contains(training.schedule.end), "training.schedule.end", training.schedule.end, "0 to 1")
    try check(
      training.schedule.warmupEpochs >= 0 && training.schedule.warmupEpochs <= training.epochs,
      "training.schedule.warmupEpochs", training.schedule.warmupEpochs,
      "0 to training.epochs, which is \(training.epochs)")
    if let fault = training.augmentation.fault {
      throw UsageError.wrongValue(
        key: "training.augmentation.\(fault.operation)", value: "what it is", expected: fault.expected)
    }
    try check(
      training.schedule.milestones.allSatisfy { (0...1e6).contains($0) }, "training.schedule.milestones",
      training.schedule.milestones, "epochs from 0 to a million")
    try check(
      training.schedule.factor > 0 && training.schedule.factor <= 1, "training.schedule.factor",
      training.schedule.factor, "a number above 0 and at most 1")
    try check((1...1000).contains(seeds), "seeds", seeds, "1 to 1000")
    try check(
      !seed.addingReportingOverflow(UInt64(seeds - 1)).overflow, "seed", seed,
      "a number to which the others can be added")
    try check(steps.map { (1...100_000_000).contains($0) } ?? true, "steps", steps ?? 0, "1 to 100 million")
    try check(perClass.map { $0 > 0 } ?? true, "perClass", perClass ?? 0, "1 or more")
    try check(input.map { (8...4096).contains($0) } ?? true, "input", input ?? 0, "8 to 4096 pixels")
    if resize != nil, input == nil { throw UsageError.resizeWithoutInput }
    try check(
      decode == .exact || (input != nil && resize != nil), "decode", decode.rawValue,
      "exact where images are not made smaller with --input and --resize")
    try check(
      resize.map { ResizeMode(rawValue: $0) != nil } ?? true, "resize", resize ?? "", ResizeMode.list)
  }
}
