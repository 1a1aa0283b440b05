# SPDX-License-Identifier: Apache-2.0
"""The whole analysis once; slides, notebooks and the command line present it."""

from __future__ import annotations

import datetime as dt
import inspect
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from . import perspectives
from .case import Case, prescribed, work_folder
from .errors import ExportError, MethodError, WeightsError, listed, shown
from .guard import Draws, FilePath, Seed, guarded
from .layout import Shown
from .panel import Panel, mixture_of, panel_digest
from .ranking import Flip, MethodComparison, Ranking, compare_methods, nearest_flip, rank, stability, switch_points
from .story import Exhibit, exhibit, not_varied, nothing_on, own_changes, own_changes_listed, who_leads
from .uncertainty import Acceptability, Cluster, Share, Verdict, in_every_way, verdict_from, worth_knowing
from .weights import GivenWeights, weight_range

Progress: TypeAlias = Callable[[str], object]
"""Told what is being done."""

PACKAGES = ("aukus-mcda", "numpy", "openpyxl", "pandas", "pymcdm", "python-docx", "python-pptx", "scipy", "seaborn")


@dataclass(frozen=True, eq=False)
class Fragility:
    """The tests of one ranking.

    Attributes
    ----------
    acceptability : Acceptability or None
        Under the uncertain scores, and weights drawn as they were judged; None when
        neither has a range, and there is nothing to draw.
    flip : Flip
        The smallest change of weights that changes the leader (L1).
    stability, switches : DataFrame
        From `stability` and `switch_points`.
    methods : MethodComparison or None
        The cross-check methods beside the additive model; None when they cannot
        compare the options at all.
    information, evidence : DataFrame
        What knowing each score, or all that rest on an item of evidence, is worth.
    together : Series
        What knowing all scores at once is worth: value, probability, switches_to.
    in_futures : mapping of str to Ranking
        The ranking in each of the case's futures, the case as judged among them.
    stress : DataFrame
        How often the leader leads under other ways to draw, from `stress`.
    verdict : Verdict
        Robust, sensitive or inconclusive, and the rule that decided.
    """

    acceptability: Acceptability | None
    flip: Flip
    stability: pd.DataFrame
    switches: pd.DataFrame
    methods: MethodComparison | None
    information: pd.DataFrame
    evidence: pd.DataFrame
    together: pd.Series
    in_futures: Mapping[str, Ranking]
    stress: pd.DataFrame
    verdict: Verdict

    @property
    def futures(self) -> tuple[int, int] | None:
        """In how many of the case's futures the leader leads, and how many there are; None without any."""
        return perspectives.futures_led(self.in_futures)


def fragility(
    case: Case,
    ranking: Ranking,
    by_profile: Mapping[str, Ranking],
    *,
    draws: int,
    seed: int,
    cluster: Cluster | None = None,
    progress: Progress = lambda step: None,
) -> Fragility | None:
    """Make every test of a ranking; None when fewer than two options are ranked.

    ``by_profile`` has the ranking under each profile of the case; ``progress`` is told what is being done.
    """
    if len(ranking.ranked) < 2:
        return None
    weights = ranking.weights

    progress("Finding what would change the leader")
    try:
        methods = compare_methods(case, weights)
    except MethodError:  # all options score alike: other methods have nothing to go by
        methods = None
    flip, in_futures = nearest_flip(case, weights), perspectives.rankings_in(case, weights)
    progress("Drawing scores and weights in every way")
    shares, ways = in_every_way(case, ranking, draws=draws, seed=seed, cluster=cluster)
    progress("Weighing what better evidence would be worth")
    scores, evidence, together = worth_knowing(case, weights, draws=max(2, draws // 5), seed=seed, cluster=cluster)
    # Sets of the analyst's own are no test: whoever saves one more does not make an answer less robust.
    apart = {weights.name, *case.own_profiles}
    others = {name: other.leaders for name, other in by_profile.items() if name not in apart}
    distance = 0.0 if len(ranking.leaders) > 1 else flip.distance
    ahead = (ways["leader_share"] - ways["runner_up_share"]).iloc[1:].to_dict()  # the first row is the case as stated
    # A test with nothing to go by, as of certain scores or of one criterion's weight, is not made.
    decided = verdict_from(
        *(None, None) if shares is None else _shares(shares, ranking.leaders[0]),
        flip_distance=None if distance and len(case.leaves) == 1 else distance,
        families=None if methods is None else methods.leads_in,
        futures=perspectives.futures_led(in_futures),
        agreeing={name: leaders == ranking.leaders for name, leaders in others.items()},
        ahead=None if shares is None else ahead,
    )
    return Fragility(
        acceptability=shares,
        flip=flip,
        stability=stability(case, weights),
        switches=switch_points(case, weights),
        methods=methods,
        information=scores,
        evidence=evidence,
        together=together,
        in_futures=in_futures,
        stress=ways,
        verdict=decided,
    )


def _shares(shares: Acceptability, leader: str) -> tuple[Share, Share]:
    """In what share of the draws the leader, and the best of the others, ranks first."""
    first, error = shares.rank_acceptability[1], shares.standard_error["rank_acceptability"][1]
    rival = first.drop(leader).idxmax()
    return Share(float(first[leader]), float(error[leader])), Share(float(first[rival]), float(error[rival]))


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """A case, a ranking of it, how that ranking holds, and what lies beyond one ranking.

    Capitals, futures, packages, vintages, wins and the joint run are made when they are first asked for, and kept.

    Attributes
    ----------
    case : Case
    ranking : Ranking
        Under the weights asked for.
    by_profile : mapping of str to Ranking
        The ranking under each profile of the case.
    fragility : Fragility or None
        Every test of the ranking; None when fewer than two options are ranked.
    draws, seed : int
        For all that is drawn at random.
    cluster : distributed.Client or None
        Where it is drawn.
    since : Vintages or None
        What moved the ranking since the day asked for.
    panel : Panel or None
        What several judges hold, where a panel was asked for.
    exhibits : dict
        The exhibits made so far, by name and yardstick: slides, workbook and page show the same.
    lacking : dict
        Why the study lacks an exhibit, and of which this was given as the reason.
    """

    case: Case
    ranking: Ranking
    by_profile: Mapping[str, Ranking]
    fragility: Fragility | None
    draws: int
    seed: int
    cluster: Cluster | None = None
    since: perspectives.Vintages | None = None
    panel: Panel | None = None
    exhibits: dict[tuple[str, str], Exhibit | None] = field(default_factory=dict, init=False)
    lacking: dict[str, str] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        return f"Study of {self.case.about.title!r}. {self.answer}"

    @property
    def _drawn(self) -> dict[str, Any]:
        """How much is drawn, from which seed, and where."""
        return {"draws": self.draws, "seed": self.seed, "cluster": self.cluster}

    @property
    def ranked(self) -> pd.DataFrame:
        """The options that pass the screens, best first."""
        return self.ranking.ranked

    @property
    def compared(self) -> Ranking | None:
        """The ranking, where it compares two options or more."""
        return self.ranking if len(self.ranked) > 1 else None

    @cached_property
    def capitals(self) -> perspectives.Capitals | None:
        """Where the weight profiles agree and part; None with fewer than two of them, or of options."""
        if len(self.case.given_profiles) < 2 or self.compared is None:
            return None
        return perspectives.capitals(self.case, **self._drawn)

    @cached_property
    def futures(self) -> perspectives.Futures | None:
        """How the options fare in each future; None without futures, or with fewer than two options."""
        if self.case.scenarios.empty or self.compared is None:
            return None
        # What is drawn of them stands in two sentences.
        drawn = self._drawn | {"draws": max(1, self.draws // 5)}
        return perspectives.futures(self.case, self.ranking.weights, **drawn)

    @cached_property
    def joint(self) -> perspectives.Joint | None:
        """Where the uncertainty about who leads comes from; None with fewer than two options."""
        if self.compared is None:
            return None
        return perspectives.joint(self.case, self.ranking.weights, **self._drawn)

    @cached_property
    def packages(self) -> perspectives.Packages | None:
        """The good combinations at half the effort of all options together; None where none can be formed."""
        if perspectives.not_combined(self.case):
            return None
        weights, effort = weight_range(self.ranking.weights), perspectives.half_effort(self.case)
        return perspectives.packages(self.case, weights, effort=effort, seed=self.seed, cluster=self.cluster)

    @cached_property
    def vintages(self) -> perspectives.Vintages | None:
        """What moved the ranking since the day asked for, else the first on which all was judged; None without one."""
        if self.since is not None:
            return self.since
        whole = [day for day in self.earlier_days if len(self.case.scores_on(day)) == len(self.case.scores)]
        return perspectives.vintages(self.case, whole[0], weights=self.ranking.weights) if whole else None

    @cached_property
    def wins(self) -> dict[str, perspectives.Win]:
        """The least error in favour of each option that does not lead, by id, the nearest first."""
        return perspectives.wins(self.case, self.ranking.weights)

    @property
    def earlier_days(self) -> list[str]:
        """The days on which something was judged, but for the latest."""
        days = sorted({*self.case.history["as_of"]} - {""})
        return [day for day in days if day < (self.case.about.day or days[-1])]

    @property
    def acceptability(self) -> Acceptability | None:
        """How often each option takes each rank; None where nothing is compared, or nothing has a range."""
        return None if self.fragility is None else self.fragility.acceptability

    @property
    def answer(self) -> str:
        """The answer in a sentence."""
        return who_leads(self.ranking)

    @guarded(ExportError)
    def show(self, name: str, *more: str, audience: str | None = None) -> Shown:
        """Exhibits by their names, one below the other, for the last line of a notebook's cell.

        Parameters
        ----------
        name, *more : str
            ``answer``, ``recommendation``, ``ranking``, ``reasons``, ``sureness``, ``capitals``, ``changes``,
            ``futures``, ``packages``, ``assumptions`` and others, which the message about an unknown one lists.
        audience : str, optional
            ``us`` or ``uk``: whose words for likelihood are used; the case's own when not given.

        Raises
        ------
        ExportError
            When there is no such exhibit or audience.

        Examples
        --------
        >>> from aukus_mcda import load_case, study
        >>> study(load_case("starter"), draws=2_000).show("own weights")
        These are a profile's weights. Set your own, and this shows what differs.
        """
        return Shown(*filter(None, (exhibit(self, each, audience) or nothing_on(each, self) for each in (name, *more))))

    @guarded(ExportError)
    def export(self, path: FilePath, **choices: Any) -> Path:
        """Write the study as slides (.pptx), a workbook (.xlsx) or one page (.docx).

        Parameters
        ----------
        path : str or Path
            Its suffix says what is written.
        **choices
            As `export_slides`, `export_workbook` or `export_one_page` take them.

        Raises
        ------
        ExportError
            For another suffix, and where the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from aukus_mcda import load_case, study
        >>> folder = tempfile.TemporaryDirectory()
        >>> study(load_case("starter"), draws=2_000).export(folder.name + "/workbook.xlsx").name
        'workbook.xlsx'
        >>> folder.cleanup()
        """
        from . import export

        writers = {".pptx": "export_slides", ".xlsx": "export_workbook", ".docx": "export_one_page"}
        suffix = Path(path).suffix.lower()
        if suffix not in writers:
            wanted = f"{', '.join(writers)} (export_html writes .html)"
            raise ExportError(f"A file name ends in {wanted}, not in {shown(suffix)}: {path}")
        writer = getattr(export, writers[suffix])
        known = list(inspect.signature(writer).parameters)[2:]
        if not set(choices) <= set(known):
            raise ExportError(f"For {suffix} there is no {listed(set(choices) - set(known))}: choose {listed(known)}.")
        return Path(writer(self, path, **choices))

    @property
    def findings(self) -> pd.DataFrame:
        """What a reviewer should know of the case and of the weights: code, place, finding, standard."""
        rows = [("weights", "weights", each, self.ranking.weights.method) for each in self.ranking.weights.findings]
        certain = not_varied(self.ranking.weights, self.case)
        rows += [("weights-certain", "weights", certain, "ICD 203, standard 2: uncertainties")] if certain else []
        if own_changes(self.case):
            places = "; ".join((*map(" on ".join, self.case.own_scores), *self.case.own_shapes))
            rows.append(("own-scores", places, own_changes(self.case), "ICD 203, standard 7: explain change"))
        columns = list(self.case.findings.columns)
        return pd.concat([self.case.findings, pd.DataFrame(rows, columns=columns, dtype=object)], ignore_index=True)

    @property
    def provenance(self) -> dict[str, str]:
        """What these results were made from; the same for the same inputs."""
        about = self.case.about
        return {
            "case": about.id,
            "case digest (SHA-256)": self.case.digest,
            "as of": about.day or "latest judgements",
            "last judgement": self.case.last_judged or "not dated",
            **({"changed by the analyst": own_changes_listed(self.case)} if own_changes(self.case) else {}),
            **({} if self.since is None else {"compared with": f"{self.since.earlier}"}),
            **({} if self.panel is None else {"panel": panel_told(self.panel)}),
            "weights": " ".join(filter(None, (self.ranking.weights.name, f"({self.ranking.weights.method})"))),
            "swing points": "; ".join(f"{name} {points:g}" for name, points in self.ranking.weights.points.items()),
            "seed": str(self.seed),
            **({} if self.acceptability is None else {"draws": f"{self.acceptability.draws:,}"}),
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        }


def panel_told(panel: Panel) -> str:
    """Whose answers a study holds, as a file says it: how many judges, when the panel was closed, and its digest."""
    return f"{len(panel.judges)} judges, closed {panel.closed}, {panel.digest}"


@guarded(WeightsError)
def verdict(
    case: Case,
    weights: GivenWeights = "baseline",
    *,
    draws: Draws = 100_000,
    seed: Seed = 0,
    cluster: Cluster | None = None,
) -> Verdict:
    """Robust, sensitive or inconclusive, by the rules that are printed with it.

    A case without scenarios has not been tested in any future: nothing there is called robust.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        A profile's name, weights, or swing points by criterion.
    draws, seed : int
        For the draws of scores and weights.
    cluster : distributed.Client, optional
        Draw there.

    Returns
    -------
    Verdict
        The word, the rule that decided, and every test with its margin.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.
    MethodError
        When fewer than two options are ranked.

    Examples
    --------
    >>> from aukus_mcda import load_case, verdict
    >>> verdict(load_case("aukus_plus_two"), draws=20_000).word in ("sensitive", "inconclusive")
    True
    """
    tests = study(case, weights, draws=draws, seed=seed, cluster=cluster).fragility
    if tests is None:
        raise MethodError("A verdict needs at least two options that pass the screens.")
    return tests.verdict


@guarded(WeightsError)
def study(
    case: Case,
    weights: GivenWeights = "baseline",
    *,
    draws: Draws = 100_000,
    seed: Seed = 0,
    cluster: Cluster | None = None,
    progress: Progress = lambda step: None,
    since: str | dt.date | None = None,
    panel: bool | FilePath = False,
) -> Study:
    """Rank a case under the weights asked for and under each of its profiles, and test the ranking.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion id.
    draws, seed : int
        For all that is drawn at random; the same seed gives the same study.
    cluster : distributed.Client, optional
        Draw there.
    progress : callable, optional
        Told what is being done.
    since : date or ISO text, optional
        The day of the last meeting: the study then tells what has changed since.
    panel : bool, str or Path
        True: with the panel of judges whose answers are kept in ``work/<case id>``, if there is one that was closed; or
        the working folder in whose ``panel`` they are kept.

    Returns
    -------
    Study
        The ranking, its tests and all that is made from them; ``show`` gives an exhibit, ``export`` writes a file.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.
    AukusMcdaError
        When ``since`` is not a day before that of the case, or no option had all its scores by then.
    CaseError
        When the answers of a judge do not fit the case.
    ExportError
        When the panel is open, or not as it was closed.
        When ``SOURCE_DATE_EPOCH`` is not a moment: the files would be refused, and SciPy cannot be loaded.

    Examples
    --------
    >>> from aukus_mcda import load_case, study
    >>> study(load_case("aukus_plus_two"), draws=10_000).fragility.verdict.word
    'inconclusive'
    """
    prescribed()
    ranking = rank(case, weights)
    moved = None if since is None else perspectives.vintages(case, since, weights=ranking.weights)
    by_profile = {name: rank(case, name) for name in case.profiles}
    tests = fragility(case, ranking, by_profile, draws=draws, seed=seed, cluster=cluster, progress=progress)
    judges, folder = None, work_folder(case.about.id, None if isinstance(panel, bool) else panel)
    if panel is not False and (panel is not True or panel_digest(folder)):
        judges = mixture_of(case, folder, ranking.weights, draws=draws, seed=seed, cluster=cluster)
    return Study(case, ranking, by_profile, tests, draws, seed, cluster, moved, judges)
