"""A picture worked on piece by piece gives what it gives whole."""

from __future__ import annotations

from collections.abc import Iterator

from ethoframe.contract import FrameMethod, Method, spec_of
from ethoframe.testing.difference import differences
from ethoframe.testing.laws.broken import law
from ethoframe.testing.laws.case import Case

SIDES_PX = (7, 16, 33)  # that divide no picture evenly, and one that divides many


@law
def tiles(method_class: type[Method]) -> Iterator[str]:
    """Seeing no more around a piece than it says it must, the answer is that of the whole.

    Only for frame methods that claim it, with a number for ``reach(...).around_px``.
    """
    case = Case.of(method_class)
    if not isinstance(case.method, FrameMethod):
        return
    reach = case.method.reach(spec_of(case.main))
    if reach.around_px is None:
        return
    whole = case.answer()
    for side in SIDES_PX:
        for what in differences(whole, case.answer(tile_px=side)):
            yield f"in pieces of {side} px with {reach.around_px} px around, {what}"
