"""Whether labels teach a method, before anything is built or trained."""

from __future__ import annotations

from collections.abc import Mapping

from ethoframe.contract import Kind, Learned, Method, catalog
from ethoframe.data import (
    Classes,
    Episodes,
    LabelMap,
    Labels,
    Noun,
    Points,
    Refusal,
    Tracks,
    Values,
)

WORDS: Mapping[type[Noun], str] = {
    Tracks: "keypoints",
    LabelMap: "masks",
    Points: "boxes or points",
    Classes: "classes of frames",
    Values: "numbers of frames",
    Episodes: "episodes",
}
"""What people call each kind of labels."""

LEAST = 2
"""Labelled frames without which nothing can be learned and looked at."""


def learners(kind: type[Noun]) -> tuple[str, ...]:
    """Names of the methods that learn from this kind of labels."""
    found = ((card.name, catalog.find(card.name)) for card in catalog.cards() if card.learned)
    return tuple(name for name, each in found if kind in learned(each) and not unsaid(each))


def learned(method: Method | type[Method]) -> tuple[type[Noun], ...]:
    """What kinds of labels teach a method; none a method whose rules are written."""
    learns = getattr(method, "learns", ())
    return learns if isinstance(learns, tuple) else (learns,)


def unsaid(method: Method | type[Method]) -> bool:
    """Whether tracks alone teach a method, and nobody need say anything of them."""
    main = next(iter(method.takes.values()))
    return main.kind is Kind.TRACKS and Tracks in learned(method)


def check_labels(method: Learned, labels: Labels, where: object) -> None:
    """Refuses labels that do not teach a method.

    Parameters
    ----------
    method
        That is to be taught.
    labels
        By which.
    where
        They lie, for the refusal.

    Raises
    ------
    Refusal
        When nothing is labelled, one frame only, or they say another kind of thing than it learns;
        then the methods that learn it are told.

    Examples
    --------
    >>> check_labels(None, Labels(()), "labels")
    Traceback (most recent call last):
    ethoframe.data.refusal.Refusal: labels: nothing is labelled in it; label some frames
    """
    if not labels.parts or not len(labels):
        raise Refusal(where, "nothing is labelled in it", "label some frames")
    if labels.gives not in learned(method):
        told = ", ".join(learners(labels.gives)) or "no method does"
        mine = " or ".join(WORDS.get(each, each.__name__) for each in learned(method))
        reason = f"it holds {WORDS[labels.gives]}, and {method.name()} learns from {mine}"
        raise Refusal(where, reason, f"methods that learn from {WORDS[labels.gives]}: {told}")
    if len(labels) < LEAST and labels.gives is not Episodes:
        reason = "one frame is labelled: nothing could be kept apart to see what was learned"
        raise Refusal(where, reason, "label some more; 20 and more are usual")
