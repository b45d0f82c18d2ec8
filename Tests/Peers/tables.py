"""The tables that bench_peers.py makes of its measurements, in Markdown."""

import collections
import statistics

PASSES = ["forward", "backward", "data", "weights"]
TOGETHER = "convolutions and batch norms together"


def paired_layers(ours, theirs):
    """Seconds of cas and of PyTorch for each kind of layer and pass of one network, over all its layers.

    Convolutions are the kernels alone. Where cas normalises while it convolves, normalisations are not listed by
    themselves; convolutions and normalisations together always are.
    """
    sums = collections.defaultdict(lambda: [0.0, 0.0])

    def add(kind, work, row, our_seconds, their_seconds):
        for index, seconds in enumerate((our_seconds, their_seconds)):
            sums[kind, work][index] += row["layers"] * seconds

    for row, seconds in zip(ours["convolutions"], theirs["convolutions"], strict=True):
        stride = f" / {row['stride']}" if row["stride"] > 1 else ""
        kind = f"convolution {row['kernelHeight']}x{row['kernelWidth']}{stride}"
        add(kind, row["pass"], row, row["timing"]["median"], seconds)
        add(TOGETHER, "forward" if row["pass"] == "forward" else "backward", row, 0, seconds)
    for row, seconds in zip(ours["layers"], theirs["layers"], strict=True):
        is_normalization = row["kind"].startswith("batch norm")
        for work in ("forward", "backward"):
            if is_normalization or row["kind"].startswith("convolution"):
                add(TOGETHER, work, row, row[work]["median"], seconds[work] if seconds else 0)
            if seconds and not (is_normalization and row["isFused"]):
                add(row["kind"], work, row, row[work]["median"], seconds[work])
    kinds = [kind for kind in dict.fromkeys(kind for kind, _ in sums) if kind != TOGETHER] + [TOGETHER]
    order = sorted(sums, key=lambda key: (kinds.index(key[0]), PASSES.index(key[1])))
    return [{"kind": key[0], "pass": key[1], "cas": sums[key][0], "torch": sums[key][1]} for key in order]


def spread(values):
    """Median (least to greatest)."""
    values = list(values)
    if not values:
        return "–"
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def best(rows, sides, key):
    """Of each round the greatest number of those sides."""
    columns = [[run[key] for run in rows[side]] for side in sides if rows.get(side)]
    # A layout that was dropped after the first round has fewer numbers.
    rounds = max(map(len, columns), default=0)
    return [max(column[index] for column in columns if index < len(column)) for index in range(rounds)]


def ratios(ours, theirs):
    return [a / b for a, b in zip(ours, theirs)]


FP32 = ["torch fp32", "torch fp32 channels-last"]
BF16 = ["torch bf16", "torch bf16 channels-last"]


def table(header, rows):
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows])


def label(report, name):
    side, batch, _ = report["settings"][name]
    return f"{name.split()[0]}, {side}x{side}, batch {batch}"


def middle(values, decimals=0):
    return f"{statistics.median(values):.{decimals}f}" if values else "–"


def throughput(report):
    rows = []
    for name, sides in report["networks"].items():
        for work in ("training", "inference"):
            key = work + "ImagesPerSecond"
            fp32, bf16, ours, our_bf16, blas = (
                best(sides, names, key) for names in (FP32, BF16, ["cas fp32"], ["cas bf16"], ["cas blas"]))
            all_ours, all_theirs = best(sides, ["cas fp32", "cas bf16"], key), best(sides, FP32 + BF16, key)
            first = label(report, name) if work == "training" else ""
            rows.append([first, work, *(middle(column) for column in (fp32, bf16, ours, our_bf16, blas)),
                         spread(ratios(ours, fp32)), spread(ratios(all_ours, all_theirs))])
    header = ["network", "pass", "PyTorch fp32", "PyTorch bf16", "cas fp32", "cas bf16", "cas `--kernels blas`",
              "fp32 / fp32", "best / best"]
    return table(header, rows)


def memory(report):
    rows = []
    for name, sides in report["networks"].items():
        def peak(names):
            found = [run["trainingPeakMegabytes"] for side in names for run in sides.get(side, [])]
            return min(found, default=None)

        cells = [peak(names) for names in (FP32, BF16, ["cas fp32"], ["cas bf16"])]
        rows.append([label(report, name), *("–" if cell is None else f"{cell:.0f}" for cell in cells),
                     f"{cells[2] / cells[0]:.2f}", "–" if cells[3] is None else f"{cells[3] / cells[1]:.2f}"])
    header = ["network", "PyTorch fp32", "PyTorch bf16", "cas fp32", "cas bf16", "fp32 / fp32", "bf16 / bf16"]
    return table(header, rows)


def avx2(report):
    rows = []
    for name, sides in report["networks"].items():
        for work in ("training", "inference"):
            key = work + "ImagesPerSecond"
            theirs, ours = best(sides, ["torch avx2"], key), best(sides, ["cas avx2"], key)
            rows.append([label(report, name) if work == "training" else "", work, middle(theirs), middle(ours),
                         spread(ratios(ours, theirs))])
    return table(["network", "pass", "PyTorch AVX2", "cas AVX2", "cas / PyTorch"], rows)


def layers(report):
    rows = []
    for name, precisions in report["layers"].items():
        for precision, rounds in precisions.items():
            first = f"{name}, {precision}"
            for index, row in enumerate(rounds[0]):
                ours, theirs = ([1000 * one[index][side] for one in rounds] for side in ("cas", "torch"))
                rows.append([first, row["kind"], row["pass"], middle(theirs, 2), middle(ours, 2), spread(ratios(theirs, ours))])
                first = ""
    return table(["network", "layers", "pass", "PyTorch ms", "cas ms", "PyTorch / cas"], rows)


def markdown(report):
    machine = report["machine"]
    torch = next(runs[0] for side, runs in next(iter(report["networks"].values())).items() if side.startswith("torch"))
    parts = [
        f"{report['date']}, {machine['cpu']}, {report['threads']} threads, {machine['instructionSet']}, OpenBLAS"
        f" {machine['blasCore']}; PyTorch {torch['torch']} ({torch['capability']}). `make bench-peers`, {report['rounds']} rounds.",
        "Images a second, medians; ratios are medians over the rounds (least to greatest).",
        throughput(report),
        "Peak memory of training in MB: cas, the largest resident set; PyTorch, the same less the imported interpreter's.",
        memory(report),
        "AVX2 on both sides, fp32: `CAS_ISA=avx2 OPENBLAS_CORETYPE=Haswell`; `ATEN_CPU_CAPABILITY=avx2"
        " ONEDNN_MAX_CPU_ISA=AVX2`, channels-last.",
        avx2(report),
    ]
    if report["layers"]:
        parts += ["Single layers, each alone, summed over the layers of the network; PyTorch channels-last.", layers(report)]
    parts += [f"```\n{text}\n```" for text in report["texts"]]
    return "\n\n".join(parts)
