"""How ethoframe says no."""

from __future__ import annotations


class Refusal(ValueError):
    """Input that ethoframe will not work on, told in one line that a reader can act on.

    Parameters
    ----------
    where
        The file, recording, step or parameter the refusal is about.
    reason
        What is wrong with it.
    remedy
        What the reader can do about it.

    Examples
    --------
    >>> print(Refusal("mouse.mp4", "the file is empty", "copy it again from the camera"))
    mouse.mp4: the file is empty; copy it again from the camera
    """

    def __init__(self, where: object, reason: str, remedy: str) -> None:
        super().__init__(where, reason, remedy)
        self.where = str(where)
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        """One line: where, why, what to do."""
        return " ".join(f"{self.where}: {self.reason}; {self.remedy}".split())
