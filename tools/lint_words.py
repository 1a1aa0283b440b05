# SPDX-License-Identifier: Apache-2.0
"""Faults of wording that analytic standards forbid, found in text before it is shown."""

from __future__ import annotations

import re
from typing import NamedTuple

from aukus_mcda.errors import AukusMcdaError
from aukus_mcda.text import YARDSTICKS

BETWEEN = r"(?:[\s,;/\u2013-]|<=|≤|\band\b|\ban?\b|\bthe\b)*"
NOT_TERMS = (
    # The product's own names: the middle one of three judged numbers, and its column.
    r"\blikely (?:scores?|numbers?|values?|points?|judgements?|performances?|ends?)\b",
    rf"\blow\b{BETWEEN}\blikely\b{BETWEEN}\bhigh\b",
    r"\A\W*likely\W*\Z",
    # Comparisons and questions claim no range.
    r"\b(?:more|less|how|as|equally|so|(?:the|an?|its|their) (?:most|least)) (?:un)?likely\b",
)
"""Where a word of a yardstick claims no likelihood."""

HEDGES = (
    r"(?:may|might|could) (?:well|possibly|conceivably)",
    r"(?:fairly|quite|rather|somewhat|reasonably|pretty|extremely) (?:un)?likely",
    r"very (?:im)?probable",
    r"(?:virtually|practically|absolutely|fairly|reasonably) certain",
    r"(?:good|fair|fighting|reasonable) chance",
    r"(?:distinct|real|serious|strong) possibility",
    r"more likely than not",
    r"in all (?:likelihood|probability)",
    r"(?:50|fifty)[ /\u2013-](?:50|fifty)",
)
"""Sayings about likelihood that stand on no yardstick."""

LEVEL = "(?:high|moderate|medium|low)"
CONFIDENCE = re.compile(
    rf"\b{LEVEL}(?:[ -](?:to|or|and)[ -]{LEVEL})?[ -](?:analytical )?confidence\b"
    r"(?![ -]*(?:factor|interval|building|track|measure))"
    r"|\banalytical confidence\b|\b(?:highly|moderately) confident\b"
    r"|\bconfidence(?: (?:level|rating))?(?: in [\w ,'\u2019-]{1,80}?)?(?: (?:is|was|are|remains)|:) "
    rf"(?:assessed as |judged |rated )?{LEVEL}\b"
    rf"|\bconfidence(?: (?:level|rating))? \(?{LEVEL}\b(?=[):;,.]|$)",
    re.IGNORECASE,
)
SAME_RANGE = re.compile(r"\bsame (?:assessment|degree|range|level)s? of (?:probability|likelihood)\b", re.IGNORECASE)
QUOTED = re.compile(
    r"```.*?```|`[^`\n]*`|\"[^\"\n]{1,300}\"|“[^”]{1,300}”|\u2018[^\u2019]{1,300}\u2019|«[^»]{1,300}»", re.DOTALL
)
BLOCK = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*•\u2013+>]|#{1,6}|\d{1,3}[.)])\s)|\||\v|(?<=\w)\t+(?=\w)")
HEADING = re.compile(r"^([ \t]*#{1,6} .*)$", re.MULTILINE)
SENTENCE = re.compile(r"(?<=[.!?])(?:[\"'”\u2019)\]]|\[\d+\])*\s+(?=[^\sa-z])")
ABBREVIATED = re.compile(
    r"(?:\b(?:(?P<runs_on>e\.g|i\.e|vs|cf|approx)|etc|nos?|art|app|fig|ch|para|sec|pp?|vol|ed|al"
    r"|dr|mrs?|ms|prof|gen|adm|lt|col|st|jr|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)|\b[a-z](?:\.[a-z])*)\.[)\]\"'”\u2019]*$",
    re.IGNORECASE,
)
OPENER = re.compile(r"(?:we|it|its|this|that|these|those|they|the|there|in|our|however|but)\b", re.IGNORECASE)

ROW_1, ROW_2, UK = "ICD 203 (first row)", "ICD 203 (second row)", "PHIA"
RANGED = r"(?:\s*\(\s*(?P<range>[<>≈~]?\d[\d.]*\s*%?\s*(?:[-\u2013\u2014]|to)\s*[<>≈~]?\d[\d.]*\s*%)\s*\))?"


class Problem(NamedTuple):
    """One fault of wording: which rule, where, and what to do."""

    rule: str
    sentence: str
    found: str
    remedy: str


def _plain_range(text: str) -> str:
    """A range without the marks that printers choose: ``01–05 %`` and ``1-5%`` are one."""
    return "-".join(str(float(number)) for number in re.findall(r"\d+(?:\.\d+)?", text))


SCALES: dict[str, dict[str, str]] = {}
"""By term, the rows it stands in and the range it has there."""
for yardstick, own, other in ((YARDSTICKS["icd203"], ROW_1, ROW_2), (YARDSTICKS["phia"], UK, UK)):
    for term in yardstick.terms:
        for words, row in ((term.words, own), *[(term.synonym, other)] * bool(term.synonym)):
            SCALES.setdefault(words, {})[row] = _plain_range(term.shown)

FORMS = {
    "almost certainly": "almost certain",
    "nearly certainly": "nearly certain",
    "probably": "probable",
    "remote possibility": "remote",
    "remote probability": "remote",
    "remote likelihood": "remote",
    "likely or probable": "likely",
}
"""Other forms of a term. "Remote" alone is also said of places, so only these count."""

LIKELIHOOD = re.compile(
    r"(?<![\w-])(?P<words>"
    + "|".join(sorted((*(SCALES.keys() - {"remote"}), *FORMS), key=len, reverse=True)).replace(" ", "[ -]")
    + r"|(?<=chance is )remote|(?<=possibility is )remote|(?<=likelihood is )remote|(?<=probability is )remote"
    + r")(?![\w-])"
    + RANGED,
    re.IGNORECASE,
)
HEDGE = re.compile(rf"\b(?:{'|'.join(HEDGES)})\b", re.IGNORECASE)
EXCEPTED = re.compile("|".join(NOT_TERMS), re.IGNORECASE)


def lint(text: str, yardstick: str | None = None) -> list[Problem]:
    """Faults of wording in a text: empty when it may be shown.

    ``confidence``: a likelihood term and a confidence level share a sentence.
    ``mixed``: no one row of one yardstick holds all the terms used (the two rows of
    ICD 203 may stand together where the text says that terms of both mean the same
    range of probability). ``range``: a range beside a term is not that term's.
    ``hedge``: a saying about likelihood that no yardstick has.

    What is quoted, and code, is not read: it is mentioned, not claimed.

    Parameters
    ----------
    text : str
        Plain text or Markdown.
    yardstick : str, optional
        ``icd203`` or ``phia``: the one that all terms must come from.

    Returns
    -------
    list of Problem

    Raises
    ------
    AukusMcdaError
        For an unknown yardstick.

    References
    ----------
    ICD 203 (2015), D.6.e(2): no term of likelihood with a level of confidence in
    one sentence; terms of the two rows are not mixed without a disclaimer.

    Examples
    --------
    >>> [problem.rule for problem in lint("It is likely, with high confidence, that talks start.")]
    ['confidence']
    >>> lint("It is likely (55-80%) that talks start. We have high confidence in this.")
    []
    """
    if yardstick is not None and yardstick not in YARDSTICKS:
        raise AukusMcdaError(f"No yardstick is named {yardstick!r}; there are {', '.join(YARDSTICKS)}.")
    problems: list[Problem] = []
    used: dict[str, set[str]] = {}
    for sentence in sentences(text):
        likely = list(LIKELIHOOD.finditer(EXCEPTED.sub(_blank, sentence)))
        confident = CONFIDENCE.search(sentence)
        if likely and confident:
            remedy = "Say how likely in one sentence, how confident in another."
            problems.append(Problem("confidence", sentence, f"{likely[0]['words']}; {confident[0]}", remedy))
        for match in likely:
            words = re.sub(r"[\s-]+", " ", match["words"].lower())
            rows = SCALES[FORMS.get(words, words)]
            if match["range"]:
                claimed = _plain_range(match["range"])
                if claimed not in rows.values():
                    remedy = f"No table gives {words} the range {match['range']}."
                    problems.append(Problem("range", sentence, match[0], remedy))
                rows = {row: term_range for row, term_range in rows.items() if term_range == claimed} or rows
            used[words] = used.get(words, set(rows)) & set(rows)
        remedy = "Use a term of the yardstick, or say what is not known."
        problems += [Problem("hedge", sentence, match[0], remedy) for match in HEDGE.finditer(sentence)]
    allowed = {None: {ROW_1, ROW_2, UK}, "icd203": {ROW_1, ROW_2}, "phia": {UK}}[yardstick]
    if not set.intersection(allowed, *used.values()):
        american = all(rows & {ROW_1, ROW_2} for rows in used.values()) and yardstick != "phia"
        if not (american and SAME_RANGE.search(text)):
            remedy = f"Use the terms of {' or '.join(sorted(allowed))} only."
            problems.append(Problem("mixed", "", ", ".join(sorted(used)), remedy))
    return problems


def sentences(text: str) -> list[str]:
    r"""A text's sentences, without what is quoted; bullets, cells and headings stand alone.

    A full stop after an abbreviation ends a sentence only before a word that opens one.

    Examples
    --------
    >>> sentences("The U.S. Navy met, e.g. Japan. It cost 3.5 points.\n- Next")
    ['The U.S. Navy met, e.g. Japan.', 'It cost 3.5 points.', 'Next']
    """
    parts: list[str] = []
    for block in BLOCK.split(HEADING.sub(r"\1\n\n", QUOTED.sub(_blank, text))):
        plain = re.sub(r"\s+", " ", re.sub(r"[*_]{1,3}(?=\S)|(?<=\S)[*_]{1,3}", "", block)).strip(" -•\u2013+#>")
        start = numbered.end() if (numbered := re.match(r"\d{1,3}[.)] ", plain)) else 0
        for gap in SENTENCE.finditer(plain):
            short = ABBREVIATED.search(plain, max(start, gap.start() - 12), gap.start())
            if short and (short["runs_on"] or not OPENER.match(plain, gap.end())):
                continue
            parts.append(plain[start : gap.end()].strip())
            start = gap.end()
        parts.append(plain[start:].strip())
    return [sentence for sentence in parts if sentence]


def _blank(match: re.Match[str]) -> str:
    """Something to stand for what is not read, so that the words around it stay apart."""
    stop = match[0][-2:-1]
    return f"\N{CURRENCY SIGN}{stop if stop in '.!?' else ''}"
