"""The contract: what every method is, whether a person wrote its rules or it was learned.

Five families, told apart by what they may know of a recording: `FrameMethod` (a few neighbouring
frames), `SequentialMethod` (everything before), `Reduction` (a bounded choice of frames, in any
order), `WholeMethod` (tracks, episodes and measures, which are small), and `Recipe` (a graph of
the others, in `contract.recipe`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Self

import numpy as np

from ethoframe.contract.spec import In, Kind, Reach, Spec
from ethoframe.data import Frames, LabelMap, Noun, Points, Refusal, Values
from ethoframe.data.noun import Array

# What a sequential method may remember: the journal writes it to disk and reads it back, so it is
# plain. Mappings, lists and tuples of these nest freely.
MEMORY_TYPES = (type(None), bool, int, float, str, np.ndarray, Noun)

Memory = Mapping[str, Any]


def parameter(
    default: Any,
    *,
    unit: str = "",
    says: str,
    low: float = -np.inf,
    high: float = np.inf,
    choices: tuple[str, ...] = (),
    fixed: str = "",
) -> Any:
    """A field of a method: a working default, its unit, what it means, and what it may be.

    The unit is also the end of the field's name (``span_s``, ``radius_mm``, ``speed_mm_per_s``), so
    that a value can never be written down without it. One that is `fixed` by ``"fit"`` is decided
    when a learned method is fitted, and is part of its model.
    """
    meta = {"unit": unit, "says": says, "low": low, "high": high, "choices": choices}
    meta["fixed"] = fixed
    return field(default=default, metadata=meta)


@dataclass(frozen=True)
class Method(ABC):
    """A function f: X → Y with its parameters; a frozen value, told apart by name and parameters.

    Class attributes
    ----------------
    takes
        Named inputs, the main one first.
    gives
        The kind of its one answer.
    version
        Changes whenever the same input and parameters could give another answer.
    """

    takes: ClassVar[Mapping[str, In]]
    gives: ClassVar[Kind]
    version: ClassVar[str]

    def __post_init__(self) -> None:
        for f in fields(self):
            check_parameter(f"{self.name()}.{f.name}", f, getattr(self, f.name))

    @classmethod
    def name(cls) -> str:
        """The path of its file in the room of methods: ``segment/region-growing``."""
        return "/".join(cls.__module__.split(".")[-2:]).replace("_", "-")

    def parameters(self) -> dict[str, Any]:
        """Every parameter by name, ready for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def with_parameters(self, given: Mapping[str, Any]) -> Self:
        """The same method with some parameters replaced.

        Raises
        ------
        Refusal
            When a name is unknown or a value is not one the parameter may have.
        """
        known = {f.name for f in fields(self)}
        for name in given.keys() - known:
            listed = ", ".join(sorted(known)) or "none"
            raise Refusal(self.name(), f"has no parameter {name!r}", f"it has: {listed}")
        # JSON and TOML know lists only, and a frozen value holds tuples.
        plain = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
        return type(self)(**{**self.parameters(), **plain})

    @abstractmethod
    def outline(self, **specs: Spec) -> Spec:
        """The spec of the answer, from the specs of the inputs.

        Raises
        ------
        Refusal
            When the inputs will not do.
        """

    @classmethod
    @abstractmethod
    def example(cls) -> Mapping[str, Noun]:
        """A small case that is able to fail: the inputs by name. Laws, docs and gallery run it."""


@dataclass(frozen=True)
class FrameMethod(Method):
    """One answer per frame from its neighbourhood; pure, and the input is left alone."""

    def reach(self, spec: Spec) -> Reach:
        """What an answer depends on around its own frame and pixel: itself, unless overridden."""
        del spec
        return Reach()

    @abstractmethod
    def apply(self, batch: Any, **side: Any) -> Any:
        """One answer per frame of the batch; the runner adds the reach and cuts it off again."""

    def chosen(self, batch: Any, **side: Any) -> Values | None:
        """Numbers that it chose from each frame by itself, such as a level, to be shown to people.

        None where it chooses none, unless overridden.
        """
        del batch, side
        return None

    def shown(self, batch: Any, **side: Any) -> LabelMap | Points | None:
        """What its numbers are about, such as the objects it counted, to be drawn for people.

        None where there is nothing to draw, unless overridden.
        """
        del batch, side
        return None


@dataclass(frozen=True)
class SequentialMethod(Method):
    """Remembers: frames come once, in order.

    Memory is plain (`MEMORY_TYPES`); answers carry their own frame numbers and may come later than
    the frames they are about.
    """

    @abstractmethod
    def start(self, **specs: Spec) -> Memory:
        """What is known before the first frame."""

    @abstractmethod
    def step(self, batch: Any, memory: Memory, **side: Any) -> tuple[Any, Memory]:
        """Answers that are ready (or None), and what to remember; `memory` is left alone."""

    @abstractmethod
    def finish(self, memory: Memory, **side: Any) -> Any:
        """Answers still owed when the recording ends, or None."""


@dataclass(frozen=True)
class Reduction(Method):
    """Many frames to one image or a few numbers, whatever the order of the frames."""

    @abstractmethod
    def visits(self, spec: Spec) -> Array:
        """Ascending numbers of the frames to look at: bounded, and keyframes where they will do."""

    @abstractmethod
    def chunk(self, batch: Frames, **side: Any) -> Memory:
        """What some of the frames say; plain like a sequential method's memory."""

    @abstractmethod
    def combine(self, a: Memory, b: Memory) -> Memory:
        """What two chunks say together; associative."""

    @abstractmethod
    def finalise(self, partial: Memory, **side: Any) -> Any:
        """The answer."""


@dataclass(frozen=True)
class WholeMethod(Method):
    """Takes everything at once: tracks, episodes, measures are small (an hour is about 14 MB)."""

    @abstractmethod
    def apply(self, **inputs: Any) -> Any:
        """The answer."""


def evenly(numbers: Array, most: int) -> Array:
    """At most `most` of the numbers, evenly spread from first to last."""
    if len(numbers) <= most:
        return numbers
    chosen: Array = numbers[np.linspace(0, len(numbers) - 1, most).round().astype(int)]
    return chosen


def check_parameter(where: str, declared: Field[Any], value: Any) -> None:
    """Refuses a value that a field declared by `parameter` cannot have."""
    rules = declared.metadata
    if not rules:
        raise TypeError(f"{where} must be declared with contract.parameter(...)")
    if not _is_like(value, declared):
        default = declared.default
        like = list(default) or ["a", "b"] if isinstance(default, tuple) else default
        raise Refusal(where, f"cannot be {value!r}", f"write it like {like!r}")
    choices = rules["choices"]
    if choices and value not in choices:
        raise Refusal(where, f"{value!r} is not known", f"use one of {', '.join(choices)}")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    if not rules["low"] <= value <= rules["high"]:
        span = f"{rules['low']:g} to {rules['high']:g} {rules['unit']}".strip()
        raise Refusal(where, f"{value:g} is out of range", f"use {span}")


def _is_like(value: Any, declared: Field[Any]) -> bool:
    """Whether a value that came from a file or a command line has the default's type."""
    default = declared.default
    if default is None or isinstance(default, bool) or not isinstance(default, int | float):
        return default is None or isinstance(value, type(default))
    whole = isinstance(default, int) and "float" not in str(declared.type)
    return isinstance(value, int if whole else int | float) and not isinstance(value, bool)
