"""Golden values of the statistics, from SciPy and statsmodels. Run: python make_statistics.py (writes statistics.json).

Made with NumPy 2, SciPy 1.17 and statsmodels 0.14; every array is drawn from a fixed seed and rounded, so that the
file holds exactly what was computed with.
"""

import json
import pathlib
import types

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint


def pairs(seed, rows, coarse):
    """Two columns that go together; coarse ones have ties."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    y = 0.6 * x + rng.normal(size=rows)
    digits = 0 if coarse else 6
    return np.round(x, digits) + 0.0, np.round(y, digits) + 0.0


def correlations():
    cases = [pairs(seed, rows, coarse) for seed, rows, coarse in [
        (1, 5, False), (2, 8, False), (3, 12, True), (4, 33, False), (5, 50, False), (6, 61, False), (7, 40, True),
        (8, 200, True), (9, 3, False)]]
    # The example of the interface, a perfect order, a reversed one, and Table 2 of Ravuri and Vinyals 2019.
    cases.append((np.array([12, 2, 1, 12, 2, 3.0]), np.array([1, 4, 7, 1, 0, 2.0])))
    cases.append((np.arange(9.0), np.arange(9.0) ** 2))
    cases.append((np.arange(9.0), -np.arange(9.0) ** 3))
    top1 = np.array([5.11, 13.30, 15.66, 25.51, 32.88, 39.07, 42.65, 40.98])
    cases.append((top1, np.array([20.75, 15.93, 14.37, 12.41, 9.24, 7.42, 11.78, 28.67])))
    cases.append((top1, np.array([339.06, 324.62, 316.31, 299.51, 258.72, 214.64, 109.39, 49.54])))
    result = []
    for x, y in cases:
        ties = len(set(x)) < len(x) or len(set(y)) < len(y)
        tau = stats.kendalltau(x, y, method="asymptotic" if ties or len(x) > 60 else "exact")
        rho = stats.spearmanr(x, y)
        r = stats.pearsonr(x, y)
        result.append({
            "first": x.tolist(), "second": y.tolist(),
            "kendall": [float(tau.statistic), float(tau.pvalue)],
            "spearman": [float(rho.statistic), float(rho.pvalue)],
            "pearson": [float(r.statistic), float(r.pvalue)]})
    return result


def bootstraps():
    """Intervals from given replicates: SciPy accepts a distribution that was made before."""
    result = []
    for seed, sizes, replicates in [(1, [20], 999), (2, [35, 12], 400), (3, [9, 9], 51)]:
        rng = np.random.default_rng(seed)
        data = [np.round(rng.exponential(size=n), 6) for n in sizes]

        def statistic(*samples, axis=-1):
            means = [np.mean(s, axis=axis) for s in samples]
            return means[0] if len(means) == 1 else means[0] - means[1]

        distribution = np.array([
            statistic(*[rng.choice(s, len(s)) for s in data]) for _ in range(replicates)]).round(9)
        before = types.SimpleNamespace(bootstrap_distribution=distribution)
        jackknife = [
            [float(statistic(*[np.delete(s, i) if k == j else s for k, s in enumerate(data)])) for i in range(len(data[j]))]
            for j in range(len(data))]
        entry = {
            "estimate": float(statistic(*data)), "replicates": distribution.tolist(), "jackknife": jackknife}
        for method in ("percentile", "BCa"):
            interval = stats.bootstrap(
                data, statistic, n_resamples=0, bootstrap_result=before, method=method, vectorized=True,
            ).confidence_interval
            entry[method] = [float(interval.low), float(interval.high)]
        result.append(entry)
    return result


def power_laws():
    """limit - scale * n ** -exponent by least squares, from several starts, limit at most 1."""
    result = []
    for seed, limit, scale, exponent, sizes in [
            (1, 0.93, 1.5, 0.35, [500, 1000, 2000, 5000, 10000, 50000]), (2, 0.7, 8.0, 0.6, [250, 500, 1000, 2000]),
            (3, 0.88, 0.9, 0.25, [100, 300, 1000, 3000, 10000]), (4, 0.8, 30.0, 1.1, [60, 120, 240, 480, 960])]:
        rng = np.random.default_rng(seed)
        n = np.array(sizes, float)
        y = np.round(limit - scale * n ** -exponent + rng.normal(size=len(n)) * 0.002, 6)

        def residuals(v):
            return v[0] - np.exp(v[1]) * (n / n.max()) ** -v[2] - y

        fits = [
            optimize.least_squares(
                residuals, [y.max(), np.log(0.1), start], bounds=([0, -30, 0.05], [1, 10, 3]), xtol=1e-15, ftol=1e-15,
                gtol=1e-15) for start in (0.1, 0.3, 0.8, 2.0)]
        best = min(fits, key=lambda fit: fit.cost)
        result.append({
            "sizes": sizes, "accuracies": y.tolist(), "error": float(2 * best.cost),
            "law": [float(best.x[0]), float(np.exp(best.x[1]) * n.max() ** best.x[2]), float(best.x[2])]})
    return result


def seed_tests():
    """Student's tests between accuracies of seeds: paired; and apart, with the smaller of the degrees of freedom."""
    result = []
    for seed, counts in [(1, (2, 2)), (2, (3, 3)), (3, (5, 5)), (4, (3, 6)), (5, (10, 2))]:
        rng = np.random.default_rng(seed)
        first, second = (np.round(mean + 0.02 * rng.normal(size=n), 4) for mean, n in zip((0.75, 0.72), counts))
        paired = None
        if len(first) == len(second):
            paired = float(stats.ttest_rel(first, second).pvalue)
        apart = stats.ttest_ind(first, second, equal_var=False)
        result.append({
            "first": first.tolist(), "second": second.tolist(), "paired": paired,
            "apart": float(2 * stats.t.sf(abs(apart.statistic), min(counts) - 1))})
    return result


def class_seed_tests():
    """The same of classes that share a dispersion, by the definition."""
    rng = np.random.default_rng(6)
    images = np.array([100, 100, 400, 50])
    mean = np.array([0.6, 0.9, 0.99, 0.3])
    first = np.round((mean + 0.05 * np.sqrt(mean * (1 - mean)) * rng.normal(size=(3, 4))) * images) / images
    second = np.round((mean - 0.1 + 0.05 * np.sqrt(mean * (1 - mean)) * rng.normal(size=(3, 4))) * images) / images
    difference = first - second
    variance = difference.var(axis=0, ddof=1) / 3
    p = (np.concatenate([first, second]).mean(axis=0) * images + 0.5) / (images + 1)
    shared = variance.sum() / (p * (1 - p)).sum() * p * (1 - p)
    t = difference.mean(axis=0) / np.sqrt(np.maximum(variance, shared))
    return {
        "first": first.T.tolist(), "second": second.T.tolist(), "images": images.tolist(),
        "p": (2 * stats.t.sf(np.abs(t), 2 * 4)).tolist()}


def main():
    rng = np.random.default_rng(11)
    p_lists = [
        [0.01, 0.04, 0.03, 0.005, 0.5, 0.03, 1.0, 0.0], [0.2], np.round(rng.beta(0.4, 2, 40), 8).tolist(),
        [1e-12, 1e-12, 0.9, 0.04]]
    golden = {
        "adjusted": [{
            "p": p, "holm": multipletests(p, method="holm")[1].tolist(),
            "benjaminiHochberg": multipletests(p, method="fdr_bh")[1].tolist(),
            "benjaminiHochbergSciPy": stats.false_discovery_control(p, method="bh").tolist()} for p in p_lists],
        "mcnemar": [
            [b, c, float(mcnemar([[3, b], [c, 5]], exact=True).pvalue)]
            for b, c in [(30, 12), (0, 7), (5, 5), (400, 371), (2, 9)]],
        "wilson": [
            [hits, trials, *map(float, proportion_confint(hits, trials, 0.05, method="wilson"))]
            for hits, trials in [(428, 1000), (7187, 10000), (3, 7), (49, 50)]],
        "normalQuantiles": [[p, float(stats.norm.ppf(p))] for p in (1e-300, 1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999999)],
        "normalTails": [[z, float(2 * stats.norm.sf(abs(z)))] for z in (0.0, 0.5, -1.96, 3.3, 9.0, -20.0)],
        "correlations": correlations(), "bootstraps": bootstraps(), "powerLaws": power_laws(),
        "seedTests": seed_tests(), "classSeedTests": class_seed_tests(),
    }
    path = pathlib.Path(__file__).with_name("statistics.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
