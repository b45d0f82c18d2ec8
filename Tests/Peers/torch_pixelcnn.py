#!/usr/bin/env python3
"""PyTorch's side of the comparison of PixelCNNs: the network of `cas sample --fit pixelcnn`, in images a second.

    python torch_pixelcnn.py train  --side 32 --channels 3 --width 64 --depth 8 --batch 32 --threads 2
    python torch_pixelcnn.py sample --side 32 --channels 3 --width 64 --depth 8 --batch 64 --threads 2

`train` times steps of Adam on random images. `sample` draws as one would straightforwardly: a whole forward pass for each
pixel, and with a softmax for each channel of it. Where that would take long, `--pixels N` draws the first N pixels of the
images and counts the rest at the same speed, which the result says. Prints one JSON object; the median of the rounds
counts, and work is done once before it is timed.
"""

import argparse
import json
import pathlib
import statistics
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "GeneratorsTests/Golden"))
import pixelcnn_reference  # noqa: E402


def median_seconds(work, rounds):
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def training(net, images, labels):
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)

    def step():
        loss = -net.conditionals(images, labels).mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


@torch.no_grad()
def sample(net, shape, labels, pixels):
    """The images of the labels; only the first `pixels` pixels are drawn, the others are 0."""
    images = torch.zeros(len(labels), *shape, dtype=torch.long)
    for position in range(pixels):
        row, column = divmod(position, shape[2])
        for channel in range(len(net.head)):
            numbers = net(images, labels)[channel][:, :, row, column]
            pixel = images[:, :, row, column].clone()
            net.draw(numbers, pixel, channel)
            images[:, :, row, column] = pixel
    return images


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["train", "sample"])
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--channels", type=int, choices=[1, 3], default=3)
    parser.add_argument("--levels", type=int, default=256)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pixels", type=int)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    shape = (options.channels, options.side, options.side)
    net = pixelcnn_reference.PixelCNN(options.channels, options.levels, options.classes, options.width, options.depth)
    images = torch.randint(options.levels, (options.batch, *shape))
    labels = torch.arange(options.batch) % options.classes
    whole = options.side**2
    drawn = min(options.pixels or whole, whole)
    if options.what == "train":
        seconds = median_seconds(training(net, images, labels), options.rounds)
    else:
        seconds = median_seconds(lambda: sample(net, shape, labels, drawn), options.rounds) * whole / drawn
    result = {
        "what": options.what,
        "imagesPerSecond": options.batch / seconds,
        "parameters": sum(x.numel() for x in net.parameters()),
        "torch": torch.__version__,
    }
    if options.what == "sample":
        result |= {"drawnPixels": drawn, "pixels": whole}
    print(json.dumps(result))


main()
