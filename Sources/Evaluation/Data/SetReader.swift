internal import Datasets
package import Kernels

/// Where images are kept while they are used; it changes no result.
package enum Streaming: String, Sendable, CaseIterable {
  /// In memory as long as all sets fit into half of what is available.
  case auto
  /// They are decoded whenever they are needed.
  case always
  /// In memory, whatever it takes.
  case never
}

/// Reads sets of images one after the other and tells how far it is.
package struct SetReader {
  package let pool: ThreadPool
  let events: RunEvents
  package var streaming = Streaming.auto
  /// Bytes of memory that are left for the pixels of the next sets.
  private var left = AvailableMemory.bytes / 2
  /// Sentences about sets that did not fit.
  private(set) var notes: [String] = []

  package init(pool: ThreadPool, events: RunEvents) {
    self.pool = pool
    self.events = events
  }
}

extension SetReader {
  /// Decodes a set.
  ///
  /// - Throws: `DataError`, `ImageError` or `FileError`, all of which name the file.
  mutating func load(_ set: ListedSet, _ options: LoadOptions) throws -> Samples {
    var options = options
    switch streaming {
    case .auto: options.storage = .memoryUpTo(max(0, left))
    case .always: options.storage = .stream
    case .never: options.storage = .memory
    }
    let samples = try events.stage("Reading \(set.title)", set.listing.entries.count, "images") {
      try set.dataset.load(set.listing, classes: set.classes, options: options, pool: pool) { [events] done, _ in
        events.advanced(done, "")
      }
    }
    let bytes = samples.count * samples.shape.count
    if !samples.isStreamed {
      left -= bytes
    } else if streaming == .auto {
      notes.append(
        bytes > left
          ? "The \(bytes.grouped) bytes of \(set.title)'s pixels do not fit into the memory left for them: the images are "
            + "decoded whenever they are needed."
          : "The images of \(set.title) are decoded whenever they are needed, because random parts are cut out of them."
      )
    }
    return samples
  }

  /// Looks at the images of one split without keeping them.
  ///
  /// - Parameter compares: whether what finds copies is kept.
  func survey(_ dataset: Dataset, _ split: Split, compares: Bool) throws -> Survey {
    let listing = try dataset.list(split)
    return try events.stage("Looking at \(listing.path)", listing.entries.count, "images") {
      try dataset.survey(listing, compares: compares, pool: pool) { events.advanced($0, "") }
    }
  }
}

/// One split of a data set, and the classes that its labels become.
struct ListedSet {
  /// As messages about its classes call it, without an article.
  let name: String
  let dataset: Dataset
  let listing: SplitListing
  var classes: ClassAssignment

  /// As messages about its images call it.
  let title: String

  init(_ name: String, title: String? = nil, _ dataset: Dataset, _ split: Split) throws {
    self.name = name
    self.title = title ?? "the \(name)"
    self.dataset = dataset
    listing = try dataset.list(split)
    classes = ClassAssignment(own: listing)
  }
}
