#!/usr/bin/env python3
"""How often two groups of trainings on the same set are called different, from a finished run with many seeds:

    cas train --preset demo --synthetic cgan=data/fashion/synthetic/cgan --real data/fashion/real --seeds 12 --output RUN
    python significance.py RUN

For each set of the run, random groups of K seeds are compared with K others. Prints how often McNemar's test on the
majority predictions has p < 0.05, and how often Student's test over seeds has, too: for Top-1, and for any class after
Holm's correction, where the classes share a dispersion. The methods are those of `cas`, implemented again.
Needs numpy, scipy and statsmodels.
"""

import pathlib
import sys

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

TRIALS = 400


def majority(top, probabilities, classes):
    """The class that most classifiers name, of equals the one with the larger sum of their probabilities, then the first.

    `top` and `probabilities` are classifiers x images x five: the most probable classes and how probable they are.
    """
    images = top.shape[1]
    votes, sums = np.zeros((images, classes)), np.zeros((images, classes))
    for own, shares in zip(top, probabilities):
        rows = np.arange(images)
        votes[rows, own[:, 0]] += 1
        for place in range(own.shape[1]):
            sums[rows, own[:, place]] += shares[:, place]
    # No sum reaches half a vote times the number of classifiers.
    return (votes + sums / (4 * len(top))).argmax(1)


def mcnemar(first, second):
    """The exact p-value from whether each side is right about each image."""
    only, other = int((first & ~second).sum()), int((second & ~first).sum())
    return stats.binomtest(only, only + other).pvalue if only + other else 1.0


def shares(top, probabilities, labels, k):
    """Of TRIALS pairs of groups, the share of findings: Top-1 by images, by both, any class by images, by both."""
    classes = int(labels.max()) + 1
    support = np.bincount(labels)
    predictions = top[:, :, 0]
    right = predictions == labels
    accuracy = np.array([[row[labels == c].mean() for c in range(classes)] for row in right])
    rng = np.random.default_rng(0)
    found = np.zeros(4)
    for _ in range(TRIALS):
        drawn = rng.permutation(len(predictions))[: 2 * k]
        a, b = drawn[:k], drawn[k:]
        votes = [majority(top[group], probabilities[group], classes) == labels for group in (a, b)]
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
        top = np.array([arrays[name] for name in names])
        probabilities = np.array([arrays[name.replace("/classes", "/probabilities")] for name in names])
        for k in (2, 3, 5):
            if 2 * k <= len(top):
                a, b, c, d = (f"{100 * value:.0f} %" for value in shares(top, probabilities, arrays["labels"], k))
                print(f"{stem:9} {k:2}  {a:>13}  {b:>4}  {c:>17}  {d:>4}")


if __name__ == "__main__":
    main()
