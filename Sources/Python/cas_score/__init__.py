"""Classification Accuracy Score from Python: train on a generator's samples only, test on real images.

    import cas_score

    report = cas_score.train(synthetic={"gan": "samples/"}, real="real/")
    report.results[0].top1.value

Images may be paths, NumPy arrays `(images, labels)`, a PyTorch `Dataset` or `DataLoader`, a Hugging Face `Dataset`, or any
iterable of `(image, label)`. They reach the program through a pipe. All work is done by the program `cas` that this package
holds; keyword arguments are its options, with `_` for `-`.
"""

from ._commands import (
    check,
    compare,
    curve,
    data_check,
    data_inspect,
    evaluate,
    features,
    metrics,
    nas,
    train,
)
from ._errors import CasError
from ._images import ImageSet, Images
from ._program import program, version
from ._report import Record, Report

__version__ = "0.1.0"

__all__ = [
    "CasError",
    "ImageSet",
    "Images",
    "Record",
    "Report",
    "check",
    "compare",
    "curve",
    "data_check",
    "data_inspect",
    "evaluate",
    "features",
    "metrics",
    "nas",
    "program",
    "train",
    "version",
]
