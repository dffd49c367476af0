"""Whenever a rule that a person wrote holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from ethoframe.contract import In, Kind, Spec, WholeMethod, parameter
from ethoframe.data import Arena, Episodes, Noun, Tracks
from ethoframe.data.roles import makes
from ethoframe.methods.behave._grammar import Node, Rule, parse, refused
from ethoframe.methods.behave._spans import (
    episodes_of,
    hysteresis_in,
    pieces,
    through_blinks,
    without_blinks,
)
from ethoframe.methods.behave._terms import FACT, Scene, names_in, no_keypoint, size_of


@dataclass(frozen=True)
class ByRule(WholeMethod):
    """Episodes of what a rule in words says, such as ``speed(nose) < 5 mm/s``, of each individual.

    A rule compares terms with numbers, or with each other, and joins that by ``and``, ``or``,
    ``not`` and brackets. With ``until`` it has a second condition: the episode begins where the
    first holds, and goes on, whatever becomes of the first, until the second does. Interruptions
    shorter than *pause_s* do not end an episode, and one shorter than *least_s* does not count.

    Terms; a name is that of a keypoint or of a role (`data.roles`), in quotes where it has spaces:

    ======================  ==============================================================
    ``speed(a)``            how fast it moves, mm/s
    ``distance(a, b)``      between two, mm
    ``angle(a, b, c)``      at b, between a and c, 0 to 180 deg
    ``facing(a, b, c)``     how far the line from a through b points past c, 0 to 180 deg
    ``turning(a, b)``       how fast the line from a to b turns to either side, deg/s
    ``depth(a, zone)``      how deep it is inside a zone, mm; negative outside
    ``inside(a, zone)``     a condition by itself: the depth is above 0
    ``confidence(a)``       of the network, 0 to 1
    ``area()``              of the silhouette, mm2
    ``length()``            of the silhouette, mm
    ``rate(x)``             how fast any number x grows, per second
    ``abs(x)``              its size without its sign
    ======================  ==============================================================

    ``other.nose`` is the nose of the other individual; where there are several, of the one whose
    body is nearest in each frame. ``mary.nose`` is that of the individual called mary, and
    ``zone.centre`` the middle of a zone. The zone ``floor`` is the whole arena.

    Numbers have units: mm, cm, m, bl (body lengths), px, deg, s, ms, min, their squares and
    quotients, % or none. What has different kinds of units is not compared. Lengths in mm need a
    scale; bl do without.

    Speeds and rates are slopes of the straight line through *window_s* around each frame. A place
    that the network is not sure of is unknown, and so is all that follows from it: time in which a
    rule is not decided is outside the support, but for blinks shorter than *pause_s* or *window_s*:
    in these it holds where it does on both sides, and with ``until`` goes on as before.

    Nothing of a rule is run as a program. What cannot be read is refused in one line that names the
    column.

    References
    ----------
    ethoframe's own; two thresholds against flicker after Canny, IEEE PAMI 8 (1986), 679-698.

    Examples
    --------
    >>> tracks = ByRule.example()["tracks"]
    >>> near = ByRule(when="distance(nose, 'tail base') < 5 cm", label="short", least_s=0.5)
    >>> near.apply(tracks=tracks).spans("short").round(1).tolist()
    [[1.3, 2.7]]
    >>> quick = ByRule(when="speed(nose) > 2 cm/s until speed(nose) < 0.015 m/s")
    >>> quick.apply(tracks=tracks).spans("rule").round(1).tolist()
    [[1.0, 1.6], [2.4, 3.1]]
    >>> ByRule(when="speed(nose) < 5 mm").outline(tracks=None)
    Traceback (most recent call last):
    ...
    ethoframe.data.refusal.Refusal: behave/rule: column 13: mm/s beside mm; ...
    """

    when: str = parameter(
        "distance(nose, tail_base) < 0.7 bl until distance(nose, tail_base) > 0.8 bl",
        says="the rule, as speed(nose) < 5 mm/s and inside(nose, centre)",
    )
    label: str = parameter("rule", says="what episodes are called")
    least_s: float = parameter(0.0, unit="s", says="an episode lasts at least so long", low=0.0)
    pause_s: float = parameter(
        0.0, unit="s", says="an interruption that is shorter does not end it", low=0.0
    )
    window_s: float = parameter(
        0.2, unit="s", says="speeds and rates are slopes over so long", low=0.001
    )
    sure: float = parameter(
        0.6, unit="1", says="confidence from which a place counts as seen", low=0.0, high=1.0
    )

    takes: ClassVar[Mapping[str, In]] = {
        "tracks": In(Kind.TRACKS),
        "arena": In(Kind.ARENA, optional=True),
    }
    gives: ClassVar[Kind] = Kind.EPISODES
    version: ClassVar[str] = "2"

    def outline(self, **specs: Spec) -> Spec:
        """Episodes; refuses a rule that cannot be read, or names what the tracks do not have."""
        rule = self._read()
        for node in _conditions(rule):
            for call in names_in(node):
                self._check(call, specs["tracks"])
        return Spec(Kind.EPISODES)

    def apply(self, **inputs: Any) -> Episodes:
        """The episodes of all individuals, in order of time."""
        tracks: Tracks = inputs["tracks"]
        rule, arena = self._read(), inputs.get("arena")
        each = [self._of_one(who, tracks, rule, arena) for who in tracks.individuals]
        return Episodes.merged(each)

    def _read(self) -> Rule:
        rule = parse(self.name(), self.when)
        for node in _conditions(rule):
            if size_of(self.name(), node) != FACT:
                remedy = "compare it, as in: speed(nose) < 5 mm/s"
                raise refused(self.name(), node.column, "this is no condition", remedy)
        return rule

    def _check(self, call: Node, spec: Spec) -> None:
        """Refuse keypoints that the tracks do not have; zones are known with the arena only."""
        zones = 1 if call.text in ("depth", "inside") else 0
        for part in call.parts[: len(call.parts) - zones]:
            whose, _, keypoint = part.text.rpartition(".")
            if whose != "zone" and not makes(keypoint, spec.names):
                raise no_keypoint(self.name(), part, keypoint, spec.names)

    def _of_one(self, who: str, tracks: Tracks, rule: Rule, arena: Arena | None) -> Episodes:
        scene = Scene(self.name(), tracks, who, arena, self.window_s, self.sure)
        one, unseen_s = tracks.alone(who), max(self.pause_s, self.window_s)
        one = replace(one, bridged_s=max(one.bridged_s, unseen_s))
        held, known = scene.holds(rule.begin)
        if rule.end is None:
            held = through_blinks(held, known, one, unseen_s)
            known = without_blinks(known, one, unseen_s)
        else:
            ended, known_end = scene.holds(rule.end)
            known = without_blinks(known & known_end, one, unseen_s)
            # Between the two it goes on; where both hold it ends.
            looked = [part for part, _ in pieces(known, one)]
            held = hysteresis_in(looked, held & ~ended, ended)
        words = (
            f"{self.when}; speeds and rates over {self.window_s:g} s, for at least "
            f"{self.least_s:g} s; interruptions under {self.pause_s:g} s do not count, nor what is "
            f"not seen for less than {unseen_s:g} s"
        )
        return episodes_of(
            self.label,
            held,
            known,
            one,
            bridged_s=self.pause_s,
            least_s=self.least_s,
            author=self.name(),
            words=words,
        )

    @classmethod
    def example(cls) -> Mapping[str, Noun]:
        """Stretched, curled up for a while, and stretched again."""
        t = np.arange(120) / 30
        long = np.interp(t, [1.0, 1.5, 2.5, 3.0], [80.0, 30.0, 30.0, 80.0])
        tail = np.stack([10 * t, 5 * t], axis=1)
        nose = tail + np.stack([long, np.zeros(120)], axis=1)
        position = np.stack([nose, tail], axis=2)[..., None]
        names = ("nose", "tail_base")
        seen = np.ones((120, 2, 1))
        return {"tracks": Tracks(position, seen, np.arange(120), t, names, unit="mm")}


def _conditions(rule: Rule) -> list[Node]:
    return [rule.begin] if rule.end is None else [rule.begin, rule.end]
