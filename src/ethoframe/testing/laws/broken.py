"""How a law says that it was broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps

from ethoframe.contract import Method

Law = Callable[[type[Method]], None]
Findings = Callable[[type[Method]], Iterator[str]]


class LawBroken(AssertionError):
    """A method does what no method may.

    Parameters
    ----------
    law
        Which law.
    method
        The class of the method.
    what
        What differed, and from what, so that its author finds the fault.
    """

    def __init__(self, law: str, method: type[Method], what: str) -> None:
        super().__init__(law, method, what)
        self.law = law
        self.method = method
        self.what = what

    def __str__(self) -> str:
        """One line: who broke what, and how."""
        who = f"{self.method.name()} ({self.method.__qualname__})"
        return " ".join(f"{who} breaks {self.law}: {self.what}".split())


def law(findings: Findings) -> Law:
    """The law that is broken by the first finding, or by an exception on the way to it."""
    name = findings.__name__

    @wraps(findings)
    def judged(method_class: type[Method]) -> None:
        try:
            what = next(findings(method_class), None)
        except Exception as error:
            told = f"it raised {type(error).__name__}: {error}"
            raise LawBroken(name, method_class, told) from error
        if what is not None:
            raise LawBroken(name, method_class, what)

    return judged
