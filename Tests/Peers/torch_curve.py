#!/usr/bin/env python3
"""ResNet-20 (shortcut A) on CIFAR-10 in PyTorch, the recipe of the preset resnet20-short at any number of epochs:

    python torch_curve.py DATA --epochs 30 --seeds 3 --json FILE [--seed 0] [--threads N] [--batches 5] [--bf16]

DATA is the folder of the binary files. Batch 128, SGD 0.9 with Nesterov, weight decay 5e-4 on everything but batch
normalisation, warm-up from 0 to 0.2 over one epoch and a cosine to 0, zero padding of 4 with a random crop, mirror with
probability 1/2. The file is written after every epoch, and the same command goes on from there (weights lie beside it).
Two seeds side by side with a thread each (`--seed 0 --seeds 1 --threads 1`, `--seed 1 ...`, a file for each) take four fifths of the
time that one after another takes with two.
Needs torch (2.13.0+cpu) and numpy. `cas train --synthetic cifar10=DATA --real DATA --preset resnet20-short --epochs 30
--seeds 3 --no-baseline` is the other side.
"""

import argparse
import json
import math
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "NetworksTests/Golden"))
import reference  # noqa: E402


def load(folder, names):
    rows = np.concatenate([np.fromfile(folder / name, np.uint8).reshape(-1, 3073) for name in names])
    return torch.tensor(rows[:, 1:].reshape(-1, 3, 32, 32)).float() / 255, torch.tensor(rows[:, 0]).long()


def augmented(images):
    """Each image padded by 4 and cut at a place of its own, half of them mirrored."""
    count = len(images)
    padded = F.pad(images, (4, 4, 4, 4)).permute(0, 2, 3, 1)
    top, left = torch.randint(0, 9, (2, count, 1))
    columns = torch.arange(32).expand(count, 32)
    columns = torch.where(torch.rand(count, 1) < 0.5, 31 - columns, columns) + left
    rows = torch.arange(32) + top
    cut = padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return cut.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


class Run:
    """One seed's training, which can be taken up again."""

    def __init__(self, seed, steps):
        torch.manual_seed(seed)
        self.net = reference.network("resnet20", "A", 3, 10).to(memory_format=torch.channels_last)
        for module in self.net.modules():
            if isinstance(module, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        named = dict(self.net.named_parameters())
        plain = [p for name, p in named.items() if "bn" in name]
        decayed = [p for name, p in named.items() if "bn" not in name]
        groups = [dict(params=decayed, weight_decay=5e-4), dict(params=plain, weight_decay=0)]
        self.optimizer = torch.optim.SGD(groups, 0.2, momentum=0.9, nesterov=True)
        self.seed, self.steps, self.step, self.curve, self.seconds = seed, steps, 0, [], 0.0

    def epoch(self, images, labels, bf16):
        per_epoch, total, start = len(images) // 128, 0.0, time.perf_counter()
        torch.manual_seed(1_000_003 * self.seed + len(self.curve))
        order = torch.randperm(len(images))
        self.net.train()
        for batch in order[: per_epoch * 128].reshape(per_epoch, 128):
            warm = self.step - per_epoch
            rate = 0.2 * (self.step + 1) / per_epoch if warm < 0 else 0.1 * (1 + math.cos(math.pi * warm / (self.steps - per_epoch)))
            for group in self.optimizer.param_groups:
                group["lr"] = rate
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                logits = self.net(augmented(images[batch]))
            loss = F.cross_entropy(logits.float(), labels[batch])
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            total += loss.item()
            self.step += 1
        self.seconds += time.perf_counter() - start
        return total / per_epoch

    @torch.no_grad()
    def top1(self, images, labels, bf16):
        self.net.eval()
        hits = 0
        for at in range(0, len(images), 500):
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                logits = self.net(images[at : at + 500].contiguous(memory_format=torch.channels_last))
            hits += (logits.argmax(1) == labels[at : at + 500]).sum().item()
        return hits / len(images)

    def save(self, path):
        state = dict(net=self.net.state_dict(), optimizer=self.optimizer.state_dict(), step=self.step, curve=self.curve, seconds=self.seconds)
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def restore(self, path):
        state = torch.load(path)
        self.net.load_state_dict(state["net"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.curve, self.seconds = state["step"], state["curve"], state["seconds"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds")
    parser.add_argument("--threads", type=int, help="PyTorch's threads (its own choice)")
    parser.add_argument("--batches", type=int, default=5, help="training files, of 10,000 images each")
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--json", type=pathlib.Path, required=True)
    options = parser.parse_args()
    if options.threads:
        torch.set_num_threads(options.threads)
    images, labels = load(options.data, [f"data_batch_{k + 1}.bin" for k in range(options.batches)])
    test, test_labels = load(options.data, ["test_batch.bin"])
    mean, deviation = images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True)
    images, test = (images - mean) / deviation, (test - mean) / deviation
    runs = []
    for seed in range(options.seed, options.seed + options.seeds):
        run = Run(seed, options.epochs * (len(images) // 128))
        checkpoint = options.json.with_suffix(f".seed{seed}.pt")
        if checkpoint.exists():
            run.restore(checkpoint)
        runs.append(run)
        while len(run.curve) < options.epochs:
            loss = run.epoch(images, labels, options.bf16)
            run.curve.append(dict(loss=round(loss, 4), top1=run.top1(test, test_labels, options.bf16)))
            run.save(checkpoint)
            print(seed, len(run.curve), run.curve[-1], f"{run.seconds:.0f} s", flush=True)
            finals = [r.curve[-1]["top1"] for r in runs if len(r.curve) == options.epochs]
            document = dict(torch=torch.__version__, epochs=options.epochs, bf16=options.bf16, top1=finals)
            document["runs"] = [dict(seed=r.seed, seconds=r.seconds, curve=r.curve) for r in runs]
            options.json.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
