"""The model of a learned method of this room."""

from __future__ import annotations

from ethoframe.contract import Learned
from ethoframe.data import Refusal
from ethoframe.nets.model import Model, opened


def model_of(method: Learned) -> Model:
    """The model that a method was given.

    Raises
    ------
    Refusal
        When it was given none, or it is not one of this method.
    """
    if not method.weights:
        remedy = f"fit it: ethoframe fit {method.name()} --labels PATH --out MODEL"
        raise Refusal(method.name(), "it was never taught: it has no weights", remedy)
    return opened(method.weights, method.name())
