"""A part of the picture."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """A part of the picture: rows from `top`, columns from `left`, in pixels.

    Parameters
    ----------
    top, left, height, width
        First row and column, and how many of each.
    front, depth
        First plane of a volume, and how many; all planes where depth is None.

    Examples
    --------
    >>> Window(10, 20, 30, 40).slices
    (slice(10, 40, None), slice(20, 60, None))
    """

    top: int
    left: int
    height: int
    width: int
    front: int = 0
    depth: int | None = None

    @property
    def slices(self) -> tuple[slice, ...]:
        """Rows and columns of it, behind its planes where they are cut as well."""
        down, across = self.top + self.height, self.left + self.width
        plane = slice(self.top, down), slice(self.left, across)
        return plane if self.depth is None else (slice(self.front, self.front + self.depth), *plane)

    @classmethod
    def of(cls, slices: tuple[slice, ...]) -> Window:
        """The window of slices with a start and a stop, rows and columns last.

        Examples
        --------
        >>> Window.of((slice(2, 5), slice(4, 8)))
        Window(top=2, left=4, height=3, width=4, front=0, depth=None)
        """
        rows, columns = slices[-2:]
        sides = rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start
        if len(slices) == 2:
            return cls(*sides)
        return cls(*sides, slices[0].start, slices[0].stop - slices[0].start)

    def within(self, size: tuple[int, ...]) -> bool:
        """Whether it lies in a picture ``(y, x)`` or volume ``(z, y, x)``, and holds a pixel."""
        if self.depth is not None and len(size) != 3:
            return False
        lengths = size[-len(self.slices) :]
        return all(
            0 <= each.start < each.stop <= length
            for each, length in zip(self.slices, lengths, strict=True)
        )

    def size_in(self, size: tuple[int, ...]) -> tuple[int, ...]:
        """What is left of `size` when a picture or volume is cut to it."""
        return (*size[: -len(self.slices)], *(each.stop - each.start for each in self.slices))
