# SPDX-License-Identifier: Apache-2.0
"""Exhibits as HTML: whole, escaped, with pictures that fetch nothing; a study shows each by its name."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from aukus_mcda import ExportError
from aukus_mcda.analysis import Study
from aukus_mcda.layout.html import MOST_SHOWN, Shown, html_of
from aukus_mcda.story import EXHIBITS, ON_SCREEN, Chart, Column, Exhibit, Table, exhibits

HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</td></table>", "$x^2$", "a\u202eb", "שלום"]
TAGS = {"div", "span", "p", "img", "table", "thead", "tbody", "tr", "th", "td", "details", "summary"}


class Parsed(HTMLParser):
    """What a browser would make of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def hostile_exhibit(name: str, rows: int = 3) -> Exhibit:
    column = Column(name, [name] * rows)
    tables = [Table([column, column], look) for look in ("plain", "cards", "steps")]
    heat = Table([column, Column(name, range(rows), "count")], "heat")
    chart = Chart("bars", [name] * rows, name, (0, 5), at=[1] * rows, columns=[column], after=[name] * rows)
    return Exhibit(name, name, [name, *tables, (heat, chart)], name, [name], (name, "warn"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_text_and_never_markup(name: str) -> None:
    parsed = Parsed(html_of(hostile_exhibit(name)))
    assert parsed.open == [] and {tag for tag, _ in parsed.tags} <= TAGS
    assert not any(key.startswith("on") for _, attributes in parsed.tags for key in attributes)
    assert parsed.texts.count(name) >= 15
    assert parsed.tags[0][1]["class"] == "mathjax_ignore tex2jax_ignore"


def test_every_exhibit_of_the_shipped_case_is_whole_and_fetches_nothing(tested: Study) -> None:
    shown = dict(exhibits(tested, names=(*EXHIBITS, *ON_SCREEN)))
    size = 0
    for each in shown.values():
        html = html_of(each)
        size += len(html)
        parsed = Parsed(html)
        assert parsed.open == [] and {tag for tag, _ in parsed.tags} <= TAGS
        assert "http" not in re.sub(r"base64,[^\"]+", "", "".join(f"{tag}{more}" for tag, more in parsed.tags))
        assert {each.title, each.subtitle, each.footnote} - {""} <= {*parsed.texts}
        for block in each.flat:
            cells = [block] if isinstance(block, str) else []
            if isinstance(block, Table):
                cells = [text for column in block.columns for text in (column.heading, *column.texts) if text]
            assert {*cells} <= {*parsed.texts}
        assert html == html_of(each)
    assert size < 1_500_000


def test_a_chart_is_a_picture_with_words_and_a_long_table_scrolls() -> None:
    parsed = Parsed(html_of(hostile_exhibit("Reach", MOST_SHOWN + 1)))
    (picture,) = [more for tag, more in parsed.tags if tag == "img"]
    assert picture["alt"] == f"Reach: {'; '.join(['Reach, Reach, Reach Reach'] * (MOST_SHOWN + 1))}."
    assert base64.b64decode((picture["src"] or "").removeprefix("data:image/png;base64,")).startswith(b"\x89PNG")
    boxes = [more["style"] or "" for _, more in parsed.tags if more.get("role") == "region"]
    assert len(boxes) == 2 and all("max-height" in box for box in boxes)
    short = [more["style"] or "" for _, more in Parsed(html_of(hostile_exhibit("Reach"))).tags if "role" in more]
    assert not any("max-height" in box for box in short)


def test_a_study_shows_each_exhibit_by_name_as_html_and_as_text(tested: Study) -> None:
    for name in EXHIBITS:
        assert isinstance(tested.show(name), Shown)
    ranking = tested.show("ranking")
    assert ranking.exhibit.title in ranking._repr_html_()
    lines = repr(ranking).splitlines()
    assert lines[0] == ranking.exhibit.title and "<" not in repr(ranking)
    first = tested.case.options.at[tested.ranking.table.index[0], "short"]
    assert [line for line in lines if line.lstrip().startswith(f"1  {first}  ")]
    assert repr(tested.show("own weights")).startswith("These are a profile's weights.")


def test_exhibits_stand_below_each_other_and_provenance_is_one_line_to_unfold(tested: Study) -> None:
    both = tested.show("answer", "ranking")
    first, second = (tested.show(name).exhibit for name in ("answer", "ranking"))
    assert first.subtitle == tested.case.about.question and first.badge[0]
    assert both.exhibits == (first, second) and html_of(first) + html_of(second) in both._repr_html_()
    assert repr(both).index(first.title) < repr(both).index(second.title)
    line = Parsed(tested.show("made from")._repr_html_())
    assert line.texts[1] == "Made from these inputs, and can be made again"
    assert [tag for tag, _ in line.tags if tag != "p"] == ["style", "div", "div", "details", "summary"]
    long = Shown(hostile_exhibit("Reach", MOST_SHOWN + 1))._repr_html_()
    assert long.count('type="search"') == 2 and "search" not in Shown(hostile_exhibit("Reach"))._repr_html_()


def test_what_cannot_be_shown_or_written_is_refused_in_a_sentence(tested: Study) -> None:
    with pytest.raises(ExportError, match="No exhibit is named 'rankings'; there are cover, recommendation"):
        tested.show("rankings")
    with pytest.raises(ExportError, match="name must be text, not 3"):
        tested.show(3)  # type: ignore[arg-type]
    with pytest.raises(ExportError, match=r"ends in \.pptx, \.xlsx, \.docx .*, not in '\.txt'"):
        tested.export("notes.txt")
    with pytest.raises(ExportError, match="path"):
        tested.export(3)  # type: ignore[arg-type]


def test_a_thin_study_says_what_it_has_nothing_on(tested: Study) -> None:
    thin = replace(tested, case=replace(tested.case, scenarios=tested.case.scenarios.iloc[:0]))
    assert "other futures" in repr(thin.show("futures"))
    assert len(thin.show("futures", "regrets", "signposts").exhibits) == 1
