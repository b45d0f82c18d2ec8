"""Writes gaussians.json: densities and masses of Gaussians by SciPy and mpmath, and a fit of probabilistic PCA by NumPy.

Needs numpy, scipy and mpmath: python3 make_gaussians.py
"""

import json
import pathlib

import mpmath
import numpy as np
from scipy.stats import multivariate_normal

mpmath.mp.dps = 60


def log_mass(low, high):
    """ln of the mass of the standard normal distribution between two numbers."""

    def cumulative(x):
        return mpmath.erfc(-x / mpmath.sqrt(2)) / 2

    if low > 0:
        low, high = -high, -low
    if low == -mpmath.inf:
        return float(mpmath.log(cumulative(mpmath.mpf(high))))
    return float(mpmath.log(cumulative(mpmath.mpf(high)) - cumulative(mpmath.mpf(low))))


def main():
    random = np.random.default_rng(7)
    order, levels = 12, 256  # 2x2 pixels of three channels
    loadings = random.normal(size=(order, 4)) * 30
    covariance = loadings @ loadings.T + np.diag(random.uniform(1, 400, order))
    mean = random.uniform(60, 190, order)
    images = np.clip(np.rint(random.multivariate_normal(mean, covariance, 6)), 0, levels - 1).astype(int)
    images[0, :3] = [0, 255, 0]  # the open intervals, and far tails
    lower = np.linalg.cholesky(covariance)
    masses = []
    for image in images:
        total, z = 0.0, np.zeros(order)
        for pixel in range(order):
            deviation = lower[pixel, pixel]
            centre = mean[pixel] + lower[pixel, :pixel] @ z[:pixel]
            low = -mpmath.inf if image[pixel] == 0 else (image[pixel] - 0.5 - centre) / deviation
            high = mpmath.inf if image[pixel] == levels - 1 else (image[pixel] + 0.5 - centre) / deviation
            total += log_mass(low, high)
            z[pixel] = (image[pixel] - centre) / deviation
        masses.append(total)
    cases = []
    for z, half in [(0, 0.5), (0, 5), (3, 0.01), (-7, 0.2), (19.9, 0.3), (20.4, 0.3), (-37, 0.5), (60, 0.05), (-900, 2)]:
        cases.append({"z": z, "half": half, "mass": log_mass(z - half, z + half),
                      "below": log_mass(-mpmath.inf, z + half)})
    # Probabilistic PCA of integer data by the closed form.
    rank, count = 3, 400
    data = np.clip(np.rint(random.multivariate_normal(mean, covariance, count)), 0, levels - 1).astype(int)
    sample = np.cov(data.T, bias=True)
    values, vectors = np.linalg.eigh(sample)
    variance = values[: order - rank].mean()
    principal = vectors[:, -rank:]
    model = principal @ np.diag(values[-rank:] - variance) @ principal.T + variance * np.eye(order)
    golden = {
        "mean": mean.tolist(), "covariance": covariance.ravel().tolist(), "images": images.ravel().tolist(),
        "densities": multivariate_normal(mean, covariance).logpdf(images).tolist(), "masses": masses, "cases": cases,
        "data": data.ravel().tolist(), "rank": rank, "principalCovariance": model.ravel().tolist(),
        "principalMean": data.mean(axis=0).tolist(),
        "principalDensity": float(multivariate_normal(data.mean(axis=0), model).logpdf(data).mean()),
    }
    target = pathlib.Path(__file__).with_name("gaussians.json")
    target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
