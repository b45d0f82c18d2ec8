"""Golden values of the metrics, from SciPy and NumPy. Run: python make.py (writes metrics.json beside itself).

Made with NumPy 2 and SciPy 1; every array is drawn from a fixed seed.
"""

import json
import pathlib

import numpy as np
from scipy import special, stats


def classifier(seed, images, classes):
    """Probabilities in float32, some of them tied, and their labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, images)
    logits = rng.normal(size=(images, classes)) * 1.5
    logits[np.arange(images), labels] += 1.2
    probabilities = special.softmax(logits, axis=1)
    # A few rows on a coarse grid, so that ties happen.
    probabilities[::7] = np.round(probabilities[::7] * 8) / 8
    return probabilities.astype(np.float32), labels


def metrics(probabilities, labels, bins=15):
    p = probabilities.astype(np.float64)
    images, classes = p.shape
    order = np.argsort(-p, axis=1, kind="stable")
    hit = order == labels[:, None]
    confidence = p[np.arange(images), order[:, 0]]
    bin_of = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    calibration = sum(
        (bin_of == m).sum() / images * abs(hit[bin_of == m, 0].mean() - confidence[bin_of == m].mean())
        for m in range(bins)
        if (bin_of == m).any()
    )
    confusion = np.zeros((classes, classes), int)
    np.add.at(confusion, (labels, order[:, 0]), 1)
    return {
        "top1": float(hit[:, 0].mean()),
        "top5": float(hit[:, :5].any(axis=1).mean()) if classes > 5 else None,
        "brier": float(((p - np.eye(classes)[labels]) ** 2).sum(axis=1).mean()),
        "expectedCalibrationError": float(calibration),
        "confusion": confusion.reshape(-1).tolist(),
        "topClasses": order[:, :5].reshape(-1).tolist(),
    }


def holm(p):
    """The definition, in the least clever way: every step-down set spelled out."""
    ranked = np.argsort(p, kind="stable")
    adjusted = np.empty(len(p))
    for i, index in enumerate(ranked):
        adjusted[index] = max(min(1.0, (len(p) - j) * p[ranked[j]]) for j in range(i + 1))
    return adjusted.tolist()


def main():
    golden = {"classifiers": [], "beta": [], "student": [], "studentIntervals": [], "wilson": [], "mcnemar": []}
    for seed, images, classes in [(1, 90, 7), (2, 40, 3), (3, 64, 12), (4, 30, 6), (5, 25, 5)]:
        probabilities, labels = classifier(seed, images, classes)
        golden["classifiers"].append(
            {
                "classes": classes,
                "labels": labels.tolist(),
                "probabilities": [float(v) for v in probabilities.reshape(-1)],
                **metrics(probabilities, labels),
            }
        )
    for a, b in [(0.5, 0.5), (1, 1), (0.5, 1), (2, 3), (0.5, 10), (30, 0.5), (12, 31), (500, 700), (0.5, 5e5), (5e5, 5e5)]:
        center = a / (a + b)
        for x in sorted({0.01, 0.3, 0.5, 0.9, center, center * 0.99}):
            golden["beta"].append([x, a, b, float(special.betainc(a, b, x))])
    for confidence in (0.5, 0.9, 0.95, 0.99):
        for degrees in (1, 2, 3, 4, 9, 29, 99, 1000, 1_000_000):
            golden["student"].append([confidence, degrees, float(stats.t.ppf((1 + confidence) / 2, degrees))])
    for values in ([0.7, 0.72], [0.71, 0.69, 0.735], [0.9173, 0.9171, 0.918, 0.9166, 0.9178], [0.5, 0.5, 0.5]):
        scale = stats.sem(values)
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), scale) if scale > 0 else (values[0],) * 2
        golden["studentIntervals"].append({"values": values, "interval": [float(low), float(high)]})
    for hits, trials in [(428, 1000), (0, 50), (50, 50), (1, 1), (7187, 10000), (3, 7)]:
        interval = stats.binomtest(hits, trials).proportion_ci(0.95, method="wilson")
        golden["wilson"].append([hits / trials, trials, interval.low, interval.high])
    for b, c in [(30, 12), (12, 30), (0, 0), (5, 5), (1, 0), (0, 10), (50, 40), (700, 810), (0, 1000), (0, 1100), (500_000, 498_000)]:
        p = stats.binomtest(b, b + c, 0.5).pvalue if b + c > 0 else 1.0
        golden["mcnemar"].append([b, c, float(p)])
    p_values = [0.01, 0.04, 0.03, 0.005, 0.5, 0.03, 1.0, 0.0]
    golden["holm"] = {"p": p_values, "adjusted": holm(p_values)}
    path = pathlib.Path(__file__).with_name("metrics.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
