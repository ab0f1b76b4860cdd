"""The report stage for many organisations with many open findings: `python -m bench.reporting`.

A hundred organisations with different members read a calendar of workshops of which two at a time reach the same states
within a few weeks, and a calendar of one of them that only some may read. The first night is told; on the second a few
events have moved, so nearly all findings are open. That night's report stage (`write_reports`: load, find, compose,
render HTML, text and JSON, write, remember) runs in a process of its own. Printed: findings per organisation, seconds
of wall clock and of processor time, and the largest resident memory of any process, its own or its helpers'.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

NIGHTS = date(2009, 1, 5), date(2009, 1, 6)
SUBJECTS = ("biosecurity", "export control", "border control", "legislation", "nuclear security", "chemical security")
AFRICA = (
    "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG ER ET GA GH GM GN GQ GW KE KM LR LS LY MG ML MR MU MW MZ NA NE NG RW SC "
    "SD SL SN SO ST SZ TD TG TN TZ UG ZA ZM ZW"
)
STATES = AFRICA.split()
INSTRUMENTS = [*range(1001, 1900), *range(2100, 9000)]
"""Numbers of resolutions that are no years."""


def publish(folder: Path, organisations: int, pairs: int, seed: int, moved: int) -> None:
    """Write the configuration and the calendars as they are after *moved* of the events have moved."""
    draw = random.Random(seed)
    # States invited hundreds of times a year would weigh on every one of them; that is another measure.
    head = (
        "[policy]\nload_most = 100000\nnever_most = 0\nforum_themes = []\n\n"
        '[committee]\nid = "UN1540"\nname = "1540 Committee"\ntime_zone = "America/New_York"\n\n'
        '[state]\nfolder = "state"\n\n'
    )
    languages = ("en", "fr", "es", "pt", "ar", "ru")
    tables = ['[[organisations]]\nid = "UN1540"\nname = "1540 Committee"\nreads_reports = true']
    tables += [
        f'[[organisations]]\nid = "ORG{at}"\nname = "Organisation {at}"\nlanguages = ["{languages[at % 6]}"]\n'
        f"members = {json.dumps(sorted(draw.sample(STATES, 40)))}\nreads_reports = true"
        for at in range(organisations)
    ]
    tables.append(
        '[[calendars]]\nid = "programme"\norganisation = "UN1540"\nsource = "programme.csv"\nprogramme = true'
    )
    tables.append('[[calendars]]\nid = "others"\norganisation = "ORG0"\nsource = "others.csv"')
    tables.append(
        '[[calendars]]\nid = "some"\norganisation = "ORG1"\nsource = "some.csv"\nvisibility = "shared"\n'
        f"shared_with = {json.dumps([f'ORG{at}' for at in range(0, organisations, 3)])}"
    )
    (folder / "outreach.toml").write_text(head + "\n\n".join(tables) + "\n", encoding="utf-8")
    rows: dict[str, list[Sequence[str]]] = {"programme": [], "others": [], "some": []}
    for at in range(pairs):
        # Every pair has days of its own and an instrument of its own, so that no more than two meet.
        first = NIGHTS[0] + timedelta(days=20 + draw.randrange(300))
        states = "; ".join(sorted(draw.sample(STATES, 8)))
        shift = timedelta(days=1 if at < moved else 0)
        for side, begin in ((0, first + shift), (1, first + timedelta(days=draw.randrange(20, 45)))):
            # Without a town, or hundreds of them would compete for it.
            city, country = "", draw.choice(STATES)
            about = f"{draw.choice(SUBJECTS)} under resolution {INSTRUMENTS[at]}"
            title = f"{draw.choice(('Workshop', 'Seminar'))} on {about}"
            rows["programme" if side == 0 else "others" if at % 20 else "some"].append(
                (
                    f"e{at}-{side}", title, begin.isoformat(), (begin + timedelta(days=2)).isoformat(), city, country,
                    states, "2008-12-01",
                )
            )  # fmt: skip
    for name, listed in rows.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "title", "start", "end", "city", "country", "audience", "published"))
            writer.writerows(listed)


def before(folder: Path, night: date) -> None:
    """Do everything of a night that comes before its report stage."""
    from flows import steps

    config = folder / "outreach.toml"
    for calendar in steps.calendars(config):
        outcome = steps.sync_calendar(config, calendar, night)
        if outcome.error is not None:
            raise outcome.error
    steps.match(config, night)


def stage(folder: Path, night: date) -> None:
    """Run the report stage and print what it cost as JSON."""
    from flows import steps

    # What the night does before it, in the same process.
    steps.match(folder / "outreach.toml", night)
    began, used = time.perf_counter(), os.times()
    written = steps.write_reports(folder / "outreach.toml", night)
    spent = os.times()
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({
        "seconds": round(time.perf_counter() - began, 1),
        "cpu": round(sum(spent[:4]) - sum(used[:4]), 1),
        "mib": round(max(peaks) / 1024),
        "files": len(written),
        "bytes": sum(path.stat().st_size for path in written),
    }))  # fmt: skip


def measure(organisations: int, pairs: int, seed: int) -> dict[str, float]:
    """Measure the second night's stage."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        publish(folder, organisations, pairs, seed, 0)
        _alone("before", folder, NIGHTS[0])
        _alone("stage", folder, NIGHTS[0])
        publish(folder, organisations, pairs, seed, moved=20)
        _alone("before", folder, NIGHTS[1])
        told: dict[str, float] = json.loads(_alone("stage", folder, NIGHTS[1]))
        reports = sorted((folder / "state" / "reports" / NIGHTS[1].isoformat()).glob("ORG*.json"))
        counts = [json.loads(path.read_text(encoding="utf-8"))["counts"] for path in reports]
        told["open"] = min(count["open"] + count["changed"] + count["new"] for count in counts)
    return told


def _alone(step: str, folder: Path, night: date) -> str:
    command = [sys.executable, "-m", "bench.reporting", "--step", step, "--folder", str(folder), "--night", str(night)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[1])
    return done.stdout


def main() -> None:
    """Print one line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--organisations", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=2300, help="pairs of events, nearly each of them a finding")
    parser.add_argument("--seed", type=int, default=1540)
    parser.add_argument("--step", choices=("before", "stage"))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--night", type=date.fromisoformat)
    asked = parser.parse_args()
    if asked.step:
        {"before": before, "stage": stage}[asked.step](asked.folder, asked.night)
        return
    told = measure(asked.organisations, asked.pairs, asked.seed)
    print(
        f"{asked.organisations} organisations, at least {told['open']:.0f} findings each: report stage "
        f"{told['seconds']} s ({told['cpu']} s of processor time), peak {told['mib']:.0f} MiB in the largest process, "
        f"{told['files']:.0f} files, {told['bytes'] / 2**20:.0f} MiB"
    )


if __name__ == "__main__":
    main()
