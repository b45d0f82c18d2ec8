import Foundation
import Kernels
import Networks
import Support
import Testing

/// The kernels and the reference backend, on the same programs.
@Suite struct BackendTests {
  /// One program and all that it computes.
  struct Trial: Sendable, CustomStringConvertible {
    let test: BackendCase
    let mode: Mode
    /// Whether everything is fused that the mode allows, or nothing.
    let isFused: Bool

    var description: String { "\(test), \(mode)\(isFused ? ", fused" : "")" }
    var rules: [FusionRule]? { isFused ? nil : [] }
    var program: Program { Program(test.plan, mode: mode, format: .fp32, rules: rules) }

    static let small =
      trials(BackendCase.layers, [.training, .inference, .imageGradient]) + trials(BackendCase.extractors, [.inference])

    private static func trials(_ tests: [BackendCase], _ modes: [Mode]) -> [Trial] {
      tests.flatMap { test in
        modes.flatMap { mode in [false, true].map { Trial(test: test, mode: mode, isFused: $0) } }
      }
    }
  }

  private func processor(_ path: KernelPath) -> Processor {
    Processor(pool: ThreadPool(threads: 2), table: .table(for: path.set), choice: path.choice, format: .fp32)
  }

  /// The largest difference of any number, relative to the largest of its name, which counts as no less than a
  /// thousandth: gradients that are zero but for rounding have no size of their own.
  private func expectAgreement(_ found: BackendResults, _ expected: BackendResults, within tolerance: Double) {
    #expect(found.keys == expected.keys && !expected.isEmpty)
    for (name, values) in expected.sorted(by: { $0.key < $1.key }) {
      let size = values.reduce(1e-3) { max($0, abs(Double($1))) }
      let error = excess(of: found[name] ?? [], over: values.map(Double.init)) { _ in tolerance * size }
      #expect(error <= 1, "\(name)")
    }
  }

  @Test(arguments: Trial.small)
  func everyKernelAgrees(trial: Trial) {
    let expected = trial.test.results(trial.mode, rules: trial.rules, on: ReferenceBackend())
    for path in KernelPath.available {
      let found = trial.test.results(trial.mode, rules: trial.rules, on: processor(path))
      expectAgreement(found, expected, within: 2e-5)
    }
  }

  /// One step of whole networks: a rectifier or a maximum that rounding switches moves a gradient by more than its own
  /// rounding.
  @Test(arguments: BackendCase.networks)
  func trainingStepsAgree(test: BackendCase) {
    let expected = test.results(.training, rules: nil, on: ReferenceBackend(), steps: 1)
    for path in KernelPath.available {
      expectAgreement(test.results(.training, rules: nil, on: processor(path), steps: 1), expected, within: 1e-4)
    }
  }

  /// Fusion does the same in another order, so that on the reference kernels, which have one, no bit changes.
  @Test(arguments: BackendCase.layers + BackendCase.extractors)
  func fusionChangesNoBit(test: BackendCase) {
    for trial in Trial.small where trial.test.description == test.description && trial.isFused {
      let apart = test.results(trial.mode, rules: [], on: ReferenceBackend())
      let together = test.results(trial.mode, rules: nil, on: ReferenceBackend())
      let areEqual = apart == together
      #expect(areEqual, "\(trial)")
    }
  }

  /// What an operation declares is what it touches: with everything else NaN nothing changes.
  @Test(arguments: Trial.small)
  func operationsTouchWhatTheyDeclare(trial: Trial) {
    let expected = trial.test.results(trial.mode, rules: trial.rules, on: ReferenceBackend())
    var undeclared: [String]?
    let found = trial.test.results(trial.mode, rules: trial.rules, on: ReferenceBackend(hidesTheRest: true)) {
      undeclared = ($0 as? ReferenceExecutor)?.undeclared
    }
    #expect(undeclared == [])
    let areEqual = found == expected
    #expect(areEqual)
    #expect(found.values.allSatisfy { $0.allSatisfy(\.isFinite) })
  }
}

// What the programs above hold.
extension BackendTests {
  @Test func everyKernelIsTried() throws {
    let source = try String(
      contentsOfFile: #filePath.replacing(
        "Tests/NetworksTests/BackendTests", with: "Sources/Networks/Operations/Operation"), encoding: .utf8)
    let list = try #require(source.split(separator: "enum Kernel").last?.split(separator: "\n}").first)
    let names = Set(list.matches(of: /case (\w+)\(/).map { String($0.1) })
    #expect(names.count >= 29)
    var counts: [String: Int] = [:]
    for trial in Trial.small {
      for operation in trial.program.forward + trial.program.backward {
        counts[Mirror(reflecting: operation.kernel).children.first?.label ?? "", default: 0] += 1
      }
    }
    #expect(Set(counts.keys) == names)
  }

  /// What is optional of a kernel's operands is there in one program and missing in another, and what is a choice is taken
  /// both ways, except for what is always so.
  @Test func everyFormIsTried() {
    var seen: [String: Set<Bool>] = [:]
    func note(_ operands: Any, _ path: String) {
      for child in Mirror(reflecting: operands).children {
        let name = "\(path).\(child.label ?? "")"
        if let choice = child.value as? Bool {
          seen[name, default: []].insert(choice)
        } else if Mirror(reflecting: child.value).displayStyle == .optional {
          let content = Mirror(reflecting: child.value).children.first?.value
          seen[name, default: []].insert(content != nil)
          if let content, !(content is Place) { note(content, name) }
        } else if !(child.value is Place) {
          note(child.value, name)
        }
      }
    }
    for trial in Trial.small {
      for operation in trial.program.forward + trial.program.backward {
        for child in Mirror(reflecting: operation.kernel).children { note(child.value, child.label ?? "") }
      }
    }
    // Gradients belong to training.
    let constant = seen.filter { $0.value.count == 1 && !$0.key.hasSuffix("gradients") }.keys.sorted()
    #expect(constant == [])
  }
}
