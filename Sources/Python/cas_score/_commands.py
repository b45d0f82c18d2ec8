"""The program's commands as functions. Keyword arguments are its options: `batch_size=64` is `--batch-size 64`."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Optional, Union

from ._images import Images, ImageSet, path_of
from ._program import Pipes, Progress, run
from ._report import Report

Sets = Union[Mapping[str, Images], Images]
Run = Union[str, "os.PathLike[str]", Report]


def train(synthetic: Sets, real: Images, *, progress: Progress = True, **options: Any) -> Report:
    """The Classification Accuracy Score (`cas train`): train on each synthetic set, test on the real images.

    `synthetic` is a set, or several by name. `real` is the test split, or has a training and a test split, from which the
    baseline is trained. `output` is the run's folder; an unfinished run there is continued.
    """
    return _study("train", synthetic, real, progress, options)


def nas(synthetic: Sets, real: Images, *, progress: Progress = True, **options: Any) -> Report:
    """The Naive Augmentation Score (`cas nas`): add fractions of the samples (`add=[0, 0.5, 1]`) to the real training set."""
    return _study("nas", synthetic, real, progress, options)


def curve(
    synthetic: Sets, real: Images, *, sizes: Iterable[int], progress: Progress = True, **options: Any
) -> Report:
    """Accuracy against the number of samples (`cas curve`)."""
    return _study("curve", synthetic, real, progress, {"sizes": list(sizes), **options})


def metrics(
    synthetic: Optional[Sets] = None, real: Optional[Images] = None, *, progress: Progress = True, **options: Any
) -> Report:
    """FID, KID, Inception Score, precision and recall and their kin (`cas metrics`)."""
    with _Arguments(options) as arguments:
        if synthetic is not None:
            arguments.synthetic(synthetic)
        if real is not None:
            arguments.images("real", real)
        return arguments.document("metrics", progress)


def evaluate(
    weights: "str | os.PathLike[str]", real: Images, *, model: str, progress: Progress = True, **options: Any
) -> Report:
    """Accuracy of saved weights on real images (`cas evaluate`)."""
    with _Arguments({"weights": weights, "model": model, **options}) as arguments:
        arguments.images("real", real)
        return arguments.document("evaluate", progress)


def compare(*runs: Run, **options: Any) -> Report:
    """Finished runs on the same test images, paired (`cas compare`)."""
    with _Arguments(options) as arguments:
        arguments.words += [_folder(item) for item in runs]
        return arguments.document("compare", False, tells=False)


def check(run: Run, **thresholds: float) -> Report:
    """A run against thresholds (`cas check`): `min_top1=0.7`. A missed one is a `CasError` with the code 1."""
    with _Arguments(thresholds) as arguments:
        arguments.words.append(_folder(run))
        return arguments.document("check", False, tells=False)


def features(
    images: Images, *, output: "str | os.PathLike[str]", progress: Progress = True, **options: Any
) -> Path:
    """A network's features of images as an npz file (`cas features`), whose path is returned."""
    with _Arguments({"output": output, **options}) as arguments:
        arguments.images("images", images)
        arguments.run("features", progress)
    return Path(output)


def data_inspect(images: Images, *, progress: Progress = False, **options: Any) -> Report:
    """What a set of images is (`cas data inspect`)."""
    with _Arguments(options) as arguments:
        arguments.words.append(arguments.path(images))
        return arguments.document("data inspect", progress)


def data_check(images: Images, *, progress: Progress = False, **options: Any) -> Report:
    """Damaged files, copies and leaks in a set of images (`cas data check`)."""
    with _Arguments(options) as arguments:
        arguments.words.append(arguments.path(images))
        return arguments.document("data check", progress)


class _Arguments:
    """The words of a command, and the pipes that some of them name."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.words: list[str] = []
        self.pipes = Pipes()
        for key, value in options.items():
            if key == "settings":
                for name, setting in value.items():
                    self.words += ["--set", f"{name}={json.dumps(setting)}"]
                continue
            option = "--" + key.replace("_", "-")
            if value is None or value is False:
                continue
            if key in ("real_train", "real"):
                self.images(key.replace("_", "-"), value)
            elif value is True:
                self.words.append(option)
            elif isinstance(value, (list, tuple, set)):
                self.words += [option, ",".join(str(item) for item in value)]
            else:
                self.words += [option, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]

    def __enter__(self) -> "_Arguments":
        return self

    def __exit__(self, *_: object) -> None:
        self.pipes.close()

    def path(self, images: Images) -> str:
        return path_of(images) or self.pipes.path(images if isinstance(images, ImageSet) else ImageSet(images))

    def images(self, option: str, images: Images) -> None:
        self.words += [f"--{option}", self.path(images)]

    def synthetic(self, sets: Sets) -> None:
        named = sets if isinstance(sets, Mapping) else {None: sets}
        for name, images in named.items():
            path = self.path(images)
            title = name or (None if path_of(images) else "samples")
            self.words += ["--synthetic", f"{title}={path}" if title else path]

    def run(self, command: str, progress: Progress, tells: bool = True) -> str:
        return run([*command.split(), *self.words], progress, self.pipes, tells)

    def document(
        self, command: str, progress: Progress, tells: bool = True, folder: Optional[Path] = None
    ) -> Report:
        self.words.append("--json")
        return Report(json.loads(self.run(command, progress, tells)), folder)


def _study(command: str, synthetic: Sets, real: Images, progress: Progress, options: Mapping[str, Any]) -> Report:
    names = list(synthetic) if isinstance(synthetic, Mapping) else ["samples"]
    output = options.get("output") or f"runs/{time.strftime('%Y%m%d-%H%M%S')}-{'-'.join(map(str, names))[:80]}"
    with _Arguments({"preset": "auto" if "config" not in options else None, **options, "output": output}) as arguments:
        arguments.synthetic(synthetic)
        arguments.images("real", real)
        return arguments.document(command, progress, folder=Path(output))


def _folder(run: Run) -> str:
    if isinstance(run, Report):
        if run.path is None:
            raise ValueError("this report has no run folder")
        return str(run.path)
    return os.fspath(run)
