internal import Metrics

/// The paragraph of a paper that says how its numbers came about: all that a reader needs to repeat them.
struct PaperMethods {
  private let files: PaperFiles

  init(_ files: PaperFiles) { self.files = files }

  var text: String {
    files.parts.map { part in
      let sentences = PaperSentences(part.report)
      let start = part.run.map { "\\textbf{\(LaTeX.escaped($0.printable)).} " } ?? ""
      return start + sentences.all.joined(separator: "\n") + "\n"
    }.joined(separator: "\n")
  }

  /// The keys of the references that the text cites, in its order.
  var citations: [String] {
    text.matches(of: /\\cite\{([^}]*)\}/).flatMap { $0.output.1.split(separator: ",").map(String.init) }
      .reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

/// The sentences on one run.
private struct PaperSentences {
  private let report: Report

  init(_ report: Report) { self.report = report }

  var all: [String] {
    [
      protocolOfRun, test, trainingSets, network, optimiser, augmentation, duration, seeds, statistics, metrics,
      machine,
    ]
    .compactMap { $0 }
  }

  private var version: String { LaTeX.escaped(report.version.printable) }

  private var protocolOfRun: String {
    let tool = "with cas~\\cite{cas}, version \(version)"
    switch report.command {
    case "nas":
      return
        "We add generated images to the real training images and measure the accuracy on real test images, the Naive "
        + "Augmentation Score~\\cite{ravuri2019cas}, \(tool)."
    case "curve":
      return
        "We report the Classification Accuracy Score~\\cite{ravuri2019cas} for several numbers of training images, "
        + "computed \(tool)."
    case "evaluate": return "We test saved weights on real images \(tool)."
    default:
      return "We report the Classification Accuracy Score~\\cite{ravuri2019cas}, the accuracy on real images of a "
        + "classifier that was trained on generated ones, computed \(tool)."
    }
  }

  private var test: String {
    let set = report.data.real.test
    let colours = set.size.channels == 1 ? "grey" : "colour"
    return
      "The test set has \(count(set.images, "real image", "real images")) of \(count(set.classes, "class", "classes")), "
      + "in \(colours), of \(set.size.width)$\\times$\(set.size.height) pixels (hash \\texttt{\(hash(set))})."
  }

  private var trainingSets: String? {
    let sets = report.data.synthetic.sorted { $0.key < $1.key }.map { name, set in
      "\(LaTeX.escaped(name.printable)) (\(count(set.images, "image", "images")), \\texttt{\(hash(set))})"
    }
    var text = sets.isEmpty ? "" : "The generated sets are \(Verdict.listed(sets))."
    if let train = report.data.real.train {
      text += text.isEmpty ? "" : "\n"
      text += "The real training set has \(count(train.images, "image", "images")) (\\texttt{\(hash(train))})"
      switch self.text("baseline") {
      case "matched" where report.command == "train" || report.command == "curve":
        text += "; the baseline is trained on real images drawn to the class counts of the generated set"
      case "full": text += "; the baseline is trained on all of them"
      default: break
      }
      text += "."
    }
    if let limit = number("perClass") { text += "\nAt most \(plain(limit)) images of each class are used." }
    if flag("matchLabelCounts") { text += "\nGenerated images are drawn to the class counts of the real training set." }
    return text.isEmpty ? nil : text
  }

  private var network: String? {
    guard let model = self.text("model") else { return nil }
    let citation =
      model.hasPrefix("wrn") ? "~\\cite{zagoruyko2016}" : model.hasPrefix("resnet") ? "~\\cite{he2016}" : ""
    var text = "The classifier is \\texttt{\(LaTeX.escaped(model.printable))}\(citation)"
    if let side = number("input") {
      text += " at \(plain(side))$\\times$\(plain(side)) pixels"
      text += self.text("resize").map { " (resized by \\texttt{\(LaTeX.escaped($0.printable))})" } ?? ""
    }
    switch self.text("normalization") {
    case "training":
      text += ", on images normalised by the mean and deviation of each channel over its own training set"
    case "imagenet": text += ", on images normalised by ImageNet's means and deviations"
    default: break
    }
    return text + "."
  }

  private var optimiser: String? {
    guard let rate = number("training.optimizer.learningRate"), let batch = number("training.batchSize") else {
      return nil
    }
    var text = "It is trained by stochastic gradient descent with batches of \(plain(batch)) images"
    if let momentum = number("training.optimizer.momentum"), momentum > 0 {
      text += ", \(flag("training.optimizer.nesterov") ? "Nesterov " : "")momentum \(plain(momentum))"
    }
    text += number("training.optimizer.weightDecay").map { ", weight decay \(plain($0))" } ?? ""
    text += flag("training.optimizer.decaysNormalization") ? "" : " (not of normalisation layers)"
    text += " and a learning rate of \(plain(rate))"
    if let warmup = number("training.schedule.warmupEpochs"), warmup > 0 {
      text += " after a linear warm-up over \(plain(warmup)) \(warmup == 1 ? "epoch" : "epochs")"
    }
    switch self.text("training.schedule.decay") {
    case "cosine": text += ", which decays along a cosine~\\cite{loshchilov2017}"
    case "linear": text += ", which decays linearly"
    case "step":
      text +=
        ", which is multiplied by \(plain(number("training.schedule.factor") ?? 0.1)) at the epochs "
        + (self.text("training.schedule.milestones") ?? "").filter { !"[]".contains($0) }
    default: break
    }
    if let end = number("training.schedule.end"), end > 0 { text += " to \(plain(end)) of that" }
    if let smoothing = number("training.labelSmoothing"), smoothing > 0 {
      text += "; labels are smoothed by \(plain(smoothing))"
    }
    if let average = number("training.averaging"), average > 0 {
      text += "; weights are averaged exponentially with the factor \(plain(average))"
    }
    return text + "."
  }

  private var augmentation: String? {
    guard case .array(let operations)? = value("training.augmentation") else { return nil }
    guard !operations.isEmpty else { return "Training images are not augmented." }
    let parts = operations.map { operation -> String in
      guard case .object(let members) = operation, let (name, value) = members.first else {
        guard case .string(let name) = operation else { return "" }
        return words[name] ?? "\\texttt{\(LaTeX.escaped(name.printable))}"
      }
      switch (name, value.asNumber) {
      case ("padCrop", let pixels?): return "random crops after padding by \(count(Int(pixels), "pixel", "pixels"))"
      case ("cutout", let side?): return "cutout of \(plain(side)) pixels"
      case ("mixup", let alpha?): return "mixup~\\cite{zhang2018} with $\\alpha=\(plain(alpha))$"
      case ("cutmix", let alpha?): return "CutMix~\\cite{yun2019} with $\\alpha=\(plain(alpha))$"
      default:
        let settings = value.leaves.map { ($0.path.isEmpty ? "" : "\($0.path) ") + $0.text }.joined(separator: ", ")
        return (words[name] ?? "\\texttt{\(LaTeX.escaped(name.printable))}") + " (\(LaTeX.escaped(settings.printable)))"
      }
    }
    return "Training images are augmented by \(Verdict.listed(parts))."
  }

  private let words = [
    "flip": "random horizontal flips", "alternateFlip": "alternating horizontal flips",
    "randomResizedCrop": "random resized crops", "randAugment": "RandAugment", "colorJitter": "colour jitter",
    "randomErasing": "random erasing",
  ]

  private var duration: String? {
    let trainings = report.results.compactMap(\.training)
    let steps = Set(trainings.map(\.steps)).sorted()
    guard let least = steps.first, let most = steps.last else { return nil }
    let epochs = number("training.epochs").flatMap { value("steps")?.asNumber == nil ? $0 : nil }
    let derived = epochs.map { ", \(plain($0)) epochs of the smallest training set" } ?? ""
    let text =
      least == most
      ? "Every training takes \(NumberText.grouped(least)) steps\(self.text("budget") == "steps" ? derived : "")"
      : "Trainings take \(NumberText.grouped(least)) to \(NumberText.grouped(most)) steps"
    return text + "; the weights of the last epoch are tested."
  }

  private var seeds: String? {
    guard let first = value("seed").flatMap({ $0.leaves.first?.text }), let seeds = number("seeds") else { return nil }
    return seeds > 1
      ? "Each training is repeated with \(plain(seeds)) seeds, from \(first) on, and accuracies are means over them."
      : "Each training has the seed \(first)."
  }

  private var statistics: String {
    let hasSeeds = report.results.contains { ($0.top1?.perSeed.count ?? 0) > 1 }
    var text = "Intervals over test images are Wilson's~\\cite{wilson1927}"
    text += hasSeeds ? ", those over seeds Student's, both at 95\\,\\%." : ", at 95\\,\\%."
    if report.results.contains(where: { $0.difference != nil }) {
      text +=
        "\nDifferences to real images are tested by the exact McNemar test~\\cite{mcnemar1947} on the same test images"
        + (hasSeeds ? " and by Student's $t$-test over seeds" : "")
        + ", adjusted by Holm's method~\\cite{holm1979}."
    }
    if report.results.contains(where: { $0.kind == .ganTest }) {
      text +=
        "\nThe GAN-test~\\cite{shmelkov2018} is the accuracy of the baseline's classifiers on the generated images."
    }
    return text
  }

  private var metrics: String? {
    let names = report.metricNames
    guard !names.isEmpty else { return nil }
    let citations = [
      "fid": "heusel2017", "fid-infinity": "heusel2017", "kid": "binkowski2018", "is": "salimans2016",
      "precision": "kynkaanniemi2019", "recall": "kynkaanniemi2019", "density": "naeem2020", "coverage": "naeem2020",
      "prd-precision": "sajjadi2018", "prd-recall": "sajjadi2018",
    ]
    let listed = names.map {
      LaTeX.escaped(PaperFiles.metricTitle($0)) + (citations[$0].map { "~\\cite{\($0)}" } ?? "")
    }
    return "Beside the score we report \(Verdict.listed(listed)) against the real test images."
  }

  private var machine: String {
    let machine = report.machine
    let parts = [
      machine.precision, machine.instructionSet, machine.blas.split(separator: " ").prefix(2).joined(separator: " "),
    ]
    .compactMap { $0.map { LaTeX.escaped($0.printable) } }
    return
      "Everything was computed on a CPU (\(LaTeX.escaped(machine.cpu.printable)); \(parts.joined(separator: ", ")))."
  }

  private func hash(_ set: DataEntry) -> String { String(LaTeX.escaped(set.hash.printable).prefix(12)) }
  private func count(_ number: Int, _ one: String, _ many: String) -> String { NumberText.count(number, one, many) }
  private func plain(_ value: Double) -> String { NumberText.plain(value).replacing("−", with: "-") }

  /// A setting of the run by its name in config.yaml.
  private func value(_ path: String) -> JSONValue? {
    path.split(separator: ".").reduce(Optional(report.config)) { value, key in
      guard case .object(let members)? = value else { return nil }
      return members[String(key)]
    }
  }

  private func number(_ path: String) -> Double? { value(path)?.asNumber }
  private func text(_ path: String) -> String? {
    switch value(path) {
    case .string(let text)?: text
    case .array?: value(path)?.leaves.first?.text
    default: nil
    }
  }
  private func flag(_ path: String) -> Bool { value(path) == .bool(true) }
}

extension JSONValue {
  fileprivate var asNumber: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .large(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
