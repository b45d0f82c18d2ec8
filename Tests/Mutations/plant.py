#!/usr/bin/env python3
"""Plants the bugs of bugs.txt, all behind switches, builds once, and runs the tests of each with its bug alone.

    Tests/Mutations/plant.py [NAME ...]     the named bugs, or all

It changes files below Sources and puts them back, so commit first. docs/testing.md says more."""
import os
import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
# Name, tests, line and replacement of each; the expression that is replaced stands between « and » in the line.
bugs = re.findall(
    r"^# (\S+) (\S+)\n- (.*)\n\+ (.*)$", (root / "Tests/Mutations/bugs.txt").read_text(), re.MULTILINE)
switch = """
private let plantedBug = getenv("CAS_PLANT").map { String(cString: $0) } ?? ""
private func planted(_ name: String) -> Bool { plantedBug == name }
"""


def plant(name, line, replacement, sources):
    """Puts the switch into the one place that has the line; false where there is none, or more than one."""
    before, expression, after = re.match(r"(.*)«(.*)»(.*)", line).groups()
    found = [path for path, text in sources.items() if before + expression + after in text]
    if len(found) != 1 or sources[found[0]].count(before + expression + after) != 1:
        return False
    change = f'{before}(planted("{name}") ? ({replacement}) : ({expression})){after}'
    sources[found[0]] = sources[found[0]].replace(before + expression + after, change)
    return True


def main(names):
    if subprocess.run(["git", "diff", "--quiet", "HEAD", "--", "Sources"], cwd=root).returncode:
        sys.exit("Sources has changes that are not committed.")
    original = {path: path.read_text() for path in (root / "Sources").rglob("*.swift") if "LoopsAVX2" not in path.parts}
    sources = dict(original)
    chosen = [bug for bug in bugs if not names or bug[0] in names]
    stale = [name for name, _, line, replacement in chosen if not plant(name, line, replacement, sources)]
    changed = [path for path in sources if sources[path] != original[path]]
    survivors = []
    try:
        for path in changed:
            path.write_text("internal import Glibc\n" + sources[path] + switch)
        subprocess.run(["swift", "build", "--build-tests"], cwd=root, check=True)
        for name, tests, _, _ in (bug for bug in chosen if bug[0] not in stale):
            command = ["timeout", "300", "swift", "test", "--skip-build", "--filter", tests]
            run = subprocess.run(command, cwd=root, env=os.environ | {"CAS_PLANT": name}, capture_output=True)
            # Tests that take too long have shown nothing.
            outcome = {0: "SURVIVED", 124: "TIMED OUT"}.get(run.returncode, "caught")
            survivors += [name] if outcome != "caught" else []
            print(f"{name:28} {outcome:9}  {tests}", flush=True)
    finally:
        for path in changed:
            path.write_text(original[path])
    print(f"{len(survivors)} of {len(chosen) - len(stale)} not caught; not found in Sources: {', '.join(stale) or 'none'}")
    return 1 if survivors or stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
