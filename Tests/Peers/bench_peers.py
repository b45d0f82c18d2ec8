#!/usr/bin/env python3
"""Training and inference of cas against PyTorch, on this machine, in one run: networks, memory, single layers.

    python bench_peers.py [--models resnet20,...] [--large] [--rounds 3] [--json FILE] [--markdown FILE]
    python bench_peers.py --render FILE

In each round every side runs every network once, in turn, each time in a process of its own, so that a machine whose
speed drifts is the same for all and no side's memory or threads disturb the other's. Ratios are taken within a round;
their median, least and greatest are printed. PyTorch runs in fp32 and, where the processor has bf16, in bf16 autocast, both with and without channels-last;
after the first round only the faster layout of each precision goes on. cas runs in each precision that the build has, and once
with `--kernels blas`. Single layers are measured in the first two rounds. The AVX2 pair: CAS_ISA=avx2 with
OPENBLAS_CORETYPE=Haswell against ATEN_CPU_CAPABILITY=avx2 with ONEDNN_MAX_CPU_ISA=AVX2, both fp32.
Memory: cas, the largest resident set after training; PyTorch, the same less what it was when PyTorch had been imported.

Needs a release build (`make build`) and a Python with torch 2.13.0+cpu and numpy; `make bench-peers` makes one.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys

import tables

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = HERE.parents[1] / ".build/release"
THREADS = len(os.sched_getaffinity(0))

# Our name: the side of the images, the batch, the timed steps of a round.
NETWORKS = {
    "resnet20": (32, 128, 7),
    "resnet56": (32, 128, 3),
    "resnet18-cifar": (32, 128, 1),
    "wrn-16-4": (32, 128, 1),
    "resnet50": (64, 64, 2),
}
LARGE = {"resnet18 224x224": (224, 32, 1), "resnet50 224x224": (224, 32, 1)}
# The networks whose layers are compared one by one: narrow, wide, bottlenecks.
LAYERED = ["resnet20", "resnet18-cifar", "resnet50"]

AVX2 = {"CAS_ISA": "avx2", "OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


def environment(more=()):
    """This process's environment without what would force either side's choice of instructions."""
    forced = set(AVX2) | {"OMP_NUM_THREADS", "MKL_NUM_THREADS"}
    return {key: value for key, value in os.environ.items() if key not in forced} | dict(more)


def output(command, more=(), text=None):
    done = subprocess.run(command, capture_output=True, text=True, env=environment(more), input=text)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def run(command, more=(), text=None):
    return json.loads(output(command, more, text))


def bench(*arguments):
    """What `cas bench` prints for people."""
    return output([str(PROGRAMS / "cas"), "bench", "--threads", str(THREADS), *arguments]).strip()


def ours(program, network, rounds, *arguments, more=()):
    side, batch, _ = (NETWORKS | LARGE)[network]
    command = [*program, "--models", network.split()[0], "--input", f"{side}x{side}x3", "--batch-size", batch]
    command += ["--rounds", rounds, "--threads", THREADS, "--json"]
    return run([str(part) for part in [*command, *arguments]], more)


def theirs(network, *arguments, more=()):
    side, batch, rounds = (NETWORKS | LARGE)[network]
    command = [sys.executable, HERE / "torch_peer.py", "network", network.split()[0], "--threads", THREADS]
    command += ["--side", side, "--batch", batch, "--rounds", rounds]
    return run([str(part) for part in [*command, *arguments]], more)


def our_network(network, *arguments, more=()):
    rounds = (NETWORKS | LARGE)[network][2]
    row = ours([PROGRAMS / "cas", "bench"], network, rounds, "--no-pipeline", *arguments, more=more)["networks"][0]
    return {key: row[key] for key in ("trainingImagesPerSecond", "inferenceImagesPerSecond", "trainingPeakMegabytes")}


def has_bf16():
    """Whether this build and machine train in bf16."""
    command = [PROGRAMS / "cas", "bench", "--models", "resnet8", "--batch-size", "2", "--rounds", "1", "--precision", "bf16"]
    return subprocess.run(command, capture_output=True, env=environment()).returncode == 0


# A side: what it is called, and how one round of it is measured. They take turns in this order.


def sides(bf16):
    last = ["--channels-last"]
    table = {
        "torch fp32 channels-last": lambda name: theirs(name, *last),
        "cas fp32": lambda name: our_network(name, "--precision", "fp32"),
        "torch bf16 channels-last": lambda name: theirs(name, "--bf16", *last),
        "cas bf16": lambda name: our_network(name, "--precision", "bf16"),
        "torch fp32": theirs,
        "cas blas": lambda name: our_network(name, "--precision", "fp32", "--kernels", "blas"),
        "torch bf16": lambda name: theirs(name, "--bf16"),
        "torch avx2": lambda name: theirs(name, *last, more=AVX2.items()),
        "cas avx2": lambda name: our_network(name, "--precision", "fp32", more=AVX2.items()),
    }
    # Without the instructions PyTorch trains in bf16 at a tenth of its fp32 rate, and cas not at all.
    return table if bf16 else {side: measure for side, measure in table.items() if "bf16" not in side}


def finished(rows):
    """The sides that the first round was enough for: PyTorch's slower layouts, and the one that is only a column."""
    rates = {side: runs[0]["trainingImagesPerSecond"] for side, runs in rows.items()}
    layouts = [(precision, precision + " channels-last") for precision in ("torch fp32", "torch bf16") if precision in rates]
    return {min(pair, key=rates.get) for pair in layouts} | {"cas blas"}


def measure_networks(report, round_number, table):
    for name in report["models"]:
        rows = report["networks"].setdefault(name, {side: [] for side in table})
        skipped = finished(rows) if round_number else ()
        for side, measure in table.items():
            if side not in skipped:
                rows[side].append(measure(name))
                rate = rows[side][-1]["trainingImagesPerSecond"]
                print(f"round {round_number + 1}  {name:18} {side:26} {rate:9.1f} images/s", file=sys.stderr)


def measure_layers(report, bf16):
    """One round of single layers: for each network and precision, our rows and PyTorch's seconds beside them."""
    for name in report["layered"]:
        for precision in ["fp32"] + ["bf16"] * bf16:
            rows = ours([PROGRAMS / "cas-bench"], name, 2, "--convolutions", "--layers", "--precision", precision)
            command = [sys.executable, str(HERE / "torch_peer.py"), "layers", "--threads", str(THREADS), "--rounds", "2"]
            command += ["--bf16"] if precision == "bf16" else []
            seconds = run(command, text=json.dumps(rows))
            round_rows = tables.paired_layers(rows, seconds)
            report["layers"].setdefault(name, {}).setdefault(precision, []).append(round_rows)
        print(f"single layers of {name}", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", help="networks, separated by commas")
    parser.add_argument("--large", action="store_true", help="ResNets at 224x224 too; takes minutes more and 8 GB")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-layers", action="store_true", help="whole networks only")
    parser.add_argument("--json", type=pathlib.Path, help="where all numbers go, after every round")
    parser.add_argument("--markdown", type=pathlib.Path, help="where the tables for docs/performance.md go")
    parser.add_argument("--render", type=pathlib.Path, metavar="JSON", help="print the tables of an earlier run")
    options = parser.parse_args()
    if options.render:
        print(tables.markdown(json.loads(options.render.read_text())))
        return
    models = options.models.split(",") if options.models else [*NETWORKS, *(LARGE if options.large else [])]
    unknown = [name for name in models if name not in NETWORKS | LARGE]
    if unknown:
        parser.error(f"there is no network {unknown[0]}; known: {', '.join(NETWORKS | LARGE)}")
    bf16 = has_bf16()
    report = {"date": datetime.date.today().isoformat(), "rounds": options.rounds}
    report |= {"threads": THREADS, "models": models, "networks": {}, "layers": {}}
    report["settings"] = {name: (NETWORKS | LARGE)[name] for name in models}
    report["layered"] = [name for name in LAYERED if name in models and not options.no_layers]
    # The limits once as numbers, and as they are printed, with the profile of a step.
    limits = run([str(PROGRAMS / "cas"), "bench", "--limits", "--threads", str(THREADS), "--json"])
    report |= {"limits": limits["limits"], "machine": limits["machine"], "texts": [bench("--limits", "--rounds", "9")]}
    for precision in ["fp32"] + ["bf16"] * bf16:
        report["texts"].append(bench("--profile", "--models", "resnet20", "--rounds", "7", "--precision", precision))
    for round_number in range(options.rounds):
        measure_networks(report, round_number, sides(bf16))
        if round_number < 2:
            measure_layers(report, bf16)
        if options.json:
            options.json.write_text(json.dumps(report, indent=1) + "\n")
    text = tables.markdown(report)
    print(text)
    if options.markdown:
        options.markdown.write_text(text + "\n")


if __name__ == "__main__":
    main()
