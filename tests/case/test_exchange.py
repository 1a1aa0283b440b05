# SPDX-License-Identifier: Apache-2.0
"""XMCDA: what is written is valid by the published schema and reads back equal; the rest is read or refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from aukus_mcda import Case, CaseError, load_case
from aukus_mcda.case import rounded_limits, with_shape
from aukus_mcda.case.exchange import XMCDA
from aukus_mcda.case.writing import affirm
from aukus_mcda.errors import ExportError

V4 = '<?xml version="1.0" encoding="UTF-8"?>\n<xmcda xmlns="{}">\n{{}}\n</xmcda>'.format(XMCDA["4.0"])
V3 = '<x:XMCDA xmlns:x="http://www.decision-deck.org/2016/XMCDA-3.0.2">\n{}\n</x:XMCDA>'


@pytest.fixture(scope="session")
def schemas() -> dict[str, etree.XMLSchema]:
    """The published schemas, as the package of those who keep the format holds them."""
    folder = Path(pytest.importorskip("xmcda").__file__).parent / "xsd"
    names = {"4.0": "XMCDA-4.0.0.xsd", "3.1": "XMCDA-3.1.1.xsd"}
    return {version: etree.XMLSchema(etree.parse(folder / name)) for version, name in names.items()}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cases with trees, bent scales, ranges, unknown scores, screened options, names that XML must escape."""
    leaves, options = draw(st.integers(1, 4)), [f"o{k}" for k in range(draw(st.integers(1, 4)))]
    rows: list[dict[str, object]] = [{"id": "all & <sundry>", "name": 'The "whole"', "parent": "", "direction": ""}]
    scores: list[dict[str, object]] = []
    for k in range(leaves):
        ends, direction = (
            draw(st.sampled_from([(0, 10), (-2.5, 1e7), (0.1, 0.7)])),
            draw(st.sampled_from(["max", "min"])),
        )
        worst, best = ends if direction == "max" else ends[::-1]
        shape = draw(st.sampled_from(["", f"{sum(ends) / 2:.15g}:30", f"{sum(ends) / 2:.15g}:62.5"]))
        row = {"id": f"c{k}", "name": f"Aim {k}", "parent": "all & <sundry>" if k % 2 else "", "unit": "km²"}
        rows.append(row | {"direction": direction, "worst": worst, "best": best, "shape": shape, "question": "Why?"})
        rows[-1]["assumed"] = draw(st.sampled_from(["", "direction", "worst;best", "levels"]))
        for option in options:
            low, likely, high = sorted(draw(st.floats(*ends)) for _ in range(3))
            kind = draw(st.sampled_from(["", "uniform", "unknown", "certain"]))
            numbers = {"low": low, "likely": likely, "high": high} if kind in ("", "uniform") else {"likely": likely}
            numbers |= {"likely": None} if kind == "unknown" else {}
            scores.append(
                {"option": option, "criterion": row["id"], "distribution": kind.removeprefix("certain")} | numbers
            )
    criteria = pd.DataFrame(rows if leaves > 1 else rows[1:]).fillna(
        {"unit": "", "question": "", "shape": "", "assumed": ""}
    )
    points = pd.DataFrame({"profile": 'a "b"', "criterion": criteria["id"], "likely": draw(st.floats(1, 100))})
    passes = draw(st.lists(st.sampled_from(["yes", "no"]), min_size=len(options), max_size=len(options)))
    return Case.from_frames(
        criteria=criteria,
        scores=pd.DataFrame(scores),
        weights=points.assign(low=points["likely"] / 2, high=100),
        options=pd.DataFrame({"id": options, "name": options, "description": "What it is < that."}),
        screens=pd.DataFrame({"option": options, "screen": "law", "passes": passes, "reason": "r"}),
        about={"id": "shed", "title": "A shelter & more"},
    )


def same(read: Case, case: Case) -> None:
    """All that a document carries."""
    judged = ["low", "likely", "high"]
    for table, columns in (
        ("scores", judged),
        ("points", judged),
        ("criteria", ["parent", "name", "question", "direction", "unit", "worst", "best", "assumed"]),
        ("options", ["name", "description"]),
    ):
        carried, given = getattr(read, table)[columns], getattr(case, table)[columns]
        pd.testing.assert_frame_equal(carried, given, check_like=True, check_exact=True)
    pd.testing.assert_frame_equal(read.values, case.values)
    ranged = case.scores[case.scores["low"] < case.scores["high"]]
    assert read.scores.loc[ranged.index, "distribution"].tolist() == ranged["distribution"].tolist()
    assert (read.competing, read.about.id, read.about.title) == (case.competing, case.about.id, case.about.title)
    assert not set(read.findings["code"]) & {"likely-assumed", "weight-assumed", "not-carried"}


@given(case=cases(), version=st.sampled_from(["4.0", "3.1"]))
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_case_is_written_by_the_schema_and_reads_back_equal(
    case: Case, version: str, schemas: dict[str, etree.XMLSchema], tmp_path: Path
) -> None:
    path = tmp_path / "case.xml"
    path.unlink(missing_ok=True)
    case.save(path, xmcda=version)
    schemas[version].assertValid(etree.parse(path))
    same(load_case(path), case)


@pytest.mark.parametrize("name", ["starter", "aukus_plus_two"])
def test_a_shipped_case_reads_back_equal(
    name: str, schemas: dict[str, etree.XMLSchema], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    case = load_case(name)
    path = case.save(tmp_path / "case.xml")
    schemas["4.0"].assertValid(etree.parse(path))
    same(load_case(path), case)
    with pytest.raises(ExportError, match="no place"):
        affirm(path)


def performances(option: str, **values: str) -> str:
    """A row of a table of performances."""
    held = "".join(
        f"<performance><criterionID>{criterion}</criterionID><values><value>{value}</value></values></performance>"
        for criterion, value in values.items()
    )
    return f"<alternativePerformances><alternativeID>{option}</alternativeID>{held}</alternativePerformances>\n"


def weights(**values: float) -> str:
    return "".join(
        f"<criterionValues><criterionID>{criterion}</criterionID><values><value><real>{value}</real></value></values>"
        "</criterionValues>"
        for criterion, value in values.items()
    )


SPAN = "<interval><lowerBound><real>20</real></lowerBound><upperBound><real>30</real></upperBound></interval>"
PARTS = {
    "alternatives.xml": V4.format(
        '<alternatives><alternative id="north" name="Northern quay"/><alternative id="south"/>'
        '<alternative id="ideal"><type>fictive</type></alternative></alternatives>'
    ),
    "criteria.xml": V4.format(
        '<criteria><criterion id="cost"/><criterion id="depth"/>\n<criterion id="noise"/><criterion id="view"/>'
        '<criterion id="old"><active>false</active></criterion></criteria>\n'
        "<criteriaThresholds><criterionThresholds/></criteriaThresholds>"
        "<criteriaScales><criterionScales><criterionID>cost</criterionID><scales>"
        '<scale id="s"><quantitative><preferenceDirection>min</preferenceDirection><minimum><integer>0</integer>'
        "</minimum><maximum><real>5e1</real></maximum></quantitative></scale></scales></criterionScales>"
        "<criterionScales><criterionID>noise</criterionID><scales><scaleID>s</scaleID></scales></criterionScales>"
        "<criterionScales><criterionID>view</criterionID><scales><scale><qualitative>"
        "<preferenceDirection>max</preferenceDirection><valuedLabels>"
        "<valuedLabel><label>poor</label><value><integer>1</integer></value></valuedLabel>"
        "<valuedLabel><label>good</label><value><integer>3</integer></value></valuedLabel>"
        "</valuedLabels></qualitative></scale></scales></criterionScales></criteriaScales>"
    ),
    "performance.xml": V4.format(
        "<performanceTable>"
        + performances(
            "north", cost="<real>12.5</real>", depth="<real>7.2</real>", noise="<NA/>", view="<label>good</label>"
        )
        + performances(
            "south", cost=SPAN, depth="<real>9.6</real>", noise="<integer>5</integer>", view="<label>poor</label>"
        )
        + performances("south", old="<real>1</real>")
        + performances("ideal", **dict.fromkeys(("cost", "noise", "view"), "<real>3</real>"), depth="<real>9</real>")
        + performances("profile", cost="<real>1</real>")
        + "</performanceTable>"
    ),
    "values.xml": V4.format(
        f"<criteriaValues>{weights(cost=50, depth=25, noise=12.5, view=12.5, old=1)}</criteriaValues>"
    ),
}
"""A table that others spread over the parts that services exchange, with all that such parts leave open."""


def test_parts_that_others_wrote_are_one_case_and_what_was_assumed_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "quays"
    folder.mkdir()
    for name, text in PARTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    case = load_case(folder)
    assert case.about.id == "quays" and case.competing == ("north", "south")
    assert case.criteria.loc[:, ["direction", "worst", "best"]].values.tolist() == [
        ["min", 50, 0], ["max", 7, 10], ["min", 50, 0], ["max", 1, 3],
    ]  # fmt: skip
    assert case.performance.loc[["north", "south"]].values.tolist() == [[12.5, 7.2, 25, 3], [25, 9.6, 5, 1]]
    assert case.scores.loc[("south", "cost"), ["low", "high", "distribution"]].tolist() == [20, 30, "uniform"]
    assert case.unknown.to_numpy().nonzero()[1].tolist() == [2]
    assert case.profile("baseline").values.to_dict() == {"cost": 0.5, "depth": 0.25, "noise": 0.125, "view": 0.125}
    assert case.criteria["assumed"].map(set).to_dict() == {
        "cost": {"likely", "weight"}, "depth": {"worst", "best", "direction", "weight"}, "noise": {"weight"},
        "view": {"levels", "weight"},
    }  # fmt: skip
    codes = ["direction-assumed", "anchors-assumed", "levels-as-numbers", "likely-assumed", "weight-assumed"]
    assert with_shape(case, "cost", "25:40").findings.equals(case.findings)
    left_out = case.findings.set_index("code").at["not-carried", "place"]
    assert left_out == (
        "<criteriaThresholds>, the inactive criterion old, performances of profile, which is no alternative"
    )
    for name in ("folder", "book.xlsx", "again.xml"):  # until somebody confirms them
        again = load_case(case.save(tmp_path / name)).findings["code"]
        assert again[again.isin(codes)].tolist() == codes


def test_every_document_that_cannot_be_read_is_told_under_its_own_name(tmp_path: Path) -> None:
    contents = {"bytes.xml": b"\xff\xfe<a/>", "none.xml": b"<a>", "types.xml": b"<!DOCTYPE a><a/>"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CaseError) as refused:
        load_case(tmp_path)
    assert list(refused.value.faults["file"]) == list(contents)


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n' + V4.split("\n", 1)[1]
FILE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n' + V4.split("\n", 1)[1]
PERFORMANCE = "<performance><criterionID>c</criterionID><values>{}</values></performance>"
TABLE = (
    '<alternatives><alternative id="a"/></alternatives><criteria><criterion id="c"/></criteria><performanceTable>\n'
    "<alternativePerformances><alternativeID>a</alternativeID>{}</alternativePerformances></performanceTable>{}"
)


def table(value: str, more: str = "") -> str:
    return V4.format(TABLE.format(PERFORMANCE.format(value), more))


ONE = "<value><real>1</real></value>"
SCALES = "<criterionScales><criterionID>c</criterionID><scales>{}</scales></criterionScales>"
SCALE = f"<criteriaScales>{SCALES}</criteriaScales>"
TENTHS = SPAN.replace("20", "1.7").replace("30", "1.8")
ENDS = (
    "<scale><quantitative><preferenceDirection>min</preferenceDirection><minimum><real>0.0</real></minimum>"
    "<maximum><real>1e1</real></maximum></quantitative></scale>"
)
BEND = "".join(
    f"<segment><{end}><abscissa><real>{x}</real></abscissa><ordinate><real>{y}</real></ordinate></{end}></segment>"
    for end, x, y in (("head", 0, 100), ("tail", 4.0, 30), ("tail", 10, 0))
)
FUNCTION = f"<criterionFunctions><criterionID>c</criterionID>{BEND}</criterionFunctions>"
TREE = (
    "<criteriaHierarchy><nodes><node><criterionID>all</criterionID><nodes><node><criterionID>c</criterionID></node>"
    "<node><criterionID>d</criterionID></node></nodes></node><node><criterionID>e</criterionID></node></nodes>"
    "</criteriaHierarchy>"
)
BRANCH = V4.format(
    '<criteria><criterion id="all"/><criterion id="c"/><criterion id="d"/><criterion id="e"/></criteria>'
    f"<performanceTable>{performances('a', **dict.fromkeys('cde', '<real>1</real>'))}</performanceTable>{TREE}"
    f'<criteriaValues mcdaConcept="weights">{weights(c=80, d=90, e=34)}</criteriaValues>'
)


def bent(*corners: tuple[float, float]) -> str:
    """A decreasing scale from 0 to 10 and a function through corners, two of them for a jump."""
    ends = "".join(
        f"<tail><abscissa><real>{x}</real></abscissa><ordinate><real>{y}</real></ordinate></tail>\n" for x, y in corners
    )
    function = FUNCTION.replace(BEND, f"<function>\n{ends}</function>")
    return f"{SCALE.format(ENDS)}<criteriaFunctions>{function}</criteriaFunctions>"


REFUSED = {
    "entities that grow": (BOMB.format("&b;"), "", "a document type"),
    "an entity that names a file": (FILE.format("<criteria>&a;</criteria>"), "", "a document type"),
    "no XML": ("{}", 1, "text that is no XML"),
    "XML cut off": (V4.format("<criteria>"), 4, "text that is no XML"),
    "an unknown entity": (V4.format("&b;"), 3, "text that is no XML"),
    "another kind of XML": ("<svg/>", 1, "<svg>"),
    "version 2": (V3.replace("2016/XMCDA-3.0.2", "2009/XMCDA-2.0.0").format(""), 1, "XMCDA-2.0.0"),
    "two bytes a letter": ("<\0a\0/\0>\0", 1, "UTF-16"),
    "a zero byte": (V4.format("<a>\0</a>"), 3, "text that is no XML"),
    "another encoding": ("<a>\udcfc</a>", 1, "byte 0xfc"),
    "nothing in it": (V4.format(""), "", "no <criteria>"),
    "no performance": (V4.format('<criteria><criterion id="c"/></criteria>'), "", "no <performanceTable>"),
    "no value": (table(""), 4, "nothing"),
    "two values": (table("<value><real>1</real></value>" * 2), 4, "2 values"),
    "a label without a number": (table("<value><label>fair</label></value>"), 4, "'fair'"),
    "a fuzzy number": (table("<value><fuzzyNumber/></value>"), 4, "<fuzzyNumber>"),
    "infinity": (table("<value><real>INF</real></value>"), 4, "'INF'"),
    "half an interval": (
        table("<value><interval><lowerBound><real>1</real></lowerBound></interval></value>"), 4, "nothing",
    ),
    "a nominal scale": (
        table(
            "<value><real>1</real></value>",
            "\n<criteriaScales><criterionScales><criterionID>c</criterionID><scales><scale><nominal/></scale></scales>"
            "</criterionScales></criteriaScales>",
        ),
        3, "a nominal scale",
    ),
    "a criterion beneath itself": (
        table(
            "<value><real>1</real></value>",
            "<criteriaHierarchy><nodes><node><criterionID>c</criterionID><nodes>\n<node><criterionID>c</criterionID>"
            "</node></nodes></node></nodes></criteriaHierarchy>",
        ),
        5, "'c' again",
    ),
    "a node that is no criterion": (
        BRANCH.replace("<criterionID>d</criterionID></node>", "<criterionID>dd</criterionID></node>"), 4,
        "'dd' in <criteriaHierarchy> alone",
    ),
    "a criterion without a node": (
        BRANCH.replace("<node><criterionID>e</criterionID></node>", ""), 3, "'e' in <criteria> alone",
    ),
    "a criterion weighed twice": (
        BRANCH.replace(weights(e=34), weights(e=34) * 2), 4, "'e' again in <criteriaValues>",
    ),
    "two scales": (table(ONE, SCALE.format("<scale/><scale/>")), 4, "'c' again in <criteriaScales>"),
    "a scale twice": (table(ONE, SCALE.format("</scales></criterionScales>\n" + SCALES.partition("{}")[0])), 5,
                      "'c' again in <criteriaScales>"),
    "two directions": (
        table(ONE, SCALE.format(ENDS.replace("<minimum>", "<preferenceDirection>max</preferenceDirection><minimum>"))),
        3, "'min and max'",
    ),
    "two numbers in a value": (
        table("<value><real>1</real><real>2</real></value>", SCALE.format(ENDS)), 4, "'2 values'"
    ),
    "two functions": (table(ONE, bent((0, 100), (10, 0)).replace("</function>", "</function><function/>")), 4,
                      "'c' again in <criteriaFunctions>"),
    "a function with a jump": (table(ONE, bent((0, 100), (5, 60), (5, 40), (10, 0))), 7, "a jump in the function of c"),
    "a function against its scale": (table(ONE, bent((0, 0), (10, 100))), 4, "a fall in the function of c"),
    "an interval beside no value": (table(f"<value><NA/></value><value>{SPAN}</value>"), 4, "one of them <NA/>"),
    "an alternative misspelt": (
        V4.format(TABLE.format(PERFORMANCE.format(ONE), "")).replace('"a"/>', '"aa"/>'), 4, "'a'",
    ),
    "a weight below 0 beside one beyond 100": (
        BRANCH.replace(weights(c=80), weights(c=-400)).replace(weights(d=90), weights(d=600)), 4, "'-400'",
    ),
    "tags in tags": (V4.format("<a>" * 9_999), 3, "text that is no XML"),
    "an option without a score": (
        table("<value><real>1</real></value>").replace('"a"/>', '"a"/><alternative id="b"/>'),
        "", "no score for b on c",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_its_place_and_a_remedy(name: str, tmp_path: Path) -> None:
    text, row, found = REFUSED[name]
    path = tmp_path / "table.xml"
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(CaseError) as caught:
        load_case(path)
    faults = caught.value.faults
    assert faults["file"].eq("table.xml").all() and faults["remedy"].str.len().gt(0).all()
    assert not faults["remedy"].str.contains("CSV").any()
    assert ((faults["row"] == row) & faults["found"].str.contains(found, regex=False)).any(), faults.to_string()


@pytest.mark.parametrize(
    "text",
    [
        BRANCH.replace('<criterion id="all"/>', ""),
        BRANCH.replace("<criteria>", '<alternatives><alternative id="aa"/></alternatives><criteria>'),
    ],
)
def test_a_name_that_others_refer_to_is_told_once(text: str, tmp_path: Path) -> None:
    (tmp_path / "table.xml").write_text(text, encoding="utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(tmp_path / "table.xml")
    assert not caught.value.faults.duplicated("found").any() and caught.value.faults["row"].ne("").sum() == 1


READ = {
    "scores a tenth apart": (
        table(f"<value>{TENTHS}</value>"), lambda case: case.criteria.loc["c", ["worst", "best"]].tolist(), [1.7, 1.8],
    ),
    "a scale without anything": (
        table(ONE, SCALE.format("<scale/>")), lambda case: case.criteria.at["c", "direction"], "max",
    ),
    "ends in another form than the corners": (
        table(ONE, f"<criteriaFunctions>{FUNCTION}</criteriaFunctions>{SCALE.format(ENDS)}"),
        lambda case: case.criteria.at["c", "shape"], "4:30",
    ),
    "a branch whose leaves have more than 100 points": (
        BRANCH, lambda case: case.points.loc["baseline", "likely"].to_dict(), {"c": 80, "d": 90, "e": 20, "all": 100},
    ),
    "weights beyond 100": (
        table(ONE, f"<criteriaValues>{weights(c=1000)}</criteriaValues>"),
        lambda case: case.points.loc["baseline", "likely"].tolist(), [100],
    ),
    "a second hierarchy": (
        BRANCH.replace(TREE, TREE * 2), lambda case: case.findings.set_index("code").at["not-carried", "place"],
        "every <criteriaHierarchy> but the first",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_is_read_of_unusual_documents(name: str, tmp_path: Path) -> None:
    text, holds, expected = READ[name]
    path = tmp_path / "table.xml"
    path.write_text(text, encoding="utf-8")
    assert holds(load_case(path)) == expected


@pytest.mark.parametrize("version", ["4.0", "3.1"])
def test_the_assumed_weight_of_a_branch_stays_one_until_it_is_confirmed(
    version: str, schemas: dict[str, etree.XMLSchema], tmp_path: Path
) -> None:
    (tmp_path / "table.xml").write_text(BRANCH, encoding="utf-8")
    case = load_case(tmp_path / "table.xml")
    path = case.save(tmp_path / "again.xml", xmcda=version)
    schemas[version].assertValid(etree.parse(path))
    assert case.criteria.at["all", "assumed"] == ("weight",)
    again = load_case(path)
    assert again.criteria["assumed"].to_dict() == case.criteria["assumed"].to_dict()
    confirmed = path.read_text(encoding="utf-8").replace(' mcdaConcept="assumed weight"', "")
    path.write_text(confirmed, encoding="utf-8")
    assert load_case(path).criteria.at["all", "assumed"] == ()


SCORES = st.integers(-9_999, 9_999).map(lambda count: count / 10) | st.floats(-1e30, 1e30)


@given(st.tuples(SCORES, SCORES))
@example((1.7, 1.8))
def test_no_score_is_beyond_the_rounded_limits(scores: tuple[float, float]) -> None:
    low, high = rounded_limits(min(scores), max(scores))
    assert low <= min(scores) and max(scores) <= high and low < high


@pytest.mark.parametrize("part", ["<alternativeID>{}</alternativeID>", '<alternative id="{}"'])
def test_an_alternative_misspelt_is_told_once_with_its_performances(part: str, tmp_path: Path) -> None:
    case = load_case("starter")
    path, option = case.save(tmp_path / "case.xml"), case.options.index[1]
    written = path.read_text("utf-8")
    path.write_text(written.replace(part.format(option), part.format(f"{option}x"), 1), "utf-8")
    others = ", ".join([r"row \d+ of scores"] * (len(case.leaves) - 1))
    with pytest.raises(CaseError, match=rf"1 fault in .*\n.*'{option}x?', also in {others}; .*Did you"):
        load_case(path)


def test_weights_that_were_assumed_are_not_written(tmp_path: Path) -> None:
    path = tmp_path / "table.xml"
    path.write_text(table(ONE), encoding="utf-8")
    case = load_case(path)
    points = case.points.loc["baseline"].reset_index()[["criterion", "likely"]].assign(profile="mine")
    points.to_csv(tmp_path / "weights.csv", index=False)
    saved = load_case(case.save(tmp_path / "again.xml"))
    own = load_case(load_case(path, own=tmp_path).save(tmp_path / "own.xml"))
    assert case.weights_assumed and saved.weights_assumed and saved.profiles == ("baseline",)
    assert not own.weights_assumed and own.profiles == ("mine",)
