"""Sets that are worse than real images in known ways, to test whether two recipes rank sets alike.

Run: python3 make_sets.py TRAIN DEST [--per-class 1000] [--sets clean,blur1]   (numpy, Pillow)

TRAIN is a folder with one folder of images per class; DEST gets one such folder per set. All seeds are
fixed: the same input gives the same pixels.
"""

import argparse
import io
import pathlib

import numpy as np
from PIL import Image, ImageFilter


def blurred(radius):
    return lambda image, rng: image.filter(ImageFilter.GaussianBlur(radius))


def noisy(deviation):
    def change(image, rng):
        pixels = np.asarray(image, float)
        return Image.fromarray(np.clip(pixels + rng.normal(size=pixels.shape) * deviation, 0, 255).astype(np.uint8))

    return change


def compressed(quality):
    def change(image, rng):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return Image.open(io.BytesIO(buffer.getvalue())).convert(image.mode)

    return change


def shrunk(factor):
    def change(image, rng):
        small = image.resize((image.width // factor, image.height // factor), Image.BOX)
        return small.resize(image.size, Image.BICUBIC)

    return change


def quantised(levels):
    return lambda image, rng: image.point(lambda v: round(v / 255 * (levels - 1)) * 255 // (levels - 1))


def unchanged(image, rng):
    return image


# Name: how the pictures change, which share of the labels is wrong, and how many different pictures a class has
# (None: all different). The pictures of the last kind are shown again and again, as a generator with few modes does.
SETS = {
    "clean": (unchanged, 0.0, None),
    "blur1": (blurred(1.0), 0.0, None),
    "blur2": (blurred(2.0), 0.0, None),
    "noise60": (noisy(60), 0.0, None),
    "jpeg5": (compressed(5), 0.0, None),
    "half-size": (shrunk(2), 0.0, None),
    "levels2": (quantised(2), 0.0, None),
    "labels20": (unchanged, 0.2, None),
    "labels50": (unchanged, 0.5, None),
    "modes50": (unchanged, 0.0, 50),
    "modes10": (unchanged, 0.0, 10),
    "blur1-labels20": (blurred(1.0), 0.2, None),
}


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("train", type=pathlib.Path)
    arguments.add_argument("dest", type=pathlib.Path)
    arguments.add_argument("--per-class", type=int, default=1000)
    arguments.add_argument("--sets", default=",".join(SETS), help="some of " + ", ".join(SETS))
    options = arguments.parse_args()
    wanted = options.sets.split(",")
    if unknown := set(wanted) - SETS.keys():
        arguments.error("unknown sets: " + ", ".join(sorted(unknown)))
    classes = sorted(path.name for path in options.train.iterdir() if path.is_dir())
    for number, (name, (change, wrong, modes)) in enumerate(SETS.items()):
        if name not in wanted or (options.dest / name / ".done").exists():
            continue
        rng = np.random.default_rng([7, number])
        for label, class_name in enumerate(classes):
            # The same pictures in every set, so that only the change differs.
            files = sorted((options.train / class_name).iterdir())
            order = np.random.default_rng([3, label]).permutation(len(files))[: options.per_class]
            for place in range(len(order)):
                source = files[order[place % modes if modes else place]]
                target = label
                if rng.random() < wrong:
                    target = (label + 1 + rng.integers(len(classes) - 1)) % len(classes)
                folder = options.dest / name / classes[target]
                folder.mkdir(parents=True, exist_ok=True)
                picture = Image.open(source)
                picture = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
                change(picture, rng).save(folder / f"{class_name}-{place:05d}.png")
        # A hidden file: an interrupted run makes the set again, and cas passes over it.
        (options.dest / name / ".done").write_text("")
        print(name)


if __name__ == "__main__":
    main()
