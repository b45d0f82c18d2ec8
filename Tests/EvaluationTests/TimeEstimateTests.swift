import Evaluation
import Foundation
import Support
import Testing

@Suite struct TimeEstimateTests {
  /// What is left to train beside what the metrics of a run need, and what is said of it.
  @Test func theNetworkOfMetricsTakesTime() throws {
    var stripes = try StripesRun()
    stripes.request.metrics = ["kid"]
    let context = RunContext.testing(
      try Machine(threads: 2, environment: [:]), cache: "\(stripes.folder.path)/cache")
    func text(_ stripes: StripesRun) throws -> String? { try TimeEstimate(stripes.run("run", context))?.text }
    let network = "the metrics' network, resnet8 over 200 epochs (measured: "
    let both = try text(stripes)
    #expect(both?.contains("for 2 trainings and that of \(network)") == true, "\(both ?? "nothing")")
    // Its images are read when the estimate has been made.
    var alone = stripes
    alone.experiment.baseline = .none
    let unread = try text(alone)
    #expect(unread?.contains("for 1 training (measured: ") == true, "\(unread ?? "nothing")")
    #expect(
      unread?.hasSuffix("; the training of the metrics' network comes on top, unless it was trained before") == true)
    var plain = stripes
    plain.request.metrics = nil
    #expect(try text(plain)?.hasSuffix(" a step)") == true)

    for name in ["good", "baseline"] { try stripes.folder.write([], "run/model-\(name)-seed0.safetensors") }
    let rest = try text(stripes)
    #expect(rest?.contains("for the training of \(network)") == true, "\(rest ?? "nothing")")
    let images = try #require(stripes.data(context).realTrain)
    _ = try OwnNetwork(on: images, seed: 0).trained(context, for: "")
    #expect(try text(stripes) == nil)
  }
}
