"""The accuracies of the ranking study's two recipes on each set, as a table.

Run: python3 ranking_table.py FAST_RUN SLOW_RUN > FILE.csv

Top-1 of each recipe, the 95 % interval over test images, and each seed's.
"""

import csv
import json
import pathlib
import sys

runs = {}
for name, folder in zip(["fast", "slow"], sys.argv[1:3], strict=True):
    results = json.loads((pathlib.Path(folder) / "report.json").read_text())["results"]
    runs[name] = {result["name"]: result["top1"] for result in results}

rows = []
for name in runs["fast"]:
    row = {"set": name}
    for recipe, results in runs.items():
        top1 = results[name]
        low, high = top1["interval"]
        row |= {f"{recipe}_top1": f"{top1['value']:.5f}", f"{recipe}_low": f"{low:.5f}", f"{recipe}_high": f"{high:.5f}"}
        row |= {f"{recipe}_seed{seed}": f"{value:.4f}" for seed, value in enumerate(top1["perSeed"])}
    rows.append(row)
table = csv.DictWriter(sys.stdout, rows[0], lineterminator="\n")
table.writeheader()
table.writerows(rows)
