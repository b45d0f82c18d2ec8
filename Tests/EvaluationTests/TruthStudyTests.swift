import Datasets
import Evaluation
import Foundation
import Metrics
import Reports
import Support
import Testing

/// `cas study --truth`, on small stripes.
@Suite struct TruthStudyTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 40, seed: 1, side: 4)
    try Stripes.write(to: folder, "real/test", perClass: 4, seed: 2, side: 4)
  }

  private func run(_ name: String, _ events: RunEvents = RunEvents(), minutes: Double? = nil) throws -> StudyDocument {
    var truth = try TruthRequest("ppca:3")
    truth.real = "\(folder.path)/real"
    (truth.trainingPerClass, truth.perClass, truth.minutes) = (48, 12, minutes)
    var settings = LikelihoodStudyRequest(real: "", synthetic: [], likelihoods: "")
    settings.extractors = try LikelihoodStudyRequest.extractors(["pixels"])
    settings.metrics = ["kid"]
    var context = try RunContext.testing()
    context.events = events
    return try TruthStudy(truth, settings, folder: RunFolder(path: "\(folder.path)/\(name)"), context).run()
  }

  /// A study that is stopped while it fits goes on, with the same numbers but for the time that fits took.
  @Test func modelsOfGradedCapacityAreFittedAndJudged() throws {
    let whole = try run("whole").findings
    let names = whole.points.map(\.name)
    #expect(names.contains("ppca-r1-n12") && names.contains("ppca-r10-n48") && names.contains("mixture-k2-r2-n48"))
    #expect(whole.points.allSatisfy { $0.kl != nil && $0.rkl != nil && $0.seconds != nil })
    // The truth is a model of rank 3: of those that learn from all images, rank 5 is nearer than rank 1.
    func kl(_ name: String) throws -> Double { try #require(whole.points.first { $0.name == name }?.value("kl")) }
    #expect(try kl("ppca-r5-n48") < kl("ppca-r1-n48"))
    // More images of the same truth make a better model.
    #expect(try kl("ppca-r10-n48") < kl("ppca-r10-n12"))
    #expect(try kl("ppca-r2-n48") > 0)

    var events = RunEvents()
    let models = "\(folder.path)/broken/models"
    events.shouldStop = { ((try? FileManager.default.contentsOfDirectory(atPath: models)) ?? []).count >= 3 }
    #expect(throws: Interrupted.self) { try run("broken", events) }
    var resumed = try run("broken").findings
    for index in resumed.points.indices { resumed.points[index].seconds = whole.points[index].seconds }
    #expect(resumed == whole)
  }

  /// Of a time that is over at once the fewest models are left, spread over all capacities, and the choice is kept.
  @Test func aShortTimeLeavesFewModels() throws {
    let found = try run("short", minutes: 1e-6).findings.points.map(\.name)
    #expect(found.count == 5 && found.first == "ppca-r1-n12" && found.last == "gaussian-n48")
    #expect(try run("short", minutes: 1e-6).findings.points.map(\.name) == found)
    #expect(throws: UsageError.self) { try run("short", minutes: 2) }
  }

  @Test func truthsAreReadByName() throws {
    #expect(try TruthRequest("mixture:4:7").fit?.components == 4)
    #expect(try TruthRequest("mixture:4:7").fit?.rank == 7)
    #expect(try TruthRequest("gaussian").fit?.family == .gaussian)
    #expect(try TruthRequest("some/model.safetensors").model?.hasSuffix("/some/model.safetensors") == true)
    for text in ["ppca:", "ppca:x", "ppca:3:4", "gaussian:2", "mixture:3"] {
      #expect(throws: UsageError.truth(text)) { try TruthRequest(text) }
    }
  }
}
