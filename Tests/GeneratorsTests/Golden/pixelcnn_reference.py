"""The network of `cas sample --fit pixelcnn` in PyTorch, for golden values and for the comparison of speed.

The gated PixelCNN of van den Oord et al. 2016 ("Conditional Image Generation with PixelCNN Decoders"), with the mixture of
discretised logistics of Salimans et al. 2017 ("PixelCNN++") above 16 levels and a softmax up to there. Parameters have the
names and the shapes of a model's file.
"""

import math

import torch
import torch.nn.functional as F
from torch import nn

COMPONENTS = 10
LEAST_SCALE = -7.0
MOST_SOFTMAX_LEVELS = 16


class Stack(nn.Module):
    """What a layer has of one of the two stacks: a convolution over a rectangle of earlier positions, which is a frame of
    zeros and a kernel without a mask, and a row of biases for each class, where the stack has a gate.
    """

    def __init__(self, taps, inputs, width, classes):
        super().__init__()
        rows, columns, up, left = taps
        self.frame = (left, columns - 1 - left, up + rows - 1, -up)
        self.size = (rows, columns, inputs, 2 * width)
        seen = rows * columns * inputs
        self.weight = nn.Parameter(torch.randn(seen, 2 * width) / math.sqrt(seen))
        self.classes = nn.Parameter(torch.zeros(classes, 2 * width)) if classes else None

    def forward(self, x):
        return F.conv2d(F.pad(x, self.frame), self.weight.view(self.size).permute(3, 2, 0, 1))


class Positionwise(nn.Module):
    """A matrix for the channels of each position, [inputs][outputs], and a bias where there is one."""

    def __init__(self, inputs, outputs, has_bias=False):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(outputs)) if has_bias else None

    def forward(self, x):
        return F.conv2d(x, self.weight.t()[:, :, None, None], self.bias)


def gate(x, bias):
    """tanh(a) sigmoid(b), the bias of the class added to both."""
    a, b = (x + bias[:, :, None, None]).chunk(2, 1)
    return torch.tanh(a) * torch.sigmoid(b)


class Layer(nn.Module):
    def __init__(self, inputs, width, classes, kernel, is_first, is_last):
        super().__init__()
        half = kernel // 2
        # Rows, columns, how far up the lowest row lies, and how far left the first column.
        vertical = (half + 1, kernel, int(is_first), half)
        horizontal = (1, half + 1, 0, half + int(is_first))
        self.is_first, self.is_last = is_first, is_last
        self.vertical = Stack(vertical, inputs, width, 0 if is_last else classes)
        self.horizontal = Stack(horizontal, inputs, width, classes)
        self.link = Positionwise(2 * width, 2 * width)
        self.output = Positionwise(width, width)

    def forward(self, vertical, horizontal, labels):
        above = self.vertical(vertical)
        beside = self.horizontal(horizontal) + self.link(above)
        found = self.output(gate(beside, self.horizontal.classes[labels]))
        if not self.is_first:
            found = found + horizontal
        return None if self.is_last else gate(above, self.vertical.classes[labels]), found


class Group(nn.Module):
    """From the features to the numbers of a distribution; a softmax has a group for each channel."""

    def __init__(self, width, outputs, levels, earlier):
        super().__init__()
        self.hidden = Positionwise(width, width, has_bias=True)
        self.levels = nn.ParameterList([nn.Parameter(torch.randn(levels, width) / width**0.5) for _ in range(earlier)])
        self.output = Positionwise(width, outputs, has_bias=True)

    def forward(self, x, images):
        hidden = self.hidden(x)
        for channel, table in enumerate(self.levels):
            hidden = hidden + table[images[:, channel]].permute(0, 3, 1, 2)
        return self.output(F.relu(hidden))


class PixelCNN(nn.Module):
    """Images are whole numbers, [image][channel][row][column], 0 to levels - 1."""

    def __init__(self, channels, levels, classes, width, depth):
        super().__init__()
        self.channels, self.levels = channels, levels
        self.is_softmax = levels <= MOST_SOFTMAX_LEVELS
        self.layers = nn.ModuleList(
            Layer(channels + 1 if i == 0 else width, width, classes, 7 if i == 0 else 3, i == 0, i == depth - 1)
            for i in range(depth)
        )
        numbers = COMPONENTS * (1 + 2 * channels + channels * (channels - 1) // 2)
        self.head = nn.ModuleList(
            Group(width, levels if self.is_softmax else numbers, levels, channel)
            for channel in range(channels if self.is_softmax else 1)
        )

    def forward(self, images, labels):
        """The numbers of each group of the head, [image][number][row][column]."""
        x = self.scaled(images)
        vertical = horizontal = torch.cat([x, torch.ones_like(x[:, :1])], 1)
        for layer in self.layers:
            vertical, horizontal = layer(vertical, horizontal, labels)
        features = F.relu(horizontal)
        return [group(features, images) for group in self.head]

    def scaled(self, images):
        return images.to(self.head[0].output.weight.dtype) * 2 / (self.levels - 1) - 1

    def conditionals(self, images, labels):
        """ln p of each number given those before it, in nats, [image][channel][row][column]."""
        outputs = self(images, labels)
        if self.is_softmax:
            found = [F.log_softmax(x, 1).gather(1, images[:, i : i + 1]) for i, x in enumerate(outputs)]
            return torch.cat(found, 1)
        return self.mixture(outputs[0], images)

    def mixture(self, numbers, images):
        parts = numbers.split(COMPONENTS, 1)
        values = self.scaled(images)
        joint = F.log_softmax(parts[0], 1)
        found, before = [], 0
        for channel in range(self.channels):
            mean, scale = self.logistic(parts, channel, values)
            joint = joint + self.log_mass(values[:, channel : channel + 1], images[:, channel : channel + 1], mean, scale)
            total = torch.logsumexp(joint, 1)
            found.append(total - before)
            before = total
        return torch.stack(found, 1)

    def logistic(self, parts, channel, values):
        """The means, moved by the earlier channels, and the logarithms of the scales."""
        mean, scale = parts[1 + 2 * channel], parts[2 + 2 * channel].clamp(min=LEAST_SCALE)
        for earlier in range(channel):
            slope = parts[1 + 2 * self.channels + channel * (channel - 1) // 2 + earlier]
            mean = mean + torch.tanh(slope) * values[:, earlier : earlier + 1]
        return mean, scale

    def log_mass(self, value, level, mean, scale):
        """ln(sigmoid(a) - sigmoid(b)) between the ends of a level; the outermost levels are open."""
        half = 1 / (self.levels - 1)
        above = (value - mean + half) * torch.exp(-scale)
        below = (value - mean - half) * torch.exp(-scale)
        size = 2 * half * torch.exp(-scale)
        inner = F.logsigmoid(above) + F.logsigmoid(-below) + torch.log(-torch.expm1(-size))
        return torch.where(
            level == 0, F.logsigmoid(above), torch.where(level == self.levels - 1, F.logsigmoid(-below), inner)
        )

    def draw(self, numbers, pixels, channel):
        """One channel of the pixels from the numbers of its distribution, [image][number]; `pixels` tells the earlier ones.

        A mixture draws all channels at once.
        """
        if self.is_softmax:
            pixels[:, channel] = torch.multinomial(F.softmax(numbers, 1), 1)[:, 0]
            return
        parts = [part[:, :, None, None] for part in numbers.split(COMPONENTS, 1)]
        component = torch.multinomial(F.softmax(parts[0][:, :, 0, 0], 1), 1)
        for own in range(self.channels):
            mean, scale = self.logistic(parts, own, self.scaled(pixels)[:, :, None, None])
            mean, scale = (x[:, :, 0, 0].gather(1, component)[:, 0] for x in (mean, scale))
            uniform = torch.rand(len(mean)).clamp(1e-7, 1 - 1e-7)
            value = mean + torch.exp(scale) * (torch.log(uniform) - torch.log1p(-uniform))
            pixels[:, own] = ((value + 1) / 2 * (self.levels - 1)).round().clamp(0, self.levels - 1).long()
