"""Lists of words that PyTables keeps in HDF5 attributes, read without running them.

PyTables writes attributes that are lists or tuples as pickles, which are small programs: loading
one may do anything. Here the instructions that build plain values are followed by hand, and any
other is refused; nothing is imported and nothing is called.
"""

from __future__ import annotations

import pickletools
from typing import Any

VALUES = {"UNICODE", "STRING", "INT", "LONG", "FLOAT", "BINUNICODE", "BININT", "BININT1", "NONE"}
FRESH = {"EMPTY_LIST": list, "EMPTY_DICT": dict, "EMPTY_TUPLE": tuple}
KEPT = {"PUT", "BINPUT", "LONG_BINPUT"}
AGAIN = {"GET", "BINGET", "LONG_BINGET"}
GATHERED = {"LIST": list, "TUPLE": tuple}

MARK = object()


def literal(written: bytes) -> Any:
    r"""The list, tuple, dict, text or number that the bytes spell.

    Raises
    ------
    ValueError
        When they spell anything else, or nothing.

    Examples
    --------
    >>> literal(b"(lp0\n(Vsnout\np1\nVx\np2\ntp3\na.")
    [('snout', 'x')]
    >>> literal(b"cos\nsystem\n(Vls\ntR.")
    Traceback (most recent call last):
    ValueError: these bytes spell no plain value: GLOBAL is not followed
    """
    stack: list[Any] = []
    memo: dict[Any, Any] = {}
    try:
        for code, told, _ in pickletools.genops(written):
            name = code.name
            if name in KEPT:
                memo[told] = stack[-1]
            elif name in AGAIN:
                stack.append(memo[told])
            elif name == "STOP":
                return stack.pop()
            else:
                _build(name, told, stack)
    except (IndexError, KeyError, TypeError, StopIteration, ValueError) as error:
        raise ValueError(f"these bytes spell no plain value: {error}") from None
    raise ValueError("these bytes spell no plain value: they break off")


def _build(name: str, told: Any, stack: list[Any]) -> None:
    """Follow one instruction."""
    if name in VALUES:
        stack.append(told)
    elif name in FRESH:
        stack.append(FRESH[name]())
    elif name == "MARK":
        stack.append(MARK)
    elif name in GATHERED:
        stack.append(GATHERED[name](_since_mark(stack)))
    elif name == "DICT":
        parts = _since_mark(stack)
        stack.append(dict(zip(parts[::2], parts[1::2], strict=True)))
    elif name in ("APPEND", "SETITEM"):
        _added(name, stack)
    elif name != "PROTO":
        raise ValueError(f"{name} is not followed")


def _added(name: str, stack: list[Any]) -> None:
    value = stack.pop()
    if name == "APPEND":
        stack[-1].append(value)
    else:
        key = stack.pop()
        stack[-1][key] = value


def _since_mark(stack: list[Any]) -> list[Any]:
    at = len(stack) - 1 - next(i for i, each in enumerate(reversed(stack)) if each is MARK)
    parts = stack[at + 1 :]
    del stack[at:]
    return parts
