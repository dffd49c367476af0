"""What every method obeys, as tests that anybody can run on a method of theirs.

A law runs a method on its own example, in many ways that must not matter, and raises `LawBroken`
when one does. ``check(MyMethod)`` runs them all; in a test suite, parametrise over `LAWS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ethoframe.contract import Method
from ethoframe.testing.laws.batching import batching
from ethoframe.testing.laws.blank import blank
from ethoframe.testing.laws.broken import Law, LawBroken
from ethoframe.testing.laws.learning import learning
from ethoframe.testing.laws.listing import listing
from ethoframe.testing.laws.memory import memory
from ethoframe.testing.laws.outline import outline
from ethoframe.testing.laws.parameters import parameters
from ethoframe.testing.laws.shift import shift
from ethoframe.testing.laws.tiles import tiles
from ethoframe.testing.laws.units import units
from ethoframe.testing.laws.untouched import untouched

__all__ = ["LAWS", "Law", "LawBroken", "check"]

_ALL = (
    listing, parameters, learning, outline, batching, untouched, memory, units, blank, shift, tiles,
)  # fmt: skip

LAWS: Mapping[str, Law] = MappingProxyType({law.__name__: law for law in _ALL})
"""Every law by name."""


def check(method_class: type[Method]) -> None:
    """Run every law on a method.

    Raises
    ------
    LawBroken
        By the first law that does not hold.
    """
    for law in LAWS.values():
        law(method_class)
