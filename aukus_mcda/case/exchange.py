# SPDX-License-Identifier: Apache-2.0
"""XMCDA, the exchange format of the field: documents of version 3 or 4 to a case's tables, and a case to a document.

What a document leaves open is assumed, what a case has no place for is left out, and each is a finding.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from lxml import etree
from lxml.builder import ElementMaker

from ..errors import listed, shown
from .findings import PLACES
from .reading import UnreadableError, noting, read_text
from .tables import ABOUT, TABLES, UNJUDGED, Reading, Rows, number
from .values import rounded_limits

if TYPE_CHECKING:
    from .case import Case

XMCDA = {"4.0": "http://www.decision-deck.org/2021/XMCDA-4.0.0", "3.1": "http://www.decision-deck.org/2019/XMCDA-3.1.1"}
"""The versions that are written, with their namespaces; every version 3 is read."""
ASSUMED_CONCEPT = "assumed "
"""The concept of a scale, or a branch's weight, of which something was assumed begins so in a document of ours."""
WHOLE = ("alternatives", "criteria", "performanceTable")
OF_CRITERIA = ("criteriaFunctions", "criteriaHierarchy", "criteriaScales", "criteriaValues")
"""The parts of a document that a case has a place for."""
_Cells = dict[str, str]


def read_documents(documents: Iterable[Path], reading: Reading) -> None:
    """Put what one document says, or several that each hold a part, into a reading: tables, faults and notes."""
    roots = []
    for each in documents:
        with noting(reading, each.name):
            roots.append(_root(each))
    if not reading.faults:
        _Document(roots, reading).read()


def _root(path: Path) -> Any:
    """A document's root, without the namespaces of its names."""
    text = read_text(path)
    if "<!DOCTYPE" in text:  # entities may grow without bound, or name other files
        raise UnreadableError("", "XMCDA with types")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:  # the text is decoded already, whatever its first line says of that
        root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser, base_url=path.name)
    except etree.XMLSyntaxError as error:
        raise UnreadableError(error.lineno or "", "no XML", error=error.msg) from None
    if not re.fullmatch(r"\{http://www\.decision-deck\.org/\d{4}/XMCDA-[34]\.[\d.]+\}(xmcda|XMCDA)", root.tag):
        raise UnreadableError(root.sourceline, "XMCDA 2" if "/XMCDA-2" in root.tag else "no XMCDA", tag=root.tag[:80])
    for each in root.iter():
        each.tag = etree.QName(each).localname
    return root


def _text(element: Any, path: str) -> str:
    """What the elements of a path hold; of several that differ all, which no rule takes for one."""
    return " and ".join(dict.fromkeys((each.text or "").strip() for each in element.findall(path)))


def _figure(value: Any, levels: Mapping[str, str]) -> str:
    """The number in a value, as text; whatever else is there for a fault to quote it."""
    several = [] if value is None else list(value)
    if len(several) != 1:
        return f"{len(several)} values" if several else ""
    (held,) = several
    text = (held.text or "").strip()
    return text if held.tag in ("real", "integer") else levels.get(text, text or f"<{held.tag}>")


def _numbers(texts: list[str]) -> list[float]:
    """Those texts that are numbers; of the others the checks will speak."""
    return [number(text) for text in texts if text and TABLES["scores"]["low"].holds(text)]


def _stated(element: Any) -> list[str]:
    """What a document of ours says was assumed."""
    concept = element.get("mcdaConcept", "")
    stated = concept.removeprefix(ASSUMED_CONCEPT)
    return stated.split(";") if stated != concept and TABLES["criteria"]["assumed"].holds(stated) else []


class _Document:
    """What some documents say together."""

    def __init__(self, roots: list[Any], reading: Reading) -> None:
        self.reading, self.several = reading, len(roots) > 1
        self.parts: dict[str, list[Any]] = {}
        for part in (part for root in roots for part in root):
            self.parts.setdefault(part.tag, []).append(part)
        self.left_out = [f"<{tag}>" for tag in self.parts if tag not in (*WHOLE, *OF_CRITERIA)]
        self.assumed: defaultdict[str, list[str]] = defaultdict(list)

    def read(self) -> None:
        """Put it into the reading."""
        options, criteria = self._items("alternatives", "description"), self._items("criteria", "question")
        left_out = {cells["id"] for _, cells in criteria if not cells.pop("active")}
        self.left_out += [f"the inactive criterion {each}" for each in sorted(left_out)]
        out = [cells["id"] for _, cells in options if not cells.pop("active")]
        parents = self._parents({cells["id"] for _, cells in criteria})
        self.scales = self._of_criteria("criteriaScales")
        self.levels = {
            leaf: {_text(each, "label"): _figure(each.find("value"), {}) for each in scale.iter("valuedLabel")}
            for leaf, scale in self.scales.items()
        }
        scores = [row for row in self._scores() if row[1]["criterion"] not in left_out]
        known = {cells["id"] for _, cells in options}
        others = {row[1]["option"]: row for row in scores[::-1] if known and row[1]["option"] not in known}
        if known <= {cells["option"] for _, cells in scores}:  # or else one may be a name misspelt
            self.left_out += [f"performances of {each}, which is no alternative" for each in sorted(others)]
            scores = [row for row in scores if row[1]["option"] not in others]
        self.functions = self._of_criteria("criteriaFunctions")
        weights = [row for row in self._weights(parents) if row[1]["criterion"] not in left_out]
        criteria = [row for row in criteria if row[1]["id"] not in left_out]
        for place, cells in criteria:
            leaf = cells["id"]
            if parents and leaf not in parents:
                self.reading.fault("criteria", place, "parent", "one part alone", name=leaf, part="criteria")
            cells["parent"] = parents.get(leaf, "")
            if leaf not in parents.values():
                cells |= self._scale(place, leaf, [row for _, row in scores if row["criterion"] == leaf])
            cells["assumed"] = ";".join(dict.fromkeys(self.assumed[leaf]))
        screens = [(place, _screened(cells["id"], out)) for place, cells in options if out]
        for name, tag, rows in (("criteria", "criteria", criteria), ("scores", "performanceTable", scores)):
            if not rows:
                self.reading.fault(name, "", "", "no part", tag=tag)
        tables = {"options": options, "criteria": criteria, "scores": scores, "weights": weights, "screens": screens}
        for name, rows in tables.items():
            self.reading.put(name, rows)
        for table in self.parts.get("performanceTable", [])[:1]:
            entries = {"id": table.get("id", ""), "title": table.get("name", "")}
            good = {key: entry for key, entry in entries.items() if entry and ABOUT[key].holds(entry)}
            self.reading.about = replace(self.reading.about, **good)
        if self.left_out:
            self.reading.notes["not-carried"].append(listed(dict.fromkeys(self.left_out), PLACES))

    def _place(self, element: Any) -> int | str:
        return f"{element.sourceline} of {element.base}" if self.several else int(element.sourceline)

    def _children(self, part: str, *tags: str) -> list[Any]:
        return [each for whole in self.parts.get(part, []) for each in whole.iterchildren(*tags)]

    def _items(self, part: str, comment: str) -> Rows:
        """Alternatives or criteria, and whether each is ``active``, and not fictive."""
        rows: Rows = []
        for each in self._children(part, "alternative", "criterion"):
            key, idle = each.get("id", ""), {"false", "0", "fictive"} & {_text(each, "active"), _text(each, "type")}
            named = {"id": key, "name": each.get("name") or key, comment: _text(each, "description/comment")}
            rows.append((self._place(each), named | {"active": not idle}))
        return rows

    def _of_criteria(self, part: str) -> dict[str, Any]:
        """The elements of a part by the criterion they are of."""
        elements: dict[str, Any] = {}
        for each in self._children(part):
            criterion = _text(each, "criterionID")
            if criterion in elements or len([*each.iter("function", "scale")]) > 1:
                self.reading.fault("criteria", self._place(each), "", "part twice", name=criterion, part=part)
            elements |= {criterion: each} if criterion else {}
        return elements

    def _parents(self, criteria: set[str]) -> _Cells:
        parents: _Cells = {}
        hierarchies = self.parts.get(part := "criteriaHierarchy", [])
        self.left_out += ["every <criteriaHierarchy> but the first"] * (len(hierarchies) > 1)
        for node in (node for whole in hierarchies[:1] for node in whole.iter("node")):
            name = _text(node, "criterionID")
            if name in parents:
                self.reading.fault("criteria", self._place(node), "parent", "part twice", name=name, part=part)
            elif criteria and name not in {*criteria, ""}:
                self.reading.fault("criteria", self._place(node), "parent", "one part alone", name=name, part=part)
            parent = _text(node.getparent().getparent(), "criterionID")
            parents.setdefault(name, parent if parent in criteria else "")
        return parents

    def _scores(self) -> Iterator[tuple[int | str, _Cells]]:
        for row in self._children("performanceTable", "alternativePerformances"):
            for each in row.iter("performance"):
                leaf = _text(each, "criterionID")
                cells = {"option": _text(row, "alternativeID"), "criterion": leaf}
                yield self._place(each), cells | self._judgement(each, leaf)

    def _judgement(self, element: Any, criterion: str, what: str = "likely") -> _Cells:
        """Low, likely and high of the values of a performance or a weight; ``what`` is assumed of an interval alone."""
        values = element.findall("values/value")
        intervals = [value.find("interval") for value in values if value.find("interval") is not None]
        points = [value for value in values if value.find("interval") is None]
        unknown = any(value.find("NA") is not None for value in points)
        if len(points) > 1 or len(intervals) > 1 or (unknown and intervals):
            return {"likely": f"{len(values)} values{', one of them <NA/>' * unknown}"}
        if unknown:
            return {"likely": "", "distribution": UNJUDGED}
        levels = self.levels.get(criterion, {}) if what == "likely" else {}
        likely = _figure(next(iter(points), None), levels)
        if not intervals:
            return {"likely": likely}
        low, high = (_figure(intervals[0].find(end), {}) for end in ("lowerBound", "upperBound"))
        kind = intervals[0].getparent().get("mcdaConcept", "")
        kind = kind if TABLES["scores"]["distribution"].holds(kind) else ""
        if not points:
            self.assumed[criterion].append(what)
            ends = _numbers([low, high])
            likely, kind = shown(sum(ends) / 2) if len(ends) == 2 else "", "uniform"
        return {"low": low, "likely": likely, "high": high, "distribution": kind}

    def _scale(self, place: int | str, leaf: str, scores: list[_Cells]) -> _Cells:
        """Direction, worst, best, unit and shape of a leaf."""
        nothing = etree.Element("none")
        element = self.scales.get(leaf, nothing)
        scale, name = element.find("scales/scale"), _text(element, "scales/scaleID")
        if scale is None:  # it refers to the scale of another criterion, or there is none
            every = (each for whole in self.parts.get("criteriaScales", []) for each in whole.iter("scale"))
            scale = next((each for each in every if each.get("id") == name), nothing)
        kind = next(iter(scale), nothing)
        if kind.tag == "nominal":
            self.reading.fault("criteria", place, "direction", "nominal", leaf=leaf)
        assumed = self.assumed[leaf]
        assumed += _stated(element)
        ends = [_figure(kind.find(end), {}) for end in ("minimum", "maximum")]
        if levels := _numbers(list(self.levels.get(leaf, {}).values())):
            ends = [shown(min(levels)), shown(max(levels))]
            assumed.append("levels")
        known = _numbers([cells.get(end, "") for cells in scores for end in ("low", "likely", "high")])
        if "" in ends and known:
            limits = rounded_limits(min(known), max(known))
            ends = [end or shown(limit) for end, limit in zip(ends, limits, strict=True)]
            assumed += ["worst", "best"]
        direction = _text(kind, "preferenceDirection")
        if not direction:
            assumed.append("direction")
        worst, best = ends[::-1] if direction == "min" else ends
        unit = scale.get("name", "") if scale.get("mcdaConcept") == "unit" else ""
        shape = self._shape(leaf, worst, best)
        return {"direction": direction or "max", "worst": worst, "best": best, "unit": unit, "shape": shape}

    def _shape(self, leaf: str, worst: str, best: str) -> str:
        """The bends of a piecewise-linear function that runs from one anchor to the other."""
        if leaf not in self.functions:
            return ""
        corners: dict[float, float] = {}
        for end in self.functions[leaf].iter("head", "tail"):
            point = _numbers([_figure(end.find(axis), {}) for axis in ("abscissa", "ordinate")])
            if len(point) == 2 and corners.setdefault(point[0], point[1]) != point[1]:
                self.reading.fault("criteria", self._place(end), "shape", "function", leaf=leaf, what="a jump")
        anchors = _numbers([worst, best])
        ends = [corners[end] for end in anchors if end in corners]
        if len(ends) < 2 or ends[0] == ends[1]:
            self.left_out.append(f"the function of {leaf}")
            return ""
        zero, full = ends
        if full < zero:
            place = self._place(self.functions[leaf])
            self.reading.fault("criteria", place, "shape", "function", leaf=leaf, what="a fall")
        whole = {x: y if (zero, full) == (0, 100) else 100 * (y - zero) / (full - zero) for x, y in corners.items()}
        return ";".join(f"{shown(x)}:{shown(whole[x])}" for x in sorted(whole) if x not in anchors)

    def _weights(self, parents: _Cells) -> Iterator[tuple[int | str, _Cells]]:
        every = self.parts.get("criteriaValues", [])
        named = [part for part in every if "weight" in part.get("mcdaConcept", "").lower()]
        self.left_out += ["<criteriaValues> that are no weights"] * (0 < len(named) < len(every))
        for count, part in enumerate(named or every, start=1):
            profile = part.get("name") or part.get("id") or ("baseline" if count == 1 else f"weights {count}")
            rows = {}
            for each in part.iterchildren("criterionValue", "criterionValues"):
                criterion = _text(each, "criterionID")
                judged = self._judgement(each, criterion, "weight")
                judged.pop("distribution", "")
                if criterion in rows:
                    self.reading.fault("weights", self._place(each), "", "part twice", name=criterion, part=part.tag)
                rows[criterion] = self._place(each), judged
                self.assumed[criterion] += _stated(each) if named else ["weight"]
            branches = [each for each in dict.fromkeys(parents.values()) if each and each not in rows]
            for branch in branches:
                rows[branch] = self._place(part), {"likely": shown(_total(branch, rows, parents))}
                self.assumed[branch].append("weight")
            for parent in {parents.get(each, "") for each in rows}:  # a weight may be more than points may
                siblings = [cells for each, (_, cells) in rows.items() if parents.get(each, "") == parent]
                points = _numbers([text for cells in siblings for text in cells.values()])
                unit = max(points, default=0) / 100
                for cells in siblings if unit > 1 and min(points) >= 0 else ():
                    cells |= {end: f"{each / unit:.12g}" for end, text in cells.items() for each in _numbers([text])}
            for criterion, (place, cells) in rows.items():
                yield place, {"profile": profile, "criterion": criterion} | cells


def _total(criterion: str, rows: Mapping[str, tuple[int | str, _Cells]], parents: _Cells) -> float:
    """The weight of a criterion, or what is beneath it adds up to."""
    if criterion in rows:
        return sum(_numbers([rows[criterion][1]["likely"]]))
    return sum(_total(each, rows, parents) for each, parent in parents.items() if parent == criterion)


def _screened(option: str, out: list[str]) -> _Cells:
    """Alternatives that are fictive or not active are not ranked: they fail a screen, which the others pass."""
    passes, reason = ("no", "Fictive, or not active in XMCDA.") if option in out else ("yes", "Active in XMCDA.")
    return {"option": option, "screen": "active", "passes": passes, "reason": reason}


def document(case: Case, version: Literal["4.0", "3.1"]) -> bytes:
    """A case as an XMCDA document of version 4.0 or 3.1, with the scores that are in force.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> document(load_case("starter"), "4.0").decode().splitlines()[1]
    '<xmcda xmlns="http://www.decision-deck.org/2021/XMCDA-4.0.0">'
    """
    newer, space = version == "4.0", XMCDA[version]
    outer = ElementMaker(namespace=space, nsmap={None if newer else "xmcda": space})
    make = outer if newer else ElementMaker()  # in version 3 only the whole is in the namespace
    criteria, screened = case.criteria, set(case.screened.index)

    def real(tag: str, amount: float) -> Any:
        return make(tag, make.real(shown(amount)))

    def values(row: pd.Series) -> Any:
        kind = row.get("distribution", "")
        if kind == UNJUDGED:
            return make.values(make.value(make.NA()))
        span = make.interval(real("lowerBound", row["low"]), real("upperBound", row["high"]))
        ranged = [make.value(span, mcdaConcept=kind or "interval")] if row["low"] < row["high"] else []
        return make.values(real("value", row["likely"]), *ranged)

    def item(tag: str, row: pd.Series, comment: str) -> Any:
        parts = [make.description(make.comment(row[comment]))] if row[comment] else []
        parts += [make.active("false")] if row.name in screened else []
        return make(tag, *parts, id=row.name, name=row["name"])

    def of(criterion: str, what: str, content: Any, concept: str = "") -> Any:
        stated = {"mcdaConcept": concept} if concept else {}
        return make(f"criterion{what}{'s' if newer else ''}", stated, make.criterionID(criterion), content)

    def scale(leaf: str) -> Any:
        row = criteria.loc[leaf]
        unit = {"name": row["unit"], "mcdaConcept": "unit"} if row["unit"] else {}
        ends = map(real, ("minimum", "maximum"), sorted((row["worst"], row["best"])))
        kind = make.quantitative(make.preferenceDirection(row["direction"]), *ends)
        return of(leaf, "Scale", make.scales(make.scale(unit, kind)), assumed(leaf))

    def assumed(criterion: str) -> str:
        words = criteria.at[criterion, "assumed"]
        return ASSUMED_CONCEPT + ";".join(words) if words else ""

    def weight(criterion: str, row: pd.Series) -> Any:  # a branch has no scale to say what was assumed of it
        return of(criterion, "Value", values(row), "" if criterion in case.leaves else assumed(criterion))

    def end(tag: str, corner: tuple[float, float]) -> Any:
        return make(tag, *map(real, ("abscissa", "ordinate"), corner))

    def function(leaf: str) -> Any:
        corners = pairwise(zip(*case.value_function(leaf).corners, strict=True))
        segments = (make.segment(end("head", one), end("tail", other)) for one, other in corners)
        return of(leaf, "Function", make.functions(make.function(make.piecewiseLinear(*segments))))

    def nodes(parent: str) -> list[Any]:
        below = criteria.index[criteria["parent"] == parent]
        each = [make.node(make.criterionID(name), *nodes(name)) for name in below]
        return [make.nodes(*each)] if each else []

    def performances(option: str) -> Any:
        scores = case.scores.loc[option]
        each = (make.performance(make.criterionID(leaf), values(scores.loc[leaf])) for leaf in case.leaves)
        return make.alternativePerformances(make.alternativeID(option), *each)

    about = {"id": case.about.id, "name": case.about.title}
    bent = [leaf for leaf in case.leaves if criteria.at[leaf, "shape"]]
    parts = [
        make.alternatives(*(item("alternative", row, "description") for _, row in case.options.iterrows())),
        make.criteria(*(item("criterion", row, "question") for _, row in criteria.iterrows())),
        make.performanceTable(about, *map(performances, case.options.index)),
        make.criteriaFunctions(*map(function, bent)),
        make.criteriaScales(*map(scale, case.leaves)),
    ]
    for profile in case.own_profiles if case.weights_assumed else case.profiles:
        rows = (weight(name, row) for name, row in case.points.loc[profile].iterrows())
        parts.append(make.criteriaValues(*rows, name=profile, mcdaConcept="weights"))
    if (criteria["parent"] != "").any():
        parts.insert(4 if newer else len(parts), make.criteriaHierarchy(*nodes("")))
    whole = outer("xmcda" if newer else "XMCDA", *(part for part in parts if len(part)))
    return bytes(etree.tostring(whole, pretty_print=True, xml_declaration=True, encoding="UTF-8"))
