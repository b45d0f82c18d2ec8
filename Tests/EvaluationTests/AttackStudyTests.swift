import Evaluation
import Foundation
import Images
import Kernels
import Metrics
import Networks
import Reports
import Support
import Testing

/// `cas attack` with a classifier that knows nothing, on stripes.
@Suite struct AttackStudyTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try Stripes.write(to: folder, "real/train", perClass: 9, seed: 1, side: 8)
    try Stripes.write(to: folder, "real/test", perClass: 5, seed: 2, side: 8)
    let network = Network(
      try #require(Architecture(name: "resnet8")).plan(input: Shape(height: 8, width: 8, channels: 1), classes: 3))
    network.initialize(seed: 1)
    let metadata = [
      "architecture": "resnet8", "input": network.plan.input.shape.description,
      "classes": #"["across","diagonal","upright"]"#, "normalization": #"{"mean":[0.5],"deviation":[0.25]}"#,
    ]
    try folder.write(
      SafeTensors(metadata: metadata, tensors: network.stateDictionary(batches: 1)).serialized(), "w.safetensors")
  }

  private func run(threads: Int = 2, _ change: (inout AttackStudy) -> Void = { _ in }) throws -> AttackStudy.Outcome {
    var study = AttackStudy(real: "\(folder.path)/real")
    study.weights = "\(folder.path)/w.safetensors"
    (study.attack.images, study.attack.iterations, study.attack.step) = (30, 20, 0.02)
    change(&study)
    return try study.run(RunContext.testing(threads: threads))
  }

  @Test func noiseAttackedAndRealImagesStandInRows() throws {
    let outcome = try run()
    let rows = outcome.document.results
    #expect(outcome.document.classes == 3 && rows.map(\.name) == ["noise", "attacked", "real test images"])
    // There are only fifteen real ones.
    #expect(rows.map(\.images) == [30, 30, 15])
    #expect(outcome.data.test.images == 15 && outcome.data.train?.images == 27)
    for row in rows {
      #expect(abs(row.inceptionScore - exp(row.information)) < 1e-9 && row.inceptionScore <= 3)
      #expect(abs(row.marginalEntropy - row.conditionalEntropy - row.information) < 1e-9)
      #expect((0...1).contains(row.authenticity) && row.copies == 0)
    }
    // The attack makes the classifier surer of three classes in turn.
    #expect(rows[1].conditionalEntropy < rows[0].conditionalEntropy && rows[1].inceptionScore > rows[0].inceptionScore)
    // Ten splits of thirty images hold three each.
    #expect(rows[1].inceptionScoreOfTen != rows[1].inceptionScore)
    // Pictures of 8 pixels, seven times as large, a column for each class, with gaps of four.
    #expect(outcome.sheet.width == 3 * 60 + 4 && outcome.sheet.height == 3 * 60 + 4)
    let again = try run(threads: 1)
    #expect(again.document == outcome.document && again.sheet == outcome.sheet)
  }

  @Test func copiesOfTrainingImagesAreSeen() throws {
    for index in 0..<2 {
      try folder.write(folder.bytes("real/train/across/\(index).png"), "real/test/across/\(index).png")
    }
    let rows = try run().document.results
    #expect(rows.map(\.copies) == [0, 0, 2] && rows[2].authenticity < 0.95)
  }

  @Test func seedsAndWeightsDecide() throws {
    let first = try run { $0.attack.iterations = 1 }
    #expect(try run { ($0.attack.iterations, $0.attack.seed) = (1, 3) }.document != first.document)
    #expect { try run { $0.weights = "\(folder.path)/none" } } throws: { "\($0)".contains("none") }
  }

  @Test func tooFewRealImagesAreRefused() throws {
    try Stripes.write(to: folder, "few/test", perClass: 3, seed: 2, side: 8)
    #expect { try run { $0.real = "\(folder.path)/few/test" } } throws: { "\($0)".contains("10 real test images") }
  }
}
