#!/usr/bin/env python3
"""Golden values of the metrics that start from features or class probabilities: distribution.json.

Needs torch-fidelity, piq, prdc, SciPy and scikit-learn beside numpy and torch. The arrays are those of GoldenValues in
Tests/Support: value i is the sum of four uniform numbers of SplitMix64 less 2, exact in binary64.
"""

import contextlib
import io
import json
import pathlib
import sys

import numpy as np
from scipy import linalg, stats


sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "Peers"))

import stub_torchvision  # noqa: E402, F401
import torch  # noqa: E402
from piq.kid import KID  # noqa: E402
from prdc import compute_prdc  # noqa: E402
from sklearn.cluster import MiniBatchKMeans  # noqa: E402
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric  # noqa: E402
from torch_fidelity.metric_isc import isc_features_to_metric  # noqa: E402
from torch_fidelity.metric_kid import kernel_mmd  # noqa: E402
from torch_fidelity.metric_prc import prc_features_to_metric  # noqa: E402

POLYNOMIAL = dict(kid_kernel="poly", kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1)


def uniforms(seed, count):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def base(seed, rows, columns):
    u = uniforms(seed, rows * columns * 4).reshape(rows * columns, 4)
    return (((u[:, 0] + u[:, 1]) + u[:, 2]) + u[:, 3] - 2.0).reshape(rows, columns)


def exact_fid(a, b):
    """By singular values of the product of the centred features' triangular factors: no lost digits."""
    factors = [np.linalg.qr((x - x.mean(0)) / np.sqrt(len(x) - 1))[1] for x in (a, b)]
    distance = ((a.mean(0) - b.mean(0)) ** 2).sum() + sum((f**2).sum() for f in factors)
    return float(distance - 2 * linalg.svdvals(factors[0] @ factors[1].T).sum())


def by_definition(x, y):
    """The unbiased estimate for sets of any size, which the peers refuse."""
    def kernel(a, b):
        return (a @ b.T / a.shape[1] + 1) ** 3
    def within(a):
        return (kernel(a, a).sum() - np.trace(kernel(a, a))) / (len(a) * (len(a) - 1))
    return float(within(x) + within(y) - 2 * kernel(x, y).mean())


def frechet():
    """Sets with their distance by torch-fidelity and without lost digits."""
    result = []
    for name, seeds, rows, columns, scale, shift in [
            ("many images", (1, 2), (600, 500), 16, 1 / 32, 0.25), ("fewer images than features", (4, 5), (40, 50), 256, 0, 0.5),
            ("one side has fewer", (6, 7), (300, 30), 64, 1 / 64, 0.1), ("a large mean", (8, 9), (400, 400), 12, 0, 0.3)]:
        a = base(seeds[0], rows[0], columns)
        b = base(seeds[1], rows[1], columns) * (1 + np.arange(columns) * scale) + shift
        if name == "a large mean":
            a, b = a + 1000, b + 1000
        statistics = [fid_features_to_statistics(torch.from_numpy(x)) for x in (a, b)]
        peer = fid_statistics_to_metric(*statistics, False)["frechet_inception_distance"]
        result.append(dict(
            name=name, seeds=seeds, rows=rows, columns=columns, scale=scale, shift=shift,
            offset=1000 if name == "a large mean" else 0, torchFidelity=float(peer), exact=exact_fid(a, b)))
    return result


def curve(evaluated, reference, angles=1001):
    slopes = np.tan(np.linspace(1e-10, np.pi / 2 - 1e-10, angles))
    alpha = np.minimum(slopes[:, None] * reference[None], evaluated[None]).sum(1)
    return np.clip(alpha, 0, 1), np.clip(alpha / slopes, 0, 1)


def largest(precision, recall, beta):
    return float(((1 + beta**2) * precision * recall / (beta**2 * precision + recall + 1e-10)).max())


def clustered(real, fake):
    """PRD with scikit-learn's k-means, twenty times: the mean of the scores and their spread over repetitions."""
    union = np.vstack([real, fake])
    scores = []
    for repetition in range(20):
        curves = []
        for run in range(10):
            labels = MiniBatchKMeans(20, n_init=10, random_state=100 * repetition + run).fit(union).labels_
            shares = [np.bincount(part, minlength=20) / len(part) for part in (labels[:len(real)], labels[len(real):])]
            curves.append(curve(shares[1], shares[0]))
        precision, recall = np.mean([c[0] for c in curves], 0), np.mean([c[1] for c in curves], 0)
        scores.append([largest(precision, recall, 8), largest(precision, recall, 1 / 8)])
    return dict(mean=np.mean(scores, 0).tolist(), deviation=np.std(scores, 0).tolist())


def main():
    real = base(1, 600, 16)
    fake = base(2, 500, 16) * (1.0 + np.arange(16) / 32.0) + 0.25
    logits = base(3, 500, 10) * 2.0
    tensors = [torch.from_numpy(x) for x in (real, fake, logits)]
    golden = {"frechet": frechet()}
    unequal = [base(10, 80, 5), base(11, 130, 5) * 1.5]
    variance = KID(ret_var=True).compute_metric(tensors[0][:500], tensors[1])[1]
    golden["kernel"] = {
        "equal": float(kernel_mmd(real[:500], fake, **POLYNOMIAL)), "equalVariance": float(variance),
        "unequal": by_definition(*unequal)}
    golden["inception"] = [
        [splits, *isc_features_to_metric(tensors[2], splits=splits, shuffle=False).values()] for splits in (1, 7, 10)]
    with contextlib.redirect_stdout(io.StringIO()):
        golden["manifold"] = [{"k": k, **{key: float(v) for key, v in compute_prdc(real, fake, nearest_k=k).items()}}
                              for k in (3, 5)]
    # Repeated rows: a hundred samples are ten of the real images, ten times each; the real ones are there twice.
    few = np.repeat(real[:10], 10, axis=0)
    double = np.repeat(real[:60], 2, axis=0)
    with contextlib.redirect_stdout(io.StringIO()):
        strict = compute_prdc(double, few, nearest_k=1)
    loose = prc_features_to_metric(
        torch.from_numpy(few), torch.from_numpy(double), prc_neighborhood=1, prc_batch_size=10000, save_cpu_ram=False,
        verbose=False)
    golden["repeated"] = {"exclusive": {k: float(v) for k, v in strict.items()},
                          "inclusive": {k: float(loose[k]) for k in ("precision", "recall")}}
    # The same size on both sides, as PRD asks for.
    golden["clustered"] = clustered(real[:500], fake)
    golden["normality"] = []
    for seed, rows, power in [(21, 30, 1), (22, 200, 1), (23, 200, 3), (24, 5000, 1), (25, 1000, 2)]:
        sample = np.sign(base(seed, rows, 1)[:, 0]) * np.abs(base(seed, rows, 1)[:, 0]) ** power
        golden["normality"].append({
            "seed": seed, "rows": rows, "power": power, "skewness": float(stats.skew(sample)),
            "kurtosis": float(stats.kurtosis(sample)), "p": float(stats.normaltest(sample).pvalue)})
    path = pathlib.Path(__file__).with_name("distribution.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
