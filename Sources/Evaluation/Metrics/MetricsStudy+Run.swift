internal import Datasets
internal import Foundation
package import Metrics
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
    let described = try images(request, experiment).described(
      machine: machine, baselines: BaselineCache.standard(environment: environment),
      cache: FeatureCache.standard(environment: environment), events: events,
      decode: experiment.decode, given: hasAllImages(request, experiment) ? data : nil,
      drawn: Dictionary(
        study.entries.filter { $0.kind == .cas }.map { ($0.name, $0.samples) }, uniquingKeysWith: { first, _ in first })
    )
    let context = Context(version: version, config: try asked.json(), description: description)
    let document = try MetricsStudy(asked, machine: machine, events: events).run(described.sets, context).document
    return (document.results, described.notes + document.warnings)
  }

  /// The network that `beside` trains first, for the expected time; nil without metrics.
  ///
  /// - Throws: `UsageError`.
  package static func network(
    beside request: RunRequest, _ experiment: Experiment, _ data: StudyData, machine: Machine
  ) throws -> TimeEstimate.Network? {
    guard request.metrics != nil else { return nil }
    guard hasAllImages(request, experiment) else { return TimeEstimate.Network(job: nil, machine: machine) }
    let own = try images(request, experiment).ownNetwork(data)
    return TimeEstimate.Network(job: try OwnNetwork.job(on: own.images, own.experiment), machine: machine)
  }

  private static func images(_ request: RunRequest, _ experiment: Experiment) -> ImageSets {
    var images = ImageSets(real: request.real, synthetic: request.synthetic, features: FeatureNetwork.own.rawValue)
    images.realTrain = request.realTrain
    images.classNames = request.classNames
    (images.input, images.resize) = (experiment.input, experiment.resize)
    images.allowMissingClasses = experiment.allowMissingClasses
    return images
  }

  /// Whether the run has read all that metrics look at: one that trains on no real images has left these where they are.
  private static func hasAllImages(_ request: RunRequest, _ experiment: Experiment) -> Bool {
    StudyData.readsRealTraining(request.command, experiment)
  }

  /// - Throws: `UsageError` for a metric that there is none of.
  package static func check(_ names: [String]) throws {
    var request = MetricsRequest()
    request.metrics = names
    try request.check()
  }
}
