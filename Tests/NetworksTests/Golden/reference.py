"""The networks of the golden files in plain PyTorch, and the formula that fills them.

Made with Python 3.11.7, torch 2.13.0+cpu, numpy 2.4.6 and safetensors; both make.py scripts import this file.
Nothing is drawn at random: every parameter and every input is a function of a name or of a seed, in exact binary64
arithmetic, so that Tests/Support/GoldenValues.swift rebuilds the same bits and no weights need to be stored.

Checked once by hand against akamaster/pytorch_resnet_cifar10, torchvision 0.28 and xternalz/WideResNet-pytorch: the
same names in the same order, and the same outputs to 4e-7 in both modes.
"""

import json
import math
import platform
import re

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

RULE = {
    "uniform": "U(seed, i) = (finaliser of splitmix64 applied to seed + (i + 1) * 0x9E3779B97F4A7C15, shifted right by 11) * 2^-53",
    "irwinHall": "I(seed, i) = U(seed, 4i) + U(seed, 4i+1) + U(seed, 4i+2) + U(seed, 4i+3) - 2, summed from the left; variance 1/3",
    "parameter": "seed = FNV-1a-64 of the name in UTF-8 without a leading 'module.', i = index in PyTorch's order (OIHW), computed in binary64, stored as binary32",
    "convolution": "I * (sqrt(3) * sqrt(2 / (out channels * kernel height * kernel width)))",
    "linear weight": "I * (sqrt(3) * (1 / sqrt(inputs)))",
    "linear bias": "0.1 * I",
    "batch norm weight": "1 + 0.2 * I; where the name ends in bn3.weight, the whole times 0.25 (or the bottleneck networks would grow without bound)",
    "batch norm bias": "0.2 * I",
    "running_mean": "0.1 * I",
    "running_var": "1 + 0.5 * |I|",
    "input": "I(seed, i) as binary32, i the index in NHWC order; the seed is 42 where nothing else is said",
}


def deterministic():
    """One thread and no choice of algorithm: the same machine writes the same files again."""
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def versions():
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__}


# The formula


def uniform(seed, count):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def irwin_hall(seed, count):
    u = uniform(seed, 4 * count).reshape(count, 4)
    return ((u[:, 0] + u[:, 1]) + u[:, 2]) + u[:, 3] - 2.0


def fnv1a(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) & (1 << 64) - 1
    return value


def parameter(name, shape):
    """The float32 values of the tensor `name`; its kind follows from its name and from the number of its dimensions."""
    name = name.removeprefix("module.")
    values = irwin_hall(fnv1a(name), math.prod(shape))
    last = name.rsplit(".", 1)[-1]
    if last == "running_mean":
        values = 0.1 * values
    elif last == "running_var":
        values = 1 + 0.5 * np.abs(values)
    elif len(shape) == 4:
        values = values * (math.sqrt(3.0) * math.sqrt(2.0 / (shape[0] * shape[2] * shape[3])))
    elif len(shape) == 2:
        values = values * (math.sqrt(3.0) * (1.0 / math.sqrt(shape[1])))
    elif name in ("linear.bias", "fc.bias"):
        values = 0.1 * values
    elif last == "bias":
        values = 0.2 * values
    elif last == "weight":
        values = (1 + 0.2 * values) * (0.25 if name.endswith("bn3.weight") else 1.0)
    else:
        raise ValueError(f"no rule for {name}")
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def extractor_parameter(name, shape):
    """The same for the networks behind features: convolutions by their fan in, since nothing trains them here, and vectors
    that are neither bias nor scale, such as a transformer's tokens, like a bias."""
    if len(shape) == 4:
        values = irwin_hall(fnv1a(name), math.prod(shape)) * (math.sqrt(3.0) * math.sqrt(2.0 / math.prod(shape[1:])))
    elif len(shape) == 1 and name.rsplit(".", 1)[-1] not in ("weight", "bias", "running_mean", "running_var"):
        values = 0.2 * irwin_hall(fnv1a(name), math.prod(shape))
    else:
        return parameter(name, shape)
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def fill(net):
    """`net` with every tensor of its state dictionary, `num_batches_tracked` apart, set by the formula."""
    state = net.state_dict()
    for name, tensor in state.items():
        if not name.endswith("num_batches_tracked"):
            tensor.copy_(parameter(name, tuple(tensor.shape)))
    return net


def images(count, height, width, channels, seed=42):
    """Inputs as PyTorch wants them (NCHW), numbered in NHWC order."""
    values = irwin_hall(seed, count * height * width * channels).astype(np.float32)
    return torch.from_numpy(values.reshape(count, height, width, channels).transpose(0, 3, 1, 2).copy())


# CIFAR ResNets (He et al. 2015, section 4.2), names as in akamaster/pytorch_resnet_cifar10


class CIFARBlock(nn.Module):
    def __init__(self, inputs, outputs, stride, option):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.padding = stride, (outputs - inputs) // 2
        self.shortcut = nn.Sequential()
        if option == "B" and inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.padding and not len(self.shortcut):  # option A: every second pixel, zeros in the new channels
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.padding, self.padding))
        return F.relu(y + self.shortcut(x))


class CIFARResNet(nn.Module):
    def __init__(self, depth, option="A", channels=3, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        inputs = 16
        for stage, outputs in enumerate((16, 32, 64)):
            blocks = []
            for index in range((depth - 2) // 6):
                blocks.append(CIFARBlock(inputs, outputs, 2 if stage and not index else 1, option))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.linear = nn.Linear(64, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.linear(x.mean((2, 3)))


# ImageNet ResNets (stride on the 3x3), names as in torchvision; with the stem for small images, as in kuangliu/pytorch-cifar


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride, shortcut, projection):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.shortcut_name = shortcut
        setattr(self, shortcut, projection)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        projection = getattr(self, self.shortcut_name)
        return F.relu(y + (projection(x) if projection else x))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride, shortcut, projection):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.shortcut_name = shortcut
        setattr(self, shortcut, projection)

    def forward(self, x):
        y = F.relu(self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x))))))
        projection = getattr(self, self.shortcut_name)
        return F.relu(self.bn3(self.conv3(y)) + (projection(x) if projection else x))


IMAGENET_BLOCKS = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
}


class ImageNetResNet(nn.Module):
    def __init__(self, depth, channels=3, classes=1000, small=False):
        super().__init__()
        block, counts = IMAGENET_BLOCKS[depth]
        self.small = small
        self.conv1 = nn.Conv2d(channels, 64, 3, 1, 1, bias=False) if small else nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        inputs = 64
        for stage, count in enumerate(counts):
            width, blocks = 64 << stage, []
            for index in range(count):
                stride, outputs, projection = 2 if stage and not index else 1, width * block.expansion, None
                if stride != 1 or inputs != outputs:
                    convolution = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
                    projection = nn.Sequential(convolution, nn.BatchNorm2d(outputs))
                blocks.append(block(inputs, width, stride, "shortcut" if small else "downsample", projection))
                inputs = outputs
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        setattr(self, "linear" if small else "fc", nn.Linear(inputs, classes))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = x if self.small else F.max_pool2d(x, 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x)))).mean((2, 3))
        return self.linear(x) if self.small else self.fc(x)


# WideResNet (Zagoruyko and Komodakis 2016), pre-activation, names as in xternalz/WideResNet-pytorch


class WideBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.convShortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if inputs != outputs else None

    def forward(self, x):
        activated = F.relu(self.bn1(x))
        y = self.conv2(F.relu(self.bn2(self.conv1(activated))))
        return y + (self.convShortcut(activated) if self.convShortcut else x)


class WideStage(nn.Module):
    def __init__(self, count, inputs, outputs, stride):
        super().__init__()
        first = WideBlock(inputs, outputs, stride)
        self.layer = nn.Sequential(first, *(WideBlock(outputs, outputs, 1) for _ in range(count - 1)))

    def forward(self, x):
        return self.layer(x)


class WideResNet(nn.Module):
    def __init__(self, depth=28, factor=10, channels=3, classes=10):
        super().__init__()
        count = (depth - 4) // 6
        self.conv1 = nn.Conv2d(channels, 16, 3, 1, 1, bias=False)
        self.block1 = WideStage(count, 16, 16 * factor, 1)
        self.block2 = WideStage(count, 16 * factor, 32 * factor, 2)
        self.block3 = WideStage(count, 32 * factor, 64 * factor, 2)
        self.bn1 = nn.BatchNorm2d(64 * factor)
        self.fc = nn.Linear(64 * factor, classes)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        return self.fc(F.relu(self.bn1(x)).mean((2, 3)))


# The network of short trainings. Its whitening filters are a convolution like any other here.


class FastStage(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)

    def forward(self, x):
        x = F.relu(self.bn1(F.max_pool2d(self.conv1(x), 2)))
        return F.relu(self.bn2(self.conv2(x)) + x)


class FastResNet(nn.Module):
    def __init__(self, channels=3, classes=10):
        super().__init__()
        filters = 16 if channels == 1 else 32
        self.whitening = nn.Conv2d(channels, filters, 3, 1, 1, bias=False)
        self.bn0 = nn.BatchNorm2d(filters)
        self.layer1, self.layer2, self.layer3 = FastStage(filters, 64), FastStage(64, 256), FastStage(256, 256)
        self.linear = nn.Linear(256, classes)

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn0(self.whitening(x))))))
        return self.linear(x.amax((2, 3)))


def network(model, shortcut="A", channels=3, classes=10):
    """The network that `cas` calls `model`: wrn28-10, resnet8 … resnet110 for CIFAR, resnet18 … resnet152 for ImageNet,
    resnet18-cifar … for ImageNet's blocks on small images, resnet8-fast for short trainings."""
    if model == "resnet8-fast":
        return FastResNet(channels, classes)
    if model.startswith("wrn"):
        depth, factor = map(int, model.removeprefix("wrn").split("-"))
        return WideResNet(depth, factor, channels, classes)
    depth = int(model.removeprefix("resnet").removesuffix("-cifar"))
    if depth in IMAGENET_BLOCKS:
        return ImageNetResNet(depth, channels, classes, small=model.endswith("-cifar"))
    return CIFARResNet(depth, shortcut, channels, classes)


# Writing


def floats(tensor):
    """Nested lists of the shortest decimals that give back the same float32."""
    return [floats(row) if row.ndim else float(str(row.numpy())) for row in tensor.detach()]


def deviation(single, double):
    """The largest difference from the float64 result, relative to its largest magnitude: what rounding alone does."""
    return float(f"{((single.double() - double).abs().max() / double.abs().max()).item():.2e}")


def write(path, document):
    """JSON with one line for each list of numbers."""
    text = re.sub(r"\[[-+\d.eE,\s]*\]", lambda match: re.sub(r"\s+", "", match[0]), json.dumps(document, indent=1))
    with open(path, "w") as file:
        file.write(text + "\n")
