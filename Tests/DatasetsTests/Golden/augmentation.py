"""Writes augmentation.json: what Pillow and torchvision make of made-up images, for AugmentationGoldenTests.

Usage: python augmentation.py > augmentation.json     (Pillow 13.0.0, torch 2.13.0, torchvision 0.28.0, numpy)

torchvision's parameters are drawn from RandomStream, which is written again here, so that both sides see the same numbers.
"""
import json
import math

import numpy as np
import torch
from PIL import Image, ImageEnhance

library = torch.library.Library("torchvision", "DEF")  # the wheel lacks it beside a CPU-only torch
for name in ["nms", "qnms"]:
    library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
from torchvision import transforms  # noqa: E402
from torchvision.transforms import autoaugment, functional  # noqa: E402

MASK = (1 << 64) - 1


def mixed(value):
    z = (value + 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
    return z ^ z >> 31


class Stream:
    def __init__(self, seed, purpose, part):
        key = 0xCBF29CE484222325
        for byte in purpose.encode():
            key = ((key ^ byte) * 0x100000001B3) & MASK
        key = mixed(mixed(seed) ^ key)
        self.key = mixed((key + 0x9E3779B97F4A7C15 * (part + 1)) & MASK)
        self.block, self.words = 0, []

    def word(self):
        if not self.words:
            c = [self.block & 0xFFFFFFFF, self.block >> 32, 0, 0]
            k = [self.key & 0xFFFFFFFF, self.key >> 32]
            for _ in range(10):
                a, b = 0xD2511F53 * c[0], 0xCD9E8D57 * c[2]
                c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
                k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
            self.block += 1
            self.words = c
        return self.words.pop(0)

    def uniform(self):
        return (self.word() >> 8) * 2.0**-24

    def integer(self, bound):
        product = self.word() * bound
        if product & 0xFFFFFFFF < bound:
            threshold = (2**32 - bound) % bound
            while product & 0xFFFFFFFF < threshold:
                product = self.word() * bound
        return product >> 32


class Drawn:
    """Stands for torch.empty(1) while a stream is in use."""
    stream = None

    def uniform_(self, low, high):
        return torch.tensor([low + (high - low) * Drawn.stream.uniform()], dtype=torch.float64)


def with_stream(stream, call):
    Drawn.stream = stream
    saved = torch.empty, torch.randint, torch.log
    torch.empty = lambda *_: Drawn()
    torch.randint = lambda low, high, size: torch.tensor([low + stream.integer(high - low)])
    torch.log = lambda values: saved[2](values.double())
    try:
        return call()
    finally:
        torch.empty, torch.randint, torch.log = saved


def image(width, height):
    """A ramp in each channel, with noise from multiplications."""
    n = np.arange(width * height * 3, dtype=np.int64)
    return Image.fromarray((n * n * 7 + n * 31 + (n % 3) * 80).astype(np.uint8).reshape(height, width, 3))


def flat(picture):
    return np.asarray(picture).reshape(-1).tolist()


CHANGES = ["Identity", "ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate", "Brightness", "Color", "Contrast",
           "Sharpness", "Posterize", "Solarize", "AutoContrast", "Equalize"]
UNGRADED = ["Identity", "AutoContrast", "Equalize"]
UNSIGNED = UNGRADED + ["Posterize", "Solarize"]


def original(name, grey):
    """Large and dull where a change looks at how often values occur."""
    picture = image(40, 30).point(lambda value: value // 3 + 40) if name in UNGRADED else image(13, 11)
    return picture.convert("L") if grey else picture


def changed(name, magnitude, negative, picture):
    """One change of RandAugment, as its forward makes it."""
    space = transforms.RandAugment()._augmentation_space(31, (picture.height, picture.width))
    values, signed = space[name]
    assert signed == (name not in UNSIGNED)
    strength = float(values[magnitude].item()) if values.ndim > 0 else 0.0
    return autoaugment._apply_op(
        picture, name, -strength if negative else strength, transforms.InterpolationMode.NEAREST, None)


def main():
    picture = image(7, 5)
    result = {"enhancements": [], "hues": [], "crops": [], "windows": [], "erasings": []}
    for factor in [0, 0.25, 0.6, 0.9375, 1.3, 1.75, 3]:
        result["enhancements"].append({
            "factor": factor,
            "brightness": flat(ImageEnhance.Brightness(picture).enhance(factor)),
            "contrast": flat(ImageEnhance.Contrast(picture).enhance(factor)),
            "saturation": flat(ImageEnhance.Color(picture).enhance(factor)),
        })
    for turn in [-0.5, -0.21, -0.04, 0.0625, 0.3, 0.5]:
        result["hues"].append({"turn": turn, "pixels": flat(functional.adjust_hue(picture, turn))})
    large = image(23, 17)  # windows that Pillow 13 scales across before down, as older versions do all
    for x, y, width, height in [(0, 0, 23, 17), (3, 2, 11, 9), (12, 0, 1, 17), (20, 14, 3, 3)]:
        crop = functional.resized_crop(large, y, x, height, width, [8, 8], transforms.InterpolationMode.BILINEAR)
        result["crops"].append({"window": [x, y, width, height], "pixels": flat(crop)})
    for part in range(60):
        width, height = [(32, 32), (224, 224), (500, 375), (20, 200), (300, 17)][part % 5]
        scale, ratio = [((0.08, 1.0), (3 / 4, 4 / 3)), ((0.9, 1.0), (3 / 4, 4 / 3)), ((0.25, 0.5), (0.5, 2.0))][part % 3]
        top, left, h, w = with_stream(
            Stream(5, "augmentation", part),
            lambda: transforms.RandomResizedCrop.get_params(Image.new("L", (width, height)), scale, ratio))
        result["windows"].append({
            "part": part, "size": [width, height], "area": scale, "aspect": ratio, "window": [left, top, w, h]})
    for part in range(40):
        stream = Stream(6, "augmentation", part)
        if stream.uniform() >= 0.75:
            result["erasings"].append({"part": part, "window": None})
            continue
        blank = torch.zeros(3, 28, 36)
        top, left, h, w, _ = with_stream(
            stream, lambda: transforms.RandomErasing.get_params(blank, (0.02, 0.33), (0.3, 3.3), [0.0]))
        whole = (h, w) == (28, 36)
        result["erasings"].append({"part": part, "window": None if whole else [left, top, w, h]})
    result["changes"] = [
        {"change": name, "magnitude": magnitude, "isNegative": negative, "isGrey": grey,
         "pixels": flat(changed(name, magnitude, negative, original(name, grey)))}
        for name in CHANGES for magnitude in ([4, 9, 30] if name not in UNGRADED else [9])
        for negative in ([False, True] if name not in UNSIGNED else [False]) for grey in [False, True]]
    print(json.dumps(result, separators=(",", ":")))


main()
