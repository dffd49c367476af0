"""Who is compared: rules as they are, methods taught here, and models fitted before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from ethoframe.contract import Learned, Method, Training, catalog
from ethoframe.data import Refusal
from ethoframe.nets.model import CARD, Model, opened
from ethoframe.run.fitting import fitted

TAUGHT = frozenset(each.name for each in fields(Training))


@dataclass(frozen=True)
class Contestant:
    """A method that is compared.

    Parameters
    ----------
    name
        What it is called in tables.
    method
        With its parameters.
    training
        How it is taught here; None of a rule, and of a model that was fitted before.
    model
        The model that was fitted before; None of all others.
    """

    name: str
    method: Method
    training: Training | None = None
    model: Model | None = None

    @property
    def sort(self) -> str:
        """``"rule"``, ``"taught here"`` or ``"fitted before"``."""
        if self.model is not None:
            return "fitted before"
        return "rule" if self.training is None else "taught here"

    @property
    def learner(self) -> Learned:
        """The method, which has to be taught."""
        return cast("Learned", self.method)

    def seen(self, films: Collection[str], fingerprint: str) -> str:
        """Why it may have seen what it is scored on; empty where nothing speaks for that.

        Parameters
        ----------
        films
            Those it is scored on.
        fingerprint
            Of all labels.
        """
        if self.model is None:
            return ""
        told: Mapping[str, Any] = self.model.card.get("labels", {})
        if told.get("fingerprint") == fingerprint:
            return f"{self.name} was fitted to these very labels: it has SEEN what it is scored on"
        both = sorted(set(told.get("films", ())) & set(films))
        if both:
            named = ", ".join(both[:3]) + (" ..." if len(both) > 3 else "")
            return (
                f"{self.name} was fitted to labels of {named}: it may have SEEN what it is scored "
                "on, and its score flatters"
            )
        if "films" not in told:
            return f"nothing tells what {self.name} was fitted to: it may have seen these labels"
        return ""

    def changed(self, name: str, value: Any) -> Contestant:
        """The same with one parameter changed, of the method or of its training.

        Raises
        ------
        Refusal
            When neither has it, or it cannot have that value.
        """
        assert self.training is not None
        if name in self.method.parameters() and name != "weights":
            return replace(self, method=self.method.with_parameters({name: value}))
        if name in TAUGHT:
            return replace(self, training=_trained(self.training, {name: value}))
        raise Refusal(self.name, f"has no parameter {name!r}", _known(self.method))


def contestant(name: str, what: str, settings: Mapping[str, Any], training: Training) -> Contestant:
    """The contestant that words describe.

    Parameters
    ----------
    name
        What it is called.
    what
        Name of a method, or folder of a model.
    settings
        Its parameters, and of one that is taught those of its training, by name.
    training
        How methods are taught that do not say otherwise.

    Raises
    ------
    Refusal
        When there is no such method, model or parameter.
    """
    if (Path(what) / CARD).is_file():
        model = opened(what)
        return Contestant(name, fitted(model.method, what, dict(settings)), model=model)
    if Path(what).is_dir():
        raise Refusal(what, f"there is no fitted model in it (no {CARD})", "name another folder")
    method = catalog.find(what)()
    if not isinstance(method, Learned):
        return Contestant(name, method.with_parameters(settings))
    own = {k: v for k, v in settings.items() if k in method.parameters()}
    ways = {k: v for k, v in settings.items() if k not in own}
    for unknown in ways.keys() - TAUGHT:
        raise Refusal(what, f"has no parameter {unknown!r}", _known(method))
    return Contestant(name, method.with_parameters(own), _trained(training, ways))


def _trained(training: Training, ways: Mapping[str, Any]) -> Training:
    return Training(**{**training.parameters(), **ways})


def _known(method: Method) -> str:
    own = ", ".join(sorted(set(method.parameters()) - {"weights"}))
    return f"it has: {own}; and of its training: {', '.join(sorted(TAUGHT))}"
