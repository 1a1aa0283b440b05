"""The whole analysis once; slides, notebooks and the command line present it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import pandas as pd

from . import wording
from .case import Case
from .ranking import Ranking, rank
from .weights import Points, Weights

PACKAGES = ("aukus-mcda", "numpy", "pandas", "pandera", "python-pptx", "seaborn")


@dataclass(frozen=True, eq=False)
class Study:
    """A case, a ranking of it, and how that ranking holds under every weight profile.

    Attributes
    ----------
    case : Case
    ranking : Ranking
        Under the weights asked for.
    by_profile : mapping of str to Ranking
        The ranking under each profile of the case.
    """

    case: Case
    ranking: Ranking
    by_profile: Mapping[str, Ranking]

    @property
    def profile_ranks(self) -> pd.DataFrame:
        """Ranks, options x profiles, in the order of the study's own ranking."""
        ranks = {name: ranking.table["rank"] for name, ranking in self.by_profile.items()}
        return pd.DataFrame(ranks, index=self.ranking.table.index)

    @property
    def answer(self) -> str:
        """The answer in a sentence."""
        return wording.answer(self.ranking)

    @property
    def statements(self) -> tuple[str, ...]:
        """What to know beside the answer, a sentence each."""
        said = (
            wording.overlap(self.ranking),
            wording.agreement(self.by_profile, self.case),
            wording.near_ties(self.by_profile),
            wording.strongest(self.ranking, self.case),
        )
        return tuple(sentence for sentence in said if sentence)

    @property
    def provenance(self) -> dict[str, str]:
        """What these results were made from; the same for the same inputs."""
        about = self.case.about
        return {
            "case": about.id,
            "case digest (SHA-256)": self.case.digest,
            "as of": about.as_of.isoformat() if about.as_of else "latest judgements",
            "last judgement": self.case.last_judged or "not dated",
            "weights": " ".join(filter(None, (self.ranking.weights.name, f"({self.ranking.weights.method})"))),
            "swing points": "; ".join(f"{name} {points:g}" for name, points in self.ranking.weights.points.items()),
            "python": platform.python_version(),
            **{name: version(name) for name in PACKAGES},
        }


def study(case: Case, weights: Weights | str | Points = "baseline") -> Study:
    """Rank a case under the weights asked for and under each of its profiles.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion id.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> study(load_case("aukus_plus_two")).profile_ranks.shape
    (11, 6)
    """
    return Study(
        case=case,
        ranking=rank(case, weights),
        by_profile={name: rank(case, name) for name in case.profiles},
    )
