# SPDX-License-Identifier: Apache-2.0
"""Red lines: exact on leaves, counted on branches, shown for what is screened out, and never weighed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, CaseError
from aukus_mcda.case.values import uncertain_values
from aukus_mcda.perspectives.by_capital import red_lines


def branched(lines: list[tuple[str, str, float]], screened: bool = False) -> Case:
    """Two options, a branch of two leaves with uniform scores and one leaf by itself."""
    criteria = pd.DataFrame(
        {
            "id": ["branch", "x", "y", "z"], "parent": ["", "branch", "branch", ""],
            "direction": ["", "max", "min", "max"], "worst": [None, 0, 10, 0], "best": [None, 10, 0, 10],
        }
    )  # fmt: skip
    scores = pd.DataFrame(
        [(option, leaf, 0, 5, 10, "uniform") for option in "ab" for leaf in "xyz"],
        columns=["option", "criterion", "low", "likely", "high", "distribution"],
    )
    weights = pd.DataFrame(
        [(name, criterion, 100) for name in ("north", "south") for criterion in ("branch", "x", "y", "z")],
        columns=["profile", "criterion", "likely"],
    )
    screens = pd.DataFrame({"option": ["a", "b"], "screen": "law", "passes": ["yes", "no"], "reason": "Forbidden."})
    return Case.from_frames(
        criteria=criteria, scores=scores, weights=weights,
        redlines=pd.DataFrame(lines, columns=["profile", "criterion", "least_value"]).assign(reason="r"),
        **({"screens": screens} if screened else {}),
    )  # fmt: skip


def test_the_shipped_lines_part_some_options_from_others(case: Case) -> None:
    found = red_lines(case)
    assert len(found.table) == len(case.redlines) * len(case.options)
    assert 0 < found.options["acceptable"].sum() < len(case.options) - len(case.screened)
    assert set(case.redlines.index.get_level_values("profile")) == set(case.profiles) - {"baseline"}
    assert case.redlines["reason"].str.startswith("Our judgement").all()
    assert (case.redlines["evidence"].map(len) > 0).all()
    chance = found.table["probability"].dropna()
    assert ((chance > 0.02) & (chance < 0.98)).any()


def test_on_a_leaf_the_probability_is_the_distributions_own(case: Case) -> None:
    found = red_lines(case, draws=1).table
    believed = uncertain_values(case)
    for (_, criterion, option), row in found.iterrows():
        if row["screened"]:
            assert np.isnan(row["probability"]) and np.isnan(row["standard_error"])
        elif criterion in case.leaves:
            assert row["value"] == pytest.approx(case.values.at[option, criterion])
            assert row["breaches"] == (row["value"] < row["least_value"])
            judged = believed.at[option, criterion]
            at = judged.function.inverse(row["least_value"])
            below = float(judged.distribution.cdf(at))
            assert row["probability"] == pytest.approx(
                below if judged.function.best > judged.function.worst else 1 - below
            )
            assert row["standard_error"] == 0


def test_on_a_branch_the_capitals_own_weights_count() -> None:
    """The mean of two uniform values on 0-100 is below t with probability 2 (t / 100)^2 up to 50."""
    found = red_lines(branched([("north", "branch", 30)]), draws=60_000).table.loc[("north", "branch")]
    row = found.loc["a"]
    assert row["value"] == pytest.approx(50) and not row["breaches"] and row["standard_error"] > 0
    assert row["probability"] == pytest.approx(0.18, abs=4 * row["standard_error"])
    assert row["standard_error"] == pytest.approx(np.sqrt(row["probability"] * (1 - row["probability"]) / 60_000))


def test_lines_on_one_leaf_are_not_independent_and_on_two_they_are() -> None:
    found = red_lines(branched([("north", "x", 20), ("south", "x", 50), ("south", "z", 10)]), draws=1)
    assert found.table["probability"].xs("a", level="option").tolist() == pytest.approx([0.2, 0.5, 0.1])
    assert found.options.at["a", "probability"] == pytest.approx(1 - 0.5 * 0.9)
    assert found.options.at["a", "standard_error"] == 0


def test_a_branch_and_a_leaf_together_are_counted_in_the_same_draws() -> None:
    found = red_lines(branched([("north", "branch", 30), ("north", "z", 10)]), draws=60_000)
    joint, error = found.options.loc["a", ["probability", "standard_error"]]
    assert joint == pytest.approx(1 - 0.82 * 0.9, abs=4 * error)
    assert found.table.loc[("north", "z", "a"), "standard_error"] == 0


def test_what_is_screened_out_stays_visible_and_is_not_acceptable() -> None:
    found = red_lines(branched([("north", "z", 60)], screened=True))
    row = found.table.loc[("north", "z", "b")]
    assert row["screened"] and row["breaches"] and np.isnan(row["probability"])
    assert not found.options.at["b", "acceptable"]


def test_a_value_on_the_line_keeps_to_it() -> None:
    found = red_lines(branched([("north", "z", 50)])).table.loc[("north", "z", "a")]
    assert not found["breaches"] and found["probability"] == pytest.approx(0.5)


def test_without_lines_everything_that_competes_is_acceptable() -> None:
    found = red_lines(branched([], screened=True))
    assert (
        found.table.empty
        and found.options["acceptable"].tolist() == [True, False]
        and found.options.at["a", "probability"] == 0
    )


def test_the_same_seed_gives_the_same(case: Case) -> None:
    one = red_lines(case, draws=3000, seed=2)
    assert one.table.equals(red_lines(case, draws=3000, seed=2).table)
    assert not one.table.equals(red_lines(case, draws=3000, seed=3).table)


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (("east", "z", 30), "profile"),
        (("north", "w", 30), "criterion"),
        (("north", "z", 130), "least_value"),
        (("north", "z", "x"), "least_value"),
    ],
)
def test_a_broken_line_is_a_fault_with_its_place(line: tuple, column: str) -> None:
    with pytest.raises(CaseError) as caught:
        branched([line])
    fault = caught.value.faults.iloc[0]
    assert (fault["file"], fault["row"], fault["column"]) == ("redlines", 0, column)


def test_a_line_given_twice_is_a_fault() -> None:
    with pytest.raises(CaseError, match="reads like row 0; expected each profile and criterion once"):
        branched([("north", "z", 30), ("north", "z", 40)])


def test_of_two_lines_on_one_leaf_the_stricter_counts_for_any_breach() -> None:
    lines = [("north", "z", 30.0), ("south", "z", 10.0), ("south", "x", 20.0)]
    for given in (lines, lines[::-1]):
        options = red_lines(branched(given), draws=1).options
        assert options.loc["a", ["probability", "standard_error"]].tolist() == pytest.approx([1 - 0.7 * 0.8, 0])
