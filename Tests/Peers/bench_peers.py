#!/usr/bin/env python3
"""Training and inference throughput of cas against PyTorch, on this machine, in one run.

    python bench_peers.py [--models resnet20,resnet56,...] [--rounds 5] [--json FILE]

In each round every side runs every network once, in turn, so that a machine whose speed drifts is the same for all; the
median of the rounds counts, and of the ratios within a round the median, the least and the greatest. PyTorch runs
channels-last, fp32 and (where it is faster) bf16 autocast, with all cores; cas runs `cas-bench --json` (auto and blas).
Needs torch (2.13.0+cpu), numpy, and a release build (`make build`). `make bench-peers` makes the environment.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests/NetworksTests/Golden"))
import reference  # noqa: E402

# Our name, the reference's name and shortcut, the side of the images, the batch.
NETWORKS = {
    "resnet8": ("resnet8", "A", 32, 128),
    "resnet20": ("resnet20", "A", 32, 128),
    "resnet56": ("resnet56", "A", 32, 128),
    "wrn-16-4": ("wrn16-4", None, 32, 128),
    "resnet18": ("resnet18", None, 64, 64),
    "resnet50": ("resnet50", None, 64, 64),
}


class Peer:
    """One network in PyTorch, in one precision."""

    def __init__(self, name, bf16):
        network, shortcut, side, batch = NETWORKS[name]
        self.net = reference.network(network, shortcut, 3, 10).to(memory_format=torch.channels_last)
        self.images = torch.randn(batch, 3, side, side).contiguous(memory_format=torch.channels_last)
        self.labels = torch.arange(batch) % 10
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.001, momentum=0.9, nesterov=True, weight_decay=5e-4)
        self.bf16, self.batch = bf16, batch

    def step(self):
        self.net.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            loss = F.cross_entropy(self.net(self.images).float(), self.labels)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()

    @torch.no_grad()
    def infer(self):
        self.net.eval()
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            self.net(self.images)

    def rate(self, work, seconds):
        work()
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds or count < 2:
            work()
            count += 1
        return self.batch * count / (time.perf_counter() - start)


def ours(name, kernels):
    _, _, side, batch = NETWORKS[name]
    line = subprocess.run(
        [ROOT / ".build/release/cas-bench", "--models", name, "--input", f"{side}x{side}x3", "--batch-size", str(batch),
         "--rounds", "5", "--kernels", kernels, "--json"], check=True, capture_output=True, text=True).stdout
    row = json.loads(line.strip().splitlines()[-1])
    return row["trainingImagesPerSecond"], row["inferenceImagesPerSecond"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join(NETWORKS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    models = options.models.split(",")
    rows = {(model, side): [] for model in models for side in ("torch fp32", "torch bf16", "cas", "cas blas")}
    for _ in range(options.rounds):
        for model in models:
            for side, bf16 in (("torch fp32", False), ("torch bf16", True)):
                peer = Peer(model, bf16)
                rows[model, side].append((peer.rate(peer.step, options.seconds), peer.rate(peer.infer, options.seconds / 2)))
            rows[model, "cas"].append(ours(model, "auto"))
            rows[model, "cas blas"].append(ours(model, "blas"))
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, {options.rounds} rounds; images/s, medians")
    print(f"{'network':10} {'pass':9} {'torch fp32':>10} {'torch bf16':>10} {'cas fp32':>10} {'cas blas':>10}"
          f" {'cas / fp32':>22} {'cas / best':>22}")
    report = []
    for model in models:
        for index, work in enumerate(("training", "inference")):
            column = {side: [run[index] for run in rows[model, side]] for side in ("torch fp32", "torch bf16", "cas", "cas blas")}
            best = [max(pair) for pair in zip(column["torch fp32"], column["torch bf16"])]

            def ratio(others):
                each = [a / b for a, b in zip(column["cas"], others)]
                return statistics.median(each), min(each), max(each)

            medians = {side: statistics.median(values) for side, values in column.items()}
            fp32, peak = ratio(column["torch fp32"]), ratio(best)
            print(f"{model:10} {work:9} " + " ".join(f"{medians[s]:10.0f}" for s in column)
                  + "".join(f"   {m:5.2f} ({low:.2f} to {high:.2f})" for m, low, high in (fp32, peak)))
            report.append({"network": model, "pass": work, "imagesPerSecond": medians, "ratioToFP32": fp32, "ratioToBest": peak})
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


main()
