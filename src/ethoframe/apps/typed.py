"""The command that was typed, ready to be pasted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WORDS = "ethoframe.typed"
"""Where the words that were typed are kept in click's context."""


@dataclass(frozen=True)
class Typed:
    """What was typed, for one recording of many.

    Paths are as they were typed: the line can be pasted in the folder it was typed in, and tells
    nobody how the disks of a laboratory are called.

    Parameters
    ----------
    words
        After ``ethoframe``.
    files
        Those of the words that name a recording each.

    Examples
    --------
    >>> typed = Typed(("open-field", "a.mp4", "b.mp4", "--side", "40 cm"), ("a.mp4", "b.mp4"))
    >>> typed(Path("b.mp4"))
    "ethoframe open-field b.mp4 --side '40 cm'"
    """

    words: tuple[str, ...]
    files: tuple[str, ...] = ()

    def __call__(self, path: Path) -> str:
        """The command that gives the recording at `path` again, without the others beside it."""
        others = {word for word in self.files if Path(word) != path}
        own = ["ethoframe", *(word for word in self.words if word not in others)]
        from ethoframe.report.wording import quoted

        return quoted(*own)
