"""The command `cas`: the program itself takes this process's place."""

from __future__ import annotations

import os
import sys

from ._errors import CasError
from ._program import program


def main() -> None:
    try:
        path = program()
    except CasError as error:
        sys.exit(f"cas: {error.message}")
    os.execv(path, ["cas", *sys.argv[1:]])


if __name__ == "__main__":
    main()
