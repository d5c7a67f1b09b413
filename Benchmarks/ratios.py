#!/usr/bin/env python3
"""Prints benchmark samples as Markdown tables; results named `what, who` are paired into ratios.

usage: ratios.py DIRECTORY   (what `swift package benchmark --format histogramSamples --path DIRECTORY` wrote)
"""
import glob, os, re, sqlite3, statistics, sys, tempfile, time

PEERS = ("Slipway", "Foundation", "Yams", "PyYAML (libyaml)", "kubectl")
SCALE = {"": 1, "#": 1, "K": 1e3, "M": 1e6, "G": 1e9}


def read_samples(directory):
    """{(benchmark, metric): [values]}, in the metric's own unit."""
    results = {}
    for path in glob.glob(os.path.join(directory, "*.histogram.samples.tsv")):
        with open(path) as file:
            head, *values = file.read().split("\n")
        unit = re.search(r"\((\S+)\)\s*$", head)
        scale = SCALE[unit[1] if unit else ""]
        metric = re.sub(r"\s*(\(\S+\))?\s*$", "", head)
        name = os.path.basename(path).removesuffix(".histogram.samples.tsv").replace("_", " ")
        name = name.split(".", 2)[2].rsplit(".", 1)[0]
        results[name, metric] = [float(value) * scale for value in values if value]
    return results


def add_pyyaml(results, directory):
    """PyYAML with libyaml reads the same bytes, in the same run."""
    path = os.path.join(directory, "deployments.yaml")
    if not os.path.exists(path):
        return
    import yaml
    with open(path, "rb") as file:
        data = file.read()

    def seconds():
        start = time.thread_time_ns()
        list(yaml.load_all(data, yaml.CSafeLoader))
        return time.thread_time_ns() - start

    for name, metric in list(results):
        if re.fullmatch(r"YAML parse \d+ bytes, Slipway", name):
            results[name.replace("Slipway", PEERS[3]), metric] = [seconds() for _ in range(3)]


def add_sqlite(results):
    """The least a durable create can cost: one row of the same size, committed by itself."""
    if not any(name.startswith("create,") for name, _ in results):
        return
    with tempfile.TemporaryDirectory(prefix="slipway-") as directory:
        database = sqlite3.connect(os.path.join(directory, "raw.db"), isolation_level=None)
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("CREATE TABLE objects (name TEXT PRIMARY KEY, json BLOB) WITHOUT ROWID")
        count, row = 1000, b"x" * 3300
        start = time.perf_counter_ns()
        for number in range(count):
            database.execute("INSERT INTO objects VALUES (?, ?)", (f"service-{number}", row))
        results["create, bare SQLite row, 1 client", "wall ns"] = [(time.perf_counter_ns() - start) / count]
        database.close()


def table(title, head, rows):
    if rows:
        print(f"\n**{title}**\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
        for row in sorted(rows):
            print(f"| {' | '.join(row[1:])} |")


def paired(results, metric):
    """Rows of (sort key, what, who, median, ratio to Slipway's)."""
    groups = {}
    for (name, other), values in results.items():
        what, _, who = name.rpartition(", ")
        if other == metric and who in PEERS and values:
            groups.setdefault(what, {})[who] = statistics.median(values)
    for what, values in groups.items():
        for who, value in values.items():
            own = values.get("Slipway")
            ratio = f"{value / own:.1f}" if own and who != "Slipway" else ""
            yield f"{what} {PEERS.index(who)}", what, who, value, ratio


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def main(directory):
    results = read_samples(directory)
    add_pyyaml(results, directory)
    add_sqlite(results)

    speeds = []
    for key, what, who, value, ratio in paired(results, "CPU ns"):
        size = re.search(r" (\d+) bytes", what)
        speed = f"{int(size[1]) * 1e3 / value:,.1f}" if size else ""
        speeds.append((key, re.sub(r" \d+ bytes", "", what), who, f"{value / 1e6:,.1f}", speed, ratio))
    table("CPU time", ("what", "who", "ms", "MB/s", "times Slipway's"), speeds)
    table("Memory of a tree", ("what", "who", "bytes", "times Slipway's"), [
        (key, what, who, f"{value:,.0f}", ratio) for key, what, who, value, ratio in paired(results, "heap bytes")])

    table("Rendering", ("what", "who", "ms", "times Slipway's"), [
        (key, what, who, f"{value / 1e6:,.2f}", ratio) for key, what, who, value, ratio in paired(results, "wall ns")])

    alone = {key: values for key, values in results.items() if key[0].rpartition(", ")[2] not in PEERS and values}
    table("Requests", ("what", "operations a second", "ms each"), [
        (name, name, f"{1e9 / statistics.median(values):,.0f}", f"{statistics.median(values) / 1e6:.2f}")
        for (name, metric), values in alone.items() if metric == "wall ns"])
    table("From sending a change to having it", ("what", "ms p50", "ms p99"), [
        (name, name, f"{quantile(values, .5) / 1e6:.2f}", f"{quantile(values, .99) / 1e6:.2f}")
        for (name, metric), values in alone.items() if metric == "latency ns"])
    table("Memory of a cache", ("what", "JSON bytes", "heap bytes", "resident bytes"), [
        (name, name, *(f"{statistics.median(alone[name, column]):,.0f}" for column in (
            "JSON bytes", "heap bytes", "resident bytes")))
        for (name, metric), values in alone.items() if metric == "resident bytes"])


if __name__ == "__main__":
    main(sys.argv[1])
