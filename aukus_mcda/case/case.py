# SPDX-License-Identifier: Apache-2.0
"""The decision case: checked once, frozen, keyed by the ids of its rows."""

from __future__ import annotations

import hashlib
import json
import math
import unicodedata
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import AukusMcdaError, WeightsError, keyed, label_faults, listed, number_faults, refuse, shown
from ..guard import FilePath, guarded
from ..weights import GivenWeights, Weights, swing
from .checks import checked_tables
from .findings import SET_ASIDE, WEIGHTS_ASSUMED, case_findings, doubtful_pairs
from .tables import KEYS, TABLES, UNJUDGED, About, Reading, as_text, leaves_of, with_names
from .values import ValueFunction, anchor_digests, anchors_digest


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
    levels : DataFrame
        By (criterion, level): what a score between the anchors means. See `levels_of`.
    scores : DataFrame
        By (option, criterion): low, likely, high in the criterion's unit,
        distribution, rationale, evidence, judged_by, as_of. One vintage. A score
        that is ``unknown`` has the anchors as low and high, the middle as likely.
    points : DataFrame
        Swing points low, likely, high by (profile, criterion), with rationale.
    screens, scenarios, redlines, synergies, responses, probes, proposals : DataFrame
        As in the case format.
    findings : DataFrame
        Departures from good practice: code, place, finding, standard.
    history : DataFrame
        Every judgement of a score ever made, whatever its date; see `scores_on`.
    own_judgements : DataFrame
        Those rows of the history that the analyst added.
    own_profiles, own_shapes : tuple of str
        The profiles that the analyst added, and the criteria whose bends are the analyst's.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> load_case("starter")
    Case 'my_case', 5 options x 4 leaves: Example: where a small analysis office puts its next year's effort
    >>> list(load_case("starter").options.index)
    ['as_now', 'exchange', 'shared_desk', 'new_tools', 'open_portal']
    """

    about: About
    options: pd.DataFrame
    criteria: pd.DataFrame
    levels: pd.DataFrame
    scores: pd.DataFrame
    points: pd.DataFrame
    screens: pd.DataFrame
    scenarios: pd.DataFrame
    assumptions: pd.DataFrame
    redlines: pd.DataFrame
    synergies: pd.DataFrame
    responses: pd.DataFrame
    probes: pd.DataFrame
    proposals: pd.DataFrame
    sources: pd.DataFrame
    register: pd.DataFrame
    findings: pd.DataFrame
    history: pd.DataFrame
    own_judgements: pd.DataFrame = field(default_factory=pd.DataFrame)
    own_profiles: tuple[str, ...] = ()
    own_shapes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """One line; its tables would be pages."""
        size = f"{len(self.options)} options x {len(self.leaves)} leaves"
        return f"Case {self.about.id!r}, {size}: {self.about.title}"

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
            Without ``options`` they are the ones that ``scores`` names; without
            ``weights`` every swing counts the same, with a finding.
        about : mapping, optional
            What case.toml would say.
        **others : DataFrame
            Further tables by name: screens, scenarios, assumptions, redlines,
            synergies, responses, probes, proposals, sources, evidence.

        Raises
        ------
        CaseError
            With every fault; rows are named by their index label.

        Examples
        --------
        >>> from aukus_mcda import Case
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
        reading = Reading({name: name for name in frames} | {"case": "about"})
        reading.read_about(about or {}, {})
        for name, table in frames.items():
            if name not in TABLES:
                reading.fault(name, "", "", "no such table", name=name, known=listed(TABLES))
            elif table is not None:
                reading.tables[name] = as_text(table)
        reading.complete()
        return case_from(reading)

    def save(self, where: FilePath, *, xmcda: Literal["4.0", "3.1"] = "4.0") -> Path:
        """Write the case where nothing is yet: as a folder, a workbook (``.xlsx``) or an XMCDA document (``.xml``).

        A folder or workbook reads back equal, with the same digest; scores and weights of the analyst's own are
        the case's from then on, and such weights take the place of any that were assumed. XMCDA has no place for
        evidence, reasons and more.

        Parameters
        ----------
        where : str or Path
            A new folder, or a new file that ends in ``.xlsx`` or ``.xml``.
        xmcda : str
            The version of an XMCDA document.

        Returns
        -------
        Path
            What `load_case` reads.

        Raises
        ------
        ExportError
            When there is something there already, the name ends as that of another kind of file, it cannot be
            written, or would not read back equal.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from aukus_mcda import load_case
        >>> case = load_case("starter")
        >>> with TemporaryDirectory() as room:
        ...     load_case(case.save(f"{room}/mine.xlsx")).digest == case.digest
        True
        """
        from .writing import write_case  # which reads what it wrote

        return write_case(self, where, xmcda)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """The criteria that are scored: those nobody has as parent."""
        return tuple(leaves_of(self.criteria.reset_index()))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The criteria at the top of the value tree."""
        return tuple(self.criteria.index[self.criteria["parent"] == ""])

    def levels_of(self, leaf: str) -> pd.Series:
        """What scores on a leaf mean, by score from worst to best: its two anchors, and the levels between them."""
        scale = self._criterion(leaf, "leaf", self.leaves)
        between = self.levels["means"][self.levels.index.get_level_values(0) == leaf].droplevel(0)
        ends = pd.Series({scale["worst"]: scale["worst_means"], scale["best"]: scale["best_means"]})
        return pd.concat([between, ends]).sort_index(ascending=scale["direction"] == "max")

    def branch_of(self, criterion: str) -> tuple[str, ...]:
        """A criterion and all above it, up to the top of the tree."""
        if criterion not in self._parents:
            self._criterion(criterion, "criterion", self.criteria.index)
        parent = self._parents[criterion]
        return (criterion, *(self.branch_of(parent) if parent else ()))

    @cached_property
    def _parents(self) -> dict[str, str]:
        return dict(self.criteria["parent"])

    def root_of(self, criterion: str) -> str:
        """The top of the branch a criterion is on."""
        return self.branch_of(criterion)[-1]

    @property
    def performance(self) -> pd.DataFrame:
        """Likely scores, options x leaves, each in its criterion's unit."""
        return self._grid("likely")

    @property
    def unknown(self) -> pd.DataFrame:
        """Whether each score is unknown, options x leaves."""
        return self._unknown.copy()

    @cached_property
    def _unknown(self) -> pd.DataFrame:
        return self._grid("distribution") == UNJUDGED

    @property
    def values(self) -> pd.DataFrame:
        """Values 0-100 of the likely scores, options x leaves."""
        return self._values["likely"].copy()

    @property
    def value_range(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Least and greatest values 0-100 the low-high scores allow, options x leaves."""
        one, other = self._values["low"], self._values["high"]
        return np.minimum(one, other), np.maximum(one, other)

    @cached_property
    def _values(self) -> dict[str, pd.DataFrame]:
        return {column: self._valued(self._grid(column)) for column in ("low", "likely", "high")}

    def value_function(self, leaf: str) -> ValueFunction:
        """How a leaf's raw scores become values."""
        return self._value_functions.get(leaf) or ValueFunction.of(self._criterion(leaf, "leaf", self.leaves))

    @cached_property
    def _value_functions(self) -> dict[str, ValueFunction]:
        scales = self.criteria.loc[list(self.leaves), ["worst", "best", "shape"]].to_dict("index")
        return {str(leaf): ValueFunction.of(scale) for leaf, scale in scales.items()}

    def _criterion(self, name: str, what: str, known: Collection[str]) -> pd.Series:
        if name not in known:
            raise AukusMcdaError(f"No {what} called {name!r}. There are: {listed(known)}.")
        return self.criteria.loc[name]

    @cached_property
    def doubtful_pairs(self) -> Mapping[tuple[str, str], str]:
        """Pairs of criteria, by id, whose sum may mislead, and why."""
        return doubtful_pairs(self.criteria.reset_index(), self.scores.reset_index())

    @property
    def screened(self) -> pd.Series:
        """Why options are out, by id: the reasons of the screens they fail."""
        return self._screened.copy()

    @cached_property
    def _screened(self) -> pd.Series:
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

    @property
    def first_profile(self) -> str:
        """The profile that counts where nobody names one: ``baseline`` if there is one, else the first."""
        return "baseline" if "baseline" in self.profiles else self.profiles[0]

    @property
    def weights_assumed(self) -> bool:
        """Whether the case gives no weights, so that every swing counts the same."""
        return WEIGHTS_ASSUMED in set(self.findings["code"])

    @property
    def own_scores(self) -> tuple[tuple[str, str], ...]:
        """The scores in force, by option and criterion, that the analyst judged and the case does not hold."""
        frames = self.own_judgements, self.scores.reset_index()
        own, every = (frame.reindex(columns=KEYS["scores"]).itertuples(index=False, name=None) for frame in frames)
        mine = set(own)
        return tuple(key[:2] for key in every if key in mine)

    @property
    def given_profiles(self) -> tuple[str, ...]:
        """Names of the weight profiles that the case itself holds, without those that the analyst added."""
        return tuple(name for name in self.profiles if name not in self.own_profiles)

    def profile(self, name: str) -> Weights:
        """The swing weights of one profile.

        Raises
        ------
        WeightsError
            When there is no such profile.
        """
        name = _composed(name)
        if name not in self.profiles:
            aside = self.findings[(self.findings["code"] == SET_ASIDE) & (self.findings["place"] == name)]
            reasons = "".join(f" {reason}" for reason in aside["finding"])
            raise WeightsError(f"No weight profile called {name!r}.{reasons} There are: {', '.join(self.profiles)}.")
        if name not in self._swings:
            points, parents = self.points.loc[name], self.criteria["parent"]
            ends = points[["low", "high"]]
            weights = swing(points["likely"], parents=parents, **ends, anchors=self.anchors_digest)
            self._swings[name] = replace(weights, name=name)
        return deepcopy(self._swings[name])

    @cached_property
    def _swings(self) -> dict[str, Weights]:
        """The profiles worked out so far; a copy is handed out, which its reader may alter."""
        return {}

    def tree_points(self, weights: Weights) -> pd.Series:
        """Swing points for every criterion, 100 for the biggest among siblings, that give these weights."""
        parents = self.criteria["parent"]
        if weights.points.index.equals(parents.index) and weights.parents.to_dict() == parents.to_dict():
            return weights.points.astype(float)
        share = pd.Series(0.0, index=parents.index)
        for leaf in self.leaves:
            share[list(self.branch_of(leaf))] += weights.values[leaf]
        most = share.groupby(parents).transform("max")
        return (100 * share / most).where(most > 0, 100.0)

    def weights(self, given: GivenWeights) -> Weights:
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
            return self._weights_of(keyed(given, "Swing points").rename(_composed))
        if given.anchors not in (None, self.anchors_digest):
            why = "a swing's worth does not carry over. Judge them again for this case."
            raise WeightsError(f"These weights were judged for swings between other anchors than this case's; {why}")
        refuse(number_faults(given.values, "Weights"))
        if not math.isclose(math.fsum(given.values), 1, abs_tol=1e-9):
            raise WeightsError(f"These weights add up to {shown(math.fsum(given.values))}, not to 1: make them anew.")
        faults = label_faults(given.values.index, self.leaves, unknown="unknown {}", missing="missing {}")
        if faults:
            remedy = "Weights of branches need weights of their leaves too: see docs/explanation/weights.md, A tree."
            raise WeightsError(f"Weights must be for the leaves of the tree: {'; '.join(faults)}. {remedy}")
        return given if given.anchors else replace(given, anchors=self.anchors_digest)

    def _weights_of(self, points: pd.Series) -> Weights:
        """Weights from swing points by id, for the leaves alone or for the whole tree."""
        flat = set(points.index) <= set(self.leaves)
        tree = pd.Series("", index=list(self.leaves)) if flat else self.criteria["parent"]
        unknown, missing = "No criterion called {}.", "No swing points for {}."
        faults = label_faults(points.index, tree.index, unknown=unknown, missing=missing)
        if faults:
            change = f"case.profile({self.profiles[0]!r}).change({{...}})"
            raise WeightsError(f"{' '.join(faults)} To change some points and keep the rest: {change}.")
        weights = swing(points, parents=tree, anchors=self.anchors_digest)
        if flat and len(self.criteria) > len(self.leaves):
            counted = "Points were given for the leaves alone: a branch weighs as much as its leaves add up to, "
            return replace(weights, findings=(*weights.findings, counted + "so more leaves weigh more."))
        return weights

    @cached_property
    def scale_digests(self) -> dict[str, str]:
        """A short digest of the two ends of each leaf's scale, by id."""
        return anchor_digests(self.criteria.loc[list(self.leaves)])

    @cached_property
    def anchors_digest(self) -> str:
        """SHA-256 of the ends of all scales: what swing weights were judged on."""
        return anchors_digest(self.scale_digests)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything in force in the case; the order of rows and columns does not count."""
        parts = [repr(self.about)]
        for name in sorted({each.name for each in fields(self)} - {"about", "findings", "history"}):
            if name.startswith("own_"):
                continue
            table = getattr(self, name).reset_index()
            columns = sorted(table.columns)
            rows = zip(*(map(repr, table[column].tolist()) for column in columns), strict=True)
            parts += [name, json.dumps([columns, *sorted(rows)])]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _grid(self, column: str) -> pd.DataFrame:
        return self._grids[column][list(self.leaves)].rename_axis("option")

    @cached_property
    def _grids(self) -> pd.DataFrame:
        return self.scores[["low", "likely", "high", "distribution"]].unstack("criterion").loc[self.options.index]

    def _valued(self, raw: pd.DataFrame) -> pd.DataFrame:
        valued = {leaf: self.value_function(leaf)(column) for leaf, column in zip(raw, raw.to_numpy().T, strict=True)}
        return pd.DataFrame(valued, index=raw.index).rename_axis(columns="criterion")


def _composed(name: object) -> str:
    """An id that was given, in composed letters, as a case has its own."""
    return unicodedata.normalize("NFC", str(name))


def case_from(reading: Reading) -> Case:
    """The case that was read, or one `CaseError` with every fault in it."""
    about, tables, own = reading.about, checked_tables(reading), reading.own
    mine = tables["scores"].index.isin(own["scores"])
    full = {name: with_names(table.reset_index(drop=True)) for name, table in tables.items()}
    fixed = full["scores"]["distribution"] == "fixed"
    full["scores"].loc[fixed, ["low", "high"]] = math.nan
    history = filled(_anywhere(full["scores"], full["criteria"]))
    full["scores"] = _vintage(history, about.day)
    full["weights"] = filled(full["weights"])
    known = full | {"evidence": _known(full["evidence"], about.day)}
    later = history[history["as_of"] > about.day] if about.day else history.iloc[:0]
    findings = case_findings(known, about, reading, later)
    # A score's date is no label: one vintage is in force.
    labels = {name: KEYS[name][:2] for name in full if name not in ("scenarios", "synergies")}
    labelled = full | {name: full[name].set_index(columns) for name, columns in labels.items()}
    points, register = labelled.pop("weights"), labelled.pop("evidence")
    return Case(
        about=about,
        points=points,
        register=register,
        findings=findings,
        history=history,
        own_judgements=history[mine],
        own_profiles=tuple(dict.fromkeys(own["weights"])),
        own_shapes=tuple(own["shapes"]),
        **labelled,
    )


def _anywhere(scores: pd.DataFrame, criteria: pd.DataFrame) -> pd.DataFrame:
    """Scores that are unknown may lie anywhere between their anchors; the middle is what is expected of them."""
    unknown = scores["distribution"] == UNJUDGED
    if not unknown.any():
        return scores
    ends = criteria.set_index("id")[["worst", "best"]].loc[scores["criterion"]].set_axis(scores.index)
    bounds = pd.DataFrame({"low": ends.min(axis=1), "likely": ends.mean(axis=1), "high": ends.max(axis=1)})
    return scores.assign(**{column: scores[column].mask(unknown, bounds[column]) for column in bounds})


def filled(table: pd.DataFrame) -> pd.DataFrame:
    """Without a range, low and high are the likely number itself: no spread was judged."""
    return table.assign(low=table["low"].fillna(table["likely"]), high=table["high"].fillna(table["likely"]))


def _known(register: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """The register as it stood on a day: nothing is overtaken by what nobody knew yet."""
    if not as_of:
        return register
    known = register[register["known_from"] <= as_of]
    days = dict(zip(known["id"], known["known_from"], strict=True))
    seen = zip(known["see"], known["known_from"], strict=True)
    later = [any(days.get(each, "") > day for each in see) for see, day in seen]
    early = (known["status"] == "overtaken") & ~pd.Series(later, index=known.index, dtype=bool)
    return known.assign(status=known["status"].mask(early, "stands"))


def _vintage(scores: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """Of several judgements of one score, the latest made by ``as_of``."""
    if as_of:
        scores = scores[scores["as_of"] <= as_of]
    dated = scores.sort_values("as_of", kind="stable")
    return dated.drop_duplicates(["option", "criterion"], keep="last").sort_index()
