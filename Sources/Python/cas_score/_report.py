"""What a command found."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Optional

import numpy as np


class Record(Mapping[str, Any]):
    """An object of a JSON document: `record.top1.value` is `record["top1"]["value"]`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Any:
        return _wrapped(self._values[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__") or key == "_values":
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"there is no {key}; there are {', '.join(self._values)}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({json.dumps(self._values, ensure_ascii=False)[:200]})"


def _wrapped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Record(value)
    return [_wrapped(item) for item in value] if isinstance(value, list) else value


class Report(Record):
    """A document of the program with its keys as attributes (docs/report.md), and the folder of the run if it has one."""

    def __init__(self, values: Mapping[str, Any], path: Optional[Path] = None) -> None:
        super().__init__(values)
        self.path = path

    @classmethod
    def load(cls, path: "str | Path") -> "Report":
        """The report of a finished run's folder."""
        folder = Path(path)
        return cls(json.loads((folder / "report.json").read_text()), folder)

    @property
    def per_class(self) -> Any:
        """Accuracies per class and result, a row each: a `pandas.DataFrame` if pandas is there, else dictionaries."""
        with open(self._folder() / "per_class.csv", newline="") as file:
            rows: list[dict[str, Any]] = [
                {key: _number(text) for key, text in row.items()} for row in csv.DictReader(file)
            ]
        try:
            import pandas
        except ImportError:
            return rows
        return pandas.DataFrame(rows)

    @property
    def predictions(self) -> dict[str, Any]:
        """What every classifier said about every test image, by array name (docs/report.md)."""
        with np.load(self._folder() / "predictions.npz") as arrays:
            return {name: arrays[name] for name in arrays.files}

    @property
    def html(self) -> str:
        """The page."""
        return (self._folder() / "report.html").read_text()

    def compare(self, *others: "Report", **options: Any) -> "Report":
        """This run against others on the same test images (`cas compare`)."""
        from ._commands import compare

        return compare(self, *others, **options)

    def _repr_html_(self) -> Optional[str]:
        if self.path is None or not (self.path / "report.html").exists():
            return None
        return f'<iframe srcdoc="{html.escape(self.html)}" style="width:100%;height:40em;border:0"></iframe>'

    def _folder(self) -> Path:
        if self.path is None:
            raise AttributeError("this report has no run folder")
        return self.path


def _number(text: Optional[str]) -> Any:
    if not text:
        return None
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
