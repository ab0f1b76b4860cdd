"""Splink 5 on DuckDB with two threads, as its guide sets it up.

u by random sampling, m by EM under two blocking rules (or from labels), term frequencies for titles and towns, groups
as connected components. Only listings of different calendars are compared: on the development half this takes its F1
from .918 to .951.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import duckdb  # type: ignore[import-not-found]
import protocol
import splink.comparison_level_library as level  # type: ignore[import-not-found]
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as comparison

CLEAN = """
create table listings as
with told as (
    select id as unique_id, source, title, start as start_text, "end" as end_text,
           nullif(lower(strip_accents(city)), '') as city, nullif(country, '') as country,
           replace(lower(strip_accents(title)), coalesce(nullif(lower(strip_accents(city)), ''), '...'), ' ') as lowered
    from read_csv(?, all_varchar = true, header = true)
), worded as (
    select *, list_filter(string_split_regex(regexp_replace(lowered, '(19|20)[0-9]{2}', ' ', 'g'), '[^\\p{L}\\p{N}]+'),
                          lambda word: word <> '') as words
    from told
)
select unique_id, source, city, country,
       try_cast(start_text as date) as "start", try_cast(end_text as date) as "end",
       nullif(array_to_string(words, ' '), '') as title,
       -- no blanks: "Devopsdays" and "DevOps Days"; no "conference", which listings add and drop at will
       nullif(regexp_replace(array_to_string(words, ''), 'conference|conf', '', 'g'), '') as letters,
       nullif(array_to_string(list_sort(words), ' '), '') as sorted_words,
       -- the same letters in any order: words shuffled and joined
       list_aggregate(list_sort(string_split(
           regexp_replace(array_to_string(words, ''), 'conference|conf', '', 'g'), '')), 'string_agg', ''
       ) as sorted_letters,
       list_distinct(words) as words,
       array_to_string(list_transform(words, lambda word: word[1]), '') as initials
from worded
"""
"""What every entity-resolution guide does first: fold case and accents, drop the year from the title, parse dates."""


def comparisons() -> list[Any]:
    """What a user of Splink would compare: title (several roads), start, end, town and country."""
    acronym = (
        "(length(letters_l) between 3 and 7 and letters_l = initials_r)"
        " or (length(letters_r) between 3 and 7 and letters_r = initials_l)"
    )
    shared = "len(list_filter(words_l, lambda word: list_contains(words_r, word)))"
    smaller = "least(len(words_l), len(words_r))"
    larger = f"(len(words_l) + len(words_r) - {shared})"
    return [
        comparison.CustomComparison(
            output_column_name="title",
            comparison_levels=[
                level.NullLevel("letters"),
                level.ExactMatchLevel("letters", term_frequency_adjustments=True),
                level.CustomLevel("sorted_letters_l = sorted_letters_r", "same words, shuffled"),
                # DuckDB's damerau_levenshtein costs 4 us a pair, levenshtein with lengths looked at first a tenth of it
                level.CustomLevel(
                    "abs(len(letters_l) - len(letters_r)) <= 2 and levenshtein(letters_l, letters_r) <= 2",
                    "two letters differ",
                ),
                level.CustomLevel(acronym, "initials"),
                level.CustomLevel(f"{shared} >= 2 and {shared} = {smaller}", "words of one within the other"),
                level.CustomLevel(f"{shared} / {larger} >= 0.5", "half of the words"),
                level.JaroWinklerLevel("letters", 0.9),
                level.CustomLevel(f"{shared} > 0 and {shared} = {smaller}", "one word, within the other"),
                level.JaroWinklerLevel("letters", 0.8),
                level.CustomLevel(f"{shared} > 0", "a word in common"),
                level.ElseLevel(),
            ],
        ),
        comparison.AbsoluteDateDifferenceAtThresholds(
            "start", input_is_string=False, metrics=["day"] * 5, thresholds=[0, 1, 3, 7, 31]
        ),
        comparison.CustomComparison(
            output_column_name="length",
            comparison_levels=[
                level.CustomLevel('"end_l" is null or "end_r" is null', "silent").configure(is_null_level=True),
                level.CustomLevel('"end_l" - "start_l" = "end_r" - "start_r"', "as long"),
                level.ElseLevel(),
            ],
        ),
        comparison.CustomComparison(
            output_column_name="city",
            comparison_levels=[
                level.NullLevel("city"),
                level.ExactMatchLevel("city", term_frequency_adjustments=True),
                level.JaroWinklerLevel("city", 0.88),
                level.ElseLevel(),
            ],
        ),
        comparison.ExactMatch("country"),
    ]


BLOCKING = {
    "wide": (
        "l.start = r.start",
        "l.city = r.city and date_trunc('month', l.start) = date_trunc('month', r.start)",
        "l.city = r.city and date_trunc('month', l.start + 15) = date_trunc('month', r.start + 15)",
        "l.letters = r.letters and year(l.start) = year(r.start)",
        (
            "substr(l.letters, 1, 5) = substr(r.letters, 1, 5)"
            " and date_trunc('month', l.start) = date_trunc('month', r.start)"
        ),
        (
            "substr(l.sorted_words, 1, 5) = substr(r.sorted_words, 1, 5)"
            " and date_trunc('month', l.start) = date_trunc('month', r.start)"
        ),
        (
            "substr(l.sorted_words, 1, 5) = substr(r.sorted_words, 1, 5)"
            " and date_trunc('month', l.start + 15) = date_trunc('month', r.start + 15)"
        ),
    ),
    "narrow": (
        "l.start = r.start and l.country = r.country",
        "l.start = r.start and substr(l.letters, 1, 3) = substr(r.letters, 1, 3)",
        "l.city = r.city and date_trunc('week', l.start) = date_trunc('week', r.start)",
        "l.letters = r.letters and year(l.start) = year(r.start)",
        (
            "substr(l.sorted_words, 1, 6) = substr(r.sorted_words, 1, 6) and l.city = r.city"
            " and year(l.start) = year(r.start)"
        ),
    ),
}
"""Equi-joins only, which keeps Splink fast. `wide` holds .98 of the synthetic pairs, `narrow` .94 to .96 of them."""
SAMPLED = 1e6
"""Pairs for u and for each EM session; Splink's default. Twice as many change F1 by .0001."""
FLOOR = -20.0
"""Bits below which a scored pair is not worth writing."""


def settings(blocking: str) -> SettingsCreator:
    """Return Splink's settings."""
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons(),
        blocking_rules_to_generate_predictions=[f"{rule} and l.source <> r.source" for rule in BLOCKING[blocking]],
        retain_matching_columns=False,
    )


def estimate_prior(linker: Linker) -> None:
    """Estimate the prior by rules. It falls as tables grow, so a loaded model is given that of its new table."""
    linker.training.estimate_probability_two_random_records_match(
        ["l.letters = r.letters and l.start = r.start", "l.sorted_words = r.sorted_words and l.start = r.start"],
        recall=0.65,
    )


def train(linker: Linker, labels: Path | None, connection: duckdb.DuckDBPyConnection) -> None:
    """Fit as Splink's tutorial does: u by sampling, m by EM or from labels."""
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED, seed=1540)
    if labels is None:
        for rule in (block_on("start", "city"), block_on("letters")):
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule, estimate_without_term_frequencies=True, max_pairs=SAMPLED
            )
        return
    connection.execute(
        """create table labels as select 'listings' as source_dataset_l, id_a as unique_id_l,
           'listings' as source_dataset_r, id_b as unique_id_r from read_csv(?, all_varchar = true, header = true)""",
        [str(labels)],
    )
    linker.training.estimate_m_from_pairwise_labels("labels")


def main() -> None:
    """Read, fit or load, score, cluster, write."""
    chosen = protocol.options(__doc__, BLOCKING)
    clock = protocol.Clock()
    logging.getLogger("splink").setLevel(logging.ERROR)
    connection = duckdb.connect(":memory:", config={"threads": 2})
    connection.execute(CLEAN, [str(chosen.listings)])
    table = DuckDBAPI(connection=connection).register("listings")
    clock.lap("read")
    model: Any = settings(chosen.variant or "wide") if chosen.model is None else chosen.model
    linker = Linker(table, model, log_level=logging.ERROR)
    estimate_prior(linker)
    if chosen.model is None:
        train(linker, chosen.labels, connection)
    if chosen.save_model is not None:
        linker.misc.save_model_to_json(str(chosen.save_model), overwrite=True)
    clock.lap("fit")
    scored = linker.inference.predict(threshold_match_weight=FLOOR if chosen.scores else chosen.threshold)
    clock.lap("score")
    pairs = f"""select least(unique_id_l, unique_id_r) as id_a, greatest(unique_id_l, unique_id_r) as id_b,
                round(match_weight, 3) as score from {scored.physical_name}"""
    if chosen.scores:
        wanted = pairs
    elif chosen.how == "pairs":
        wanted = f"select id_a, id_b, 'same_event' as kind from ({pairs})"
    else:
        groups = linker.clustering.cluster_pairwise_predictions_at_threshold(
            scored, threshold_match_weight=chosen.threshold
        ).physical_name
        wanted = f"""select l.unique_id as id_a, r.unique_id as id_b, 'same_event' as kind
                     from {groups} l join {groups} r on l.cluster_id = r.cluster_id and l.unique_id < r.unique_id"""
    connection.execute(f"copy ({wanted} order by all) to '{chosen.out}' (header)")
    clock.lap("cluster and write")
    clock.tell()


if __name__ == "__main__":
    main()
