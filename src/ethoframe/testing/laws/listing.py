"""A method can be found, and says where it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from ethoframe.contract import In, Kind, Method
from ethoframe.contract.catalog import cards
from ethoframe.testing.laws.broken import law


@law
def listing(method_class: type[Method]) -> Iterator[str]:
    """It says in one line what it does, cites its source or owns up to it, and declares itself."""
    text = method_class.__dict__.get("__doc__") or ""
    first = text.strip().partition("\n")[0]
    if not first.endswith("."):
        yield f"the docstring's first line is not a sentence: {first!r}"
    if "References\n" not in text and "ethoframe's own" not in text:
        yield "the docstring has no References, and does not say that it is ethoframe's own"
    yield from _undeclared(method_class)
    for card in cards():
        if card.module == method_class.__module__:
            declared = method_class.takes, method_class.gives
            if (card.takes, card.gives) != declared:
                yield f"the catalog read {card.takes}, {card.gives} from its file"


def _undeclared(method_class: type[Method]) -> Iterator[str]:
    takes = list(method_class.takes.items())
    if not takes or takes[0][1].optional:
        yield "its main input, the first, is one that it can do without"
    if not all(isinstance(need, In) for _, need in takes):
        yield "takes must map names to In(...)"
    gives: object = method_class.gives
    if not isinstance(gives, Kind):
        yield "gives must be a Kind"
    if not getattr(method_class, "version", ""):
        yield "it has no version"
    for name in method_class.example().keys() ^ method_class.takes.keys():
        if name not in method_class.takes:
            yield f"its example holds {name}, which it does not take"
        elif not method_class.takes[name].optional:
            yield f"its example lacks {name}"
