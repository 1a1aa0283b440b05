"""What a case holds before anything is weighted, counted by hand on a small one."""

import html

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.display import Markdown
from markdown_it import MarkdownIt

from aukus_mcda import Case, load_case, rank
from aukus_mcda.export.figures import plot_profiles, plot_values
from aukus_mcda.lab import notebook
from aukus_mcda.story.about_case import (
    citations,
    differs_most,
    doubtful,
    evidence_base,
    field,
    grades,
    most_uncertain,
)
from aukus_mcda.story.result_tables import points_table
from aukus_mcda.story.wording import heaviest


def case(evidence=None, **more):
    criteria = pd.DataFrame(
        {
            "id": ["reach", "cost"],
            "name": ["Reach", "Cost"],
            "direction": ["max", "min"],
            "worst": [0, 8],
            "best": [10, 0],
        }
    )
    scores = pd.DataFrame(
        [
            ("a", "reach", 2, 3, 7, "e1;e2"), ("a", "cost", 4, 4, 5, "e1"), ("b", "reach", 6, 6, 6, ""),
            ("b", "cost", 1, 2, 3, "e1;e3"),
        ],
        columns=["option", "criterion", "low", "likely", "high", "evidence"],
    )  # fmt: skip
    sources = pd.DataFrame({"id": ["s1", "s2"], "title": ["One", "Two"], "reliability": ["A", "F"]})
    items = pd.DataFrame(
        {
            "id": ["e1", "e2", "e3", "e4"], "source": ["s1", "s2", "s2", "s1"], "where": "p. 1",
            "known_from": "2020-01-01",
            "claim": ["one", "two", "three", "four"], "credibility": ["2", "6", "3", "2"],
            "status": ["stands", "contradicted", "stands", "overtaken"],
        }
    )  # fmt: skip
    if evidence is None:
        return Case.from_frames(criteria=criteria, scores=scores, sources=sources, evidence=items, **more)
    return Case.from_frames(criteria=criteria, scores=scores.drop(columns="evidence"), **more)


def test_grades_are_counted_by_pair():
    assert grades(case()).loc["A", "2"] == 2
    assert grades(case()).loc["F"].to_dict() == {"2": 0, "3": 1, "6": 1}


def test_citations_count_the_scores_and_those_that_cite_nothing_else():
    table = citations(case())
    assert list(table.index) == ["e1", "e2", "e3", "e4"]
    assert table["scores"].to_list() == [3, 1, 1, 0] and table["alone"].to_list() == [1, 0, 0, 0]
    assert table.loc["e3", "reliability"] == "F"


def test_the_sentences_on_evidence():
    assert evidence_base(case()) == (
        "3 of 4 scores cite evidence: 3 items from 2 sources, 1 of them from sources graded A or B and 2 that cannot "
        "be judged."
    )
    assert doubtful(case()) == "1 of the 3 cited items no longer stands as first reported: e2 (contradicted)."
    assert evidence_base(case(evidence=False)) == "None of the 4 scores cites evidence: the register is empty."
    assert doubtful(case(evidence=False)) == "No score cites evidence."


def test_the_sentences_on_options_leave_out_what_is_screened():
    screens = pd.DataFrame({"option": ["a", "b"], "screen": "law", "passes": ["yes", "no"], "reason": "not lawful"})
    assert field(case()) == "2 options are judged on 2 scales; none is screened out."
    assert field(case(screens=screens)) == "1 option is judged on 2 scales; b is screened out."
    assert differs_most(case()) == ("They differ the most on Reach (30 of 100 points) and the least on Cost (25).")


def test_the_widest_ranges_come_first_in_value_points():
    wide = most_uncertain(case(), top=2)
    assert wide[["option", "criterion"]].to_numpy().tolist() == [["a", "Reach"], ["b", "Cost"]]
    assert wide["width"].to_list() == pytest.approx([50, 25])
    assert (most_uncertain(load_case("aukus_plus_two"))["width"].diff().dropna() <= 0).all()


@pytest.mark.parametrize("hostile", ["<script>x</script>", "a_b_c *d*", "[l](http://x)", "$x$", "line\nbreak", "# x"])
def test_a_notebook_says_names_as_text(monkeypatch, hostile):
    said = []
    monkeypatch.setattr("IPython.display.display", lambda shown: said.append(shown))
    notebook.heading(hostile)
    notebook.say("One.", "", hostile)
    notebook.bullets([hostile, ""])
    notebook.footnote({"case": hostile})
    assert all(isinstance(each, Markdown) for each in said)
    rendered = [MarkdownIt("commonmark").render(each.data) for each in said]
    plain = html.escape(" ".join(hostile.split()), quote=False)
    assert rendered[0] == f"<h2>{plain}</h2>\n" and rendered[1] == f"<p>One. {plain}</p>\n"
    assert rendered[2] == f"<ul>\n<li>{plain}</li>\n</ul>\n" and rendered[3] == f"<p><em>case: {plain}</em></p>\n"


def test_the_weights_of_profiles_are_told_with_their_range_and_reason():
    shipped = load_case("aukus_plus_two")
    table = points_table(shipped)
    assert len(table) == len(shipped.points)
    assert table.iloc[0].to_list()[:3] == ["Baseline", "Deterrence value", "100 (85\N{EN DASH}100)"]
    heaviest_of = heaviest(rank(shipped, "baseline"), shipped)
    assert heaviest_of == "Deterrence value weighs most under the baseline weights, 31.2 %."
    tied = rank(case(), {"reach": 50, "cost": 50})
    assert heaviest(tied, case()) == "Reach and Cost weigh the same under the weights given, 50.0 % each."


def test_the_heatmaps_show_values_and_weights():
    shipped = load_case("aukus_plus_two")
    cells = [text.get_text() for text in plot_profiles(shipped).texts]
    assert len(cells) == len(shipped.roots) * len(shipped.profiles) and cells[0] == "31"
    values = plot_values(shipped)
    assert next(text.get_text() for text in values.texts) == f"{shipped.values.iloc[0, 0]:.0f}"
    plt.close("all")
