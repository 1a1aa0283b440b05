# SPDX-License-Identifier: Apache-2.0
"""The one-page brief: one page on either paper, whatever the case, marked, readable, and true to the study."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from thin_cases import crowded, small

from aukus_mcda import Case, ExportError, study
from aukus_mcda.analysis import Study
from aukus_mcda.export.page import EDGE, LEAST_PICTURE, PAPERS, export_one_page
from aukus_mcda.story import Table, exhibit
from tools.lint_words import lint


def worded() -> Case:
    """Everything that can be said at great length is: sentences, marking, profiles, and right-to-left names."""
    case = crowded()
    long = "An option that is described at some length for a committee "
    names = pd.Series([f"{long * 3}{k}" for k in range(40)], index=case.options.index)
    names.iloc[::3] = "אפשרות ארוכה מאוד עם שם שאינו נגמר " * 5
    names.iloc[1::3] = "خيار طويل جدا له اسم لا ينتهي " * 6
    about = replace(case.about, question="What should be done, and when? " * 40, disclaimer="Nobody's view. " * 60,
                    marking="A MARKING THAT GOES ON " * 10)  # fmt: skip
    return replace(case, options=case.options.assign(name=names, short=names), about=about)


@pytest.fixture(scope="module")
def studies(tested: Study) -> dict[str, Study]:
    made = {"small": small(), "crowded": crowded(), "worded": worded()}
    return {"shipped": tested} | {name: study(each, draws=1000) for name, each in made.items()}


@pytest.fixture(scope="module")
def pages(studies: dict[str, Study], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("pages")
    return {
        (name, paper): export_one_page(result, folder / f"{name}_{paper}.docx", paper=paper)
        for name, result in studies.items()
        for paper in PAPERS
    }


def test_every_case_fits_on_one_page_of_either_paper(
    pages: dict[tuple[str, str], Path], office_programs: None, tmp_path: Path
) -> None:
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
               "--outdir", tmp_path, *pages.values()]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for (name, paper), path in pages.items():
        rendered = tmp_path / f"{path.stem}.pdf"
        said = subprocess.run(["pdfinfo", rendered], check=True, capture_output=True, text=True).stdout
        assert re.search(r"Pages: +1\n", said), (name, paper)
        size = "595" if paper == "a4" else "612 x 792"
        assert re.search(rf"Page size: +{size}", said), (name, paper)
        # The last lines are on it, not cut off beneath the page.
        text = subprocess.run(["pdftotext", rendered, "-"], check=True, capture_output=True, text=True).stdout
        assert "Seed 0" in text


def test_answer_ranking_and_conditions_are_there(studies: dict[str, Study], pages: dict[tuple[str, str], Path]) -> None:
    result, page = studies["shipped"], docx.Document(str(pages["shipped", "a4"]))
    told = {name: exhibit(result, name) for name in ("recommendation", "ranking", "conditions")}
    answer, ranking, changing = told.values()
    leader = result.ranking.table.index[0]
    first = result.case.options.at[leader, "short"]
    headings = {style: [each.text for each in page.paragraphs if each.style.name == style]
                for style in ("Heading 1", "Heading 2")}  # fmt: skip
    assert headings["Heading 1"] == [answer.title]
    assert headings["Heading 2"] == [ranking.title, f"What {first} means", changing.title]
    texts = [paragraph.text for paragraph in page.paragraphs]
    assert answer.subtitle in texts and ranking.footnote in texts
    assert set(changing.of(str)) < set(texts) and result.case.options.at[leader, "description"] in texts
    rows = [tuple(cell.text for cell in row.cells) for row in page.tables[0].rows]
    assert rows == answer.of(Table)[1].rows


def test_a_picture_too_high_for_the_page_is_made_smaller(pages: dict[tuple[str, str], Path]) -> None:
    for name, _ in pages:
        for drawn in docx.Document(str(pages[name, "a4"])).inline_shapes:
            assert drawn.height.pt > LEAST_PICTURE / 2 and drawn.width.mm <= 210 - 2 * EDGE + 0.1


def test_it_is_marked_above_and_below_and_nothing_is_smaller_than_9_points(
    studies: dict[str, Study], pages: dict[tuple[str, str], Path]
) -> None:
    for (name, _), path in pages.items():
        page = docx.Document(str(path))
        section, marking = page.sections[0], studies[name].case.about.marking
        above = [paragraph.text for paragraph in section.header.paragraphs if paragraph.text]
        below = [paragraph.text for paragraph in section.footer.paragraphs if paragraph.text]
        assert len(above) == bool(marking) and all(marking.startswith(text.removesuffix(" ...")) for text in above)
        assert below[2:] == above and below[0].startswith("Baseline weights. ")
        assert studies[name].case.digest[:12] in below[1]
        cells = [each for table in page.tables for row in table.rows for cell in row.cells for each in cell.paragraphs]
        for paragraph in (*page.paragraphs, *cells, *section.header.paragraphs, *section.footer.paragraphs):
            assert all(run.font.size.pt >= 9 for run in paragraph.runs if run.text.strip())


def test_the_chart_can_be_read_aloud(pages: dict[tuple[str, str], Path], studies: dict[str, Study]) -> None:
    ranking, case = studies["shipped"].ranking.table, studies["shipped"].case
    page = docx.Document(str(pages["shipped", "letter"]))
    (drawn,) = page.element.iter(qn("wp:docPr"))
    first, leader = drawn.get("descr").split("; ")[0], ranking.index[0]
    assert f"1  {case.options.at[leader, 'short']}, " in first
    assert f" to {studies['shipped'].acceptability.interval.at[leader, 'high']:.3g}, " in first
    assert f"Score {ranking['score'].iloc[0]:.1f}" in first


def test_what_it_says_obeys_the_rules_of_wording(pages: dict[tuple[str, str], Path], case: Case) -> None:
    page = docx.Document(str(pages["shipped", "a4"]))
    texts = [paragraph.text for paragraph in page.paragraphs] + [page.sections[0].footer.paragraphs[0].text]
    assert lint("\n\n".join(texts), case.about.yardstick) == []


def test_a_paper_nobody_has_is_a_plain_error(studies: dict[str, Study], tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="a4, letter"):
        export_one_page(studies["small"], tmp_path / "page.docx", paper="foolscap")


def test_nothing_ranked_still_gives_a_page(tmp_path: Path) -> None:
    case = small()
    out = pd.DataFrame({"screen": "law", "passes": "no", "reason": "No.", "evidence": [()] * 3}, index=list("abc"))
    out = out.set_index("screen", append=True).rename_axis(["option", "screen"])
    page = docx.Document(str(export_one_page(study(replace(case, screens=out), draws=1000), tmp_path / "page.docx")))
    assert any("nothing to rank" in paragraph.text for paragraph in page.paragraphs) and not page.inline_shapes
