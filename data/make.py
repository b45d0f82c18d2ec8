"""Select and pack the embedded data set: CAS_DATA=<unpacked data> python3 data/make.py [DESTINATION]

Reads   $CAS_DATA/fashion/real/{train,test}/CLASS/*.png and $CAS_DATA/fashion/synthetic/{cvae,cgan,flow}/CLASS/*.png
Writes  DESTINATION/fashion/real/{train,test}/CLASS/*.png   600 and 500 images a class
        DESTINATION/fashion/synthetic/{cvae,cgan,flow}/CLASS/*.png   600 images a class

The first images of each class, in the order of their names, are selected; names are kept. Every image is written as
the smallest 8-bit grey PNG of several encodings. Each file is read back and compared, so pixels do not change. The
result depends only on the input and on this Python's zlib. Needs numpy and Pillow.
"""

import io
import os
import pathlib
import struct
import sys
import zlib

import numpy
from PIL import Image

SETS = {
    "real/train": 600,
    "real/test": 500,
    "synthetic/cvae": 600,
    "synthetic/cgan": 600,
    "synthetic/flow": 600,
}


def filtered(pixels):
    """The five PNG filters of an 8-bit grey image (PNG specification, section 9): an array filter x row x byte."""
    x = pixels.astype(numpy.int32)
    left = numpy.pad(x, ((0, 0), (1, 0)))[:, :-1]
    up = numpy.pad(x, ((1, 0), (0, 0)))[:-1]
    corner = numpy.pad(x, ((1, 0), (1, 0)))[:-1, :-1]
    estimate = left + up - corner
    to_left, to_up, to_corner = abs(estimate - left), abs(estimate - up), abs(estimate - corner)
    paeth = numpy.where(
        (to_left <= to_up) & (to_left <= to_corner), left, numpy.where(to_up <= to_corner, up, corner)
    )
    return numpy.stack([x, x - left, x - up, x - (left + up) // 2, x - paeth]).astype(numpy.uint8)


def scanlines(rows, choice):
    """The bytes to deflate when row y is written with filter choice[y]."""
    return b"".join(bytes([f]) + rows[f, y].tobytes() for y, f in enumerate(choice))


def deflated(data):
    """The shortest of zlib's strategies at level 9."""
    best = None
    for strategy in (zlib.Z_DEFAULT_STRATEGY, zlib.Z_FILTERED, zlib.Z_RLE, zlib.Z_HUFFMAN_ONLY):
        coder = zlib.compressobj(9, zlib.DEFLATED, 15, 9, strategy)
        stream = coder.compress(data) + coder.flush()
        if best is None or len(stream) < len(best):
            best = stream
    return best


def encoded(pixels):
    """The smallest PNG among: one filter for all rows, or for each row the filter with the least sum of magnitudes."""
    rows = filtered(pixels)
    height, width = pixels.shape
    magnitude = numpy.minimum(rows.astype(numpy.int32), 256 - rows.astype(numpy.int32)).sum(axis=2)
    choices = [[f] * height for f in range(5)] + [magnitude.argmin(axis=0).tolist()]
    stream = min((deflated(scanlines(rows, choice)) for choice in choices), key=len)

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stream) + chunk(b"IEND", b"")


def main():
    source = pathlib.Path(os.environ["CAS_DATA"]) / "fashion"
    destination = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "fashion"
    for name, per_class in SETS.items():
        before = after = images = 0
        for folder in sorted(path for path in (source / name).iterdir() if path.is_dir()):
            members = sorted(folder.glob("*.png"))[:per_class]
            assert len(members) == per_class, f"{folder}: {len(members)} images, {per_class} are needed"
            (destination / name / folder.name).mkdir(parents=True, exist_ok=True)
            for member in members:
                original = member.read_bytes()
                picture = Image.open(io.BytesIO(original))
                assert picture.mode == "L", f"{member}: {picture.mode}, not 8-bit grey"
                pixels = numpy.asarray(picture)
                png = encoded(pixels)
                again = Image.open(io.BytesIO(png))
                assert again.mode == "L" and numpy.array_equal(numpy.asarray(again), pixels), f"{member}: not the same"
                (destination / name / folder.name / member.name).write_bytes(png)
                before, after, images = before + len(original), after + len(png), images + 1
        print(f"{name}: {images} images, {before} bytes before, {after} after")


if __name__ == "__main__":
    main()
