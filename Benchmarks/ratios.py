#!/usr/bin/env python3
"""Pairs benchmark results named `what, who` into ratios and prints a Markdown table.

usage: ratios.py DIRECTORY   (what `swift package benchmark --format jsonSmallerIsBetter --path DIRECTORY` wrote)
"""
import glob, json, os, re, sys, time

directory = sys.argv[1]
results = {}
for path in glob.glob(os.path.join(directory, "*.json")):
    for row in json.load(open(path)):
        results[row["name"]] = (float(row["value"]), row["unit"])

def add_pyyaml():
    """PyYAML with libyaml reads the same bytes, in the same run."""
    path = os.path.join(directory, "deployments.yaml")
    if not os.path.exists(path):
        return
    import yaml
    data = open(path, "rb").read()
    best = min(timed(lambda: list(yaml.load_all(data, yaml.CSafeLoader))) for _ in range(3))
    for name in list(results):
        if re.match(r"YAML parse \d+ bytes, Slipway", name) and "CPU" in name:
            results[name.replace("Slipway", "PyYAML (libyaml)")] = (best * 1e6, "μs")

def timed(work):
    start = time.process_time()
    work()
    return time.process_time() - start

add_pyyaml()
groups = {}
for name, (value, unit) in sorted(results.items()):
    match = re.match(r"(?:.* - )?(.*), ([^-]*?)(?: - (.*))?$", name)
    if match:
        groups.setdefault((match[1], match[3] or ""), {})[match[2].strip()] = (value, unit)

print("| what | who | value | times Slipway's |\n|---|---|---|---|")
for (what, metric), rows in sorted(groups.items()):
    own = rows.get("Slipway")
    size = re.search(r"(\d+) bytes", what)
    for who, (value, unit) in sorted(rows.items(), key=lambda row: row[0] != "Slipway"):
        shown = f"{value:,.0f} {unit}"
        if size and unit in ("μs", "us"):
            shown += f" ({int(size[1]) / value:,.0f} MB/s)"
        ratio = f"{value / own[0]:.1f}" if own and who != "Slipway" and own[0] else ""
        print(f"| {what}{' · ' + metric if metric else ''} | {who} | {shown} | {ratio} |")
