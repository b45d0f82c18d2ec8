import Datasets
import Foundation
import Images
import Kernels
import Randomness
import Testing

@Suite(.serialized) struct AugmentationTests {
  private let shape = Shape(height: 6, width: 9, channels: 3)

  private func samples(_ count: Int) -> Samples {
    Samples(
      classNames: ["a"], shape: shape,
      pixels: (0..<count * shape.count).map { UInt8(truncatingIfNeeded: $0 * 13 + $0 / 256) },
      labels: [Int32](repeating: 0, count: count), members: (0..<count).map(String.init),
      origin: Samples.Origin(path: "set"))
  }

  private func filled(_ augmentation: Augmentation, threads: Int = 2, epoch: Int = 3) throws -> [Float] {
    let assembler = BatchAssembler(
      samples: samples(20), normalization: Normalization(mean: [0.5, 0.4, 0.3], deviation: [0.5, 0.25, 2]),
      augmentation: augmentation, stream: RandomStream(seed: 9, purpose: "augmentation"))
    let batch = BatchSampler.Batch(epoch: epoch, position: 40, indices: (0..<20).map { ($0 * 3) % 20 })
    return try [Float](unsafeUninitializedCapacity: 20 * shape.count) { buffer, filled in
      if let base = buffer.baseAddress {
        try assembler.fill(
          Tensor(base: base, images: 20, shape: shape), with: batch, pool: ThreadPool(threads: threads))
      }
      filled = 20 * shape.count
    }
  }

  static let lists: [Augmentation] = [
    Augmentation(padCrop: 2, flip: true), Augmentation(padCrop: 3), Augmentation(flip: true),
    Augmentation(padCrop: 2, alternateFlip: true),
  ]

  /// The way through a copy of each image, which a harmless operation forces, gives what the direct way gives.
  @Test(arguments: lists)
  func bothWaysAgree(_ augmentation: Augmentation) throws {
    let harmless = Augmentation(augmentation.operations + [.randomErasing(RandomErasing(probability: 0))])
    for epoch in 0..<3 { #expect(try Bool(filled(harmless, epoch: epoch) == filled(augmentation, epoch: epoch))) }
  }

  @Test func threadsDoNotChangeABatch() throws {
    let all = Augmentation([
      .randomResizedCrop(RandomResizedCrop()), .padCrop(1), .flip, .randAugment(RandAugment()),
      .colorJitter(ColorJitter(brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1)),
      .randomErasing(RandomErasing()), .cutout(3),
    ])
    let one = try filled(all, threads: 1)
    #expect(try Bool(filled(all, threads: 3) == one))
    #expect(try filled(all, epoch: 4) != one)
  }

  @Test func erasedPixelsAreTheMeanColour() throws {
    var stream = RandomStream(seed: 1, purpose: "augmentation")
    let image = Image.coloured(9, 6)
    let canvas = Augmentation([.cutout(4)]).apply(to: image, width: 9, height: 6, isTurn: false, from: &stream)
    let blank = canvas.blank.count { $0 }
    #expect(blank >= 4 && blank <= 16 && canvas.image == image)
    let batch = try filled(Augmentation([.cutout(20)]))
    #expect(batch.allSatisfy { $0 == 0 })
  }

  @Test func jitterWithoutSpreadChangesNothing() {
    var stream = RandomStream(seed: 1, purpose: "augmentation")
    let image = Image.coloured(5, 4)
    #expect(ColorJitter().apply(to: image, from: &stream) == image)
    #expect(ColorJitter(brightness: 0.5, hue: 0.2).apply(to: image, from: &stream) != image)
    // Grey has neither saturation nor hue.
    #expect(ColorJitter(saturation: 0.9, hue: 0.5).apply(to: .grey(5, 4), from: &stream) == .grey(5, 4))
  }

  /// A rectangle of the image's whole height or width is drawn again, ten times at most; this one never fits.
  @Test func erasedRectanglesLeaveABorder() {
    var stream = RandomStream(seed: 3, purpose: "augmentation")
    let whole = RandomErasing(probability: 1, area: [0.5, 0.5], aspect: [0.8, 0.8])
    #expect(whole.window(width: 20, height: 8, from: &stream) == nil)
    let less = RandomErasing(probability: 1, area: [0.35, 0.35], aspect: [0.8, 0.8])
    let window = less.window(width: 20, height: 8, from: &stream)
    #expect(window?.rows.count == 7 && window?.columns.count == 8)
  }

  /// Every change is drawn, with either sign where it has one, and blank pixels go with the picture.
  @Test func randAugmentDrawsAllChanges() {
    let stream = RandomStream(seed: 3, purpose: "augmentation")
    let image = Image.coloured(16, 12)
    var results: Set<[UInt8]> = []
    for index in 0..<600 {
      var part = stream.split(index)
      results.insert(
        Augmentation([.randAugment(RandAugment(operations: 1))])
          .apply(to: image, width: 16, height: 12, isTurn: false, from: &part).image.pixels)
    }
    // Nine changes with a sign and five without, of which equalising and stretching leave so small and colourful a picture
    // as it is.
    #expect(results.count == 2 * 9 + 3)
    var canvas = Canvas(image)
    canvas.blank = (0..<16 * 12).map { $0 % 16 < 4 }
    RandAugment(magnitude: 30).apply(.translateX, isNegative: false, to: &canvas)
    // 150/331 of 16 pixels are 7, cut off.
    #expect((0..<16).filter { canvas.blank[$0] } == [7, 8, 9, 10])
  }

  /// The share of the area is uniform and the logarithm of the aspect symmetric: means over 4,000 draws, with three
  /// standard errors.
  @Test func cropsAreSpreadAsTheyShould() {
    let stream = RandomStream(seed: 2, purpose: "augmentation")
    let crop = RandomResizedCrop(area: [0.1, 0.5], aspect: [0.5, 2])
    var (areas, logarithms) = (0.0, 0.0)
    for index in 0..<4000 {
      var part = stream.split(index)
      let window = crop.window(width: 400, height: 400, from: &part)
      areas += Double(window.width * window.height) / 160_000
      logarithms += log(Double(window.width) / Double(window.height))
      #expect(window.x >= 0 && window.y >= 0 && window.x + window.width <= 400 && window.y + window.height <= 400)
    }
    #expect(abs(areas / 4000 - 0.3) < 3 * 0.4 / 12.0.squareRoot() / 4000.0.squareRoot())
    #expect(abs(logarithms / 4000) < 3 * 2 * log(2) / 12.0.squareRoot() / 4000.0.squareRoot())
  }

  static let texts: [(json: String, list: Augmentation)] = [
    ("[]", .none), (#"[{"padCrop":4},"flip"]"#, Augmentation(padCrop: 4, flip: true)),
    (
      #"[{"randomResizedCrop":{"area":[0.25,1]}},"alternateFlip",{"colorJitter":{"hue":0.1}},"randomErasing"]"#,
      Augmentation([
        .randomResizedCrop(RandomResizedCrop(area: [0.25, 1])), .alternateFlip, .colorJitter(ColorJitter(hue: 0.1)),
        .randomErasing(RandomErasing()),
      ])
    ),
    (#"["randAugment"]"#, Augmentation([.randAugment(RandAugment())])),
    (
      #"[{"randAugment":{"operations":3,"magnitude":20}}]"#,
      Augmentation([.randAugment(RandAugment(operations: 3, magnitude: 20))])
    ),
    (#"[{"cutout":8},{"mixup":0.2},{"cutmix":1}]"#, Augmentation([.cutout(8), .mixup(0.2), .cutmix(1)])),
  ]

  @Test(arguments: texts)
  func listsAreReadAndWritten(json: String, list: Augmentation) throws {
    #expect(try JSONDecoder().decode(Augmentation.self, from: Data(json.utf8)) == list)
    #expect(list.fault == nil)
    let again = try JSONDecoder().decode(Augmentation.self, from: try JSONEncoder().encode(list))
    #expect(again == list)
  }

  @Test(arguments: [
    #"["turn"]"#, #"[{"padCrop":"four"}]"#, #"[{"padCrop":4,"cutout":2}]"#, #"[{}]"#, #"{"flip":true}"#,
    #"["padCrop"]"#,
  ])
  func otherListsAreRefused(json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Augmentation.self, from: Data(json.utf8)) }
  }

  static let faults: [[Augmentation.Operation]] = [
    [.flip, .flip], [.flip, .alternateFlip], [.flip, .randomResizedCrop(RandomResizedCrop())], [.padCrop(0)],
    [.padCrop(33)], [.randomResizedCrop(RandomResizedCrop(area: [0.5, 0.2]))],
    [.randomResizedCrop(RandomResizedCrop(area: [0, 1]))], [.randomResizedCrop(RandomResizedCrop(aspect: [1]))],
    [.colorJitter(ColorJitter(hue: 0.6))], [.randomErasing(RandomErasing(probability: 2))], [.cutout(0)],
    [.mixup(.nan)], [.cutmix(-1)], [.randAugment(RandAugment(operations: 0))],
    [.randAugment(RandAugment(magnitude: 31))],
  ]

  @Test(arguments: faults)
  func impossibleListsHaveAFault(operations: [Augmentation.Operation]) {
    #expect(Augmentation(operations).fault != nil)
  }
}

struct WeightingTests {
  private let labels: [Int32] = [Int32](repeating: 0, count: 6) + [Int32](repeating: 1, count: 30) + [2, 2]

  @Test func everyClassIsShownAsOftenAsItsShareSays() {
    let weighting = BatchSampler.Weighting(labels: labels, shares: [1, 1, 1])
    #expect(weighting.perEpoch == [13, 13, 12])
    #expect(BatchSampler.Weighting(labels: labels, shares: [0, 3, 1]).perEpoch == [0, 29, 9])
    let order = BatchSampler(count: labels.count, batchSize: 8, seed: 3, weighting: weighting)
    var shown = [Int](repeating: 0, count: labels.count)
    for epoch in 0..<12 {
      let images = order.order(ofEpoch: epoch)
      #expect(images.count == labels.count)
      #expect((0..<3).map { label in images.count { labels[$0] == Int32(label) } } == [13, 13, 12])
      for image in images { shown[image] += 1 }
    }
    // Within a class all images are shown equally often, give or take the round that is under way.
    for range in [0..<6, 6..<36, 36..<38] {
      #expect((shown[range].max() ?? 0) - (shown[range].min() ?? 0) <= 1)
    }
  }

  @Test func anEpochDoesNotDependOnTheOnesBefore() {
    let weighting = BatchSampler.Weighting(labels: labels, shares: [1, 2, 3])
    let order = BatchSampler(count: labels.count, batchSize: 8, seed: 3, weighting: weighting)
    let again = BatchSampler(count: labels.count, batchSize: 8, seed: 3, weighting: weighting)
    #expect(order.order(ofEpoch: 5) == again.order(ofEpoch: 5) && order.order(ofEpoch: 5) != order.order(ofEpoch: 6))
  }

  @Test func aClassWithoutImagesHasNoShare() {
    let weighting = BatchSampler.Weighting(labels: [0, 0, 2], shares: [1, 1, 1])
    #expect(weighting.perEpoch == [2, 0, 1])
  }
}
