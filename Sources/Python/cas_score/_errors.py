"""How a command fails."""

from __future__ import annotations


class CasError(Exception):
    """The program ended with an error.

    `code` is its exit code: 64 wrong usage, 65 bad data, 66 input not found, 70 anything else, 74 input or output failed,
    143 terminated with its state saved. `message` is its sentence, which names the file and the remedy.
    """

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
