# SPDX-License-Identifier: Apache-2.0
"""What people write in the cells of a table: numbers in any notation, ranges, ordered words, and headings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .errors import GREATEST

_WORDS = tomllib.loads(Path(__file__).with_name("written.toml").read_text(encoding="utf-8"))
_DIRECTIONS, PARTS, _SYNONYMS = (
    {str(word): str(meaning) for meaning, words in _WORDS[name].items() for word in words}
    for name in ("directions", "parts", "synonyms")
)
"""Words for the way that is better; for low, likely and high scores; and for one of an ordered scale."""
LESS_IS_BETTER, NO_PART, NO_OPTION = (re.compile(pattern, re.IGNORECASE) for pattern in _WORDS["headings"].values())
"""Where nothing states a direction, less of a criterion named so is taken to be better, of any other more. And what no
criterion, and what no option, is called."""
NOBODY_KNOWS = ("?", "n/a", "na", "unknown", "tbd", "tbc", "not known", "미정", "미상", "모름", "未定", "不明")
ORDERED_WORDS = tuple((tuple(each["words"]), str(each.get("better", ""))) for each in _WORDS["ordered"])
"""Ordered scales of words, from little to much, and which way is better where the words say so."""
_STATED: dict[str, str] = _WORDS["stated"]
"""What a row or column may state of the criteria, by the labels it may have."""
_MEASURES: dict[str, list[str]] = _WORDS["measures"]
"""Names of units that many tables use."""
_SAME_SIGN = str.maketrans(
    dict.fromkeys("\u2212\u2013\u2014", "-")
    | {"\u2019": "'", "\u00a0": " ", "\u202f": " ", "\u2026": "..", "\u2605": "*", "\u2606": None}
    | {"\u301c": "~", "\uffe5": "¥", "\uffe6": "₩"}
    | {chr(0xFEE0 + ord(sign)): sign for sign in "0123456789.,%+-~/:;()[]"}
)
"""Minus signs and dashes, blanks, stars, and digits and signs of full width, that differ in looks alone."""
_NUMBERS = re.compile(
    r"(?<![a-z])(?:(?<![^\s(\[/;|±])-)?(?:"
    r"\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?"
    r"|\d{1,3}(?:,\d\d\d?)*,\d{3}(?:\.\d+)?(?![.,]?\d)"
    r"|\d{1,3}(?:\.\d\d\d?)*\.\d{3}(?:,\d+)?(?![.,]?\d)"
    r"|\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][-+]?\d+)?",
    re.ASCII,
)
_TO = r" ?(?:-|~|to|\.\.\.?) ?"
_Range = tuple[float | None, float | None, float | None]
_FORMS: dict[str, tuple[str, Callable[..., _Range]]] = {
    "one": ("#", lambda one: (None, one, None)),
    "range": (f"#{_TO}#", lambda low, high: (low, None, high)),
    "about": (r"# ?(?:±|\+ ?/? ?-) ?#", lambda mid, by: (float(f"{mid - by:.12g}"), mid, float(f"{mid + by:.12g}"))),
    "three": (r"# ?(?P<mark>[/|;]) ?# ?(?P=mark) ?#", lambda low, likely, high: (low, likely, high)),
    "of": ("# ?/ ?#", lambda mark, _: (None, mark, None)),
    "within": (rf"# ?[(\[] ?#(?:{_TO}| ?[,;/] ?)# ?[)\]]", lambda likely, low, high: (low, likely, high)),
}
"""How the numbers in a cell may stand, each in the place of a #, and which of them are low, likely and high."""


DATE = re.compile(r"(?:19|20)?\d\d?([.-])\d\d?\1(?:19|20)?\d\d?|(?=.*\b(?:19|20)\d\d\b|.*\b0\d)\d+/\d\d?/\d+", re.ASCII)
"""A day, also of a year in two digits; but 12/15/18 is low, likely and high, unless a number in it begins with 0."""
_MULTIPLES = re.compile(
    r"(?P<myriad>[万만])|(?P<myriad_squared>[億亿억])|(?:\b(?<!/)|(?<=[A-Z]{3}))(?i:(?P<thousand>k|thousands?|1?000s?|t(?=€|EUR))|(?P<million>mn?|mio|millions?)"
    r"|(?P<billion>bn?|mrd|billions?)|(?P<trillion>tn|trillions?)|(?P<lakh>lakhs?)|(?P<crore>crores?))"
    r"(?:\b|(?=[A-Z]{3}\b))"
)
_MONEY = re.compile("[€£$¥₩]|AUD|CAD|CHF|CNY|EUR|GBP|INR|JPY|KRW|NZD|SGD|USD|dollar|euro|pound|yen|won", re.IGNORECASE)
OF_WHAT = "% of what"
"""The unit of 200 ± 10%: it may be 190 to 210 per cent, or 180 to 220."""
EITHER_MARK = re.compile(r"(?<![\d.,])[1-9]\d{0,2}[.,]\d{3}(?![\d.,])", re.ASCII)
"""A number whose mark may part thousands or decimals."""


class Held(NamedTuple):
    """A cell of a table in any shape: its text, where it is, the number it stores, what is wrong, its format's unit."""

    text: str
    place: str
    number: float | None = None
    fault: str = ""
    unit: str = ""


class Figures(NamedTuple):
    """The numbers in a cell, and their unit."""

    low: float | None
    likely: float | None
    high: float | None
    unit: str = ""


def one_sign(text: str) -> str:
    """A text in which minus signs, blanks, stars and digits that differ in looks alone are one."""
    return " ".join(text.translate(_SAME_SIGN).split())


def special(label: str) -> str:
    """What a row or column states of criteria by its label, of weights with the name of their set; or blank.

    Examples
    --------
    >>> special("Weight (%)"), special("Weight: Navy"), special("Quay")
    ('weights baseline', 'weights Navy', '')
    """
    plain = " ".join(label.split()).strip(" :")
    for what, labels in _STATED.items():
        if match := re.fullmatch(labels, plain, re.IGNORECASE):
            named = match.groupdict().get("profile") or "baseline"
            return f"{what} {named}" if what == "weights" else what
    return ""


def preferred(text: str) -> str:
    """``max`` or ``min`` from a word or sign for the way that is better; blank where it is none.

    Examples
    --------
    >>> preferred("Lower is better"), preferred("+"), preferred("blue")
    ('min', 'max', '')
    """
    return _DIRECTIONS.get(re.sub(r"^the | ?(is |= ?)?(the )?better$", "", one_sign(text).lower()), "")


def heading(text: str) -> tuple[str, str, str, str]:
    """Name, direction, unit and part of a score in a heading; two directions that differ are both given.

    Examples
    --------
    >>> heading("Noise (dB, benefit)"), heading("Reach +"), heading("Cost low"), heading("Rent (/month)")[2]
    (('Noise', 'max', 'dB', ''), ('Reach', 'max', '', ''), ('Cost', '', '', 'low'), '/month')
    """
    ways, units, part, text = [], [], "", text.replace("\uff08", "(").replace("\uff09", ")")
    for pieces in re.findall(r"[(\[]([^()\[\]]*)[)\]]", text):
        for piece in map(str.strip, re.split("[,;\uff0c\u3001\uff1b]", pieces)):
            ways.append(preferred(piece))
            part = part or PARTS.get(piece.lower(), "")
            units += [] if preferred(piece) or piece.lower() in PARTS else [piece]
    name = re.sub(r"\s*[(\[][^()\[\]]*[)\]]", "", text).strip() or text.strip()
    arrow = "([\u2191\u25b2\u2b06\u2193\u25bc\u2b07])"
    if sign := re.fullmatch(rf"(.*\S)\s*{arrow}|(.*\S)\s+([-+\u2212])|{arrow}\s*(\S.*)", name):
        name = sign[1] or sign[3] or sign[6]
        ways.append(preferred(sign[2] or sign[4] or sign[5]))
    words = re.fullmatch(r"(.*\w)[\s:\u2013-]+(\w+)", name)
    if not part and words and words[2].lower() in PARTS:
        name, part = words[1], PARTS[words[2].lower()]
        ways += [] if any(ways) else [preferred(words[2])]
    return name, ", ".join(dict.fromkeys(filter(None, ways))), ", ".join(filter(None, units)), part


def steps(text: str) -> list[str]:
    """The word of an ordered scale in a cell, in the one form that `ORDERED_WORDS` has, or the two it lies between.

    Examples
    --------
    >>> steps("Moderate"), steps("low-medium"), steps("++")
    (['medium'], ['low', 'medium'], ['++'])
    """
    words = re.split(r"(?<=\w) ?(?:-|~|/| to ) ?(?=\w)", one_sign(text).lower())
    return [_SYNONYMS.get(word, word) for word in words]


def decimal_mark(token: str) -> str:
    """The decimal mark that a number shows; blank where it may be one of thousands, or there is none.

    Examples
    --------
    >>> [decimal_mark(token) for token in ("1.234,5", "1,234,567", "3,5", "1,234", "0.125")]
    [',', '.', ',', '', '.']
    """
    marks = re.findall("[,.]", token)
    if not marks or EITHER_MARK.fullmatch(token.removeprefix("-")):
        return ""
    parts_thousands = len(marks) > 1 and marks[-1] == marks[0]
    return {",": ".", ".": ","}[marks[0]] if parts_thousands else marks[-1]


def ends_of(unit: str) -> tuple[float, float] | None:
    """The ends that a scale from 0 or 1 has by what stands for its unit.

    Examples
    --------
    >>> ends_of("1-5"), ends_of("out of 8"), ends_of("/10"), ends_of("/1000"), ends_of("km"), ends_of("2019-2024")
    ((1.0, 5.0), (0.0, 8.0), (0.0, 10.0), None, None, None)
    """
    span = figures_in(re.sub(r"^((out )?of |/ ?(?=(5|10|20|100)$))", "0-", unit))
    return (span.low, span.high) if span and span.low in (0, 1) and span.high is not None else None


def decimal_marks(text: str) -> list[str]:
    """The decimal marks that the numbers in a cell show."""
    return [mark for token in _NUMBERS.findall(one_sign(text)) if (mark := decimal_mark(token))]


def multiple_in(unit: str, heading: str = "") -> str:
    """What multiplies a unit, by one name: m is a million beside money alone, else metres.

    Examples
    --------
    >>> [multiple_in(unit) for unit in ("k€", "'000", "EURm", "m", "m/s", "kg", "EUR/month")]
    ['thousand', 'thousand', 'million', '', '', '', '']
    """
    match = _MULTIPLES.search(unit)
    metres = match and match[0].lower() == "m" and not _MONEY.search(unit + heading)
    return str(match.lastgroup) if match and not metres else ""


def measures(unit: str) -> set[str]:
    """What a unit may measure in, by names that all ways to write it share; empty for units that are not known.

    Examples
    --------
    >>> measures("Kilometres") == measures("km"), measures("EUR/month") == {"€", "month"}, measures("points")
    (True, True, set())
    """
    words = re.findall(r"[€£$¥₩%]|[^\W\d_]+", unit.lower())
    return {measure for measure, names in _MEASURES.items() if {measure, *names} & {*words}}


def levels_of(cells: list[Held], mark: str) -> tuple[tuple[str, ...] | None, str]:
    """The ordered words that cells are of, and which way is better; none for numbers, None for words in no order."""
    numbers = sum(scored(cell, mark) is not None for cell in cells)
    fits = [sum(set(steps(cell.text)) <= set(levels) for cell in cells) for levels, _ in ORDERED_WORDS]
    best = max(range(len(ORDERED_WORDS)), key=fits.__getitem__)
    if numbers < len(cells) and fits[best] >= max(len(cells) / 2, numbers):
        return ORDERED_WORDS[best]
    return (None if cells and not numbers else ()), ""


def scored(cell: Held, mark: str, levels: tuple[str, ...] | None = ()) -> Figures | None:
    """The numbers that a cell stands for, words by their place in ``levels``; None where it holds something else."""
    if not levels and cell.number is not None:
        return Figures(None, cell.number, None, cell.unit) if abs(cell.number) < GREATEST else None
    if not levels:
        return figures_in(cell.text, mark)
    places = [levels.index(word) + 1.0 for word in steps(cell.text) if word in levels]
    if len(places) != len(steps(cell.text)):
        return None
    return Figures(None, places[0], None) if len(places) == 1 else Figures(places[0], None, places[-1])


def figures_in(text: str, mark: str = ".") -> Figures | None:
    """The numbers in a cell, where ``mark`` is the decimal mark; None where it holds something else.

    Examples
    --------
    >>> figures_in("12-18 km")
    Figures(low=12.0, likely=None, high=18.0, unit='km')
    >>> figures_in("15 +- 3")[:3], figures_in("1 234,5", ",").likely, figures_in("about 15")
    ((12.0, 15.0, 18.0), 1234.5, None)
    >>> figures_in("US$ 5").unit, figures_in("EUR12").unit, figures_in("P1"), figures_in("5 km2").unit
    ('US $', 'EUR', None, 'km2')
    """
    plain = one_sign(text)
    if rank := re.fullmatch(r"(\d+) ?(?:st|nd|rd|th)", plain):
        return Figures(None, float(rank[1]), None, "rank")
    signs = "".join(dict.fromkeys(re.findall("[€£$¥₩%]", plain)))
    plain = one_sign(re.sub("[€£$¥₩%]", " ", plain))
    if "#" in plain or DATE.fullmatch(plain):  # which stands for a number below
        return None
    tokens, skeleton = _NUMBERS.findall(plain), _NUMBERS.sub("#", plain)
    for form, (pattern, ordered) in _FORMS.items():
        before, after = (
            "(?P<before>[A-Z]{3}(?= ?#)|[A-Z]{1,2}(?= #)|)",
            r"(?P<after>[^\W\d_²³¹¼-¾⁰-₉⅐-⅞][^#]{0,20}|°[^#]?)",
        )
        whole = f"{before} ?(?:{pattern})(?: ?{after})?"
        if (match := re.fullmatch(whole, skeleton)) and all(decimal_mark(token) in ("", mark) for token in tokens):
            numbers = [_float(token, mark) for token in tokens]
            if not all(abs(number) < GREATEST for number in numbers):
                return None
            unit = " ".join(filter(None, (match["before"], signs, match["after"])))
            if form == "about" and text.count("%") == 1 and not match["after"]:
                unit = unit.replace("%", OF_WHAT)
            return Figures(*ordered(*numbers), f"of {numbers[1]:.15g}" if form == "of" else unit)
    return None


def _float(token: str, mark: str) -> float:
    bare = re.sub("[ ']", "", token)
    return float(bare.replace(".", "").replace(",", ".") if mark == "," else bare.replace(",", ""))
