extension DataError: CustomStringConvertible {
  /// One sentence that names the path and, if there is one, the remedy.
  package var description: String { sentence + "." }

  private var sentence: String {
    switch self {
    case .notFound(let path):
      "\(path): there is no such file or folder"
    case .noPipe(let path):
      "\(path): nothing is piped in; write a tar, zip or npz of the data set to it, as in: sampler | cas train --synthetic "
        + "gan=- …"
    case .unknownFormat(let path):
      "\(path): not a data set; give a folder with one folder of PNG or JPEG images per class, a zip or tar archive, an "
        + ".npz file, a CIFAR binary folder, or a folder with an MNIST (IDX) pair"
    case .unsupportedFormat(let path, let kind):
      "\(path): \(kind) is not read; unpack it, and give the folder, or pack it again without that"
    case .noClassFolders(let path, let images):
      images == 0
        ? "\(path): there are no class folders and no PNG or JPEG images in it"
        : "\(path): \(images.counted("image lies", "images lie")) outside of class folders; give every class a folder "
          + "of its own"
    case .splitsAsClasses(let path, let names):
      "\(path): its only class folders, \(names.capped()), are called like splits; give one of them alone, or name them "
        + "train and test"
    case .oneClass(let path, let name):
      "\(path): all images are of one class, \(name), and a classifier needs two; if that is a folder around the classes, "
        + "give it instead"
    case .noSuchSplit(let path, let split):
      "\(path): the data set has no \(split.rawValue) split"
    case .emptyClasses(let path, let names):
      "\(path): no PNG or JPEG image in the class \(names.count == 1 ? "folder" : "folders") \(names.capped()); convert "
        + "what it holds, remove \(names.count == 1 ? "it" : "them"), or use --allow-missing-classes"
    case .sameClassTwice(let first, let second):
      "\(first) and \(second) spell the same class name in two Unicode forms; rename one of the folders"
    case .brokenLink(let path):
      "\(path): the link leads nowhere; mend or remove it"
    case .nameNotUTF8(let path):
      "\(path): the name is not UTF-8 text; rename it"
    case .damaged(let path, let reason):
      "\(path): \(reason); copy or make it again"
    case .labelOutOfRange(let path, let index, let label, let classes):
      "\(path): image \(index) has label \(label), and there are \(classes) classes (0 to \(classes - 1))"
    case .classNames(let path, let fault):
      "\(path): \(fault.text)"
    case .classesDiffer(let differences):
      differences.map(\.text).joined(separator: "; ")
        + "; classes are matched by name: rename the folders, or use --allow-missing-classes"
    case .noImages(let path):
      "\(path): there is no image in it"
    case .unknownClasses(let path, let names, let network):
      "\(path): the network in \(network) does not know \(names.capped()); classes are matched by name: rename the folders, "
        + "leave those images out, or take weights that were trained on them"
    case .noCommonClass(let title):
      "the \(title) has no class in common with the real test set; classes are matched by name"
    case .sizesDiffer(let path, let found, nil):
      "\(path): the images have different sizes: \(found.list); use --input SIZE with --resize squash or --resize crop"
    case .sizesDiffer(let path, let found, let input?):
      "\(path): not all images are \(input)x\(input): \(found.list); add --resize squash or --resize crop"
    case .sizeMismatch(let title, let found, let real):
      "the \(title) has images of \(found.width)x\(found.height) (\(found.example)), the real test set of "
        + "\(real.width)x\(real.height) (\(real.example)); use --input SIZE with --resize squash or --resize crop"
    case .tooFewImages(let path, let name, let wanted, let available):
      "\(path): class \(name) has \(available.counted("image", "images")), \(wanted.grouped) are wanted"
    case .tooManyPixels(let path, let images):
      "\(path): \(images.grouped) images of this size do not fit into memory; use a smaller --input SIZE, and no --stream never"
    case .unsafeName(let path, let name):
      "\(path): the name \(name.debugDescription) of a member leads out of the archive; make the archive again"
    case .memberTwice(let path, let name):
      "\(path): two members have the name \(name); make the archive again"
    case .linkInArchive(let path):
      "\(path): the image is a link, which is not followed in an archive; store the image itself"
    case .unknownRange(let path, let lowest, let highest):
      "\(path): its numbers from \(lowest) to \(highest) are neither 0 to 1, nor -1 to 1, nor 0 to 255, "
        + "nor 16 bits in full (above 4,095); scale them to one of these"
    case .needsMemory(let path, let bytes):
      "\(path): its \(bytes.grouped) bytes must be unpacked as a whole and do not fit into memory; save it without "
        + "compression and in C order (numpy.savez), or as a folder of images"
    case .archiveTooLarge(let path):
      "\(path): an archive of 4 GiB or more cannot be written"
    }
  }
}

extension DataError.ClassNamesFault {
  fileprivate var text: String {
    switch self {
    case .blankLine(let line): "line \(line) is blank; give one class name a line"
    case .duplicate(let name, let first, let second): "lines \(first) and \(second) are the same name, \(name)"
    case .count(let names, let classes, let title):
      "\(names.counted("class name", "class names")), but \(title) has \(classes.counted("class", "classes"))"
    case .outputs(let labels, let outputs, let network):
      "its labels go up to \(labels - 1), but the network in \(network) has \(outputs.counted("output", "outputs"))"
    case .notText: "it is not UTF-8 text"
    }
  }
}

extension ClassDifference {
  fileprivate var text: String {
    var parts: [String] = []
    if !onlyInTest.isEmpty { parts.append("it lacks \(onlyInTest.capped())") }
    if !onlyInSet.isEmpty { parts.append("the real test set lacks \(onlyInSet.capped())") }
    let text = "the classes of the \(title) are not those of the real test set: \(parts.joined(separator: ", and "))"
    // Few names: it is the split, and not a class of trains.
    guard [onlyInTest, onlyInSet].contains(where: { $0.count <= 3 && $0.contains { SplitNames.isSplit($0) } }) else {
      return text
    }
    return text
      + " (names of splits are those of classes unless a training set, \(SplitNames.trains.joined(separator: " or ")), and a "
      + "test set, \(SplitNames.tests.joined(separator: " or ")), lie side by side with no other images)"
  }
}

extension [SizeFound] {
  fileprivate var list: String {
    prefix(5).map { "\($0.width)x\($0.height) (\($0.images.counted("image", "images")), such as \($0.example))" }
      .joined(separator: ", ") + (count > 5 ? " and \((count - 5).counted("other size", "other sizes"))" : "")
  }
}

extension [String] {
  /// The first ten names, and how many more there are.
  package func capped() -> String {
    let shown = prefix(10).joined(separator: ", ")
    return count > 10 ? "\(shown) and \((count - 10).grouped) more" : shown
  }
}

extension Int {
  /// The number with a comma between groups of three digits.
  package var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (self < 0 ? "-" : "") + text
  }

  /// The number with its noun, such as "1 image" or "4,000 images".
  package func counted(_ one: String, _ many: String) -> String { "\(grouped) \(self == 1 ? one : many)" }
}
