"""Methods whose rules come from labels, and how they are taught."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from ethoframe.contract.method import Method, check_parameter, parameter
from ethoframe.data import Labels, Noun


@dataclass(frozen=True)
class Training:
    """How a method is taught: for how long, beginning with what, judged on what.

    A budget in minutes is turned into steps once, by measuring a few of them; the steps are written
    down, and a fit that is resumed or repeated with them gives the same weights.
    """

    minutes: float = parameter(
        15.0, unit="min", says="time the training may take; turned into steps once", low=0.01
    )
    steps: int = parameter(0, says="steps of training; 0 takes as many as the minutes allow", low=0)
    seed: int = parameter(0, says="what chance begins with", low=0)
    encoder: str = parameter(
        "", says="a model of timm, or plain; empty takes the one that the method prefers"
    )
    pretrained: bool = parameter(True, says="begin with weights that know natural pictures")
    preset: str = parameter(
        "full",
        says="full teaches all layers; finetune the encoder late, and its early layers slowly",
        choices=("full", "finetune"),
    )
    rate: float = parameter(
        0.0, says="highest learning rate; 0 takes that of the method", low=0.0, high=1.0
    )
    batch: int = parameter(
        0, says="examples of a step, two at least; 0 takes as many as the method prefers", low=0
    )
    split: str = parameter(
        "auto",
        says="what is kept apart for validation: whole recordings, subjects, or blocks of frames",
        choices=("auto", "recording", "subject", "blocks", "random"),
    )
    validation: float = parameter(
        0.1, says="share of the labels that are kept apart for validation", low=0.0, high=0.5
    )
    augment: float = parameter(
        1.0, says="how strongly examples are varied; 0 leaves them as they are", low=0.0, high=3.0
    )
    patience: int = parameter(
        0, says="validations without gain after which training stops; 0 never stops early", low=0
    )
    device: str = parameter(
        "auto", says="where training runs", choices=("auto", "cpu", "cuda", "mps")
    )
    threads: int = parameter(0, says="threads of the processor; 0 takes all", low=0)

    def __post_init__(self) -> None:
        for f in fields(self):
            check_parameter(f"training.{f.name}", f, getattr(self, f.name))

    def parameters(self) -> dict[str, Any]:
        """Every one by name, ready for JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


@dataclass(frozen=True)
class Learned(Method):
    """Mixed into a family: a method whose rules are weights that were fitted to labels.

    Without `weights` it can be fitted (``ethoframe.run.fit``), and not applied; with them it is a
    method like any other. Parameters marked ``fixed="fit"`` are decided when it is fitted, and are
    read from the model afterwards.

    Class attributes
    ----------------
    learns
        What labels must say for it to be taught by them.
    """

    weights: str = parameter("", says="folder of the fitted model")

    learns: ClassVar[type[Noun] | tuple[type[Noun], ...]]

    @classmethod
    @abstractmethod
    def sample(cls) -> Labels:
        """A few small labels that teach it something in no time: laws and the gallery fit it."""

    @abstractmethod
    def lesson(self, labels: Labels, training: Training) -> Any:
        """What it is taught by: a `nets.lesson.Lesson` of these labels.

        Raises
        ------
        Refusal
            When the labels do not teach what it learns, or are too few.
        """
