#!/usr/bin/env python3
"""How often two groups of trainings on one and the same set are called different, from a finished run with many seeds:

    cas train --preset demo --synthetic cgan=data/fashion/synthetic/cgan --real data/fashion/real --seeds 12 --output RUN
    python significance.py RUN

For each set of the run, groups of K seeds are drawn against K others. Printed are the shares in which McNemar's test on
the majority predictions has p < 0.05, and in which Student's test over seeds has so, too: for Top-1, and for any class
after Holm's correction, where the classes share a dispersion. The methods are those of `cas`, written down once more.
Needs numpy, scipy and statsmodels.
"""

import pathlib
import sys

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

TRIALS = 400


def majority(predictions, classes):
    """The class that most classifiers name, the first of equals; an image is a column."""
    return np.array([np.bincount(column, minlength=classes).argmax() for column in predictions.T])


def mcnemar(first, second):
    """The exact p-value from whether each side is right about each image."""
    only, other = int((first & ~second).sum()), int((second & ~first).sum())
    return stats.binomtest(only, only + other).pvalue if only + other else 1.0


def shares(predictions, labels, k):
    """Of TRIALS pairs of groups, the share of findings: Top-1 by images, by both, any class by images, by both."""
    classes = int(labels.max()) + 1
    support = np.bincount(labels)
    right = predictions == labels
    accuracy = np.array([[row[labels == c].mean() for c in range(classes)] for row in right])
    rng = np.random.default_rng(0)
    found = np.zeros(4)
    for _ in range(TRIALS):
        drawn = rng.permutation(len(predictions))[: 2 * k]
        a, b = drawn[:k], drawn[k:]
        votes = [majority(predictions[group], classes) == labels for group in (a, b)]
        images = mcnemar(*votes) < 0.05
        seeds = stats.ttest_rel(right[a].mean(1), right[b].mean(1)).pvalue < 0.05
        by_class = [mcnemar(votes[0][labels == c], votes[1][labels == c]) for c in range(classes)]
        difference = accuracy[a] - accuracy[b]
        variance = difference.var(0, ddof=1) / k
        p = (accuracy[drawn].mean(0) * support + 0.5) / (support + 1)
        shared = variance.sum() / (p * (1 - p)).sum() * p * (1 - p)
        t = difference.mean(0) / np.sqrt(np.maximum(variance, shared))
        by_seed = 2 * stats.t.sf(np.abs(t), classes * (k - 1))
        marks = multipletests(by_class, method="holm")[1] < 0.05
        both = marks & (multipletests(by_seed, method="holm")[1] < 0.05)
        found += [images, images and seeds, marks.any(), both.any()]
    return found / TRIALS


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    arrays = np.load(pathlib.Path(sys.argv[1]) / "predictions.npz")
    stems = {name.split("/")[0] for name in arrays.files if "/" in name}
    print("set        K  Top-1: images  both  any class: images  both")
    for stem in sorted(stems):
        names = sorted(name for name in arrays.files if name.startswith(f"{stem}/") and name.endswith("/classes"))
        predictions = np.array([arrays[name][:, 0] for name in names])
        for k in (2, 3, 5):
            if 2 * k <= len(predictions):
                a, b, c, d = (f"{100 * value:.0f} %" for value in shares(predictions, arrays["labels"], k))
                print(f"{stem:9} {k:2}  {a:>13}  {b:>4}  {c:>17}  {d:>4}")


if __name__ == "__main__":
    main()
