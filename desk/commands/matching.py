"""outreach match: which listings of one or two tables are one event, and why."""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from desk import matching_outputs
from desk.commands import options
from desk.matching_inputs import TooFew, UnknownId, labels_of, weights_of
from desk.talking import emit, one_line, say, talk

if TYPE_CHECKING:
    from calendar_sync.listing_columns import ListingColumns
    from dedupe.explaining import Explanation
    from dedupe.labels import Labels
    from dedupe.matching import Progress, Recognised
    from dedupe.weights import Weights
    from dedupe.workers import Spread
    from reports.matching import Scored

_ADVICE = "write a number of bits such as -0.5; higher is stricter"


def _bits(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no number: {_ADVICE}") from None
    if not math.isfinite(number):
        raise typer.BadParameter(f"{text} is no threshold: {_ADVICE}")
    return number


def match(
    tables: Annotated[
        list[Path], typer.Argument(help="One or two tables of listings: CSV, XLSX, ODS or Parquet.", metavar="A [B]")
    ],
    out: Annotated[Path | None, typer.Option("--out", help="Where to write the pairs; stdout by default.")] = None,
    threshold: Annotated[
        float | None,
        typer.Option(parser=_bits, metavar="BITS", help="Least match weight of an event; the weights' own by default."),
    ] = None,
    explain: Annotated[
        tuple[str, str] | None,
        typer.Option(
            "--explain", metavar="ID_A ID_B", help="Tell why these two are one event, or why not, instead of all pairs."
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(
            help="Pairs a person judged: id_a, id_b and same (1, 0, or blank for unsettled). Where none is 0, all "
            "pairs that are not named are different. Weights are trained on them; with --weights, labels only score."
        ),
    ] = None,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn weights from the tables themselves, no labels.")
    ] = False,
    weights: Annotated[Path | None, typer.Option(help="Use weights that --save-weights wrote.")] = None,
    save_weights: Annotated[Path | None, typer.Option(help="Keep the weights that were used or learned.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Write a page: figures where labels are given, and the hardest pairs.")
    ] = None,
    relations: Annotated[
        bool, typer.Option("--relations/--no-relations", help="Also name how different events are related.")
    ] = True,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes; as many as there are cores by default.")
    ] = None,
    dask: Annotated[
        str, typer.Option(metavar="ADDRESS", help="A Dask cluster to compare on: tcp://host:8786, or local:2.")
    ] = "",
    json: options.Json = False,
) -> None:
    """Find the listings that are one event, within a table or across two.

    The tables need the columns id and title; source, start, end, city, country, language, place_raw, venue, online,
    organisers, sponsors, audience, themes, date_text, published, url and description help.

    \b
    Examples:
      outreach match ours.csv theirs.csv --out pairs.csv
      outreach match ours.csv theirs.csv --explain ours-12 theirs-7
      outreach match ours.csv theirs.csv --labels judged.csv --save-weights weights.json --report page.html
    """
    from calendar_sync.reading.listing_tables import listing_tables
    from dedupe.explaining import Explainer
    from dedupe.matching import recognise_table

    if len(tables) > 2:
        raise typer.BadParameter("give one or two tables", param_hint="A [B]")
    if learn and (labels or weights):
        raise typer.BadParameter("it learns without labels: leave out --labels and --weights", param_hint="--learn")
    matching_outputs.check_writable((out, save_weights, report))
    counts: Counter[str] = Counter()
    with _shown() as progress:
        progress("reading", 0, 0)
        table = listing_tables(tables)
        judged = labels_of(labels, set(table.ids)) if labels is not None else None
        _check(explain, table.ids)
        model, scored = _model(table, judged, weights, learn=learn, threshold=threshold, progress=progress)
        with _spread(workers or _cores(), dask) as spread:
            found = recognise_table(table, threshold=threshold, weights=model, spread=spread, progress=progress)
        if save_weights is not None:
            model.save(save_weights)
        explanation = Explainer(found).explain(*explain) if explain is not None else None
        if report is not None:
            progress("explaining", 0, 0)
            matching_outputs.write_report(report, tables, found, judged, scored, explanation)
        rows = matching_outputs.rows(found, progress, counts, relations=relations)
        if out is not None:
            progress("writing", 0, 0)
            kept = list(rows) if json else rows
            matching_outputs.write(kept, out)
            rows = iter(kept)
    if explanation is not None:
        _tell(explanation, json=json)
    elif json:
        emit(matching_outputs.as_json(found, rows, scored))
    elif out is None:
        matching_outputs.write(rows, None)
    for one in scored:
        figures = one.figures
        talk(f"{one.what}: precision {figures.precision:.3f}, recall {figures.recall:.3f}, F1 {figures.f1:.3f}.")
    _close(found, counts, out, report, save_weights)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _spread(workers: int, dask: str) -> Iterator[Spread]:
    """Yield where the long work is done: on a cluster where one is named, else in processes of this machine."""
    if not dask:
        from dedupe.workers import Workers

        yield Workers(workers)
        return
    try:
        from dedupe.machines import Machines

        machines = Machines(dask)
    except ModuleNotFoundError:
        raise typer.BadParameter(
            "Dask is not installed: pip install 'outreach-calendar[scale]', or leave it out", param_hint="--dask"
        ) from None
    with machines as spread:
        yield spread


def _check(explain: tuple[str, str] | None, ids: Sequence[str]) -> None:
    if explain is None:
        return
    known = set(ids)
    for asked in explain:
        if asked not in known:
            raise UnknownId(asked, ids)
    if explain[0] == explain[1]:
        raise typer.BadParameter(f"{explain[0]} twice: name two listings", param_hint="--explain")


def _model(
    table: ListingColumns, judged: Labels | None, weights: Path | None, *, learn: bool, threshold: float | None,
    progress: Progress,
) -> tuple[Weights, list[Scored]]:  # fmt: skip
    """Choose the weights, train or learn them where asked, and score them where there are labels."""
    from dedupe import training
    from dedupe.labels import figures, pairs_within
    from dedupe.matching import recognise_table
    from dedupe.weights import shipped
    from reports.matching import Scored

    def score(model: Weights) -> Any:  # noqa: ANN401  Figures, imported late
        found = recognise_table(table, threshold=threshold, weights=model).clusters()
        return figures(list(pairs_within(found)), judged) if judged is not None else None

    if learn:
        from dedupe.unlabelled import learn_table

        progress("learning", 0, 0)
        return learn_table(table), []
    start = weights_of(weights) if weights is not None else shipped()
    if judged is None:
        return start, []
    if weights is not None:
        return start, [Scored("The weights given, as they are", score(start))]
    progress("training", 0, training.FOLDS)
    try:
        model = training.from_labels(table, judged)
    except training.TooFewLabels as error:
        raise TooFew(str(error)) from error
    honest = training.cross_validated(
        table, judged, threshold=threshold, tell=lambda done, total: progress("cross-validating", done, total)
    )
    scored = [
        Scored("Shipped weights, before training", score(start)),
        Scored("On the labels trained on, which flatters", score(model), flattering=True),
    ]
    if honest is None:
        talk(f"Fewer than {training.FEWEST} labelled pairs of a kind: too few to say how well the trained weights do.")
        return model, scored
    return model, [Scored("Cross-validated: no label of a pair's events was seen", honest), *scored]


def _tell(explanation: Explanation, *, json: bool) -> None:
    if json:
        emit(explanation.as_json())
        return
    from reports.rendering.explanations import text

    say(text(explanation))


def _close(
    found: Recognised, counts: Counter[str], out: Path | None, report: Path | None, save_weights: Path | None
) -> None:
    """Say what was done, where it is, and what could be done next."""
    kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(counts.items()))
    told = f"{len(found.clusters())} events among {len(found.known)} listings"
    told += f": {kinds}." if kinds else "."
    places = [f"Pairs in {out}." if out else "", f"Page: {report}." if report else "",
              f"Weights in {save_weights}; next time: --weights {save_weights}." if save_weights else ""]  # fmt: skip
    talk(" ".join([told, *filter(None, places)]))


@contextmanager
def _shown() -> Iterator[Callable[[str, int, int], None]]:
    """Show on a terminal how far the work is; yields whom to tell: a step, what is done of it, and of how much."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: None
        return
    # Here, because rich takes a tenth of a second, and pipes need none of it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bars:
        steps: dict[str, Any] = {}

        def tell(step: str, done: int, total: int) -> None:
            for name, bar in steps.items():
                if name != step:
                    bars.update(bar, total=1, completed=1)
            if step not in steps:
                steps[step] = bars.add_task(one_line(step), total=total or None)
            bars.update(steps[step], completed=done, total=total or None)

        yield tell
