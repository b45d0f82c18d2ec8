#!/usr/bin/env python3
"""`cas metrics` against torch-fidelity, pytorch-fid, prdc and scikit-learn on the same arrays: value, time, memory.

    python bench_metrics.py [--images 50000] [--neighbours-images 10000] [--features 2048] [--rounds 3] [--only fid,pr]
                            [--json FILE] [--markdown FILE]

The arrays are seeded: correlated, not negative and long-tailed like pooled features, written once as float32 .npz files.
Every measurement is a process of its own, sides in turn. Seconds: of cas the whole process, of a peer reading the files and
the metric, its imports left out. Memory: of cas the largest resident set, of a peer the same less what it was when
everything had been imported. Both use all processors of this process.

Needs a release build (`make build`) and a Python with torch, torch-fidelity, pytorch-fid, prdc and scikit-learn;
`make bench-metrics` makes one.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE.parents[1] / ".build/release/cas"
THREADS = len(os.sched_getaffinity(0))
NEIGHBOURS = 5

# Our metrics and the number that is compared with a peer's, by case; then the peers.
CASES = {
    "fid": (["fid"], "fid", ["torch-fidelity", "pytorch-fid"]),
    "kid": (["kid-subsets"], "kid-subsets", ["torch-fidelity"]),
    "pr": (["precision-recall"], "precision", ["torch-fidelity", "prdc"]),
    "prd": (["prd"], "prd-recall", ["scikit-learn"]),
}


def arrays(images, features, folder):
    """Two files of features, made a block at a time and only where they are not there yet."""
    import numpy as np

    paths = []
    for name, seed, shift in [("real", 1, 0.0), ("fake", 2, 0.15)]:
        path = pathlib.Path(folder) / f"{name}-{images}x{features}.npz"
        paths.append(path)
        if path.exists():
            continue
        mixing = np.random.default_rng(0).normal(size=(256, features)).astype(np.float32) / 16
        rng = np.random.default_rng(seed)
        values = np.empty((images, features), np.float32)
        for start in range(0, images, 5000):
            block = values[start:start + 5000]
            latent = rng.normal(size=(len(block), 256)).astype(np.float32) + shift
            noise = rng.normal(size=block.shape).astype(np.float32) * 0.3
            np.maximum(latent @ mixing + noise, 0, out=block)
        np.savez(path, features=values)
    return paths


def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peer(case, library, real, fake):
    """One measurement of a peer, in this process: value, seconds, megabytes, as JSON."""
    import numpy as np
    import torch

    torch.set_num_threads(THREADS)
    if library == "torch-fidelity":
        sys.path.insert(0, str(HERE))
        import stub_torchvision  # noqa: F401
        from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
        from torch_fidelity.metric_kid import kid_features_to_metric
        from torch_fidelity.metric_prc import prc_features_to_metric
    elif library == "pytorch-fid":
        sys.path.insert(0, str(HERE))
        import stub_torchvision  # noqa: F401
        from pytorch_fid.fid_score import calculate_frechet_distance
    elif library == "prdc":
        import contextlib
        import io

        from prdc import compute_prdc
    else:
        from sklearn.cluster import MiniBatchKMeans
    before = resident()
    start = time.perf_counter()
    sets = [np.load(path)["features"] for path in (real, fake)]
    if library == "torch-fidelity" and case == "fid":
        tables = [fid_features_to_statistics(torch.from_numpy(x)) for x in sets]
        value = fid_statistics_to_metric(*tables, False)["frechet_inception_distance"]
    elif library == "pytorch-fid":
        tables = [part for x in sets for part in (x.mean(0, dtype=np.float64), np.cov(x, rowvar=False))]
        value = float(calculate_frechet_distance(*tables))
    elif library == "torch-fidelity" and case == "kid":
        tensors = [torch.from_numpy(x) for x in sets]
        value = kid_features_to_metric(
            *tensors, kid_subsets=100, kid_subset_size=min(1000, len(sets[0])), rng_seed=2020, verbose=False,
            kid_kernel="poly", kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None,
            kid_kernel_poly_coef0=1)["kernel_inception_distance_mean"]
    elif library == "torch-fidelity":
        real, fake = map(torch.from_numpy, sets)
        value = prc_features_to_metric(
            fake, real, prc_neighborhood=NEIGHBOURS, prc_batch_size=10000, save_cpu_ram=False, verbose=False)["precision"]
    elif library == "prdc":
        with contextlib.redirect_stdout(io.StringIO()):
            value = float(compute_prdc(*sets, nearest_k=NEIGHBOURS)["precision"])
    else:
        union = np.vstack(sets)
        curves = []
        slopes = np.tan(np.linspace(1e-10, np.pi / 2 - 1e-10, 1001))
        for run in range(10):
            labels = MiniBatchKMeans(20, n_init=10, random_state=run).fit(union).labels_
            parts = labels[:len(sets[0])], labels[len(sets[0]):]
            shares = [np.bincount(part, minlength=20) / len(part) for part in parts]
            alpha = np.minimum(slopes[:, None] * shares[0], shares[1]).sum(1)
            curves.append((alpha, alpha / slopes))
        precision, recall = np.mean(curves, 0)
        value = float((65 * precision * recall / (64 * precision + recall + 1e-10)).max())
    seconds = time.perf_counter() - start
    print(json.dumps({"value": value, "seconds": seconds, "megabytes": resident() - before}))


def measured(command):
    """Standard output, seconds and the largest resident set of a process."""
    start = time.perf_counter()
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    output = process.stdout.read()
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{errors.decode()}")
    return output, seconds, usage.ru_maxrss / 1024


def ours(case, real, fake):
    metrics, name, _ = CASES[case]
    output, seconds, megabytes = measured([
        PROGRAM, "metrics", "--features-synthetic", f"fake={fake}", "--features-real", real, "--metrics",
        ",".join(metrics), "--no-intervals", "--neighbours", NEIGHBOURS, "--threads", THREADS, "--json", "--quiet"])
    found = json.loads(output)["results"][0]["metrics"]
    value = next(entry["value"] for entry in found if entry["name"] == name)
    return {"value": value, "seconds": seconds, "megabytes": megabytes}


def markdown(report):
    lines = ["| metric | arrays | side | value | seconds (median) | peak memory, MB |", "|---|---|---|---|---|---|"]
    for case, entry in report["cases"].items():
        size = f"2 × {entry['images']:,} × {report['features']:,}"
        for side, runs in entry["sides"].items():
            median = {key: statistics.median(run[key] for run in runs) for key in ("value", "seconds", "megabytes")}
            lines.append(
                f"| {case} | {size} | {side} | {median['value']:.9g} | {median['seconds']:.2f} | {median['megabytes']:,.0f} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=50_000, help="rows for fid, kid and prd")
    parser.add_argument("--neighbours-images", type=int, default=10_000, help="rows for precision and recall")
    parser.add_argument("--features", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="cases, separated by commas: " + ", ".join(CASES))
    parser.add_argument("--folder", help="where the arrays are kept; a temporary folder by default")
    parser.add_argument("--json", type=pathlib.Path, help="where all numbers go, after every round")
    parser.add_argument("--markdown", type=pathlib.Path, help="where the table goes")
    parser.add_argument("--peer", nargs=4, metavar=("CASE", "LIBRARY", "REAL", "FAKE"), help=argparse.SUPPRESS)
    parser.add_argument("--make", nargs=3, metavar=("IMAGES", "FEATURES", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        peer(*options.peer)
        return
    if options.make:
        print(json.dumps([str(path) for path in arrays(int(options.make[0]), int(options.make[1]), options.make[2])]))
        return
    cases = options.only.split(",") if options.only else list(CASES)
    unknown = [case for case in cases if case not in CASES]
    if unknown:
        parser.error(f"there is no case {unknown[0]}; known: {', '.join(CASES)}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or temporary
        report = {"threads": THREADS, "features": options.features, "cases": {}}
        for round_number in range(options.rounds):
            for case in cases:
                images = options.neighbours_images if case == "pr" else options.images
                # In another process: what this one has had in memory would count for those that it starts.
                command = [sys.executable, __file__, "--make", images, options.features, folder]
                real, fake = json.loads(measured(command)[0])
                entry = report["cases"].setdefault(case, {"images": images, "sides": {}})
                for side in ["cas", *CASES[case][2]]:
                    if side == "cas":
                        run = ours(case, real, fake)
                    else:
                        command = [sys.executable, __file__, "--peer", case, side, real, fake]
                        run = json.loads(measured(command)[0])
                    entry["sides"].setdefault(side, []).append(run)
                    print(
                        f"round {round_number + 1}  {case:4} {side:15} {run['value']:.9g}  {run['seconds']:8.2f} s "
                        f"{run['megabytes']:8.0f} MB", file=sys.stderr)
            if options.json:
                options.json.write_text(json.dumps(report, indent=1) + "\n")
    text = markdown(report)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")


if __name__ == "__main__":
    main()
