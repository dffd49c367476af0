"""The small language of `behave/rule`: from its text to a tree.

rule       = condition [ "until" condition ]
condition  = all { "or" all }
all        = fact { "and" fact }
fact       = "not" fact | sum [ ( "<" | "<=" | ">" | ">=" ) sum ] | "(" condition ")"
sum        = product { ( "+" | "-" ) product }
product    = value { ( "*" | "/" ) value }
value      = "-" value | number [ unit ] | name "(" [ argument { "," argument } ] ")"
argument   = name | 'name in quotes' | sum
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ethoframe.data import Refusal

WORDS = ("and", "or", "not", "until")
UNITS = ("mm", "cm", "m", "bl", "px", "s", "ms", "min", "deg", "mm2", "cm2", "px2", "bl2")

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)|(?P<name>[A-Za-z_][\w.]*)"
    r"|(?P<quoted>'[^']*'|\"[^\"]*\")|(?P<sign><=|>=|[<>+\-*/(),%]))"
)
DEPTH = 40
"""So many brackets deep a rule may be: nobody can read more."""


@dataclass(frozen=True)
class Token:
    """A word or sign, of which kind, and in which column it begins, the first being 1."""

    kind: str
    text: str
    column: int


@dataclass(frozen=True)
class Node:
    """A branch of the tree.

    Parameters
    ----------
    kind
        ``number``, ``name``, ``call``, a sign, or ``and``, ``or``, ``not``, ``negative``.
    column
        Where it stands in the text.
    text
        Of a number its unit; else the name.
    value
        Of a number.
    parts
        Branches further out.
    """

    kind: str
    column: int
    text: str = ""
    value: float = 0.0
    parts: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Rule:
    """When something begins, and when it ends; None for as soon as the first does not hold."""

    begin: Node
    end: Node | None


def refused(where: str, column: int, reason: str, remedy: str) -> Refusal:
    """What is wrong with a rule, and in which column."""
    return Refusal(where, f"column {column}: {reason}", remedy)


def parse(where: str, text: str) -> Rule:
    """The tree of a rule.

    Raises
    ------
    Refusal
        Told of `where`, with the column at which it cannot be read on.

    Examples
    --------
    >>> rule = parse("rule", "speed(nose) < 5 mm/s until speed(nose) > 8 mm/s")
    >>> rule.begin.kind, rule.begin.parts[1].text, rule.end.column
    ('<', 'mm/s', 40)
    """
    parser = _Parser(where, text)
    begin = parser.condition()
    end = parser.condition() if parser.took("until") else None
    parser.expect_end()
    return Rule(begin, end)


def _tokens(where: str, text: str) -> Iterator[Token]:
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise refused(where, at + 1, f"{text[at]!r} has no meaning", "see `behave/rule`")
        kind = str(found.lastgroup)
        yield Token(kind, found[kind], found.start(kind) + 1)
        at = found.end()
    yield Token("end", "", len(text) + 1)


class _Parser:
    """Reads a rule from its left to its right."""

    def __init__(self, where: str, text: str) -> None:
        self.where = where
        self.tokens = list(_tokens(where, text))
        self.at = self.depth = 0

    @property
    def now(self) -> Token:
        return self.tokens[self.at]

    def took(self, *texts: str) -> Token | None:
        """The word or sign that comes next, if it is one of these."""
        token = self.now
        if token.kind in ("sign", "name") and token.text in texts:
            self.at += 1
            return token
        return None

    def wrong(self, wanted: str) -> Refusal:
        found = repr(self.now.text) if self.now.text else "its end"
        reason = f"{wanted} must stand where {found} is"
        return refused(self.where, self.now.column, reason, "as in: speed(nose) < 5 mm/s")

    def expect(self, sign: str) -> None:
        if not self.took(sign):
            raise self.wrong(repr(sign))

    def expect_end(self) -> None:
        if self.now.kind != "end":
            raise self.wrong("and, or, until, a comparison, or the end of the rule")

    def condition(self) -> Node:
        return self._joined("or", lambda: self._joined("and", self.fact))

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        first = part()
        while token := self.took(word):
            first = Node(word, token.column, parts=(first, part()))
        return first

    def fact(self) -> Node:
        if token := self.took("not"):
            return Node("not", token.column, parts=(self.fact(),))
        left = self.sum()
        if token := self.took("<", "<=", ">", ">="):
            return Node(token.text, token.column, parts=(left, self.sum()))
        return left

    def sum(self) -> Node:
        left = self.product()
        while token := self.took("+", "-"):
            left = Node(token.text, token.column, parts=(left, self.product()))
        return left

    def product(self) -> Node:
        left = self.value()
        while token := self.took("*", "/"):
            left = Node(token.text, token.column, parts=(left, self.value()))
        return left

    def value(self) -> Node:
        self.depth += 1
        if self.depth > DEPTH:
            raise self.wrong("something less deep")
        found = self._value()
        self.depth -= 1
        return found

    def _value(self) -> Node:
        token = self.now
        if minus := self.took("-"):
            return Node("negative", minus.column, parts=(self.value(),))
        if self.took("("):
            inner = self.condition()
            self.expect(")")
            return inner
        if token.kind == "number":
            self.at += 1
            return Node("number", token.column, self.unit(), float(token.text))
        if token.kind == "name" and token.text not in WORDS:
            self.at += 1
            return Node("call", token.column, token.text, parts=self.arguments())
        raise self.wrong("a number, or something like speed(nose),")

    def unit(self) -> str:
        """The unit of the number before; empty for a number without one."""
        if self.took("%"):
            return "%"
        unit = ""
        if self.now.kind == "name" and self.now.text not in WORDS:
            unit = self._known_unit()
        following = self.tokens[self.at + 1] if self.now.text == "/" else self.now
        if self.now.text == "/" and following.kind == "name" and following.text in UNITS:
            self.at += 1
            unit += f"/{self._known_unit()}"
        return unit

    def _known_unit(self) -> str:
        token = self.now
        if token.text not in UNITS:
            reason, listed = f"{token.text!r} is no unit", ", ".join(UNITS)
            raise refused(self.where, token.column, reason, f"there are: {listed}")
        self.at += 1
        return token.text

    def arguments(self) -> tuple[Node, ...]:
        self.expect("(")
        found: list[Node] = []
        while not self.took(")"):
            if found:
                self.expect(",")
            found.append(self.argument())
        return tuple(found)

    def argument(self) -> Node:
        """A name, unless it goes on as an expression does."""
        token = self.now
        if token.kind == "quoted":
            self.at += 1
            return Node("name", token.column, token.text[1:-1])
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        if token.kind == "name" and following.text != "(":
            self.at += 1
            return Node("name", token.column, token.text)
        return self.sum()
