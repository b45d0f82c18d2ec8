#!/usr/bin/env python3
"""CIFAR-10 to 94 % in PyTorch: the network and the recipe of Jordan 2024 (arXiv:2404.00498, airbench94), for the time that
`cas train --preset cifar10-fast` is compared with.

    python torch_fast.py DATA --json FILE [--seeds 1] [--bf16]           trains and tests (goes on where it was)
    python torch_fast.py DATA --json FILE --time-steps 12 [--bf16]       times steps only, and says what 480 of them take

DATA is the folder of CIFAR-10's binary files. Ten epochs of 48 steps of 1,024 images; tested on six views of each image,
as the paper does, and on two. Needs torch (2.13.0+cpu) and numpy.
"""

import argparse
import json
import pathlib
import statistics
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

BATCH, EPOCHS, MOMENTUM = 1024, 10, 0.85
SCALE = BATCH * (1 + 1 / (1 - MOMENTUM))
RATE, DECAY, SHIFT_FACTOR = 11.5 / SCALE, 0.0153 * BATCH / SCALE, 64


def load(folder, names):
    rows = np.concatenate([np.fromfile(folder / name, np.uint8).reshape(-1, 3073) for name in names])
    mean, deviation = torch.tensor([0.4914, 0.4822, 0.4465]), torch.tensor([0.2470, 0.2435, 0.2616])
    images = torch.tensor(rows[:, 1:].reshape(-1, 3, 32, 32)).float() / 255
    images = (images - mean[:, None, None]) / deviation[:, None, None]
    return images.contiguous(memory_format=torch.channels_last), torch.tensor(rows[:, 0]).long()


class Stage(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm1, self.norm2 = (nn.BatchNorm2d(outputs, eps=1e-12, momentum=0.4) for _ in range(2))
        for conv in (self.conv1, self.conv2):
            nn.init.dirac_(conv.weight[: conv.in_channels])
        for norm in (self.norm1, self.norm2):
            norm.weight.requires_grad = False

    def forward(self, x):
        x = F.gelu(self.norm1(F.max_pool2d(self.conv1(x), 2)))
        return F.gelu(self.norm2(self.conv2(x)))


class Net(nn.Module):
    def __init__(self, images):
        super().__init__()
        self.whitening = nn.Conv2d(3, 24, 2)
        self.stages = nn.Sequential(Stage(24, 64), Stage(64, 256), Stage(256, 256))
        self.head = nn.Linear(256, 10, bias=False)
        patches = images[:5000].unfold(2, 2, 1).unfold(3, 2, 1).permute(0, 2, 3, 1, 4, 5).reshape(-1, 12)
        values, vectors = torch.linalg.eigh(patches.T @ patches / len(patches))
        filters = vectors.T / (values + 5e-4).sqrt()[:, None]
        self.whitening.weight.data = torch.cat((filters, -filters)).reshape(24, 3, 2, 2)
        self.whitening.bias.data.zero_()
        self.whitening.weight.requires_grad = False

    def forward(self, x):
        x = self.stages(F.gelu(self.whitening(x)))
        return self.head(F.max_pool2d(x, 3).flatten(1)) / 9


def shifted(images, places):
    """Each image padded by two of its mirrored border pixels and cut at its own place."""
    count = len(images)
    padded = F.pad(images, (2, 2, 2, 2), mode="reflect").permute(0, 2, 3, 1)
    rows = torch.arange(32) + places[0][:, None]
    columns = torch.arange(32) + places[1][:, None]
    cut = padded[torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]]
    return cut.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def factor(step, steps):
    peak = int(0.23 * steps)
    return 0.2 + 0.8 * step / peak if step < peak else 1 + (0.07 - 1) * (step - peak) / (steps - peak)


class Run:
    def __init__(self, images, seed):
        torch.manual_seed(seed)
        self.seed, self.step, self.seconds, self.times = seed, 0, 0.0, []
        self.net = Net(images).to(memory_format=torch.channels_last)
        learned = [(name, p) for name, p in self.net.named_parameters() if p.requires_grad]
        shifts = [p for name, p in learned if "norm" in name]
        others = [p for name, p in learned if "norm" not in name]
        groups = [
            dict(params=shifts, lr=RATE * SHIFT_FACTOR, weight_decay=DECAY / (RATE * SHIFT_FACTOR)),
            dict(params=others, lr=RATE, weight_decay=DECAY / RATE),
        ]
        self.rates = [group["lr"] for group in groups]
        self.optimizer = torch.optim.SGD(groups, momentum=MOMENTUM, nesterov=True)
        self.slow = {k: v.clone() for k, v in self.net.state_dict().items() if v.is_floating_point()}
        self.flips = torch.rand(len(images)) < 0.5

    def advance(self, images, labels, steps, until, bf16):
        per_epoch = len(images) // BATCH
        while self.step < until:
            start = time.perf_counter()
            epoch, place = divmod(self.step, per_epoch)
            if place == 0 or not hasattr(self, "order"):
                torch.manual_seed(1_000_003 * self.seed + epoch)
                self.order = torch.randperm(len(images))
                self.places = torch.randint(0, 5, (2, len(images)))
            batch = self.order[place * BATCH : (place + 1) * BATCH]
            inputs = shifted(images[batch], self.places[:, batch])
            mirrored = self.flips[batch] ^ (epoch % 2 == 1)
            inputs = torch.where(mirrored[:, None, None, None], inputs.flip(3), inputs)
            self.net.whitening.bias.requires_grad = epoch < 3
            for group, rate in zip(self.optimizer.param_groups, self.rates):
                group["lr"] = rate * factor(self.step, steps)
            self.net.train()
            with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                logits = self.net(inputs)
            loss = F.cross_entropy(logits.float(), labels[batch], label_smoothing=0.2, reduction="sum")
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            self.step += 1
            if self.step % 5 == 0 or self.step == steps:
                kept = 1.0 if self.step == steps else 0.95**5 * (self.step / steps) ** 3
                with torch.no_grad():
                    for name, value in self.net.state_dict().items():
                        if name in self.slow:
                            self.slow[name].lerp_(value, 1 - kept)
                            value.copy_(self.slow[name])
            self.times.append(time.perf_counter() - start)
            self.seconds += self.times[-1]

    @torch.no_grad()
    def top1(self, images, labels, bf16, shifts):
        self.net.eval()
        hits = 0
        for at in range(0, len(images), 500):
            part = images[at : at + 500]
            views = [(part, 0.5)]
            if shifts:
                padded = F.pad(part, (1, 1, 1, 1), mode="reflect")
                views = [(part, 0.25), (padded[:, :, 0:32, 0:32], 0.125), (padded[:, :, 2:34, 2:34], 0.125)]
            total = 0
            for view, weight in views:
                for mirrored in (view, view.flip(3)):
                    with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
                        total = total + weight * self.net(mirrored.contiguous(memory_format=torch.channels_last)).float()
            hits += (total.argmax(1) == labels[at : at + 500]).sum().item()
        return hits / len(images)

    def save(self, path):
        state = {k: v for k, v in vars(self).items() if k not in ("net", "optimizer")}
        state.update(net=self.net.state_dict(), optimizer=self.optimizer.state_dict())
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").rename(path)

    def restore(self, path):
        state = torch.load(path)
        self.net.load_state_dict(state.pop("net"))
        self.optimizer.load_state_dict(state.pop("optimizer"))
        vars(self).update(state)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--bf16", action="store_true")
    parser.add_argument("--time-steps", type=int, help="only time this many steps")
    parser.add_argument("--json", type=pathlib.Path, required=True)
    options = parser.parse_args()
    images, labels = load(options.data, [f"data_batch_{k + 1}.bin" for k in range(5)])
    per_epoch = len(images) // BATCH
    steps = EPOCHS * per_epoch
    document = dict(torch=torch.__version__, threads=torch.get_num_threads(), bf16=options.bf16, steps=steps)
    if options.time_steps:
        run = Run(images, 0)
        run.advance(images, labels, steps, options.time_steps, options.bf16)
        step = statistics.median(run.times[2:])
        document.update(secondsPerStep=step, secondsOfTraining=step * steps)
        print(f"{step:.3f} s a step, {step * steps:.0f} s for {steps} steps")
    else:
        test, test_labels = load(options.data, ["test_batch.bin"])
        document["runs"] = []
        for seed in range(options.seeds):
            run = Run(images, seed)
            checkpoint = options.json.with_suffix(f".seed{seed}.pt")
            if checkpoint.exists():
                run.restore(checkpoint)
            while run.step < steps:
                run.advance(images, labels, steps, (run.step // per_epoch + 1) * per_epoch, options.bf16)
                run.save(checkpoint)
                print(seed, run.step, f"{run.seconds:.0f} s", flush=True)
            accuracy = {f"top1Of{2 + 4 * s}Views": run.top1(test, test_labels, options.bf16, s == 1) for s in (0, 1)}
            document["runs"].append(dict(seed=seed, seconds=run.seconds, **accuracy))
            print(document["runs"][-1], flush=True)
    options.json.write_text(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
