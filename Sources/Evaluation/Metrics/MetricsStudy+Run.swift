internal import Datasets
internal import Foundation
package import Reports

extension MetricsStudy {
  /// The metrics of a run's synthetic sets against its real test images, described by the network that is trained on the
  /// real training images (`cas train --metrics`): of the samples that are trained on, where these are a part.
  ///
  /// - Returns: the numbers of each set, and what is to be known about how they were computed.
  /// - Throws: `UsageError` for a metric that there is none of; what `cas metrics` throws.
  package static func beside(
    _ request: RunRequest, _ experiment: Experiment, _ data: StudyData, _ study: Study, machine: Machine,
    description: MachineDescription, version: String, environment: [String: String], events: RunEvents
  ) throws -> (sets: [MetricsResult], notes: [String]) {
    guard let names = request.metrics else { return ([], []) }
    var asked = MetricsRequest()
    asked.metrics = names
    var images = ImageSets(real: request.real, synthetic: request.synthetic, features: FeatureNetwork.own.rawValue)
    images.realTrain = request.realTrain
    images.classNames = request.classNames
    (images.input, images.resize) = (experiment.input, experiment.resize)
    images.allowMissingClasses = experiment.allowMissingClasses
    let described = try images.described(
      machine: machine, baselines: BaselineCache.standard(environment: environment),
      cache: FeatureCache.standard(environment: environment), events: events,
      // A run that trains on none has left the real training images where they are.
      decode: experiment.decode, given: StudyData.readsRealTraining(request.command, experiment) ? data : nil,
      drawn: Dictionary(
        study.entries.filter { $0.kind == .cas }.map { ($0.name, $0.samples) }, uniquingKeysWith: { first, _ in first })
    )
    let context = Context(version: version, config: try asked.json(), description: description)
    let document = try MetricsStudy(asked, machine: machine, events: events).run(described.sets, context).document
    return (document.results, described.notes + document.warnings)
  }

  /// - Throws: `UsageError` for a metric that there is none of.
  package static func check(_ names: [String]) throws {
    var request = MetricsRequest()
    request.metrics = names
    try request.check()
  }
}
