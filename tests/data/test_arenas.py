from __future__ import annotations

import numpy as np
import pytest

from ethoframe.data import Arena, Arenas

SQUARE = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]])


def square(left: float, top: float, name: str, **more) -> Arena:
    return Arena("rectangle", SQUARE + np.array([left, top]), name=name, **more)


def test_a_window_holds_its_arena_with_a_margin_and_no_other() -> None:
    arenas = Arenas((square(20, 20, "left"), square(124, 20, "right")))
    left, right = arenas.windows((140, 250)).values()
    assert (left.left, left.left + left.width) == (10, 122)
    assert (right.left, right.left + right.width) == (122, 234)
    assert (left.top, left.height) == (10, 120)


def test_a_window_ends_where_the_picture_does() -> None:
    (window,) = Arenas((square(2, 3, "arena"),)).windows((100, 104)).values()
    assert (window.top, window.left, window.height, window.width) == (0, 0, 100, 104)


@pytest.mark.parametrize("names", [("a", "a"), ("Left", "left")])
def test_two_of_one_name_are_refused(names) -> None:
    with pytest.raises(ValueError, match="the same name"):
        Arenas(tuple(square(150 * n, 0, name) for n, name in enumerate(names)))


def test_there_must_be_one() -> None:
    with pytest.raises(ValueError, match="must be an arena"):
        Arenas(())


def test_drawn_on_a_smaller_picture_they_are_scaled_together() -> None:
    drawn = Arenas(tuple(square(150 * n, 0, str(n), picture=(200, 300)) for n in range(2)))
    larger = drawn.drawn_on((400, 600))
    assert np.allclose(larger["1"].outline, 2 * drawn["1"].outline + 0.5)
    with pytest.raises(ValueError, match="300 × 200 px, and this one has 300 × 300 px"):
        drawn.drawn_on((300, 300))
