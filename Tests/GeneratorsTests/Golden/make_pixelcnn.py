"""Writes pixelcnn.json: log-likelihoods and gradients of small PixelCNNs by PyTorch in double precision.

Parameters and images follow formulas in whole numbers, which PixelCNNGoldenTests computes too.

Needs torch: python3 make_pixelcnn.py
"""

import json
import pathlib

import torch

from pixelcnn_reference import COMPONENTS, PixelCNN

HEIGHT, WIDTH, IMAGES, CLASSES = 4, 5, 3, 2


def pattern(count, seed, below=2003):
    """Whole numbers, 0 to below - 1."""
    index = torch.arange(count, dtype=torch.int64)
    return (index * index * 31 + index * 7919 + (seed + 1) * 104729) % 2003 * below // 2003


def numbers(count, seed):
    """Numbers in -1...1."""
    return pattern(count, seed).double() / 1001 - 1


def case(channels, levels, width, depth, parts=(0, 0, 0)):
    """`parts` moves the biases of a grey mixture: those of the logits, the means and the logarithms of the scales."""
    net = PixelCNN(channels, levels, CLASSES, width, depth).double()
    parameters = dict(sorted(net.named_parameters()))
    with torch.no_grad():
        for seed, (name, parameter) in enumerate(parameters.items()):
            size = 1.7 / parameter.shape[0] ** 0.5 if name.endswith("weight") else 0.5
            values = numbers(parameter.numel(), seed) * size
            if name.endswith("hidden.bias"):
                values += 0.5
            if name == "head.0.output.bias" and any(parts):
                values += torch.tensor(parts).repeat_interleave(COMPONENTS)
            # In single precision, as in a model's file.
            parameter.copy_(values.float().double().view_as(parameter))
    images = pattern(IMAGES * HEIGHT * WIDTH * channels, 0, levels).view(IMAGES, HEIGHT, WIDTH, channels)
    images = images.permute(0, 3, 1, 2).contiguous()
    # The outermost levels are there.
    images[0, :, 0, 0], images[0, :, 0, 1] = 0, levels - 1
    labels = torch.tensor([1, 0, 1])
    terms = net.conditionals(images, labels)
    (-terms.sum()).backward()
    gradients = {}
    for seed, (name, parameter) in enumerate(parameters.items()):
        gradient = parameter.grad.flatten()
        gradients[name] = {
            "along": (gradient * numbers(gradient.numel(), seed + 100)).sum().item(),
            "squares": (gradient**2).sum().item(),
        }
    return {
        "channels": channels, "levels": levels, "width": width, "depth": depth, "parts": parts,
        "labels": labels.tolist(), "terms": terms.detach().permute(0, 2, 3, 1).flatten().tolist(), "gradients": gradients,
    }  # fmt: skip


def main():
    cases = [case(1, 4, 6, 3), case(3, 4, 5, 2), case(1, 256, 6, 3), case(3, 256, 5, 3), case(1, 40, 5, 2, (0, 3, -6))]
    path = pathlib.Path(__file__).with_name("pixelcnn.json")
    path.write_text(json.dumps({"height": HEIGHT, "width": WIDTH, "cases": cases}) + "\n")


main()
