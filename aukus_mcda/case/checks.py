# SPDX-License-Identifier: Apache-2.0
"""What must hold between the cells, rows and tables of a case; every fault, not the first.

Tables come as text with their rows labelled for the reader. A table that is
absent or lacks a column says so itself; the rules then take it for an empty one and stay silent
instead of burying that one fault under its consequences. Rules name the table
at fault, `checked_tables` the file it came from.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from itertools import islice, product
from typing import Any

import pandas as pd

from ..errors import CaseError, Fault, listed, shown
from .tables import (
    KEPT_IDS,
    KEYS,
    NEEDED,
    NUMBER,
    REFERENCES,
    TABLES,
    UNJUDGED,
    Reading,
    alike,
    cell_faults,
    empty,
    fault_at,
    leaves_of,
    rules_of,
    typed,
    unknown_columns,
    with_names,
)
from .values import NEAREST, anchor_digests, as_meant, changed_scales, scale_faults

MOST_FAULTS = 1000
"""So many faults of one kind are told; a table pasted wrongly could have a million."""

SUGGESTED = 100
"""For so many unknown ids the nearest known one is looked up; of a table pasted wrongly nobody reads more."""

ONE_FOR_EACH = (
    ("options", "name", "id", "name"),
    ("options", "short", "id", "short"),
    ("criteria", "name", "id", "name"),
    ("scenarios", "scenario", "name", "name"),
    ("scenarios", "name", "scenario", "scenario"),
)
"""Table, and two columns: rows that are alike in the first are alike in the second. The third is the one at fault."""

SPELT = {"weights": ("profile", "criterion"), "scenarios": ("scenario", "name"), "screens": ("screen", "option")}
"""By table: ids that several rows share, each written one way, and what all of them have in as many rows."""

MOST_LEVELS = 100
"""No tree of criteria is deeper."""

Tables = Mapping[str, pd.DataFrame]


def checked_tables(reading: Reading) -> dict[str, pd.DataFrame]:
    """All tables a case can have, typed, those not given empty; or one `CaseError` with every fault in them.

    The faults found while reading come first; their cells are judged no further, and for the rules they are blank.
    """
    files, about, every = reading.files, reading.about, list(reading.faults)
    bad = {fault[:3] for fault in every if fault.row != ""}  # without a column it is all of the row

    def first_of(faults: Iterator[Fault]) -> Iterator[Fault]:
        return islice((each for each in faults if not {each[:3], (*each[:2], "")} & bad), MOST_FAULTS)

    sound: dict[str, pd.DataFrame] = {}
    for name, table in reading.tables.items():
        every += first_of(cell_faults(reading, name))
        meant = {*unknown_columns(table.columns, rules_of(name, table.columns)).values()}
        needed = {*NEEDED[name], *(KEYS[name] if "" in meant else ())}  # an unknown column may be any of them
        if needed <= {*table.columns} and all(TABLES[name][each].kind == "text" for each in meant - {""}):
            known = table.loc[:, ~table.columns.duplicated()].copy()
            for _, row, column in {fault[:3] for fault in every if fault.file == files[name] and fault.row != ""}:
                if row in known.index and column in ("", *known):
                    known.loc[row, column or slice(None)] = ""
            sound[name] = typed(name, known)
    bad |= {fault[:3] for fault in every if fault.row != ""}
    full = {name: sound[name] if name in sound else empty(name).copy() for name in TABLES}
    for rule in _rules(full, reading, {name: files[name] for name in sound}, bad):
        every += first_of(fault._replace(file=files[fault.file]) for fault in rule)
    if {"criteria", "weights"} <= sound.keys() and not any(fault.file == files["criteria"] for fault in every):
        every += (
            fault._replace(file=files[fault.file]) for fault in _judged_for(full["criteria"], about.weights_judged_for)
        )
    if every:
        raise CaseError(fault._replace(row=reading.places.get(fault[1:3], fault.row)) for fault in every)
    return full


def _rules(tables: Tables, reading: Reading, given: Mapping[str, str], bad: Set[Any]) -> Iterator[Iterator[Fault]]:
    """What each rule says of the tables; ``given`` are the files of those that are there and have their columns.

    What stands in ``bad`` cells, by file, row and column, nobody knows: a rule that needs it passes their rows over.
    """
    about, row = reading.about, reading.entry_rows.get("status_quo", "")
    # A score that the analyst added may be of the day of the case's.
    yield _repeats(tables, set(reading.own["scores"]))
    yield _one_for_each(tables)
    # What the analyst saved is not refused for its name: a board refuses such names before.
    own = tables["weights"]["profile"].isin(reading.own["weights"])
    the_cases, of_own = ({**tables, "weights": tables["weights"][rows]} for rows in (~own, own))
    spellings = {name: _spellings(the_cases, name) for name in SPELT}
    yield _one_spelling(the_cases, spellings)
    yield _taken(the_cases)
    yield _references({**tables, "case": pd.DataFrame({"status_quo": [about.status_quo]}, index=[row])}, given)
    circles = [*islice(_circles(tables), MOST_FAULTS)]
    yield iter(circles)
    circling = {each.row for each in circles if each.file == "criteria"}
    tables = {**tables, "criteria": as_meant(tables["criteria"], circling)}
    yield _beside_itself(tables)
    scales = scale_faults(tables["criteria"])
    yield (
        each for rows, *told, words in scales for each in _in_rows(tables["criteria"], rows, "criteria", *told, **words)
    )
    yield _unknown(tables["scores"], {row for _, row, column in bad if column == "distribution"})
    yield _ranges(tables, reading.tables)
    yield _on_scale(tables)
    yield _scenarios(tables["scenarios"], {row for _, row, column in bad if column in ("shift", "weight_factor")})
    yield _packages(tables)
    if {"weights", "criteria"} <= given.keys():
        yield _profiles(the_cases, spellings["weights"].get)
        yield _profiles(of_own, str)
        yield _weightless(tables)
    yield _screens(tables, spellings["screens"])
    yield _anachronisms(tables, about.day)
    yield _overtaken(tables["evidence"])
    if {"scores", "criteria", "options"} <= given.keys():
        yield _coverage(tables, about.day)


def _in_rows(
    rows: pd.DataFrame, at_fault: pd.Series, table: str, column: str, fault: str, **words: Any
) -> Iterator[Fault]:
    """A fault in each row of a table at fault; its sentences take a row's cells, the one at fault as ``cell``."""
    if not at_fault.any():
        return
    for row, cells in rows[at_fault].iterrows():
        texts = {name: _text(cell) or "nothing" for name, cell in cells.items()}
        cell = texts[column] if isinstance(cells[column], tuple) else shown(cells[column])
        yield fault_at(table, row, column, fault, **texts | {"cell": cell} | words)


def _text(cell: object) -> str:
    """A cell as a sentence has it; the options of a synergy are the same in any order."""
    if isinstance(cell, tuple):
        return ";".join(sorted(cell))
    return "" if pd.isna(cell) else cell if isinstance(cell, str) else shown(cell)


def _nearest(word: str, known: Collection[str]) -> str:
    same = [one for one in known if alike(one) == alike(word)]
    if same:
        return f"It looks like {same[0]} but is written with other signs (capitals, width or form): copy that id."
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Correct it, add what it names, or delete this row."


def _again(marks: Mapping[Any, object] | pd.Series) -> Iterator[tuple[int | str, int | str]]:
    """Each row whose mark stands in a row above it too, and the first row that has it."""
    first: dict[object, int | str] = {}
    for row, mark in marks.items():
        if first.setdefault(mark, row) != row:
            yield row, first[mark]


def _repeats(tables: Tables, own: Set[object]) -> Iterator[Fault]:
    """Rows that the columns of their table's key do not tell apart."""
    for name, table in tables.items():
        if table.empty:
            continue
        keys = KEYS[name]
        needed = [place for place, key in enumerate(keys) if not TABLES[name][key].holds("")]
        rows = dict(zip(table.index, zip(*(map(_text, table[key].tolist()) for key in keys), strict=True), strict=True))
        filled = {row: cells for row, cells in rows.items() if all(cells[place] for place in needed)}
        like = str if name in SPELT else alike  # two spellings are a fault of their own
        marks = {row: (name == "scores" and row in own, *map(like, cells)) for row, cells in filled.items()}
        for row, first in _again(marks):
            column = "criterion" if "criterion" in keys else keys[-1]
            words = {"cells": listed(repr(cell) for cell in rows[row] if cell), "keys": " and ".join(keys)}
            yield fault_at(name, row, column, "repeated row", first=first, **words)


def _one_for_each(tables: Tables) -> Iterator[Fault]:
    """Names that readers could not tell apart, and one thing under two names."""
    named = {name: with_names(tables[name]).to_dict("index") for name in ("options", "criteria", "scenarios")}
    for name, same, other, at_fault in ONE_FOR_EACH:
        rows, written = named[name], tables[name][same] != ""
        for row, first in _again({row: alike(each[same]) for row, each in rows.items() if each[same] and each[other]}):
            differ = alike(rows[row][other]) != alike(rows[first][other])
            if differ and (written[row] or written[first]):  # or else it is the fault of another column
                words = {"here": rows[row][at_fault], "there": rows[first][at_fault], "first": first}
                fault = "alike" if at_fault == same else "another"
                yield fault_at(name, row, at_fault, fault, same=same, other=other, **words)


def _reads(cell: str) -> str:
    """What a reader takes an id for: a heading shows no underscore."""
    return alike(cell.replace("_", " "))


def _spellings(tables: Tables, name: str) -> dict[str, str]:
    """What the ids that rows share are read as: one with few rows, which a like id lacks, is that id misspelt."""
    column, other = SPELT[name]
    rows = {each: {*cells} for each, cells in tables[name].groupby(column, sort=False)[other]}
    read, most = {each: _reads(each) for each in rows}, len(set[str]().union(*rows.values()))
    some = [*islice((each for each in rows if len(rows[each]) < most), SUGGESTED)]
    for each in some:
        lacking = [other for other in some if len(rows[other]) > len(rows[each]) and not rows[other] & rows[each]]
        read[each] = read[difflib.get_close_matches(each, [*lacking, each], n=2)[-1]]
    return read


def _one_spelling(tables: Tables, spellings: Mapping[str, Mapping[str, str]]) -> Iterator[Fault]:
    """Ids of several rows each that readers could not tell apart."""
    for name, (column, _) in SPELT.items():
        ids = tables[name][column].drop_duplicates()
        for row, first in _again(ids[ids != ""].map(spellings[name])):
            yield fault_at(name, row, column, "two spellings", here=ids[row], there=ids[first], first=first)


def _taken(tables: Tables) -> Iterator[Fault]:
    """Ids that tables of results could not show beside columns of their own."""
    for name, ids in KEPT_IDS.items():
        column = KEYS[name][0]
        table = tables[name].drop_duplicates(column)
        yield from _in_rows(table, table[column].isin(ids), name, column, "taken id", ids=listed(ids))


def _references(tables: Tables, given: Mapping[str, str]) -> Iterator[Fault]:
    """Ids that no row of the table they refer to has, each once, at the first row that has it."""
    unknown: dict[tuple[str, str], dict[str, dict[tuple[str, Any], str]]] = {}
    for (name, column), (target, key) in REFERENCES.items():
        # It is told that a table is missing.
        if name not in tables or target not in given or (target in ("options", "criteria") and tables[target].empty):
            continue
        known, words = {*tables[target][key]}, unknown.setdefault((target, key), {})
        for row, cell in zip(tables[name].index, tables[name][column].tolist(), strict=True):
            for word in cell if isinstance(cell, tuple) else (cell,):
                if word and word not in known:
                    words.setdefault(word, {}).setdefault((name, row), column)
    for (target, key), words in unknown.items():
        ids, file, what = tables[target][key], given[target], "a profile" if key == "profile" else "an id"
        # Ids that cannot be read may be those that are not known.
        for count, (word, rows) in enumerate(words.items() if len(words) > (ids == "").sum() else ()):
            remedy = _nearest(word, dict.fromkeys(ids)) if count < SUGGESTED else "Correct it, or add what it names."
            (name, row), column = next(iter(rows.items()))
            places = [f"row {place} of {each}" for each, place in rows][1:]
            more = f", also in {listed(places)}" if places else ""
            if len(places) > 3:
                more = f", in {len(rows)} rows of {listed(dict.fromkeys(each for each, _ in rows))}"
            yield fault_at(name, row, column, "unknown id", id=word, more=more, what=what, file=file, remedy=remedy)


def _before(start: str, onward: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Each id that an id leads to, itself if it leads back, with the one before it on the shortest way there."""
    before: dict[str, str] = {}
    waiting = [start]
    for each in waiting:
        news = [step for step in onward.get(each, ()) if step not in before]
        before |= dict.fromkeys(news, each)
        waiting += news
    return before


def _circles(tables: Tables) -> Iterator[Fault]:
    """Criteria that are beneath themselves, and options that require themselves."""
    for name, column in (("criteria", "parent"), ("options", "requires")):
        table = tables[name].drop_duplicates("id").set_index("id")
        onward = {key: (cell,) * bool(cell) if column == "parent" else cell for key, cell in table[column].items()}
        for row, start in tables[name]["id"].items():
            before = _before(start, onward)
            if start in before:
                way = [start, before[start]]
                while way[-1] != start:
                    way.append(before[way[-1]])
                yield fault_at(name, row, column, "circle", way=" > ".join(reversed(way)), column=column)
            elif name == "criteria" and len(before) >= MOST_LEVELS:
                yield fault_at(name, row, column, "deep tree", id=start, most=MOST_LEVELS)
                break  # each level is walked up from anew


def _packages(tables: Tables) -> Iterator[Fault]:
    """Options that exclude what they require, in turn too, or require two that exclude each other; lone synergies."""
    options = tables["options"].drop_duplicates("id").set_index("id")
    requires, excludes = options["requires"].to_dict(), options["excludes"].to_dict()
    for row, option in tables["options"]["id"].items():
        needed = dict.fromkeys([option, *(each for each in _before(option, requires) if each in requires)])
        clashes = [(one, other) for one in needed for other in excludes[one] if other in needed]
        for one, other in clashes[:1]:
            column = "excludes" if one == option else "requires"
            yield fault_at("options", row, column, "clash", one=one, other=other, option=option)
    alone = tables["synergies"]["options"].map(len) < 2
    yield from _in_rows(tables["synergies"], alone, "synergies", "options", "lone synergy")


def _beside_itself(tables: Tables) -> Iterator[Fault]:
    """Criteria that a cell sets beside themselves."""
    for name, own, column in (
        ("criteria", "id", "means_to"),
        ("scores", "criterion", "depends_on"),
        ("probes", "criterion", "beside"),
        ("evidence", "id", "see"),
    ):
        table = tables[name]
        named = table[column].map(lambda cell: cell if isinstance(cell, tuple) else (cell,))
        itself = pd.Series([each in others for each, others in zip(table[own], named, strict=True)], table.index)
        yield from _in_rows(table, itself, name, column, "itself")


def _unknown(scores: pd.DataFrame, unread: Set[Any]) -> Iterator[Fault]:
    """Scores that are blank without saying that they are unknown, or say so beside a number."""
    unknown, blank = scores["distribution"] == UNJUDGED, scores["likely"].isna() & ~scores.index.isin(unread)
    yield from _in_rows(scores, blank & ~unknown, "scores", "likely", "blank score", number=NUMBER.expected)
    for column in ("low", "likely", "high"):
        yield from _in_rows(scores, unknown & scores[column].notna(), "scores", column, "unknown with number")


def _ranges(tables: Tables, as_read: Tables) -> Iterator[Fault]:
    """Ranges with one end only, or out of order. An end without a column is told once."""
    for name, of in (("scores", ""), ("weights", ""), ("options", "cost_")):
        low, likely, high = (tables[name][f"{of}{end}"] for end in ("low", "likely", "high"))
        rows = tables[name].assign(low=low, likely=likely, high=high)
        for column, end, other in ((f"{of}low", low, high), (f"{of}high", high, low)):
            if other.notna().any() and column not in as_read[name]:
                yield fault_at(name, 1, column, "no column", column=column, needed=f"{of}low, {of}high")
            else:
                yield from _in_rows(rows, end.isna() & other.notna(), name, column, "one end", end=column)
        # A high that is too low is told of by itself.
        yield from _in_rows(rows, (low > likely) | ((low > high) & ~(likely > high)), name, f"{of}low", "low too high")
        yield from _in_rows(rows, (likely > high) & ~(low > likely), name, f"{of}high", "high too low")
        yield from _in_rows(rows, (of != "") & likely.isna() & low.notna(), name, f"{of}likely", "no likely")


def _on_scale(tables: Tables) -> Iterator[Fault]:
    """Scores beyond the anchors, and scores of what has criteria beneath it."""
    criteria, scores = tables["criteria"], tables["scores"]
    anchors = criteria.drop_duplicates("id")[["id", "worst", "best"]].itertuples(index=False, name=None)
    # Nearer ones, and blank ones, are the fault.
    ends = {leaf: sorted(pair) for leaf, *pair in anchors if abs(pair[1] - pair[0]) > NEAREST * max(map(abs, pair))}
    frame = pd.DataFrame([*ends.values()], pd.Index([*ends], dtype="str"), ["least", "most"], dtype=float)
    placed, levels = (table.join(frame, on="criterion") for table in (scores, tables["levels"]))
    for column in ("low", "likely", "high"):
        beyond = (placed[column] < placed["least"]) | (placed[column] > placed["most"])
        yield from _in_rows(placed, beyond, "scores", column, "beyond anchors")
    at_end = (levels["level"] <= levels["least"]) | (levels["level"] >= levels["most"])
    yield from _in_rows(levels, at_end, "levels", "level", "level at end")
    branches = set(criteria["parent"]) - {""}
    for name in ("scores", "levels", "synergies", "scenarios", "responses") if branches else ():
        table = tables[name]
        above = table["criterion"].isin(branches)
        above &= name != "scenarios" or table["shift"].notna()  # a factor of weight may be a branch's
        yield from _in_rows(table, above, name, "criterion", "branch")


def _scenarios(scenarios: pd.DataFrame, unread: Set[Any]) -> Iterator[Fault]:
    """Rows that say nothing of a future, or two things."""
    shift, factor = scenarios["shift"].notna(), scenarios["weight_factor"].notna()
    for what, at_fault in (
        ("shift and weight_factor", shift & factor),
        ("neither shift nor weight_factor", ~shift & ~factor & ~scenarios.index.isin(unread)),
        ("weight_factor for one option", ~shift & factor & (scenarios["option"] != "")),
    ):
        yield from _in_rows(scenarios, at_fault, "scenarios", "shift", "scenario row", what=what)
    for column in ("scenario", "name"):
        yield from _in_rows(scenarios, scenarios[column].map(_reads) == "as judged", "scenarios", column, "as judged")


def _profiles(tables: Tables, like: Callable[[str], str | None]) -> Iterator[Fault]:
    """Profiles without points for a criterion, or with nothing but zeros among siblings."""
    parents = dict(zip(tables["criteria"]["id"], tables["criteria"]["parent"], strict=True))
    named = tables["weights"][tables["weights"]["profile"] != ""]
    lost = len(tables["weights"]) - named["criterion"].isin(parents).sum()  # nobody knows whose points those are
    named = named.assign(beneath=named["criterion"].map(parents))
    for _, rows in named.groupby(named["profile"].map(like), sort=False):
        profile, pointed = rows["profile"].iloc[0], {"", *rows["criterion"]}
        missing = [criterion for criterion in parents if criterion not in pointed]
        for criterion in missing if len(missing) > lost else ():
            yield fault_at("weights", "", "criterion", "no points", criterion=criterion, profile=profile)
        weighed = {*rows["beneath"][rows["likely"] != 0]}
        for parent in sorted({*rows["beneath"].dropna()} - weighed):
            where = f"under {parent}" if parent else "at the top"
            row = rows.index[rows["beneath"] == parent][0]
            yield fault_at("weights", row, "likely", "only zeros", where=where, profile=profile)


def _weightless(tables: Tables) -> Iterator[Fault]:
    """Futures that leave siblings without any weight under a profile."""
    parents = dict(zip(tables["criteria"]["id"], tables["criteria"]["parent"], strict=True))
    weighed, scenarios = tables["weights"][tables["weights"]["likely"] > 0], tables["scenarios"]
    weighed = weighed.assign(parent=[parents.get(each, "") for each in weighed["criterion"]])
    siblings = weighed.groupby(["profile", "parent"]).ngroup()
    for _, rows in scenarios[scenarios["weight_factor"] == 0].groupby("scenario", sort=False):
        left = siblings[~weighed["criterion"].isin(rows["criterion"])]
        weightless = weighed.loc[~siblings.isin(left), ["profile", "parent"]]
        for profile, parent in weightless.head(1).itertuples(index=False, name=None):
            where = f"under {parent}" if parent else "at the top"
            yield fault_at("scenarios", rows.index[0], "weight_factor", "weightless", where=where, profile=profile)


def _screens(tables: Tables, read: Mapping[str, str]) -> Iterator[Fault]:
    """Options that a screen does not mention: they have not passed it."""
    screens, options = tables["screens"], tables["options"]["id"]
    lost = (~screens["option"].isin(options) | (screens["screen"] == "")).sum()
    for _, rows in screens.groupby(screens["screen"].map(read), sort=False):
        screen, mentioned = rows["screen"].iloc[0], {"", *rows["option"]}
        missing = [option for option in options if option not in mentioned]
        if screen and len(missing) > lost:
            yield fault_at("screens", "", "option", "not screened", options=listed(missing), screen=screen)


def _anachronisms(tables: Tables, as_of: str) -> Iterator[Fault]:
    """Scores that cite what was not yet known when they were judged."""
    known_from = dict(zip(tables["evidence"]["id"], tables["evidence"]["known_from"], strict=True))
    for row, items, dated in tables["scores"][["evidence", "as_of"]].itertuples(name=None):
        judged = dated or as_of
        for item in [each for each in items if judged and known_from.get(each, "") > judged]:
            words = {"item": item, "day": known_from[item], "judged": judged}
            yield fault_at("scores", row, "evidence", "later evidence", **words)


def _overtaken(evidence: pd.DataFrame) -> Iterator[Fault]:
    """Evidence that is overtaken, and by nothing that became known later."""
    days = dict(zip(evidence["id"], evidence["known_from"], strict=True))
    rows = zip(evidence["see"], evidence["id"], evidence["known_from"], strict=True)  # itself is a fault of its own
    later = [any(each == id_ or days.get(each, "unknown") > day for each in see) for see, id_, day in rows]
    later = pd.Series(later, evidence.index, bool)
    yield from _in_rows(evidence, (evidence["status"] == "overtaken") & ~later, "evidence", "see", "never overtaken")


def _coverage(tables: Tables, as_of: str) -> Iterator[Fault]:
    """Options and leaves without a score that counts on the case's date."""
    for name in [name for name in ("options", "criteria", "scores") if tables[name].empty]:
        yield fault_at(name, "", KEYS[name][0], "no rows", table=name)
    judged = tables["scores"][["as_of", "option", "criterion"]].itertuples(index=False, name=None)
    days = {(option, leaf): day for day, option, leaf in sorted(judged, reverse=True)}  # the first of several
    pairs = dict.fromkeys(filter(all, product(tables["options"]["id"], leaves_of(tables["criteria"]))))
    late = [pair for pair in pairs if as_of and days.get(pair, "") > as_of]
    missing = [pair for pair in pairs if days and pair not in days]
    for option, leaf in missing if len(missing) > len(days.keys() - pairs.keys()) else ():
        yield fault_at("scores", "", "likely", "no score", option=option, leaf=leaf)
    words = {"day": as_of, "later": max((days[pair] for pair in late), default="")}
    if late and len(late) == len(days):
        yield fault_at("scores", "", "as_of", "no score yet", **words)
        return
    for option, leaf in late:
        yield fault_at("scores", "", "likely", "late score", option=option, leaf=leaf, **words)


def _judged_for(criteria: pd.DataFrame, line: str) -> Iterator[Fault]:
    """Scales that are not those an entry ``weights_judged_for`` records."""
    rows = dict(zip(criteria["id"], criteria.index, strict=True))
    digests = anchor_digests(criteria.set_index("id").loc[leaves_of(criteria)]) if line else {}
    for leaf, change in changed_scales(line, digests).items():
        yield fault_at("criteria", rows.get(leaf, ""), "", change, leaf=leaf)
