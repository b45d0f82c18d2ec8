internal import Datasets
internal import Foundation
internal import Metrics
internal import Randomness
package import Reports

extension StudyFindings {
  /// KLs that lie no farther apart than this share of the range from the best model to the worst count as nearly equal.
  private static let marginShare = 0.05

  private static let mostFlips = 20

  /// Fills in what follows from the points: how alike metrics and divergences order them, and the sentences about it.
  package mutating func judge() {
    let names = ["kl", "rkl"].filter { name in points.contains { $0.value(name) != nil } } + metricNames
    let columns = Dictionary(uniqueKeysWithValues: names.map { ($0, turned($0)) })
    let groups = points.map(\.group).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let ranks = RankAgreement(
      groups: points.map { groups.firstIndex(of: $0.group) ?? 0 },
      stream: RandomStream(seed: 0, purpose: "study bootstrap"))
    agreement = names.indices.flatMap { first in
      names[(first + 1)...].compactMap { second -> CorrelationEntry? in
        let (own, other) = (names[first], second)
        guard Self.extractor(own) == nil || Self.extractor(other) == nil || Self.extractor(own) == Self.extractor(other)
        else { return nil }
        let (x, y) = (columns[own] ?? [], columns[other] ?? [])
        return CorrelationEntry(
          first: own, second: other, rows: zip(x, y).count { $0 != nil && $1 != nil },
          kendall: ranks.correlation(x, y, by: .kendall), spearman: ranks.correlation(x, y, by: .spearman), pearson: nil
        )
      }
    }
    judgeVolatility(columns)
    verdict = sentences(groups: groups.count)
  }

  private mutating func judgeVolatility(_ columns: [String: [Double?]]) {
    let reference = points.map { (value: $0.kl?.nats ?? .infinity, interval: $0.kl?.interval) }
    let known = reference.map(\.value).filter(\.isFinite)
    guard let least = known.min(), let most = known.max(), most > least else { return }
    let margin = Self.marginShare * (most - least)
    self.margin = margin
    let judged = metricNames + (points.contains { $0.rkl != nil } ? ["rkl"] : [])
    volatility = judged.map {
      Volatility(
        metric: $0, ranks: RankVolatility(metric: columns[$0] ?? [], reference: reference, margin: margin))
    }
    flips = judged.flatMap { name in
      RankVolatility.flips(metric: columns[name] ?? [], reference: reference, margin: margin).map {
        Flip(metric: name, better: points[$0.better].name, worse: points[$0.worse].name, shift: $0.shift)
      }
    }.sorted { ($1.shift, $0.metric, $0.better, $0.worse) < ($0.shift, $1.metric, $1.better, $1.worse) }
    flips = Array(flips.prefix(Self.mostFlips))
  }

  /// What the name of a column begins with; nil for divergences and the score, which no extractor computes.
  private static func extractor(_ column: String) -> String? {
    column.firstIndex(of: ":").map { String(column[..<$0]) }
  }
}

extension StudyFindings {
  private func sentences(groups: Int) -> [String] {
    func with(_ reference: String) -> [(name: String, tau: Correlation)] {
      agreement.compactMap { entry in
        guard entry.first == reference, entry.second != "rkl", let tau = entry.kendall else { return nil }
        return (entry.second, tau)
      }.sorted { ($1.tau.value, $0.name) < ($0.tau.value, $1.name) }
    }
    var result: [String] = []
    let (forward, reverse) = (with("kl"), with("rkl"))
    if let entry = agreement.first(where: { $0.first == "kl" && $0.second == "rkl" }), let tau = entry.kendall {
      result.append("KL and RKL order the \(entry.rows.counted("point", "points")) with Kendall's τ \(Self.text(tau)).")
    }
    for (title, list) in [("KL", forward), ("RKL", reverse)] {
      guard let best = list.first, let worst = list.last, list.count > 1 else { continue }
      let alike = list.dropFirst().filter { other in
        best.tau.interval.map { other.tau.value >= $0.low } ?? false
      }
      result.append(
        "Of \(list.count.grouped) metrics, \(best.name) orders the points most as \(title) does, τ \(Self.text(best.tau))"
          + ", and \(worst.name) least, τ \(Self.text(worst.tau))."
          + (alike.isEmpty
            ? ""
            : " The τ of \(Self.list(alike.map(\.name))) \(alike.count == 1 ? "lies" : "lie") within the interval of the "
              + "best, so \(alike.count == 1 ? "it" : "they") may be as good."))
    }
    if let place = forward.firstIndex(where: { $0.name == "cas" }) {
      result.append(
        "The Classification Accuracy Score is number \(place + 1) of \(forward.count.grouped) by its agreement with KL, τ "
          + "\(Self.text(forward[place].tau)).")
    }
    let moved = volatility.filter { $0.metric != "rkl" }.compactMap { entry in
      entry.ranks.shift.map { (name: entry.metric, shift: $0, pairs: entry.ranks.nearPairs) }
    }.sorted { ($0.shift, $0.name) < ($1.shift, $1.name) }
    if let least = moved.first, let most = moved.last, moved.count > 1, let margin {
      result.append(
        "Between the \(least.pairs.counted("pair", "pairs")) of points whose KLs differ by at most "
          + "\(String(format: "%.3g", margin)) nats, \(least.name) moves by \(Self.percent(least.shift)) of the ranking in "
          + "the mean, and \(most.name) by \(Self.percent(most.shift)).")
    }
    let clear = volatility.filter { $0.metric != "rkl" && $0.ranks.clearPairs > 0 }
    if let most = clear.max(by: { Self.share($0.ranks) < Self.share($1.ranks) }), most.ranks.flips > 0 {
      result.append(
        "Of the \(most.ranks.clearPairs.counted("pair", "pairs")) whose KLs have intervals that do not meet, "
          + "\(most.metric) orders \(most.ranks.flips.grouped) the other way round, more than any other.")
    }
    if groups < RankAgreement.fewestGroups {
      result.append(
        "With \(groups.counted("training", "trainings")) there are no intervals of τ: \(RankAgreement.fewestGroups) are needed."
      )
    }
    return result
  }

  private static func share(_ ranks: RankVolatility) -> Double {
    Double(ranks.flips) / Double(max(ranks.clearPairs, 1))
  }

  private static func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }

  private static func list(_ names: [String]) -> String {
    names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " and " + names[names.count - 1]
  }

  private static func text(_ tau: Correlation) -> String {
    func number(_ value: Double) -> String { String(format: "%.2f", value).replacing("-", with: "−") }
    return number(tau.value) + (tau.interval.map { " (95 %: \(number($0.low)) to \(number($0.high)))" } ?? "")
  }
}
