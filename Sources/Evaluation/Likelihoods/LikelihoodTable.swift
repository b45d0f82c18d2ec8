internal import Datasets
internal import Foundation
package import Metrics

/// The log-likelihoods of models on images, from a CSV file: how models take part in a study of metrics whose numbers other
/// programs have computed.
///
/// A line is one image. Columns may stand in any order:
///
/// | column | content |
/// |---|---|
/// | `model` | the model, or its checkpoint; the name of its set of samples |
/// | `set` | `data` for an image of the data set, `model` for a sample of the model |
/// | `log_data` | the log-likelihood of the image under the distribution that the data set is drawn from |
/// | `log_model` | that under the model |
/// | `group` | of all points of one training the same word (default: the model's name) |
/// | `epoch`, `seconds` | how long the point was trained; the same in all lines of a model |
///
/// `nll_data` and `nll_model` are the same with the other sign.
package struct LikelihoodTable: Sendable, Equatable {
  /// One model at one point of its training.
  package struct Point: Sendable, Equatable {
    package let name: String
    package let group: String
    package let epoch: Double?
    package let seconds: Double?
    /// KL(data‖model), on images of the data set; nil where the table has none.
    package let forward: LikelihoodDivergence?
    /// KL(model‖data), on samples of the model.
    package let reverse: LikelihoodDivergence?
    /// The mean of −log p_model over the images of the data set, nats an image.
    package let negativeLogLikelihood: Double?
  }

  package enum Unit: String, Codable, Sendable, CaseIterable {
    case nats, bits
    case natsPerDimension = "nats-per-dimension"
    case bitsPerDimension = "bits-per-dimension"

    /// What a number is multiplied by to be nats an image.
    func scale(dimensions: Int) -> Double {
      switch self {
      case .nats: 1
      case .bits: log(2)
      case .natsPerDimension: Double(dimensions)
      case .bitsPerDimension: log(2) * Double(dimensions)
      }
    }
  }

  /// In the order of the file.
  package let points: [Point]
}

extension LikelihoodTable {
  /// - Throws: `DataError.damaged` with the line, `FileError`.
  package init(csv path: String, unit: Unit, dimensions: Int) throws {
    let bytes = try InputFile.contents(of: path)
    func damaged(_ line: Int, _ reason: String) -> DataError { .damaged(path, "line \(line): \(reason)") }
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().lazy
      .map { (number: $0.offset + 1, fields: Self.fields($0.element)) }.filter { $0.fields != [""] }.makeIterator()
    guard let header = lines.next() else { throw DataError.damaged(path, "it is empty") }
    let columns = try Columns(header.fields) { damaged(header.number, $0) }
    var order: [String] = []
    var collected: [String: Collected] = [:]
    let scale = unit.scale(dimensions: dimensions)
    while let line = lines.next() {
      guard line.fields.count == header.fields.count else {
        throw damaged(line.number, "\(line.fields.count) fields where the header has \(header.fields.count)")
      }
      let name = line.fields[columns.model]
      guard !name.isEmpty else { throw damaged(line.number, "the model has no name") }
      func number(_ column: Int) throws -> Double {
        guard let value = Double(line.fields[column]), !value.isNaN else {
          throw damaged(line.number, "\(line.fields[column].debugDescription) is no number")
        }
        return value
      }
      let pair = (
        data: try columns.data.sign * scale * number(columns.data.column),
        model: try columns.ownModel.sign * scale * number(columns.ownModel.column)
      )
      let about = Collected.About(
        group: columns.group.map { line.fields[$0] },
        epoch: try columns.epoch.flatMap { line.fields[$0].isEmpty ? nil : try number($0) },
        seconds: try columns.seconds.flatMap { line.fields[$0].isEmpty ? nil : try number($0) })
      if collected[name] == nil { order.append(name) }
      var model = collected.removeValue(forKey: name) ?? Collected(about: about)
      guard model.about == about else {
        throw damaged(line.number, "group, epoch or seconds of \(name) differ from those in an earlier line")
      }
      switch line.fields[columns.set] {
      case "data": model.data.append(pair)
      case "model": model.samples.append(pair)
      case let other: throw damaged(line.number, "the set \(other.debugDescription) is neither data nor model")
      }
      collected[name] = model
    }
    points = try order.map { name in
      guard let model = collected[name] else { preconditionFailure("every name was collected") }
      return try model.point(name, path)
    }
    guard !points.isEmpty else { throw DataError.damaged(path, "it has a header and no line below") }
  }

  /// The fields of a line, without spaces and quotes around them.
  private static func fields(_ line: ArraySlice<UInt8>) -> [String] {
    line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { field in
      String(decoding: field, as: UTF8.self).trimmingCharacters(in: Self.margin)
    }
  }

  private static let margin = CharacterSet(charactersIn: " \t\r\"\u{FEFF}")

  /// Where the columns stand.
  private struct Columns {
    let model: Int
    let set: Int
    let data: (column: Int, sign: Double)
    let ownModel: (column: Int, sign: Double)
    let group: Int?
    let epoch: Int?
    let seconds: Int?

    init(_ header: [String], _ damaged: (String) -> DataError) throws {
      func place(_ name: String) throws -> Int? {
        let places = header.indices.filter { header[$0].lowercased() == name }
        guard places.count < 2 else { throw damaged("there are two columns of the name \(name)") }
        return places.first
      }
      func needed(_ name: String) throws -> Int {
        guard let place = try place(name) else {
          throw damaged("the header has no column \(name); model, set, log_data and log_model are needed")
        }
        return place
      }
      func likelihood(_ name: String) throws -> (column: Int, sign: Double) {
        guard let negative = try place("nll_\(name)") else { return (try needed("log_\(name)"), 1) }
        guard try place("log_\(name)") == nil else { throw damaged("choose one of log_\(name) and nll_\(name)") }
        return (negative, -1)
      }
      (model, set) = (try needed("model"), try needed("set"))
      (data, ownModel) = (try likelihood("data"), try likelihood("model"))
      (group, epoch, seconds) = (try place("group"), try place("epoch"), try place("seconds"))
    }
  }

  /// What the lines of one model say.
  private struct Collected {
    struct About: Equatable {
      let group: String?
      let epoch: Double?
      let seconds: Double?
    }

    let about: About
    var data: [(data: Double, model: Double)] = []
    var samples: [(data: Double, model: Double)] = []

    init(about: About) { self.about = about }

    func point(_ name: String, _ path: String) throws -> Point {
      func divergence(
        _ pairs: [(data: Double, model: Double)], _ own: KeyPath<(data: Double, model: Double), Double>,
        _ other: KeyPath<(data: Double, model: Double), Double>
      ) throws -> LikelihoodDivergence? {
        guard !pairs.isEmpty else { return nil }
        do {
          return try LikelihoodDivergence(own: pairs.map { $0[keyPath: own] }, other: pairs.map { $0[keyPath: other] })
        } catch is MetricError {
          throw DataError.damaged(
            path,
            "\(name) has an image that the distribution it was drawn from gives no chance, or an infinite likelihood")
        }
      }
      return Point(
        name: name, group: about.group.flatMap { $0.isEmpty ? nil : $0 } ?? name, epoch: about.epoch,
        seconds: about.seconds, forward: try divergence(data, \.data, \.model),
        reverse: try divergence(samples, \.model, \.data),
        negativeLogLikelihood: data.isEmpty ? nil : -data.reduce(0) { $0 + $1.model } / Double(data.count))
    }
  }
}
