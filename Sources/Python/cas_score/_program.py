"""Runs the program and tells what it does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Optional, Union

from ._errors import CasError
from ._images import ImageSet

#: Gets each event of `--progress json` as a dictionary. True shows bars, False nothing.
Progress = Union[bool, Callable[[Mapping[str, Any]], None]]


def program() -> str:
    """The path of the program: `CAS_PROGRAM`, else the one in this package, else the one on `PATH`."""
    chosen = os.environ.get("CAS_PROGRAM")
    inside = Path(__file__).with_name("bin") / "cas"
    found = chosen or (str(inside) if inside.exists() else shutil.which("cas"))
    if not found:
        raise CasError(70, "The program cas is not there. Install the wheel, or name it in CAS_PROGRAM.")
    return found


def version() -> str:
    """What `cas --version` says."""
    return subprocess.run([program(), "--version"], check=True, capture_output=True, text=True).stdout.strip()


class _Feed(threading.Thread):
    """Writes one set of images into its pipe."""

    def __init__(self, images: ImageSet, descriptor: int) -> None:
        super().__init__(daemon=True)
        self.images = images
        self.descriptor = descriptor
        self.error: Optional[BaseException] = None

    def run(self) -> None:
        try:
            with open(self.descriptor, "wb", buffering=1 << 20) as stream:
                self.images.write(stream)
        except BrokenPipeError:
            pass  # The program ended before it read everything, and says why.
        except BaseException as error:  # noqa: BLE001 - it is raised again where the program is waited for
            self.error = error


class Pipes:
    """The pipes of a command, as paths for its arguments."""

    def __init__(self) -> None:
        self.reading: list[int] = []
        self.feeds: list[_Feed] = []

    def path(self, images: ImageSet) -> str:
        """A path from which the program will read these images."""
        reading, writing = os.pipe()
        self.reading.append(reading)
        self.feeds.append(_Feed(images, writing))
        return f"/dev/fd/{reading}"

    def close(self) -> None:
        for descriptor in self.reading:
            os.close(descriptor)
        self.reading = []


def run(
    arguments: Sequence[str], progress: Progress = True, pipes: Optional[Pipes] = None, tells_events: bool = True
) -> str:
    """Runs the program to its end and returns what it wrote to stdout.

    Raises `CasError`. An interrupt (Ctrl-C, a cancelled cell) stops the program, which saves its state, and goes on as
    `KeyboardInterrupt`. The program never outlives this process.
    """
    pipes = pipes or Pipes()
    tell = _teller(progress)
    command = [program(), *arguments, *(["--progress", "json"] if tells_events else [])]
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=pipes.reading,
            env={**os.environ, "CAS_PARENT": str(os.getpid())},
            start_new_session=True,  # An interrupt reaches it through this module alone.
        )
    except OSError as error:
        for feed in pipes.feeds:
            os.close(feed.descriptor)
        raise CasError(70, f"{command[0]} cannot be started: {error.strerror}.") from error
    finally:
        pipes.close()
    for feed in pipes.feeds:
        feed.start()
    assert process.stdout is not None and process.stderr is not None
    output: list[bytes] = []
    failure: list[str] = []
    readers = [
        threading.Thread(target=_collect, args=(process.stdout, output), daemon=True),
        threading.Thread(target=_listen, args=(process.stderr, tell, failure), daemon=True),
    ]
    for reader in readers:
        reader.start()
    try:
        while process.poll() is None:
            if any(feed.error for feed in pipes.feeds):
                process.terminate()
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
    except BaseException:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except BaseException:
            process.kill()
            process.wait()
            raise
        raise
    finally:
        for reader in readers:
            reader.join(10)
        process.stdout.close()
        process.stderr.close()
        tell({"event": "closed"})
    for feed in pipes.feeds:
        if feed.error is not None:
            raise feed.error
    if process.returncode:
        code = process.returncode if process.returncode > 0 else 128 - process.returncode
        raise CasError(code, "\n".join(failure) or f"cas ended with exit code {code}.")
    return b"".join(output).decode()


def _collect(stream: BinaryIO, into: list[bytes]) -> None:
    into.extend(iter(lambda: stream.read(1 << 16), b""))


def _listen(stream: BinaryIO, tell: Callable[[Mapping[str, Any]], None], failure: list[str]) -> None:
    for line in stream:
        text = line.decode(errors="replace").rstrip()
        try:
            event = json.loads(text)
        except ValueError:
            failure.append(text.removeprefix("cas: "))
            continue
        if event.get("event") == "error":
            failure[:] = [str(event.get("text", ""))]
        try:
            tell(event)
        except Exception as error:  # noqa: BLE001 - a callback's fault does not end the run
            print(f"cas_score: the progress callback failed: {error!r}", file=sys.stderr)


def _teller(progress: Progress) -> Callable[[Mapping[str, Any]], None]:
    if callable(progress):
        return progress
    return _Bars() if progress else lambda event: None


class _Bars:
    """Bars of tqdm if it is there; otherwise a line for each finished stage. Warnings are always printed."""

    def __init__(self) -> None:
        self.bar: Any = None

    def __call__(self, event: Mapping[str, Any]) -> None:
        kind = event.get("event")
        if kind in ("warning", "note"):
            print(event.get("text", ""), file=sys.stderr)
        elif kind == "begin":
            self._close()
            try:
                from tqdm.auto import tqdm
            except ImportError:
                return
            self.bar = tqdm(total=event["total"], initial=event["done"], desc=event["stage"], unit=f" {event['unit']}")
        elif kind in ("progress", "end"):
            if self.bar is not None:
                self.bar.n = event["done"]
                if "loss" in event:
                    self.bar.set_postfix(loss=event["loss"], refresh=False)
                self.bar.refresh()
            elif kind == "end":
                print(f"{event['stage']}: {event['done']:,} {event['unit']}", file=sys.stderr)
            if kind == "end":
                self._close()
        elif kind == "closed":
            self._close()

    def _close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None
