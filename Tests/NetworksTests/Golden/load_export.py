"""Shows that an exported checkpoint loads in PyTorch, and that PyTorch then finds the same accuracy:

    CAS_DATA=DIR python load_export.py FILE.safetensors --model resnet20 [--shortcut A]

Loads FILE with strict=True into the network of reference.py and prints its Top-1 on the 10,000 CIFAR-10 test images of
$CAS_DATA/cifar-10-batches-bin/test_batch.bin. The images are normalised as the key `normalization` of the file's metadata
says ({"mean": [...], "deviation": [...]} in units of 0 to 1); --mean and --deviation override it. The network is that of
the key `architecture`, unless --model names another.
Run by hand; no test needs it. Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6, safetensors.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors import safe_open

import reference


def arguments():
    parser = argparse.ArgumentParser(description="Top-1 of an exported checkpoint on CIFAR-10, in PyTorch")
    parser.add_argument("file", type=Path)
    parser.add_argument("--model", help="resnet20, resnet56, wrn28-10 …; default: the metadata's `architecture`")
    parser.add_argument("--shortcut", choices="AB", help="of a CIFAR ResNet; default: B for names that end in -b, else A")
    parser.add_argument("--mean", type=float, nargs="+")
    parser.add_argument("--deviation", type=float, nargs="+")
    return parser.parse_args()


def read(path):
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}


def normalisation(options, metadata):
    """Mean and deviation for each channel, from the options or from the metadata."""
    found = json.loads(metadata.get("normalization", "{}"))
    for name in ("mean", "deviation"):
        found[name] = getattr(options, name) or found.get(name)
        if not found[name]:
            sys.exit(f"{options.file}: the metadata has no {name} under `normalization`; give --{name}")
    return [torch.tensor(found[name]).reshape(1, -1, 1, 1) for name in ("mean", "deviation")]


def test_set():
    path = Path(os.environ["CAS_DATA"]) / "cifar-10-batches-bin" / "test_batch.bin"
    rows = np.fromfile(path, np.uint8).reshape(10000, 3073)
    return torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()), torch.from_numpy(rows[:, 0].astype(np.int64))


def main():
    options = arguments()
    state, metadata = read(options.file)
    name = options.model or metadata.get("architecture") or sys.exit(f"{options.file}: no architecture; give --model")
    model = name.removesuffix("-b").replace("wrn-", "wrn")
    head = next(name for name in ("linear.weight", "fc.weight") if name in state)
    shortcut = options.shortcut or ("B" if name.endswith("-b") else "A")
    net = reference.network(model, shortcut, state["conv1.weight"].shape[1], state[head].shape[0])
    net.load_state_dict(state, strict=True)
    print(f"{options.file.name}: {len(state)} tensors loaded into {model} with strict=True; metadata {metadata}")

    mean, deviation = normalisation(options, metadata)
    pixels, labels = test_set()
    net = net.eval().to(memory_format=torch.channels_last)
    hits = 0
    with torch.no_grad():
        for start in range(0, len(pixels), 500):
            x = (pixels[start : start + 500].float() / 255 - mean) / deviation
            x = x.contiguous(memory_format=torch.channels_last)
            hits += (net(x).argmax(1) == labels[start : start + 500]).sum().item()
    print(f"Top-1 {hits / len(pixels):.4f} ({hits} of {len(pixels)})")


if __name__ == "__main__":
    reference.deterministic()
    main()
