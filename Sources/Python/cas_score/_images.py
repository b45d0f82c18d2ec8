"""Images of Python as a tar archive that is written while it is read.

Every image becomes a PNG in WebDataset's layout (`00000000.png` beside `00000000.cls`), or in a folder of its class's name
where names are known.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Optional, Protocol, Tuple, Union, runtime_checkable

import numpy as np
import numpy.typing as npt

from ._errors import CasError

BAD_DATA = 65
Array = npt.NDArray[Any]


@runtime_checkable
class _Indexed(Protocol):
    def __getitem__(self, index: int, /) -> Any: ...
    def __len__(self) -> int: ...


class ImageSet:
    """Images with labels, and what cannot be seen from them.

    `images` is any of the forms that the commands take. `class_names` names integer labels; without it, they are matched with
    the sorted names of the other side. `pixel_range` says what black and white are where pixels are no bytes: `(0, 1)` or
    `(-1, 1)`.
    """

    def __init__(
        self,
        images: Any,
        *,
        class_names: Optional[Sequence[str]] = None,
        pixel_range: Optional[Tuple[float, float]] = None,
    ) -> None:
        self.images = images
        self.class_names = list(class_names) if class_names is not None else _class_names(images)
        self.pixel_range = pixel_range

    def write(self, stream: BinaryIO) -> int:
        """Writes all images as a tar archive and returns their number. Throws `CasError` for an image that is none."""
        count = 0
        for image, label in _pairs(self.images):
            name = f"{count:08d}"
            contents, kind = _encoded(image, self.pixel_range, count)
            if isinstance(label, str) or self.class_names is not None:
                _member(stream, f"{self._class(label, count)}/{name}.{kind}", contents)
            else:
                _member(stream, f"{name}.{kind}", contents)
                _member(stream, f"{name}.cls", str(_index(label, count)).encode())
            count += 1
        stream.write(bytes(1024))
        return count

    def _class(self, label: Any, count: int) -> str:
        if isinstance(label, str):
            name = label
        else:
            index = _index(label, count)
            names = self.class_names or []
            if not 0 <= index < len(names):
                raise CasError(BAD_DATA, f"Image {count} has label {index}, and there are {len(names)} class names.")
            name = names[index]
        if not name or name in (".", "..") or "/" in name or "\0" in name:
            raise CasError(BAD_DATA, f"A class cannot be called {name!r}. Rename it.")
        return name


#: What the commands take for a set of images.
Images = Union[str, "os.PathLike[str]", Tuple[Any, Any], Iterable[Any], ImageSet]


def path_of(images: Images) -> Optional[str]:
    """The path, if the images are files."""
    return os.fspath(images) if isinstance(images, (str, os.PathLike)) else None


def _class_names(images: Any) -> Optional[list[str]]:
    """The names that a Hugging Face or torchvision data set knows."""
    source = getattr(images, "dataset", images)
    found = getattr(source, "features", None)
    label = found.get("label") if isinstance(found, Mapping) else None
    names = getattr(label, "names", None) or getattr(source, "classes", None)
    if isinstance(names, Sequence) and not isinstance(names, str) and all(isinstance(name, str) for name in names):
        return list(names)
    return None


def _pairs(images: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(images, tuple):
        if len(images) != 2 or len(images[0]) != len(images[1]):
            raise CasError(BAD_DATA, "A pair of arrays is (images, labels) of one length.")
        yield from zip(images[0], images[1])
        return
    rows: Iterable[Any] = images
    if not hasattr(images, "__iter__") and isinstance(images, _Indexed):
        rows = (images[index] for index in range(len(images)))
    for row in rows:
        if isinstance(row, Mapping):
            image = row.get("image", row.get("img"))
            label = row.get("label", row.get("fine_label"))
            if image is None or label is None:
                raise CasError(BAD_DATA, f"An example needs the keys image and label. It has {', '.join(map(str, row))}.")
        else:
            try:
                image, label = row[0], row[1]
            except (TypeError, IndexError, KeyError):
                raise CasError(BAD_DATA, "An example is (image, label), or has the keys image and label.") from None
        shape: Sequence[int] = getattr(image, "shape", ())
        if len(shape) == 4:  # A batch of a DataLoader.
            if len(label) != shape[0]:
                raise CasError(BAD_DATA, f"A batch has {shape[0]} images and {len(label)} labels.")
            yield from zip(image, label)
        else:
            yield image, label


def _index(label: Any, count: int) -> int:
    value = label.item() if hasattr(label, "item") else label
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise CasError(BAD_DATA, f"The label of image {count} is {value!r}. Labels are whole numbers from 0, or names.")
    return value


def _encoded(image: Any, pixel_range: Optional[Tuple[float, float]], count: int) -> tuple[bytes, str]:
    """The file of an image, and the ending of its name."""
    if isinstance(image, Mapping) and isinstance(image.get("bytes"), bytes):  # Hugging Face without decoding.
        image = image["bytes"]
    if isinstance(image, (bytes, bytearray)):
        contents = bytes(image)
        if contents.startswith(b"\x89PNG"):
            return contents, "png"
        if contents.startswith(b"\xff\xd8"):
            return contents, "jpg"
        raise CasError(BAD_DATA, f"Image {count} is bytes that are neither PNG nor JPEG.")
    if hasattr(image, "convert") and hasattr(image, "mode"):  # Pillow.
        image = np.asarray(image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB"))
    elif hasattr(image, "detach"):  # PyTorch.
        image = image.detach().cpu().numpy()
    return _png(_bytes(_last(np.asarray(image), count), pixel_range, count)), "png"


def _last(pixels: Array, count: int) -> Array:
    """Rows, columns, channels."""
    if pixels.ndim == 2:
        return pixels[:, :, None]
    if pixels.ndim == 3:
        first, last = pixels.shape[0] in (1, 3), pixels.shape[2] in (1, 3)
        if first and last:
            raise CasError(BAD_DATA, f"Image {count} has the shape {pixels.shape}: channels may be first or last.")
        if last:
            return pixels
        if first:
            turned: Array = pixels.transpose(1, 2, 0)
            return turned
    raise CasError(BAD_DATA, f"Image {count} has the shape {pixels.shape}. Images are HxW, HxWxC or CxHxW with 1 or 3 channels.")


def _bytes(pixels: Array, pixel_range: Optional[Tuple[float, float]], count: int) -> Array:
    if pixels.size == 0:
        raise CasError(BAD_DATA, f"Image {count} has no pixels.")
    if pixels.dtype == np.uint8 and pixel_range is None:
        return pixels
    if pixel_range is None:
        if pixels.dtype.kind != "f":
            raise CasError(
                BAD_DATA, f"Image {count} has pixels of {pixels.dtype}. Give bytes, or ImageSet(…, pixel_range=(0, 255))."
            )
        pixel_range = (0.0, 1.0)
    low, high = pixel_range
    values = pixels.astype(np.float64)
    if not (low - 1e-3 <= values.min() and values.max() <= high + 1e-3):
        raise CasError(
            BAD_DATA,
            f"Image {count} has pixels from {values.min():g} to {values.max():g}, outside of {low:g} to {high:g}. "
            "Say what black and white are: ImageSet(…, pixel_range=(-1, 1)).",
        )
    scaled: Array = np.clip(np.rint((values - low) * (255.0 / (high - low))), 0, 255)
    result: Array = scaled.astype(np.uint8)
    return result


def _png(pixels: Array) -> bytes:
    """PNG 1.2 without filters; stored, because the pipe is faster than compression."""
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = pixels.reshape(height, width * channels)
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if channels == 1 else 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 0)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _member(stream: BinaryIO, name: str, contents: bytes) -> None:
    """One member of a POSIX ustar archive, with a pax header for a long name (POSIX.1-2017, pax)."""
    encoded = name.encode()
    if len(encoded) > 100:
        record = b"path=" + encoded + b"\n"
        size = len(record) + 1
        while len(str(size)) + 1 + len(record) != size:
            size = len(str(size)) + 1 + len(record)
        record = str(size).encode() + b" " + record
        stream.write(_header(b"pax", len(record), b"x") + record + bytes(-len(record) % 512))
        encoded = encoded[:100]
    stream.write(_header(encoded, len(contents), b"0") + contents + bytes(-len(contents) % 512))


def _header(name: bytes, size: int, kind: bytes) -> bytes:
    header = bytearray(512)
    header[: len(name)] = name
    header[100:156] = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0" + b" " * 8
    header[156:157] = kind
    header[257:265] = b"ustar\00000"
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)
