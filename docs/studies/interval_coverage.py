"""How often 95 % intervals of KID hold its true value: the unbiased variance of Sutherland et al. 2017 beside the jackknife's.

Usage: interval_coverage.py [SIMULATIONS]    (600 take about two minutes on one core; needs NumPy)

Both sets are normal; the second has another mean and deviation. The true value is the mean of all estimates, which are
unbiased. Tests/MetricsTests/IntervalCoverageTests.swift has a short form.
"""
import sys

import numpy as np


def kernel(a, b):
    return (a @ b.T / a.shape[1] + 1) ** 3


def estimate(x, y):
    """KID, its unbiased variance, and the jackknife's."""
    m = len(x)
    xx, yy, xy = kernel(x, x), kernel(y, y), kernel(x, y)
    np.fill_diagonal(xx, 0)
    np.fill_diagonal(yy, 0)
    pairs = m * (m - 1)
    value = xx.sum() / pairs + yy.sum() / pairs - 2 * xy.mean()
    jackknife = 0
    for own, other, sums in ((xx, yy, xy.sum(1)), (yy, xx, xy.sum(0))):
        without = ((own.sum() - 2 * own.sum(1)) / ((m - 1) * (m - 2)) + other.sum() / pairs
                   - 2 * (xy.sum() - sums) / ((m - 1) * m))
        jackknife += (m - 1) / m * ((without - without.mean()) ** 2).sum()
    rows = (xx.sum(1) @ xx.sum(1) - (xx**2).sum() + yy.sum(1) @ yy.sum(1) - (yy**2).sum())
    cross = xy.sum(1) @ xy.sum(1) + xy.sum(0) @ xy.sum(0) - 2 * (xy**2).sum()
    mixed = xx.sum(1) @ xy.sum(1) + yy.sum(1) @ xy.sum(0)
    both = (xx.sum() + yy.sum()) * xy.sum()
    constant = (xx.sum() ** 2 + yy.sum() ** 2) / pairs**2 + 2 * (xy.sum() / m**2) ** 2
    first = rows / (pairs * (m - 2)) - constant + cross / (m * pairs) - 2 * mixed / (m * pairs) + 2 * both / (m * m * pairs)
    second = (((xx**2).sum() + (yy**2).sum()) / pairs - constant + 2 * (xy**2).sum() / m**2 - 4 * mixed / (m * pairs)
              + 4 * both / (m * m * pairs))
    return value, 4 * (m - 2) / pairs * first + 2 / pairs * second, jackknife


def main():
    simulations = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    print("features  shift  scale  images  unbiased  jackknife")
    for features, shift, scale, images in (
            (16, 0, 1, 100), (16, .1, 1.1, 100), (16, .25, 1.3, 100), (64, .1, 1.05, 100), (64, 0, 1, 100)):
        stream = np.random.default_rng(1)
        found = np.array([
            estimate(stream.normal(size=(images, features)), stream.normal(size=(images, features)) * scale + shift)
            for _ in range(simulations)])
        error = abs(found[:, 0] - found[:, 0].mean())
        held = [np.mean(error <= 1.96 * np.sqrt(np.maximum(found[:, column], 0))) for column in (1, 2)]
        print(f"{features:8}  {shift:5}  {scale:5}  {images:6}  {held[0]:8.3f}  {held[1]:9.3f}")


main()
