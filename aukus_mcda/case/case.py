"""The decision case: checked once, frozen, keyed by the ids of its rows."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import pandas as pd

from ..errors import AukusMcdaError, WeightsError, keyed, label_faults, listed
from ..guard import guarded
from ..weights import Points, Weights, swing
from .checks import checked_tables
from .findings import case_findings
from .tables import TABLES, About, Reading, anchor_digests, as_text, leaves_of, with_names
from .values import ValueFunction


@guarded(AukusMcdaError)
@dataclass(frozen=True, eq=False)
class Case:
    """Options, criteria, scores and where they come from, as of one date.

    Made by `load_case` or `Case.from_frames`, which check everything; no other
    module checks again. Make a new case to change something: values and digests
    follow the frames, but what is put into them later is checked by nobody.

    Attributes
    ----------
    about : About
        Title, question, date, marking and the rest of case.toml.
    options, criteria, assumptions, sources, register : DataFrame
        One row each, by id. ``register`` is the whole evidence register.
    scores : DataFrame
        By (option, criterion): low, likely, high in the criterion's unit,
        distribution, rationale, evidence, judged_by, as_of. One vintage.
    points : DataFrame
        Swing points low, likely, high by (profile, criterion), with rationale.
    screens, scenarios, redlines, synergies : DataFrame
        As in the case format.
    findings : DataFrame
        Departures from good practice: code, place, finding, standard.
    history : DataFrame
        Every judgement of a score ever made, whatever its date; see `scores_on`.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> list(load_case("starter").options.index)
    ['as_now', 'exchange', 'shared_desk', 'new_tools', 'open_portal']
    """

    about: About
    options: pd.DataFrame
    criteria: pd.DataFrame
    scores: pd.DataFrame
    points: pd.DataFrame
    screens: pd.DataFrame
    scenarios: pd.DataFrame
    assumptions: pd.DataFrame
    redlines: pd.DataFrame
    synergies: pd.DataFrame
    sources: pd.DataFrame
    register: pd.DataFrame
    findings: pd.DataFrame
    history: pd.DataFrame

    @classmethod
    def from_frames(
        cls,
        *,
        criteria: pd.DataFrame,
        scores: pd.DataFrame,
        options: pd.DataFrame | None = None,
        weights: pd.DataFrame | None = None,
        about: Mapping[str, Any] | None = None,
        **others: pd.DataFrame,
    ) -> Case:
        """A case from DataFrames in the case format.

        Parameters
        ----------
        criteria : DataFrame
            At least id, direction, worst, best.
        scores : DataFrame
            At least option, criterion, likely; a row per option and leaf.
        options, weights : DataFrame, optional
            Without ``options`` they are the ones that ``scores`` names.
        about : mapping, optional
            What case.toml would say.
        **others : DataFrame
            Further tables by name: screens, scenarios, assumptions, redlines,
            synergies, sources, evidence.

        Raises
        ------
        CaseError
            With every fault; rows are named by their index label.

        Examples
        --------
        >>> import pandas as pd
        >>> case = Case.from_frames(
        ...     criteria=pd.DataFrame({"id": ["reach", "cost"], "direction": ["max", "min"],
        ...                            "worst": [0, 50], "best": [10, 0]}),
        ...     scores=pd.DataFrame({"option": ["A", "A", "B", "B"],
        ...                          "criterion": ["reach", "cost", "reach", "cost"],
        ...                          "likely": [8, 40, 5, 10]}),
        ... )
        >>> case.values
        criterion  reach  cost
        option
        A           80.0  20.0
        B           50.0  80.0
        """
        frames = {"options": options, "criteria": criteria, "scores": scores, "weights": weights, **others}
        reading = Reading({name: name for name in frames} | {"case": "about"}, complete=False)
        reading.read_about(about or {}, {})
        for name, table in frames.items():
            if name not in TABLES:
                reading.fault(name, "", "", f"a table called {name!r}", ", ".join(TABLES), "Rename it.")
            elif table is not None:
                reading.tables[name] = as_text(table)
        if options is None and "option" in reading.tables["scores"]:
            ids = pd.unique(reading.tables["scores"][["option"]].to_numpy().ravel())
            reading.tables["options"] = pd.DataFrame({"id": ids[ids != ""]}, dtype=object)
        return case_from(reading)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The criteria that are scored: those nobody has as parent."""
        return tuple(leaves_of(self.criteria.reset_index()))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The criteria at the top of the value tree."""
        return tuple(self.criteria.index[self.criteria["parent"] == ""])

    def branch_of(self, criterion: str) -> tuple[str, ...]:
        """A criterion and all above it, up to the top of the tree."""
        parent = self._criterion(criterion)["parent"]
        return (criterion, *(self.branch_of(parent) if parent else ()))

    def root_of(self, criterion: str) -> str:
        """The top of the branch a criterion is on."""
        return self.branch_of(criterion)[-1]

    @property
    def performance(self) -> pd.DataFrame:
        """Likely scores, options x leaves, each in its criterion's unit."""
        return self._grid("likely")

    @property
    def values(self) -> pd.DataFrame:
        """Values 0-100 of the likely scores, options x leaves."""
        return self._valued(self.performance)

    @property
    def value_range(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Least and greatest values 0-100 the low-high scores allow, options x leaves."""
        one, other = self._valued(self._grid("low")), self._valued(self._grid("high"))
        return one.where(one <= other, other), one.where(one >= other, other)

    def value_function(self, leaf: str) -> ValueFunction:
        """How a leaf's raw scores become values."""
        return ValueFunction.of(self._criterion(leaf))

    def _criterion(self, name: str) -> pd.Series:
        if name not in self.criteria.index:
            raise AukusMcdaError(f"No criterion called {name!r}. There are: {listed(self.criteria.index)}.")
        return self.criteria.loc[name]

    @property
    def screened(self) -> pd.Series:
        """Why options are out, by id: the reasons of the screens they fail."""
        failed = self.screens[self.screens["passes"] == "no"]
        return failed.groupby("option", sort=False)["reason"].agg(" ".join).astype(object)

    @property
    def competing(self) -> tuple[str, ...]:
        """The options that pass every screen, in the order of the case."""
        out = self.screened.index
        return tuple(option for option in self.options.index if option not in out)

    @property
    def evidence(self) -> pd.DataFrame:
        """The evidence that was known by the case's date, by id, with its status on that day."""
        return _known(self.register.reset_index(), self.about.day).set_index("id")

    def scores_on(self, day: str) -> pd.DataFrame:
        """The judgements in force on a day, ISO, or the latest when it is blank; what was not yet judged has no row."""
        return _vintage(self.history, day).set_index(["option", "criterion"])

    @property
    def last_judged(self) -> str:
        """The day of the latest judgement in force, ISO, or blank when none is dated."""
        return str(self.scores["as_of"].max())

    @property
    def profiles(self) -> tuple[str, ...]:
        """Names of the weight profiles."""
        return tuple(self.points.index.get_level_values("profile").unique())

    def profile(self, name: str) -> Weights:
        """The swing weights of one profile.

        Raises
        ------
        WeightsError
            When there is no such profile.
        """
        if name not in self.profiles:
            there = ", ".join(self.profiles) or "none; give weights as a mapping"
            raise WeightsError(f"No weight profile called {name!r}. There are: {there}.")
        points, parents = self.points.loc[name], self.criteria["parent"]
        weights = swing(
            points["likely"], parents=parents, low=points["low"], high=points["high"], anchors=self.anchors_digest
        )
        return replace(weights, name=name)

    def weights(self, given: Weights | str | Points) -> Weights:
        """Weights for this case from a `Weights`, a profile's name or swing points by id.

        Points may be for the leaves alone, or for the whole tree.

        Raises
        ------
        WeightsError
            When criteria are missing or unknown, or the weights were judged on
            other anchors.
        """
        if isinstance(given, str):
            return self.profile(given)
        if not isinstance(given, Weights):
            return self._weights_of(keyed(given, "Swing points").rename(str))
        if given.anchors not in (None, self.anchors_digest):
            raise WeightsError(
                "These weights were judged for swings between other anchors than this case's; "
                "a swing's worth does not carry over. Judge them again for this case."
            )
        if not math.isclose(math.fsum(given.values), 1, abs_tol=1e-9) or (given.values < 0).any():
            raise WeightsError("These weights were altered after they were made: they no longer add up to 1.")
        faults = label_faults(given.values.index, self.leaves, unknown="unknown {}", missing="missing {}")
        if faults:
            raise WeightsError(
                f"Weights must be for the leaves of the tree: {'; '.join(faults)}. "
                "Weights of branches need weights of their leaves too: see docs/weights.md, A tree."
            )
        return replace(given, anchors=self.anchors_digest)

    def _weights_of(self, points: pd.Series) -> Weights:
        """Weights from swing points by id, for the leaves alone or for the whole tree."""
        flat = set(points.index) <= set(self.leaves)
        tree = pd.Series("", index=list(self.leaves)) if flat else self.criteria["parent"]
        faults = label_faults(
            points.index, tree.index, unknown="No criterion called {}.", missing="No swing points for {}."
        )
        if self.profiles and faults:
            change = f"case.profile({self.profiles[0]!r}).change({{...}})"
            raise WeightsError(f"{' '.join(faults)} To change some points and keep the rest: {change}.")
        weights = swing(points, parents=tree, anchors=self.anchors_digest)
        if flat and len(self.criteria) > len(self.leaves):
            counted = "Points were given for the leaves alone: a branch weighs as much as its leaves add up to, "
            return replace(weights, findings=(*weights.findings, counted + "so more leaves weigh more."))
        return weights

    @property
    def scale_digests(self) -> dict[str, str]:
        """A short digest of the two ends of each leaf's scale, by id."""
        return anchor_digests(self.criteria.loc[list(self.leaves)])

    @cached_property
    def anchors_digest(self) -> str:
        """SHA-256 of the ends of all scales: what swing weights were judged on."""
        return hashlib.sha256(json.dumps(self.scale_digests, sort_keys=True).encode()).hexdigest()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in force in the case; the order of rows and columns does not count."""
        parts = [repr(self.about)]
        for name in sorted({each.name for each in fields(self)} - {"about", "findings", "history"}):
            rows = getattr(self, name).reset_index().astype(object).map(repr)
            columns = sorted(rows.columns)
            parts += [name, json.dumps([columns, *sorted(rows[columns].values.tolist())])]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _grid(self, column: str) -> pd.DataFrame:
        grid = self.scores[column].unstack("criterion")
        return grid.loc[self.options.index, list(self.leaves)].rename_axis("option")

    def _valued(self, raw: pd.DataFrame) -> pd.DataFrame:
        valued = {leaf: self.value_function(leaf)(raw[leaf]) for leaf in raw}
        return pd.DataFrame(valued, index=raw.index).rename_axis(columns="criterion")


def case_from(reading: Reading) -> Case:
    """The case that was read, or one `CaseError` with every fault in it."""
    about, tables = reading.about, checked_tables(reading)
    full = {name: with_names(table.reset_index(drop=True)) for name, table in tables.items()}
    fixed = full["scores"]["distribution"] == "fixed"
    full["scores"].loc[fixed, ["low", "high"]] = math.nan
    history = _filled(full["scores"])
    full["scores"] = _vintage(history, about.day)
    full["weights"] = _filled(full["weights"])
    known = full | {"evidence": _known(full["evidence"], about.day)}
    return Case(
        about=about,
        options=full["options"].set_index("id"),
        criteria=full["criteria"].set_index("id"),
        scores=full["scores"].set_index(["option", "criterion"]),
        points=full["weights"].set_index(["profile", "criterion"]),
        screens=full["screens"].set_index(["option", "screen"]),
        scenarios=full["scenarios"],
        assumptions=full["assumptions"].set_index("id"),
        redlines=full["redlines"].set_index(["profile", "criterion"]),
        synergies=full["synergies"],
        sources=full["sources"].set_index("id"),
        register=full["evidence"].set_index("id"),
        findings=case_findings(known, about, hidden=reading.hidden),
        history=history,
    )


def _filled(table: pd.DataFrame) -> pd.DataFrame:
    """Without a range, low and high are the likely number itself: no spread was judged."""
    return table.assign(low=table["low"].fillna(table["likely"]), high=table["high"].fillna(table["likely"]))


def _known(register: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """The register as it stood on a day: nothing is overtaken by what nobody knew yet."""
    if not as_of:
        return register
    known = register[register["known_from"] <= as_of]
    ids = set(known["id"])
    early = (known["status"] == "overtaken") & known["see"].map(ids.isdisjoint)
    return known.assign(status=known["status"].mask(early, "stands"))


def _vintage(scores: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Of several judgements of one score, the latest made by ``as_of``."""
    if as_of:
        scores = scores[scores["as_of"] <= as_of]
    latest = scores.sort_values("as_of", kind="stable").drop_duplicates(["option", "criterion"], keep="last")
    return scores.loc[scores.index.isin(latest.index)]
