// swift-tools-version: 6.2
import PackageDescription

// Every Swift target is compiled for x86-64-v3 (AVX2, FMA); CAS_MARCH overrides it. The hot loops are compiled for
// x86-64-v4 (AVX-512) and for x86-64-v3, those over bf16 numbers for AVX-512 with bf16 dot products, and a table of
// functions chooses at start.
let march = Context.environment["CAS_MARCH"] ?? "x86-64-v3"

// Shown by --version and written into reports; make passes it, a plain swift build leaves it out.
let commit = Context.environment["CAS_COMMIT"].flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"

func settings(
  march: String = march, features: [String] = [], unchecked: Bool = false, defines: [String] = []
) -> [SwiftSetting] {
  var flags = (["-march=\(march)"] + features.map { "-m\($0)" }).flatMap { ["-Xcc", $0] }
  if unchecked { flags.append("-Ounchecked") }
  return [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .unsafeFlags(flags),
  ] + defines.map { .define($0) }
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings())
}

// Golden files are found beside the sources, so that tests need no resource bundle.
func tests(_ name: String, golden: [String] = [], _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["Support"], exclude: golden, swiftSettings: settings())
}

let package = Package(
  name: "cas",
  products: [
    .executable(name: "cas", targets: ["cas"]),
    .executable(name: "cas-bench", targets: ["cas-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // C: system libraries, wrappers and the CPU guard
    .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CTiles"),
    .target(name: "CGuard", cSettings: [.define("CAS_COMMIT", to: commit)]),

    // The house, bottom up
    library("Randomness"),
    library("LoopTypes"),
    .target(
      name: "LoopsAVX512", dependencies: ["LoopTypes"],
      swiftSettings: settings(march: "x86-64-v4", unchecked: true, defines: ["CAS_AVX512"])),
    .target(name: "LoopsAVX2", dependencies: ["LoopTypes"], swiftSettings: settings(unchecked: true)),
    .target(
      name: "LoopsBF16", dependencies: ["LoopTypes", "CTiles"],
      swiftSettings: settings(
        march: "x86-64-v4", features: ["avx512bf16", "amx-tile", "amx-bf16"], unchecked: true,
        defines: ["CAS_AVX512", "CAS_BF16"])),
    library("Kernels", ["LoopTypes", "LoopsAVX512", "LoopsAVX2", "LoopsBF16", "COpenBLAS", "CTiles", "CGuard"]),
    library("Images", ["CPNG", "CJPEG"]),
    library("Pickles"),
    library("Datasets", ["Images", "Pickles", "Kernels", "Randomness", "CZlib"]),
    library("Networks", ["Pickles", "Kernels", "Randomness"]),
    library("Metrics", ["Kernels", "Randomness"]),
    library("Training", ["Networks", "Datasets", "Kernels", "Randomness"]),
    library("Generators", ["Training", "Networks", "Datasets", "Kernels", "Randomness"]),
    library("Reports", ["Metrics", "Images"]),
    .target(
      name: "Evaluation",
      dependencies: [
        "Generators", "Training", "Metrics", "Datasets", "Networks", "Reports", "Images", "Kernels", "Randomness", yams,
      ],
      exclude: ["Literature/betzalel-2022.json", "Literature/biggan-deep-truncations.csv"],
      resources: [
        "cifar10-fast", "cifar10-paper", "demo", "grey-images", "imagenet-paper", "images-64x64", "large-images",
        "quick", "resnet20-short", "small-images",
      ].map { .embedInCode("Presets/\($0).yaml") } + [.embedInCode("Literature/ravuri-vinyals-2019.json")],
      swiftSettings: settings()),
    library(
      "Benchmarks",
      [
        "Evaluation", "Training", "Datasets", "Images", "Networks", "Kernels", "Randomness", "CTiles", "CGuard",
        argumentParser,
      ]),
    .executableTarget(
      name: "cas",
      dependencies: [
        "Benchmarks",
        "Evaluation", "Generators", "Training", "Metrics", "Datasets", "Networks", "Reports", "Images", "Kernels",
        "Randomness", "CGuard", "CTiles", argumentParser,
      ],
      swiftSettings: settings()),
    .executableTarget(
      name: "cas-bench",
      dependencies: ["Benchmarks", "CGuard", argumentParser],
      swiftSettings: settings()),

    // Tests, one target per module
    .target(
      name: "Support", dependencies: ["Networks", "Kernels", "LoopTypes", "LoopsBF16", "Images", "Randomness"],
      path: "Tests/Support",
      // The reference kernels are loops, slow enough when they are optimised.
      swiftSettings: settings() + [.unsafeFlags(["-O"])]),
    tests("RandomnessTests", ["Randomness"]),
    tests("LoopsBF16Tests", ["LoopTypes", "LoopsBF16", "CTiles", "Randomness"]),
    tests("KernelsTests", golden: ["Golden"], ["Kernels", "Randomness"]),
    tests("ImagesTests", golden: ["Golden"], ["Images"]),
    tests("DatasetsTests", golden: ["Golden"], ["Datasets", "Images", "Kernels", "Randomness"]),
    tests("NetworksTests", golden: ["Golden"], ["Networks", "Kernels", "Randomness"]),
    tests("TrainingTests", golden: ["Golden"], ["Training", "Networks", "Datasets", "Kernels", "Randomness"]),
    tests(
      "GeneratorsTests", golden: ["Golden"],
      ["Generators", "Training", "Networks", "Datasets", "Kernels", "Randomness"]),
    tests("MetricsTests", golden: ["Golden"], ["Metrics", "Kernels", "Randomness"]),
    tests(
      "EvaluationTests", golden: ["Golden"],
      ["Evaluation", "Generators", "Training", "Metrics", "Datasets", "Networks", "Images", "Reports", "Kernels"]),
    tests("ReportsTests", golden: ["Snapshots"], ["Reports", "Metrics", "Images"]),
    tests("BenchmarksTests", ["Benchmarks", "Evaluation", "Networks", "Kernels", argumentParser]),
    tests("CommandLineTests", ["cas", "Datasets"]),
  ]
)
