# SPDX-License-Identifier: Apache-2.0
"""The guard at the public edge: an argument of the wrong kind or size is refused in a sentence, before any work.

``@guarded(WeightsError)`` above a public function or class reads the annotations of its parameters
and refuses what does not fit them with that error. Whether the content makes sense is for the
function itself to say: a guard knows kinds, not cases. Nothing is caught here, so a fault in our own
code still shows as one.
"""

from __future__ import annotations

import collections.abc as abc
import functools
import inspect
import itertools
import math
import numbers
import types
import typing
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import numpy as np
import pandas as pd

from .errors import AukusMcdaError, is_number, shown

MOST_DRAWS = 100_000_000
"""Draws in one call: a share is then within a hundredth of a point in 100."""

MOST_ITEMS = 1_000_000
"""What is taken from an iterator that does not end by itself."""

Public = TypeVar("Public", bound=Callable[..., Any])


@dataclass(frozen=True)
class Limit:
    """What an annotation asks for beyond its type, ``Annotated[int, Limit(...)]``: the guard asks the limit alone."""

    holds: Callable[[Any], bool]
    words: str


def whole_number(least: int, most: int | None = None) -> Limit:
    """A whole number within limits."""
    upper = math.inf if most is None else most
    words = f"a whole number, {least} or more" if most is None else f"a whole number from {least} to {most:,}"
    return Limit(lambda value: KINDS[int].holds(value) and bool(least <= value <= upper), words)


def _is_odd(path: str | Path) -> bool:
    """Whether a path leads to a pipe or a device: reading it may never end."""
    with suppress(OSError):  # whoever opens it says what is wrong
        place = Path(path)
        return place.exists() and not place.is_file() and not place.is_dir()
    return False


def first_bytes(path: str | Path, most: int = -1) -> bytes:
    """The first bytes of a file, or all; an OSError where there is none, or a pipe or a device."""
    if _is_odd(path):
        raise OSError(0, "not a file")
    with Path(path).open("rb") as file:
        return file.read(most)


def _is_path(value: Any) -> bool:
    """Whether a value names a file on any system: it has text, and all of it can be written to a disk."""
    named = isinstance(value, str | Path) and bool(str(value).strip()) and str(value).isprintable()
    return named and not _is_odd(value)


def _file(suffix: str) -> Limit:
    """The path of a file of one kind: its name has this ending, or none."""
    words = f"a path that ends in {suffix}, or has no ending"
    return Limit(lambda value: _is_path(value) and Path(value).suffix.lower() in ("", suffix), words)


def _is_number_or_inf(value: Any) -> bool:
    return is_number(value) or (isinstance(value, float) and value == math.inf)


OrEndless: TypeAlias = Annotated[float, Limit(_is_number_or_inf, "a finite number, or math.inf for no limit")]
Draws: TypeAlias = Annotated[int, whole_number(1, MOST_DRAWS)]
Seed: TypeAlias = Annotated[int, whole_number(0)]
Threads: TypeAlias = Annotated[int, whole_number(1, 1024)]
FilePath: TypeAlias = Annotated[str | Path, Limit(_is_path, "the path of a file or folder")]
PptxPath: TypeAlias = Annotated[str | Path, _file(".pptx")]
XlsxPath: TypeAlias = Annotated[str | Path, _file(".xlsx")]
DocxPath: TypeAlias = Annotated[str | Path, _file(".docx")]
HtmlPath: TypeAlias = Annotated[str | Path, _file(".html")]

# Not `NDArray`, which from NumPy 2.5 on is an alias that does not say what it stands for.
Numbers: TypeAlias = pd.DataFrame | np.ndarray[Any, Any] | abc.Sequence[Any]

UNIONS = (typing.Union, types.UnionType)
LISTS = (abc.Sequence, abc.Collection, abc.Iterable, list)
KINDS: dict[Any, Limit] = {
    int: Limit(lambda value: isinstance(value, numbers.Integral) and not isinstance(value, bool), "a whole number"),
    float: Limit(is_number, "a finite number"),
    bool: Limit(lambda value: isinstance(value, bool | np.bool_), "True or False"),
    **dict.fromkeys((Any, object, inspect.Parameter.empty), Limit(lambda _: True, "anything")),
}
"""Kinds of value that are not told by their class alone: what fits, and what a message calls it."""

WORDS = {
    "WeightSet": "a set of weights",
    "ndarray": "an array",
    "str": "text",
    "Path": "a path",
    "Mapping": "a mapping",
    "Callable": "a function",
}
"""What a message calls other classes; the rest have their names."""

MADE_FIRST = {
    "Case": "; load it first: load_case({})",
    "Study": "; make it first: study(case)",
    "WeightSet": ": around(weights, spread) scatters weights about a centre, any_weights() takes all there are",
}
"""What to do where one thing was given in place of another that is made from it."""


def guarded(error: type[AukusMcdaError]) -> Callable[[Public], Public]:
    """Refuse arguments that do not fit their annotations with an error of this class.

    Above a class it guards the constructor and the public methods. The number and
    the names of arguments are left to Python.

    Examples
    --------
    >>> @guarded(AukusMcdaError)
    ... def halved(draws: Draws) -> float:
    ...     return draws / 2
    >>> halved(3)
    1.5
    >>> halved("3")
    Traceback (most recent call last):
    aukus_mcda.errors.AukusMcdaError: halved: draws must be a whole number from 1 to 100,000,000, not '3'.
    """

    def guard(public: Public) -> Public:
        if not isinstance(public, type):
            return typing.cast(Public, _guarding(public, error, public.__qualname__))
        for name, member in list(vars(public).items()):
            called = public.__name__ if name == "__init__" else f"{public.__name__}.{name}"
            if name.startswith("_") and name != "__init__":
                continue
            if isinstance(member, classmethod):
                setattr(public, name, classmethod(_guarding(member.__func__, error, called)))
            elif inspect.isfunction(member):
                setattr(public, name, _guarding(member, error, called))
        return public

    return guard


def _guarding(function: Callable[..., Any], error: type[AukusMcdaError], called: str) -> Callable[..., Any]:
    parameters = inspect.signature(function).parameters
    names = tuple(parameters)
    others = next((name for name, each in parameters.items() if each.kind is each.VAR_KEYWORD), "")

    @functools.cache
    def hint_of(name: str) -> Any:
        """The annotation of a parameter, read when first needed: it may name what stands further down its module."""
        annotation = parameters[name].annotation
        try:
            return eval(annotation, function.__globals__, _LATER) if isinstance(annotation, str) else annotation
        except NameError:  # imported for the type checker alone: the function looks at it itself
            return Any

    def checked(name: str, value: Any) -> Any:
        hint = hint_of(name if name in parameters else others)
        if isinstance(value, abc.Iterator):
            value = list(itertools.islice(value, MOST_ITEMS + 1))
            if len(value) > MOST_ITEMS:
                raise error(f"{called}: {name} has no end, or more than {MOST_ITEMS:,} items.")
        wrong = misfit(value, hint)
        if wrong:
            first = MADE_FIRST.get(getattr(hint, "__name__", ""), "")
            first = first.format(shown(value) if isinstance(value, str | PurePath) else "...")
            raise error(f"{called}: {name} must be {kind_of(hint).words}{wrong}{first}.")
        return value

    @functools.wraps(function)
    def guard(*args: Any, **kwargs: Any) -> Any:
        values = [checked(name, value) for name, value in zip(names, args, strict=False)]
        by_name = {name: checked(name, value) for name, value in kwargs.items() if name in parameters or others}
        return function(*values, *args[len(values) :], **kwargs | by_name)

    return guard


class _ByName(type):
    """A class of a later room, which an earlier one knows by its name alone."""

    def __instancecheck__(cls, value: Any) -> bool:
        return cls.__name__ in {kind.__name__ for kind in type(value).__mro__}


_LATER = {"Study": _ByName("Study", (), {})}
"""What stands for a class that rooms before its own import for the type checker alone."""


def misfit(value: Any, hint: Any) -> str:
    """What about a value does not fit an annotation, as a message ends, or blank; items of items are not looked at.

    Ids and numbers in a mapping are for the function to judge: ids may be numbers, and it can say whose number it is.

    Examples
    --------
    >>> misfit(["reach"], list[str]), misfit(["reach", 3], list[str]), misfit("reach", abc.Sequence[str])
    ('', '; it holds 3', ", not 'reach'")
    """
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in UNIONS:
        misfits = [misfit(value, each) for each in inner]
        return "" if "" in misfits else max(misfits, key=lambda words: words.startswith("; it holds"))
    fits, in_turn = kind_of(hint).holds(value), origin is tuple and inner[-1] is not Ellipsis
    if not fits or (in_turn and (len(value) != len(inner) or any(map(misfit, value, inner)))):
        return f", not {_quoted(value)}"
    strange: list[str] = []
    if origin in (*LISTS, tuple, abc.Mapping) and not in_turn:
        strange = [_quoted(each) for each in value if inner != (str, float) and not kind_of(inner[0]).holds(each)]
    if origin is abc.Mapping and inner[1] is not float:
        unfit = [key for key, each in value.items() if not kind_of(inner[1]).holds(each)]
        strange += [f"{_quoted(value[key])} for {_quoted(key)}" for key in unfit]
    return f"; it holds {strange[0]}" if strange else ""


def _is_list(value: Any, kind: Any) -> bool:
    """Whether a value is a list of some kind: text is not a list of letters, and a set has no order."""
    if isinstance(value, str | bytes):
        return False
    if isinstance(value, np.ndarray):
        return value.ndim == 1
    ordered = isinstance(value, abc.Sequence | pd.Index | pd.Series)
    return ordered or (kind is not abc.Sequence and isinstance(value, kind))


@functools.cache
def kind_of(hint: Any) -> Limit:
    """The kind of value an annotation asks for, whatever lists and mappings hold, and its words.

    Examples
    --------
    >>> kind_of(Draws).words, kind_of(abc.Sequence[str] | None).words
    ('a whole number from 1 to 100,000,000', 'a list of text')
    """
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in KINDS:
        return KINDS[hint]
    if origin is Annotated:
        return typing.cast(Limit, inner[1])
    if origin is Literal:
        return Limit(lambda value: isinstance(value, str) and value in inner, " or ".join(map(repr, inner)))
    kinds = [kind_of(each) for each in inner if each is not Ellipsis] if origin is not abc.Callable else []
    words = [kind.words for each, kind in zip(inner, kinds, strict=False) if each is not types.NoneType]
    if origin in UNIONS:
        several = ", ".join(words[:-1]) + "," * (len(words) > 2) + " or " * (len(words) > 1) + words[-1]
        return Limit(lambda value: any(kind.holds(value) for kind in kinds), several)
    if origin in LISTS:
        items = {"text": " of text", "anything": ""}.get(words[0], f", each item {words[0]}")
        return Limit(lambda value: _is_list(value, origin), f"a list{items}")
    if origin is tuple:
        each = f"a tuple, each item {words[0]}" if inner[-1] is Ellipsis else f"({', '.join(words)})"
        return Limit(lambda value: isinstance(value, tuple | list), each)
    name = (origin or hint).__name__
    called = WORDS.get(name) or _a(name)
    if origin is abc.Mapping and not {Any, object} & {*inner}:
        called = f"a mapping from {words[0]} to {words[1]}"
    return Limit(lambda value: isinstance(value, origin or hint), called)


def _quoted(value: Any) -> str:
    """A value as a message quotes it: plain ones as they are, others by their kind."""
    if value is None or isinstance(value, str | bool | numbers.Number | PurePath):
        return shown(str(value) if isinstance(value, PurePath) else value)
    return _a(type(value).__name__)


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIOUaeiou' else 'a'} {kind}"
