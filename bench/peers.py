"""Our matcher and its peers in one run: `python -m bench.peers [--part accuracy scale] [--sizes N ...] [--write-docs]`.

`accuracy` scores everybody on the development half of data/matching, and learns and tunes up to 2019 to score the
years after. `scale` times everybody on synthetic listings, process start to written pairs, in turns.
Peers run in an environment of their own, made when it is missing; a peer that cannot run is told with the reason.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import re
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench import peers_report
from bench.process_tree import CommandFailed, Measured, measure
from bench.scoring_pairs import (
    COMPONENTS,
    PAIRS,
    Cut,
    Figures,
    Truth,
    best_cut,
    cut_at,
    figures,
    pairs_of,
    rows,
    scored_pairs,
    truth_of_events,
    truth_of_pairs,
)

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(__file__).parent / "peer_matchers"
REQUIREMENTS = Path(__file__).parent / "requirements-peers.txt"
OURS = "ours"
LAST_LEARNED = 2019
TUNED_AT = 14_000
"""Synthetic listings on which a peer's threshold is tuned for its best F1; for sizes above, it has to carry over."""
MILLION = 1_000_000
NEEDED_MB = 14_000
"""Free memory below which Splink is not tried on a million listings."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer in one set-up: the script that runs it and what it is given."""

    name: str
    title: str
    script: str
    variant: str = ""
    labels: bool = False
    fits: bool = True
    threshold: float | None = None
    hows: tuple[str, ...] = (PAIRS, COMPONENTS)
    loaded: bool = False
    "In the scale part: load the model fitted on TUNED_AT listings instead of fitting on the table itself."


ACCURACY = (
    Peer("rule", "same date + token_set_ratio ≥ 85", "rapidfuzz_rule.py", fits=False, threshold=85.0),
    Peer("composite", "rapidfuzz composite, tuned", "rapidfuzz_composite.py", labels=True),
    Peer("splink-em", "splink 5, EM, term frequencies", "splink_model.py", "wide"),
    Peer("splink-labels", "splink 5, m from labels", "splink_model.py", "wide", labels=True),
    Peer("dedupe", "dedupe 3, 1,400 labels", "dedupe_library.py", labels=True, hows=(PAIRS,)),
    Peer("logistic", "recordlinkage, logistic", "recordlinkage_classifier.py", "logistic", labels=True),
    Peer("ecm", "recordlinkage, ECM", "recordlinkage_classifier.py", "ecm"),
)
SCALE = (
    Peer("splink-em", "splink 5, EM on the table", "splink_model.py", "wide"),
    Peer("splink-loaded", "splink 5, model loaded", "splink_model.py", "wide", loaded=True),
    Peer("splink-narrow", "splink 5, narrow blocking, loaded", "splink_model.py", "narrow", loaded=True),
    Peer("rule", "same date + token_set_ratio ≥ 85", "rapidfuzz_rule.py", fits=False, threshold=85.0),
)


class Bench:
    """Where things are: the peers' Python, the shared data, a folder for what comes and goes."""

    def __init__(self, python: Path, shared: Path, scratch: Path) -> None:
        self._python, self.shared, self.scratch = python, shared, scratch

    def run(self, peer: Peer, listings: Path, out: Path, *more: str) -> tuple[Measured, dict[str, float]]:
        """Run a peer on a table; returns what it cost and the seconds of its phases."""
        variant = ("--variant", peer.variant) if peer.variant else ()
        cost = measure(
            [str(self._python), str(SCRIPTS / peer.script), str(listings), "--out", str(out), *variant, *more],
            os.environ | {"PYTHONWARNINGS": "ignore"},
        )
        return cost, json.loads(cost.stdout.splitlines()[-1])

    def ours(self, listings: Path, out: Path) -> Measured:
        """Run `outreach match` with its defaults; relations between different events are no part of what peers do."""
        command = [str(Path(sys.executable).parent / "outreach"), "match", str(listings), "--out", str(out)]
        return measure([*command, "--no-relations"])

    def path(self, name: str) -> Path:
        """Return a path in the scratch folder."""
        return self.scratch / name


def peers_python(folder: Path) -> Path:
    """Return the Python of the peers' environment, made where it is missing.

    Raises:
        subprocess.CalledProcessError: The peers could not be installed; pip has said why.
    """
    python = folder / "bin" / "python"
    stamp, wanted = folder / "installed.txt", REQUIREMENTS.read_text("utf-8")
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return python
    print(f"installing the peers into {folder} ...", file=sys.stderr)
    venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", "-r", REQUIREMENTS], check=True)
    stamp.write_text(wanted, "utf-8")
    return python


def accuracy(bench: Bench, chosen: Sequence[str], cross_validate: bool) -> list[dict[str, Any]]:
    """Score everybody on the development half, and over time."""
    data = bench.shared / "data" / "matching"
    table, gold, unsettled = (data / f"dev_{name}.csv" for name in ("listings", "gold_pairs", "ignore_pairs"))
    listings = rows(table)
    truth = truth_of_pairs(listings, gold, unsettled)
    early, late = (
        _written(
            bench.path(f"{name}.csv"),
            [row for row in listings if row["start"] and first <= int(row["start"][:4]) <= last],
        )
        for name, first, last in (("early", 0, LAST_LEARNED), ("late", LAST_LEARNED + 1, 9999))
    )
    truths = {part: truth_of_pairs(rows(part), gold, unsettled) for part in (early, late)}
    early_gold = bench.path("early-gold.csv")
    _written(early_gold, [{"id_a": one, "id_b": other} for one, other in sorted(truths[early].gold)])
    results: list[dict[str, Any]] = []
    for peer in ACCURACY:
        if peer.name not in chosen:
            continue
        out, model = bench.path(f"{peer.name}.csv"), bench.path(f"{peer.name}.model")
        save = ["--save-model", str(model)] if peer.fits else []
        load = ["--model", str(model)] if peer.fits else []
        taught, early_taught = (
            ["--labels", str(labels), "--unsettled", str(unsettled)] if peer.labels else []
            for labels in (gold, early_gold)
        )
        try:
            cost, phases = bench.run(peer, table, out, "--scores", *taught)
            cut, told = _cut(peer, out, truth)
            bench.run(peer, early, out, "--scores", *save, *early_taught)
            early_cut, early_told = _cut(peer, out, truths[early])
            bench.run(peer, late, out, "--scores", *load)
        except CommandFailed as failed:
            results.append({"name": peer.name, "title": peer.title, "skipped": str(failed)})
            print(f"{peer.title}: skipped, {failed}", file=sys.stderr)
            continue
        late_told = figures(cut_at(scored_pairs(out), early_cut), truths[late])
        fit = phases.get("fit", 0.0) if peer.fits else 0.0
        results.append(
            {"name": peer.name, "title": peer.title, "how": cut.how, "threshold": cut.threshold, "fit": fit,
             "rest": cost.wall - fit, "peak_mb": cost.peak_mb, "development": asdict(told),
             "early": asdict(early_told), "late": asdict(late_told)}
        )  # fmt: skip
        print(f"{peer.title:36} {told}  up to {LAST_LEARNED}: {early_told.f1:.4f}  after: {late_told}", file=sys.stderr)
    if OURS in chosen:
        cost = bench.ours(table, bench.path("ours.csv"))
        told = figures(pairs_of(bench.path("ours.csv")), truth)
        results.append({"name": OURS, "title": "outreach match, defaults", "fit": 0.0, "rest": cost.wall,
                        "peak_mb": cost.peak_mb, "development": asdict(told)})  # fmt: skip
        print(f"{'outreach match, defaults':36} {told}", file=sys.stderr)
        if cross_validate:
            results.append(_cross_validated(bench.shared))
    return results


def _cut(peer: Peer, out: Path, truth: Truth) -> tuple[Cut, Figures]:
    scored = scored_pairs(out)
    if peer.threshold is None:
        return best_cut(scored, truth, peer.hows)
    cuts = [Cut(peer.threshold, how) for how in peer.hows]
    return max(((cut, figures(cut_at(scored, cut), truth)) for cut in cuts), key=lambda one: one[1].f1)


def _cross_validated(shared: Path) -> dict[str, Any]:
    """Quote `python -m bench.matching score`: the folds, and what was learned up to 2019."""
    said = subprocess.run(
        [sys.executable, "-m", "bench.matching", "score", "--shared", str(shared)],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    print(said, file=sys.stderr)
    line = r" +P ([\d.]+) R ([\d.]+) F1 ([\d.]+) hard ([\d.]+)"
    names = ("precision", "recall", "f1", "hard")

    def quoted(head: str, text: str) -> dict[str, float]:
        found = re.search(re.escape(head) + line, text)
        if found is None:
            raise ValueError(f"bench.matching score printed no line {head!r}")
        return dict(zip(names, map(float, found.groups()), strict=True))

    return {
        "name": "ours-cross-validated",
        "title": "ours, tested events unseen",
        "development": quoted("matching", said[said.index("cross-validated") :]),
        "early": quoted(f"up to {LAST_LEARNED}", said),
        "late": quoted(f"from {LAST_LEARNED + 1}", said),
    }


def _written(path: Path, table: Sequence[Mapping[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
    return path


def synthetic(bench: Bench, size: int) -> tuple[Path, Truth]:
    """Make *size* synthetic listings; returns the table without its column `event`, and the truth."""
    told, hidden = bench.path(f"synthetic-{size}-truth.csv"), bench.path(f"synthetic-{size}.csv")
    maker, dev = bench.shared / "tools" / "synth.py", bench.shared / "data" / "matching"
    subprocess.run([sys.executable, maker, str(size), told, "--dev", dev], check=True)
    table = rows(told)
    truth = truth_of_events(table)
    _written(hidden, [{name: value for name, value in row.items() if name != "event"} for row in table])
    return hidden, truth


def scale(bench: Bench, chosen: Sequence[str], sizes: Sequence[int], rounds: int) -> dict[int, list[dict[str, Any]]]:
    """Time everybody at each size, in turns."""
    peers = [peer for peer in SCALE if peer.name in chosen]
    tuned_on, truth = synthetic(bench, TUNED_AT)
    cuts: dict[str, Cut] = {}
    for peer in peers:
        out, model = bench.path(f"{peer.name}.csv"), bench.path(f"{peer.name}-{TUNED_AT}.model")
        bench.run(peer, tuned_on, out, "--scores", *(("--save-model", str(model)) if peer.fits else ()))
        cuts[peer.name], told = _cut(peer, out, truth)
        print(f"{peer.title}: {cuts[peer.name]}, best at {TUNED_AT} listings: {told}", file=sys.stderr)
    results = {}
    for size in sizes:
        table, truth = synthetic(bench, size)
        results[size] = _in_turns(bench, peers, cuts, size, table, truth, chosen, rounds if size < MILLION else 1)
    return results


def _in_turns(
    bench: Bench, peers: Sequence[Peer], cuts: Mapping[str, Cut], size: int, table: Path, truth: Truth,
    chosen: Sequence[str], rounds: int,
) -> list[dict[str, Any]]:  # fmt: skip
    costs: dict[str, list[Measured]] = {}
    skipped: dict[str, str] = {}
    for _ in range(rounds):
        if OURS in chosen:
            costs.setdefault(OURS, []).append(bench.ours(table, bench.path("ours.csv")))
        for peer in peers:
            if size >= MILLION and peer.variant and _free_mb() < NEEDED_MB:
                skipped[peer.name] = f"{_free_mb()} MB free, {NEEDED_MB} wanted"
                continue
            cut, model = cuts[peer.name], bench.path(f"{peer.name}-{TUNED_AT}.model")
            load = ("--model", str(model)) if peer.loaded else ()
            try:
                cost, _ = bench.run(peer, table, bench.path(f"{peer.name}.csv"), "--threshold", str(cut.threshold),
                                    "--how", cut.how, *load)  # fmt: skip
            except CommandFailed as failed:
                skipped[peer.name] = str(failed)
                continue
            costs.setdefault(peer.name, []).append(cost)
    results = []
    for name, title in ((OURS, "outreach match, defaults"), *((peer.name, peer.title) for peer in peers)):
        if name in skipped:
            results.append({"name": name, "title": title, "skipped": skipped[name]})
        if name not in costs or name in skipped:
            continue
        own, told = costs[name], figures(pairs_of(bench.path(f"{name}.csv")), truth)
        row: dict[str, Any] = {
            "name": name,
            "title": title,
            "wall": median(cost.wall for cost in own),
            "cpu": median(cost.cpu for cost in own),
            "peak_mb": max(cost.peak_mb for cost in own),
            **asdict(told),
        }
        if name != OURS and OURS in costs:
            row["times_wall"] = median(theirs.wall / ours.wall for theirs, ours in zip(own, costs[OURS], strict=True))
            row["times_memory"] = row["peak_mb"] / max(cost.peak_mb for cost in costs[OURS])
        results.append(row)
        print(
            f"{size:>9,} {title:36} {row['wall']:8.2f} s {row['cpu']:8.2f} CPU s {row['peak_mb']:8.0f} MB  {told}",
            file=sys.stderr,
        )
    return results


def _free_mb() -> int:
    told = Path("/proc/meminfo").read_text("ascii")
    return next(int(line.split()[1]) // 1000 for line in told.splitlines() if line.startswith("MemAvailable"))


def main() -> None:
    """Run the chosen parts, print their tables, keep the figures and write them into the documentation where asked."""
    names = (OURS, *dict.fromkeys(peer.name for peer in (*ACCURACY, *SCALE)))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", nargs="+", choices=("accuracy", "scale"), default=("accuracy", "scale"))
    parser.add_argument("--matchers", nargs="+", choices=names, default=names)
    parser.add_argument("--sizes", nargs="+", type=int, default=[14_000, 100_000, 300_000])
    parser.add_argument("--million", action="store_true", help="one million listings as well")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--cross-validate", action="store_true", help="quote bench.matching score: takes minutes")
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("OUTREACH_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--peers-venv", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--scratch", type=Path, default=ROOT / "build" / "peers-scratch")
    parser.add_argument("--write-docs", action="store_true", help="write docs/matching.md and docs/matching.svg")
    options = parser.parse_args()
    options.scratch.mkdir(parents=True, exist_ok=True)
    try:
        python, chosen = peers_python(options.peers_venv), options.matchers
    except subprocess.CalledProcessError as failed:
        print(f"peers are skipped: they could not be installed ({failed})", file=sys.stderr)
        python, chosen = options.peers_venv / "bin" / "python", [OURS]
    bench = Bench(python, options.shared, options.scratch)
    kept = options.scratch / "figures.json"
    told: dict[str, Any] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    when = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}"
    if "accuracy" in options.part:
        told["accuracy"] = {"when": when, "rows": accuracy(bench, chosen, options.cross_validate)}
    if "scale" in options.part:
        sizes = [*options.sizes, *([MILLION] if options.million else [])]
        for size, results in scale(bench, chosen, sizes, options.rounds).items():
            told.setdefault("scale", {})[str(size)] = {"when": when, "rows": results}
    kept.write_text(json.dumps(told, indent=1), "utf-8")
    print(peers_report.tables({part: told[part] for part in options.part}))
    if options.write_docs:
        peers_report.write_docs(told, ROOT / "docs" / "matching.md", ROOT / "docs" / "matching.svg")


if __name__ == "__main__":
    main()
