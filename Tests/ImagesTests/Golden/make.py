#!/usr/bin/env python3
"""Writes the odd image files of these tests and what Pillow makes of them.

    python3 make.py        (Pillow 13.0.0 and NumPy; the results beside this script were made with them)

files/           the pictures; those that Pillow cannot write are put together here with zlib and struct
index.json       one entry a file, and one a resampling, with its place in the two files below
decoding.bin     the decoded pixels, HWC, one file after another
resampling.bin   the scaled pixels, uint8 or little-endian float32, one case after another

Pixels are exif_transpose(open(file)).convert("RGB"), or "L" for grey files. The one exception is 16-bit grey,
which is v >> 8 here, where Pillow clips at 255. Sources of resampling are rebuilt from splitmix64 by the tests.
"""
import io
import json
import pathlib
import shutil
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
GAMMA = 0x9E3779B97F4A7C15


def uniforms(seed, n):
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(1, n + 1, dtype=np.uint64) * np.uint64(GAMMA)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def noise(seed, height, width, channels, levels=256):
    values = uniforms(seed, height * width * channels) * levels
    return values.astype(np.uint16).reshape(height, width, channels)


def smooth(height, width, channels):
    """A picture with edges and gradients, as JPEG was made for, and bright enough to clip."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        127 + 140 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c / 2)) + 40 * ((x + 2 * y) % 11 > 5)
        for c in range(channels)
    ]
    return np.clip(np.stack(planes, 2), 0, 255).astype(np.uint8)


# ---- PNG by hand

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def pack_rows(samples, depth):
    rows = []
    for row in samples:
        flat = row.reshape(-1)
        if depth == 16:
            rows.append(flat.astype(">u2").tobytes())
        elif depth == 8:
            rows.append(flat.astype(np.uint8).tobytes())
        else:
            bits = "".join(format(int(v), f"0{depth}b") for v in flat)
            bits += "0" * (-len(bits) % 8)
            rows.append(bytes(int(bits[k : k + 8], 2) for k in range(0, len(bits), 8)))
    return rows


def paeth(a, b, c):
    p = a + b - c
    return min(((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)))[2]


def filtered(rows, pixel_bytes):
    """All five filter types in turn, so that each decoder path is used."""
    out, before = b"", bytes(len(rows[0]) if rows else 0)
    for y, row in enumerate(rows):
        kind = y % 5
        line = bytearray()
        for k, value in enumerate(row):
            left = row[k - pixel_bytes] if k >= pixel_bytes else 0
            corner = before[k - pixel_bytes] if k >= pixel_bytes else 0
            guess = (0, left, before[k], (left + before[k]) // 2, paeth(left, before[k], corner))[kind]
            line.append((value - guess) % 256)
        out += bytes([kind]) + bytes(line)
        before = row
    return out


def png(samples, depth, colour, extra=b"", interlaced=False, pieces=1, after=b"", level=9):
    height, width, channels = samples.shape
    pixel_bytes = max(1, channels * depth // 8)
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        raw = b"".join(filtered(pack_rows(p, depth), pixel_bytes) for p in parts if p.size)
    else:
        raw = filtered(pack_rows(samples, depth), pixel_bytes)
    data = zlib.compress(raw, level)
    step = -(-len(data) // pieces)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    idat = b"".join(chunk(b"IDAT", data[k : k + step]) for k in range(0, len(data), step))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + idat + after + chunk(b"IEND", b"")


def tiff(orientation, order="<", kind=3, padding=0):
    """A directory with the orientation after `padding` other entries."""
    entries = [struct.pack(order + "HHI4s", 0x0100 + k, 4, 1, bytes(4)) for k in range(padding)]
    value = struct.pack(order + ("H2x" if kind == 3 else "I"), orientation)
    entries.append(struct.pack(order + "HHI", 0x0112, kind, 1) + value)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8)
    return head + struct.pack(order + "H", len(entries)) + b"".join(entries) + bytes(4)


# ---- the table

cases = []


def add(name, data, channels, bits=8, dropped=False, mislabelled=False, expected=None):
    (FILES / name).write_bytes(data)
    picture = Image.open(io.BytesIO(data))
    codec = picture.format.lower().replace("mpo", "jpeg")
    if expected is None:
        picture = ImageOps.exif_transpose(picture)
        expected = np.asarray(picture.convert("RGB" if channels == 3 else "L"))
    expected = expected.reshape(expected.shape[0], expected.shape[1], channels)
    cases.append(
        dict(file=name, codec=codec, width=expected.shape[1], height=expected.shape[0], channels=channels,
             bitDepth=bits, droppedAlpha=dropped, mislabelled=mislabelled, pixels=expected.astype(np.uint8))
    )


def transparency(alpha):
    return bool((alpha < 255).any())


def png_files():
    for width, height in ((13, 11), (1, 1), (1, 9), (9, 1)):
        for interlaced in (False, True):
            tag = f"{width}x{height}" + ("-interlaced" if interlaced else "")
            for depth in (1, 2, 4, 8):
                v = noise(depth, height, width, 1, 1 << depth)
                add(f"grey{depth}-{tag}.png", png(v, depth, 0, interlaced=interlaced), 1, depth)
            v = noise(16, height, width, 1, 1 << 16)
            add(f"grey16-{tag}.png", png(v, 16, 0, interlaced=interlaced), 1, 16, expected=v >> 8)
            for depth in (8, 16):
                v = noise(20 + depth, height, width, 2, 1 << depth)
                add(f"grey-alpha{depth}-{tag}.png", png(v, depth, 4, interlaced=interlaced), 1, depth, True)
                v = noise(30 + depth, height, width, 3, 1 << depth)
                add(f"rgb{depth}-{tag}.png", png(v, depth, 2, interlaced=interlaced), 3, depth)
                v = noise(40 + depth, height, width, 4, 1 << depth)
                add(f"rgba{depth}-{tag}.png", png(v, depth, 6, interlaced=interlaced), 3, depth, True)
            for depth in (1, 2, 4, 8):
                entries = 1 << depth
                palette = chunk(b"PLTE", noise(50 + depth, entries, 3, 1).astype(np.uint8).tobytes())
                v = noise(60 + depth, height, width, 1, entries)
                add(f"palette{depth}-{tag}.png", png(v, depth, 3, palette, interlaced), 3, depth)
                alphas = np.linspace(0, 255, entries).astype(np.uint8)[: max(1, entries - 1)]
                shown = np.concatenate([alphas, np.full(entries - len(alphas), 255)])[v]
                add(f"palette{depth}-transparent-{tag}.png",
                    png(v, depth, 3, palette + chunk(b"tRNS", alphas.tobytes()), interlaced), 3, depth,
                    transparency(shown))

    v = noise(70, 7, 10, 2); v[:, :, 1] = 255
    add("grey-alpha8-opaque.png", png(v, 8, 4), 1)
    v = noise(71, 7, 10, 4); v[:, :, 3] = 255
    add("rgba8-opaque.png", png(v, 8, 6), 3)
    v = noise(72, 7, 10, 4); v[:, :, 3] = 255; v[6, 9, 3] = 254
    add("rgba8-one-pixel-not-opaque.png", png(v, 8, 6), 3, dropped=True)
    v = noise(73, 7, 10, 4, 65536); v[:, :, 3] = 65535
    add("rgba16-opaque.png", png(v, 16, 6), 3, 16)

    for depth in (1, 2, 4, 8):
        v = noise(80 + depth, 7, 10, 1, 1 << depth)
        key = struct.pack(">H", int(v[3, 3, 0]))
        add(f"grey{depth}-key.png", png(v, depth, 0, chunk(b"tRNS", key)), 1, depth, True)
    v = noise(90, 7, 10, 1, 65536)
    add("grey16-key.png", png(v, 16, 0, chunk(b"tRNS", struct.pack(">H", int(v[3, 3, 0])))), 1, 16, True,
        expected=v >> 8)
    v = noise(91, 7, 10, 3)
    add("rgb8-key.png", png(v, 8, 2, chunk(b"tRNS", struct.pack(">HHH", *map(int, v[3, 3])))), 3, 8, True)
    v[3, 3] = (1, 2, 3); v[v[:, :, 0] == 9] = 0
    add("rgb8-key-unused.png", png(v, 8, 2, chunk(b"tRNS", struct.pack(">HHH", 9, 9, 9))), 3)
    v = noise(92, 7, 10, 3, 65536)
    add("rgb16-key.png", png(v, 16, 2, chunk(b"tRNS", struct.pack(">HHH", *map(int, v[3, 3])))), 3, 16, True)

    v = noise(100, 9, 12, 3)
    gamma = chunk(b"gAMA", struct.pack(">I", 100000))
    add("rgb8-gamma1.png", png(v, 8, 2, gamma), 3)
    chroma = chunk(b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))
    add("rgb8-gamma-chroma.png", png(v, 8, 2, chunk(b"gAMA", struct.pack(">I", 45455)) + chroma), 3)
    add("rgb8-srgb.png", png(v, 8, 2, chunk(b"sRGB", b"\0")), 3)
    add("rgb8-broken-profile.png", png(v, 8, 2, chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile"))), 3)
    add("rgb8-background.png", png(v, 8, 2, chunk(b"bKGD", struct.pack(">HHH", 255, 0, 0))), 3)
    add("rgb8-significant-bits.png", png(v, 8, 2, chunk(b"sBIT", b"\5\6\5")), 3)
    add("rgb8-suggested-palette.png", png(v, 8, 2, chunk(b"PLTE", bytes(range(30)))), 3)
    add("rgb8-unknown-chunk.png", png(v, 8, 2, chunk(b"caSx", b"private")), 3)
    add("rgb8-text.png", png(v, 8, 2, chunk(b"tEXt", b"Title\0odd") + chunk(b"zTXt", b"a\0\0" + zlib.compress(b"b"))), 3)
    add("rgb8-many-idat.png", png(v, 8, 2, pieces=17), 3)
    add("rgb8-trailing-bytes.png", png(v, 8, 2) + b"after the end", 3)
    add("grey16-gamma.png", png(v[:, :, :1] * 257, 16, 0, gamma), 1, 16, expected=v[:, :, :1])
    v = noise(101, 9, 12, 1, 256)
    add("palette8-grey-ramp.png", png(v, 8, 3, chunk(b"PLTE", bytes(k for k in range(256) for _ in range(3)))), 3)
    add("palette8-index-beyond-palette.png", png(v, 8, 3, chunk(b"PLTE", bytes(range(30)))), 3)
    # Stored without compression, so that a changed byte reaches the filters and the pixels.
    for interlaced in (False, True):
        for depth, colour, channels in ((1, 0, 1), (4, 0, 1), (16, 0, 1), (8, 2, 3), (16, 4, 2), (8, 6, 4), (16, 6, 4)):
            v = noise(110 + depth, 9, 10, channels, 1 << depth)
            add(f"stored-{colour}-{depth}" + ("-interlaced.png" if interlaced else ".png"),
                png(v, depth, colour, interlaced=interlaced, level=0), 3 if colour & 2 else 1, depth, colour >= 4,
                expected=v >> 8 if (depth, colour) == (16, 0) else None)
    v = noise(102, 5, 8, 3)
    for orientation in range(1, 9):
        order = "<" if orientation % 2 else ">"
        add(f"rgb8-exif-{orientation}.png", png(v, 8, 2, chunk(b"eXIf", tiff(orientation, order))), 3)
    add("rgb8-exif-after-data.png", png(v, 8, 2, after=chunk(b"eXIf", tiff(6))), 3)
    xmp = b"XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"8\"/>"
    add("rgb8-xmp.png", png(v, 8, 2, chunk(b"iTXt", xmp)), 3)
    add("png-named.jpg", png(v, 8, 2), 3, mislabelled=True)
    add("png-named.dat", png(v, 8, 2), 3)


def jpeg(pixels, mode=None, **options):
    out = io.BytesIO()
    pixels = pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    Image.fromarray(pixels, mode).save(out, "JPEG", **{"quality": 85, **options})
    return out.getvalue()


def adobe(data):
    """Where the payload of the Adobe marker begins."""
    return data.index(b"\xff\xee") + 4


def jpeg_files():
    for width, height in ((16, 16), (33, 29), (17, 8), (1, 1), (1, 20), (20, 1)):
        tag = f"{width}x{height}"
        colour, grey = smooth(height, width, 3), smooth(height, width, 1)
        add(f"grey-{tag}.jpg", jpeg(grey), 1)
        add(f"grey-progressive-{tag}.jpg", jpeg(grey, progressive=True), 1)
        for name in ("4:4:4", "4:2:2", "4:2:0"):
            file = name.replace(":", "")
            add(f"colour-{file}-{tag}.jpg", jpeg(colour, subsampling=name), 3)
            add(f"colour-{file}-progressive-{tag}.jpg", jpeg(colour, subsampling=name, progressive=True), 3)
    colour, grey, four = smooth(23, 31, 3), smooth(23, 31, 1), smooth(23, 31, 4)
    add("colour-rgb.jpg", jpeg(colour, keep_rgb=True), 3)
    add("colour-optimized.jpg", jpeg(colour, optimize=True), 3)
    add("colour-quality-5.jpg", jpeg(colour, quality=5), 3)
    add("colour-quality-100.jpg", jpeg(colour, quality=100, subsampling=0), 3)
    add("colour-noise.jpg", jpeg(noise(200, 23, 31, 3).astype(np.uint8)), 3)
    add("colour-restart-blocks.jpg", jpeg(colour, restart_marker_blocks=1), 3)
    add("colour-restart-rows.jpg", jpeg(colour, restart_marker_rows=1), 3)
    add("grey-restart-progressive.jpg", jpeg(grey, restart_marker_blocks=2, progressive=True), 1)
    plain = jpeg(colour)
    add("colour-no-jfif.jpg", plain[:2] + plain[4 + int.from_bytes(plain[4:6], "big") :], 3)
    add("colour-comment.jpg", jpeg(colour, comment=b"odd"), 3)
    add("colour-profile.jpg", jpeg(colour, icc_profile=bytes(3000)), 3)
    add("colour-trailing-bytes.jpg", plain + b"after the end", 3)
    scan = plain.index(b"\xff\xda")
    add("colour-padded-markers.jpg", plain[:scan] + b"\xff\xff\xff" + plain[scan:], 3)

    cmyk = jpeg(four, "CMYK")
    add("cmyk-adobe.jpg", cmyk, 3)
    add("cmyk-adobe-progressive.jpg", jpeg(four, "CMYK", progressive=True), 3)
    at = adobe(cmyk)
    add("ycck-adobe.jpg", cmyk[: at + 11] + b"\2" + cmyk[at + 12 :], 3)
    add("cmyk-unmarked.jpg", cmyk[: at - 4] + cmyk[at - 2 + int.from_bytes(cmyk[at - 2 : at], "big") :], 3)
    marker = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00"
    add("colour-adobe-rgb.jpg", plain[:2] + marker + b"\0" + plain[4 + int.from_bytes(plain[4:6], "big") :], 3)
    add("colour-adobe-ycc.jpg", plain[:2] + marker + b"\1" + plain[4 + int.from_bytes(plain[4:6], "big") :], 3)

    small, small_grey = smooth(7, 11, 3), smooth(7, 11, 1)
    for orientation in range(0, 10):
        order = "<" if orientation % 2 else ">"
        exif = b"Exif\0\0" + tiff(orientation, order, padding=orientation % 3)
        add(f"exif-{orientation}.jpg", jpeg(small, exif=exif), 3)
    add("exif-grey-6.jpg", jpeg(small_grey, exif=b"Exif\0\0" + tiff(6)), 1)
    add("exif-cmyk-8.jpg", jpeg(smooth(7, 11, 4), "CMYK", exif=b"Exif\0\0" + tiff(8, ">")), 3)
    add("exif-long-5.jpg", jpeg(small, exif=b"Exif\0\0" + tiff(5, kind=4)), 3)
    add("exif-cut-off.jpg", jpeg(small, exif=(b"Exif\0\0" + tiff(6))[:-8]), 3)
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    add("xmp-6.jpg", jpeg(small, xmp=xmp), 3)
    add("xmp-element-3.jpg", jpeg(small, xmp=b"<tiff:Orientation>3</tiff:Orientation>"), 3)
    add("exif-2-before-xmp-6.jpg", jpeg(small, xmp=xmp, exif=b"Exif\0\0" + tiff(2)), 3)
    add("jpeg-named.png", jpeg(small), 3, mislabelled=True)
    add("jpeg-named.JPEG", jpeg(small), 3)


# ---- resampling

FILTERS = dict(box=Image.BOX, bilinear=Image.BILINEAR, bicubic=Image.BICUBIC, lanczos=Image.LANCZOS)
SIZES = [
    (32, 32, 16, 16), (28, 28, 32, 32), (13, 7, 29, 31), (40, 30, 7, 5), (64, 48, 32, 32), (100, 3, 10, 30),
    (5, 5, 5, 9), (5, 5, 9, 5), (5, 5, 5, 5), (1, 1, 5, 3), (1, 9, 4, 2), (9, 1, 3, 6), (17, 17, 1, 1), (2, 50, 1, 49),
]


def source(seed, height, width, channels):
    """Odd seeds are black and white only, so that every overshoot must be clipped."""
    values = noise(seed, height, width, channels).astype(np.uint8)
    return np.where(values < 128, 0, 255).astype(np.uint8) if seed % 2 else values


def square(picture, side, kind):
    width, height = picture.size
    long = int(side * max(width, height) / min(width, height))
    size = (side, long) if width <= height else (long, side)
    scaled = picture.resize(size, kind)
    left, top = int(round((size[0] - side) / 2.0)), int(round((size[1] - side) / 2.0))
    return scaled.crop((left, top, left + side, top + side))


def resamplings():
    out = []

    def put(kind, seed, before, after, channels, filter_name, result):
        out.append((dict(kind=kind, seed=seed, fromWidth=before[0], fromHeight=before[1], width=after[0],
                         height=after[1], channels=channels, filter=filter_name), result.tobytes()))

    for name, kind in FILTERS.items():
        for number, (w0, h0, w1, h1) in enumerate(SIZES):
            for channels in (1, 3):
                seed = 300 + number + channels // 2
                pixels = source(seed, h0, w0, channels)
                picture = Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)
                put("bytes", seed, (w0, h0), (w1, h1), channels, name, np.asarray(picture.resize((w1, h1), kind)))
            if number in (2, 3, 5, 8, 9, 13):
                pixels = source(300 + number, h0, w0, 3).astype(np.float32)
                planes = [np.asarray(Image.fromarray(pixels[:, :, c]).resize((w1, h1), kind)) for c in range(3)]
                put("floats", 300 + number, (w0, h0), (w1, h1), 3, name, np.stack(planes, 2).astype("<f4"))
    for w, h, side in ((40, 30, 16), (30, 41, 16), (11, 50, 24), (20, 20, 9)):
        picture = Image.fromarray(source(400, h, w, 3))
        put("crop", 400, (w, h), (side, side), 3, "bicubic", np.asarray(square(picture, side, Image.BICUBIC)))
    pixels = source(402, 40, 64, 3)
    put("luminance", 402, (64, 40), (64, 40), 3, "box", np.asarray(Image.fromarray(pixels).convert("L")))
    for channels in (1, 3):
        pixels = smooth(40, 48, channels)
        saved = jpeg(pixels, quality=90)
        put("jpeg", 0, (48, 40), (48, 40), channels, "box", pixels)
        put("jpeg-decoded", 0, (48, 40), (48, 40), channels, "box", np.asarray(Image.open(io.BytesIO(saved))))
    return out


def main():
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    png_files()
    jpeg_files()
    decoding, entries = b"", []
    for case in cases:
        pixels = case.pop("pixels").tobytes()
        entries.append({**case, "offset": len(decoding)})
        decoding += pixels
    resampling, scaled = b"", []
    for case, data in resamplings():
        scaled.append({**case, "offset": len(resampling)})
        resampling += data
    (HERE / "decoding.bin").write_bytes(decoding)
    (HERE / "resampling.bin").write_bytes(resampling)
    rows = lambda items: "[\n" + ",\n".join("  " + json.dumps(item) for item in items) + "\n]"
    (HERE / "index.json").write_text(f'{{"decoding": {rows(entries)},\n"resampling": {rows(scaled)}}}\n')


main()
