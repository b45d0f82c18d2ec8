internal import Datasets
internal import Foundation
package import Metrics
internal import Reports

extension MetricsStudy {
  /// The metrics of a run's synthetic sets against its real test images, described by the network that is trained on the
  /// real training images (`cas train --metrics`): of the samples that are trained on, where these are a part.
  ///
  /// - Returns: the numbers of each set, and what is to be known about how they were computed.
  /// - Throws: `UsageError` for a metric that there is none of; what `cas metrics` throws.
  package static func beside(_ run: Run) throws -> (sets: [MetricsResult], notes: [String]) {
    guard let names = run.request.metrics else { return ([], []) }
    var asked = MetricsRequest()
    asked.metrics = names
    let described = try images(run.plan).described(
      run.context.describing, decode: run.experiment.decode, given: run.plan.readsRealTraining ? run.data : nil,
      drawn: Dictionary(
        run.study.entries.filter { $0.kind == .cas }.map { ($0.name, $0.samples) },
        uniquingKeysWith: { first, _ in first }))
    let document = try MetricsStudy(asked, run.context.describing).run(described.sets).document
    return (document.results, described.notes + document.warnings)
  }

  /// The network that `beside` trains first, for the expected time; nil without metrics.
  ///
  /// - Throws: `UsageError`.
  static func network(beside run: Run) throws -> TimeEstimate.Network? {
    guard run.request.metrics != nil else { return nil }
    let machine = run.context.describing.machine
    // A run that trains on no real images has left these where they are.
    guard run.plan.readsRealTraining else { return TimeEstimate.Network(job: nil, machine: machine) }
    return TimeEstimate.Network(job: try images(run.plan).ownNetwork(run.data).job(), machine: machine)
  }

  private static func images(_ plan: RunPlan) -> ImageSets {
    let (request, experiment) = (plan.request, plan.experiment)
    var images = ImageSets(real: request.real, synthetic: request.synthetic, features: FeatureNetwork.own.rawValue)
    images.realTrain = request.realTrain
    images.classNames = request.classNames
    (images.input, images.resize) = (experiment.input, experiment.resize)
    images.allowMissingClasses = experiment.allowMissingClasses
    return images
  }

  /// - Throws: `UsageError` for a metric that there is none of.
  package static func check(_ names: [String]) throws {
    var request = MetricsRequest()
    request.metrics = names
    try request.check()
  }
}
