"""What a method is, which there are, and how they are strung together."""

from ethoframe.contract.learned import Learned, Training
from ethoframe.contract.method import (
    MEMORY_TYPES,
    FrameMethod,
    Memory,
    Method,
    Reduction,
    SequentialMethod,
    WholeMethod,
    evenly,
    parameter,
)
from ethoframe.contract.recipe import Recipe, Step
from ethoframe.contract.spec import In, Kind, Reach, Spec, spec_of

__all__ = [
    "MEMORY_TYPES",
    "FrameMethod",
    "In",
    "Kind",
    "Learned",
    "Memory",
    "Method",
    "Reach",
    "Recipe",
    "Reduction",
    "SequentialMethod",
    "Spec",
    "Step",
    "Training",
    "WholeMethod",
    "evenly",
    "parameter",
    "spec_of",
]
