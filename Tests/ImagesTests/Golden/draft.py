"""Writes draft.json: JPEGs by Pillow and what its `draft` makes of them, for DraftTests.

Usage: python draft.py > draft.json     (Pillow 13.0.0, numpy)
"""
import base64
import io
import json

import numpy as np
from PIL import Image


def picture(width, height, mode):
    y, x = np.mgrid[0:height, 0:width]
    planes = [128 + 100 * np.sin(x / 5 + k) * np.cos(y / 7 - k) + (x * y * (k + 1)) % 23 for k in range(3)]
    image = Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8))
    return image.convert(mode)


def encoded(image, **options):
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def text(data):
    return base64.b64encode(data).decode()


drafts = []
for width, height, mode, side, options in [
        (64, 48, "RGB", 12, {"quality": 90}), (64, 48, "RGB", 24, {"quality": 75, "subsampling": 0}),
        (57, 83, "RGB", 14, {"quality": 95, "progressive": True}), (57, 83, "L", 7, {"quality": 60}),
        (64, 48, "RGB", 25, {"quality": 90}), (40, 40, "RGB", 5, {"quality": 90, "subsampling": 1})]:
    data = encoded(picture(width, height, mode), **options)
    image = Image.open(io.BytesIO(data))
    image.draft(None, (side, side))
    drafts.append({"file": text(data), "side": side, "width": image.width, "height": image.height,
                   "pixels": text(np.asarray(image).tobytes())})
tables = []
for quality in [1, 5, 10, 25, 49, 50, 51, 75, 80, 90, 95, 99, 100]:
    for mode, subsampling, name in [("L", None, "grey"), ("RGB", 0, "4:4:4"), ("RGB", 1, "4:2:2"), ("RGB", 2, "4:2:0")]:
        options = {"quality": quality} | ({} if subsampling is None else {"subsampling": subsampling})
        tables.append({"file": text(encoded(picture(8, 8, mode), **options)), "quality": quality, "sampling": name})
print(json.dumps({"drafts": drafts, "tables": tables}, separators=(",", ":")))
