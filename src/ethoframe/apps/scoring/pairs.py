"""Which answer belongs to which truth."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ethoframe.data import Refusal


@dataclass(frozen=True)
class Pairs:
    """Answers beside truths.

    Parameters
    ----------
    answers
        What was answered for each true name; None where nothing was.
    truths
        What is true, by name, in order.
    unasked
        Names of answers to nothing.
    """

    answers: Mapping[str, Any]
    truths: Mapping[str, Any]
    unasked: tuple[str, ...] = ()

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Names of truths without an answer."""
        return tuple(name for name in self.truths if self.answers[name] is None)


def paired(
    answers: Mapping[str, Any], truths: Mapping[str, Any], where: tuple[Path, Path]
) -> Pairs:
    """Answers and truths of one name; of one each, whatever they are called.

    A name is where in its folder a thing lies, without suffix: ``plate1/well3``. Where that is not
    the same in both folders, the last part of it is enough, as long as it is one thing's only.

    Parameters
    ----------
    answers, truths
        By name.
    where
        The paths of both, for a refusal.

    Raises
    ------
    Refusal
        When no answer belongs to any truth.

    Examples
    --------
    >>> both = paired({"run/a/images/a": 1, "c": 2}, {"a": 3, "b": 4}, (Path("x"), Path("y")))
    >>> both.answers, both.unanswered, both.unasked
    ({'a': 1, 'b': None}, ('b',), ('c',))
    """
    if len(answers) == len(truths) == 1:
        (name,), (answer,) = truths, answers.values()
        return Pairs({name: answer}, truths)
    by_last = {_last(name): name for name in answers}
    often = Counter(map(_last, answers)), Counter(map(_last, truths))
    chosen = {}
    for name in truths:
        last = _last(name)
        single = all(counted[last] == 1 for counted in often)
        chosen[name] = name if name in answers else by_last[last] if single else None
    if not any(each is not None for each in chosen.values()):
        told = f"none of {_some(answers)} belongs to any of {_some(truths)} in {where[1]}"
        raise Refusal(where[0], told, "call answers as the truth is called")
    unasked = tuple(name for name in answers if name not in chosen.values())
    given = {k: None if name is None else answers[name] for k, name in chosen.items()}
    return Pairs(given, truths, unasked)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _some(names: Mapping[str, Any]) -> str:
    first = ", ".join(list(names)[:2])
    return f"{first} ..." if len(names) > 2 else first
