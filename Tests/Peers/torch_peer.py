#!/usr/bin/env python3
"""PyTorch's side of bench_peers.py: measures one network, or single layers, in a process of its own.

    python torch_peer.py network NAME --side 32 --batch 128 [--bf16] [--channels-last] [--rounds 3]
    python torch_peer.py layers [--bf16] [--rounds 3] < what cas-bench --convolutions --layers --json printed

Prints one JSON object. As in `cas bench`, work is done once before it is timed, and the median of the rounds counts.
Memory: the process's largest resident set after training, less what it was when PyTorch had been imported.
"""

import argparse
import json
import pathlib
import re
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F

IMPORTED = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "NetworksTests/Golden"))
import reference  # noqa: E402


def median_seconds(work, rounds, lasting=0.0):
    """The median over rounds; work that takes less than `lasting` is repeated until then."""
    start = time.perf_counter()
    work()
    repeats = max(1, round(lasting / max(time.perf_counter() - start, 1e-7)))
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(repeats):
            work()
        times.append((time.perf_counter() - start) / repeats)
    return statistics.median(times)


# Whole networks


def measure_network(options):
    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    net = reference.network(options.name.replace("wrn-", "wrn"), "A", 3, 10).to(memory_format=layout)
    images = torch.randn(options.batch, 3, options.side, options.side).contiguous(memory_format=layout)
    labels = torch.arange(options.batch) % 10
    optimizer = torch.optim.SGD(net.parameters(), 0.001, momentum=0.9, nesterov=True, weight_decay=5e-4)

    def logits():
        with torch.autocast("cpu", torch.bfloat16, enabled=options.bf16):
            return net(images)

    def step():
        loss = F.cross_entropy(logits().float(), labels)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    training = median_seconds(step, options.rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    net.eval()
    with torch.no_grad():
        inference = median_seconds(logits, options.rounds)
    return {
        "trainingImagesPerSecond": options.batch / training,
        "inferenceImagesPerSecond": options.batch / inference,
        "trainingPeakMegabytes": (peak - IMPORTED) * 1024 / 1e6,
    }


# Single layers


def random_images(batch, shape, dtype):
    x = torch.randn(batch, shape["channels"], shape["height"], shape["width"], dtype=dtype)
    return x.contiguous(memory_format=torch.channels_last)


def convolution(row, dtype, rounds):
    """The pass of one convolution that `row` asks for."""
    x = random_images(row["batch"], row["input"], dtype)
    shape = row["outputChannels"], row["input"]["channels"], row["kernelHeight"], row["kernelWidth"]
    weights = torch.randn(*shape, dtype=dtype).contiguous(memory_format=torch.channels_last)
    stride, padding = [row["stride"]] * 2, [row["padding"]] * 2
    with torch.no_grad():
        if row["pass"] == "forward":
            return median_seconds(lambda: F.conv2d(x, weights, None, stride, padding), rounds, 0.01)
        gradient = torch.randn_like(F.conv2d(x, weights, None, stride, padding))
        mask = [row["pass"] == "data", row["pass"] == "weights", False]

        def backward():
            return torch.ops.aten.convolution_backward(
                gradient, x, weights, None, stride, padding, [1, 1], False, [0, 0], 1, mask)

        return median_seconds(backward, rounds, 0.01)


def function(row, dtype):
    """The layer as a function of its inputs, and these; None for a layer that is not compared."""
    kind, shape, batch = row["kind"], row["input"], row["batch"]
    x = random_images(batch, shape, dtype).requires_grad_()
    if kind.startswith("batch norm"):
        channels = shape["channels"]
        gamma, beta = (torch.randn(channels, requires_grad=True) for _ in range(2))
        mean, variance = torch.zeros(channels), torch.ones(channels)
        inputs = [x, gamma, beta]
        if "sum" in kind:
            inputs.append(random_images(batch, shape, dtype).requires_grad_())

        def normalise(x, gamma, beta, residual=None):
            y = F.batch_norm(x, mean, variance, gamma, beta, training=True)
            y = y if residual is None else y + residual
            return F.relu_(y) if "ReLU" in kind else y

        return normalise, inputs
    window = re.match(r"max pool (\d+)x\d+ / (\d+)", kind)
    if window:
        size, stride = int(window[1]), int(window[2])
        padding = ((row["output"]["height"] - 1) * stride + size - shape["height"] + 1) // 2
        return lambda x: F.max_pool2d(x, size, stride, padding), [x]
    if kind == "global average":
        return lambda x: x.mean((2, 3)), [x]
    if kind == "sum":
        return torch.add, [x, random_images(batch, shape, dtype).requires_grad_()]
    if kind.startswith("shortcut"):
        stride, more = shape["height"] // row["output"]["height"], row["output"]["channels"] - shape["channels"]
        return lambda x: F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, more // 2, more // 2)), [x]
    return None


def layer(row, dtype, rounds):
    """Seconds of the forward and of the backward pass of a layer, or None."""
    found = function(row, dtype)
    if not found:
        return None
    work, inputs = found
    forward = median_seconds(lambda: work(*inputs), rounds, 0.005)
    output = work(*inputs)
    gradient = torch.randn_like(output)
    backward = median_seconds(lambda: torch.autograd.grad(output, inputs, gradient, retain_graph=True), rounds, 0.005)
    return {"forward": forward, "backward": backward}


def measure_layers(options):
    report = json.load(sys.stdin)
    dtype = torch.bfloat16 if options.bf16 else torch.float32
    return {
        "convolutions": [convolution(row, dtype, options.rounds) for row in report["convolutions"]],
        "layers": [layer(row, dtype, options.rounds) for row in report["layers"]],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["network", "layers"])
    parser.add_argument("name", nargs="?")
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    measured = measure_network(options) if options.what == "network" else measure_layers(options)
    # What PyTorch says of itself: the instruction set that ATen and oneDNN use.
    print(json.dumps(measured | {"torch": torch.__version__, "capability": torch.backends.cpu.get_cpu_capability()}))


main()
