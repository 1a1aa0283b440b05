"""What lies beyond one ranking, a sentence each: other capitals, futures, all together, packages, earlier days."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from . import capital_wording, future_wording, package_wording

if TYPE_CHECKING:
    from ..analysis import Study


def beyond(study: Study) -> Iterator[str]:
    """The sentences on what a study found beyond its ranking; what it could not find is left out.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.analysis import study
    >>> len(list(beyond(study(load_case("starter"), draws=2_000))))
    8
    """
    case = study.case
    if study.capitals is not None:
        yield from capital_wording.together(study.capitals, case)[:3]
    if study.futures is not None:
        yield future_wording.in_futures(study.futures, case)
    if study.joint is not None:
        yield future_wording.comes_from(study.joint, case)
    if study.packages is not None:
        yield package_wording.in_good_packages(study.packages, case) + "."
        yield package_wording.limited(study.packages, case)
        yield package_wording.first_phase(study.packages, case) + "."
    if study.vintages is not None:
        yield from study.vintages.statements
