#!/usr/bin/env python3
"""Images per second and core of cas against Pillow, torchvision, OpenCV and imagecodecs: decode, resize, crop, feed.

    python bench_decoding.py [--images 128] [--rounds 3] [--json FILE] [--markdown FILE]

Makes JPEGs of 800x600 (quality 90, 4:2:0) in a temporary folder. In each round every side does every step once, in turn,
each in a process of its own with one thread, so that a machine whose speed drifts is the same for all; the median of the
rounds counts. `feed` is what a training needs: read, decode, a random part scaled to 224x224, mirrored by chance, normalised
to floats. OpenCV's resize is not antialiased when it enlarges nothing, so its crops are cheaper and not the same pixels.

Needs a release build (`make build`) and a Python with Pillow, numpy, and as far as they are there torchvision,
opencv-python-headless and imagecodecs.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / ".build/release/cas"
SIDE = 224
STEPS = ["decode", "decode fast", "resize and crop", "random-resized-crop and flip", "colour jitter",
         "decode, resize and crop", "decode fast, resize and crop", "feed: read, decode, crop, flip, normalise"]


def make_images(folder, count):
    import numpy as np
    from PIL import Image
    random = np.random.default_rng(1)
    (folder / "class").mkdir()
    for index in range(count):
        small = random.integers(0, 256, (24, 32, 3), dtype=np.uint8)
        large = np.asarray(Image.fromarray(small).resize((800, 600), Image.BICUBIC)).astype(np.int16)
        noisy = np.clip(large + random.integers(-12, 13, large.shape), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / "class" / f"{index}.jpg", quality=90)


def timed(work, items):
    work(items[0], 0)
    start = time.perf_counter()
    for index, item in enumerate(items):
        work(item, index)
    return len(items) / (time.perf_counter() - start)


def window(width, height, index):
    """A part of a share of 8 to 100 percent, of aspect 3/4 to 4/3, from a small generator of its own."""
    import math
    import random
    draw = random.Random(index)
    for _ in range(10):
        area = width * height * draw.uniform(0.08, 1)
        aspect = math.exp(draw.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            return draw.randint(0, width - w), draw.randint(0, height - h), w, h, draw.random() < 0.5
    return 0, 0, width, height, False


def pillow(paths):
    import io
    import numpy as np
    from PIL import Image
    files = [path.read_bytes() for path in paths]

    def decode(data, fast=False):
        image = Image.open(io.BytesIO(data))
        if fast:
            image.draft("RGB", (SIDE, SIDE))
        image.load()
        return image

    def resize(image):
        scale = SIDE / min(image.size)
        image = image.resize((round(image.width * scale), round(image.height * scale)), Image.BILINEAR)
        x, y = (image.width - SIDE) // 2, (image.height - SIDE) // 2
        return image.crop((x, y, x + SIDE, y + SIDE))

    def crop(image, index):
        x, y, w, h, flips = window(*image.size, index)
        part = image.resize((SIDE, SIDE), Image.BILINEAR, box=(x, y, x + w, y + h))
        return part.transpose(Image.FLIP_LEFT_RIGHT) if flips else part

    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    images = [decode(data) for data in files]
    result = {
        "decode": timed(lambda data, _: decode(data), files),
        "decode fast": timed(lambda data, _: decode(data, True), files),
        "resize and crop": timed(lambda image, _: resize(image), images),
        "random-resized-crop and flip": timed(crop, images),
        "decode, resize and crop": timed(lambda data, _: resize(decode(data)), files),
        "decode fast, resize and crop": timed(lambda data, _: resize(decode(data, True)), files),
        STEPS[-1]: timed(lambda path, index: (
            np.asarray(crop(decode(path.read_bytes()), index), np.float32) / 255 - mean) / deviation, paths),
    }
    try:
        import torch
        library = torch.library.Library("torchvision", "DEF")
        for name in ["nms", "qnms"]:
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        from torchvision import transforms
        torch.set_num_threads(1)
        jitter = transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)
        result["colour jitter"] = timed(lambda image, _: jitter(image), [resize(image) for image in images])
    except (ImportError, RuntimeError):
        pass
    return result


def opencv(paths):
    import cv2
    import numpy as np
    cv2.setNumThreads(1)
    files = [np.frombuffer(path.read_bytes(), np.uint8) for path in paths]

    def decode(data):
        return cv2.imdecode(data, cv2.IMREAD_COLOR_RGB)

    def resize(image):
        scale = SIDE / min(image.shape[:2])
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        y, x = (image.shape[0] - SIDE) // 2, (image.shape[1] - SIDE) // 2
        return image[y:y + SIDE, x:x + SIDE]

    def crop(image, index):
        x, y, w, h, flips = window(image.shape[1], image.shape[0], index)
        part = cv2.resize(image[y:y + h, x:x + w], (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        return cv2.flip(part, 1) if flips else part

    mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
    images = [decode(data) for data in files]
    return {
        "decode": timed(lambda data, _: decode(data), files),
        "resize and crop": timed(lambda image, _: resize(image), images),
        "random-resized-crop and flip": timed(crop, images),
        "decode, resize and crop": timed(lambda data, _: resize(decode(data)), files),
        STEPS[-1]: timed(lambda path, index: (
            crop(decode(np.frombuffer(path.read_bytes(), np.uint8)), index).astype(np.float32) / 255 - mean)
            / deviation, paths),
    }


def imagecodecs(paths):
    import imagecodecs as codecs
    files = [path.read_bytes() for path in paths]
    return {"decode": timed(lambda data, _: codecs.jpeg8_decode(data), files)}


def cas(folder, count):
    command = [PROGRAM, "bench", "--decode", folder, "--rounds", "1", "--threads", "1", "--precision", "fp32", "--json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return {step["name"]: step["imagesPerSecondPerCore"] for step in json.loads(done.stdout)["decoding"]["steps"]}


SIDES = {"Pillow": pillow, "OpenCV": opencv, "imagecodecs": imagecodecs}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    parser.add_argument("--markdown")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        paths = sorted(pathlib.Path(options.folder).glob("class/*.jpg"))
        try:
            print(json.dumps(SIDES[options.side](paths)))
        except ImportError:
            print("null")
        return
    rates = {}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make_images(folder, options.images)
        for _ in range(options.rounds):
            for side in ["cas", *SIDES]:
                if side == "cas":
                    result = cas(folder, options.images)
                else:
                    command = [sys.executable, __file__, "--side", side, "--folder", name]
                    done = subprocess.run(command, capture_output=True, text=True)
                    result = json.loads(done.stdout) if done.returncode == 0 else None
                for step, rate in (result or {}).items():
                    rates.setdefault(side, {}).setdefault(step, []).append(rate)
    table = {side: {step: statistics.median(values) for step, values in steps.items()} for side, steps in rates.items()}
    lines = ["| images/s per core | " + " | ".join(table) + " |", "|---|" + "---|" * len(table)]
    for step in STEPS:
        cells = [f"{table[side][step]:.0f}" if step in table[side] else "–" for side in table]
        lines.append(f"| {step} | " + " | ".join(cells) + " |")
    text = "\n".join(lines) + "\n"
    print(text, end="")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(table, indent=2))
    if options.markdown:
        pathlib.Path(options.markdown).write_text(text)


main()
