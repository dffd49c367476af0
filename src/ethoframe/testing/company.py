"""Two animals in a box, of whom it is known when the first does what with the second."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ethoframe.data import Episodes, Tracks
from ethoframe.data.noun import Array

FIRST, SECOND = "one", "other"

PARTS: Mapping[str, tuple[float, float]] = {
    "nose": (0.5, 0.0),
    "left_ear": (0.3, -0.12),
    "right_ear": (0.3, 0.12),
    "neck": (0.22, 0.0),
    "left_hip": (-0.2, -0.16),
    "right_hip": (-0.2, 0.16),
    "tail_base": (-0.5, 0.0),
}
"""Where keypoints are, in lengths of the body, as seen from its middle: ahead and aside."""

SOCIAL = ("facing", "sniffing", "following")
"""What the first does with the second: at its face, at its rear, behind it as it walks."""

BESIDE = ("passing", "resting", "visited")
"""And what it does near to it all the same: passes by, rests, or is sniffed at itself."""


@dataclass(frozen=True)
class Company:
    """Two animals with bouts of known kinds, and what a person who scored them would have said.

    Nearness alone does not tell what the first does: it passes by, rests beside the other, and is
    sniffed at while it does nothing. How fast and how near animals go differs from one recording to
    another. Lengths are in those of the body, which is 50 px long.

    Parameters
    ----------
    bouts
        Of something that the first does with the second.
    seed
        Of everything.
    rate_per_s
        Frames per second.
    lasts_s, between_s
        Usual length of a bout, and of what is between two.
    beside
        Share of what is between that is near to the other all the same.
    jitter_bl
        Standard deviation of what is added to every coordinate by itself.
    hidden
        Share of keypoints that are not seen while both are near.
    off_s
        Standard deviation of where people put the ends of a bout.
    missed
        Share of bouts that people do not see.

    Examples
    --------
    >>> company = Company(bouts=3, seed=1)
    >>> len(company.truth()), set(company.truth().labels) <= set(SOCIAL)
    (3, True)
    """

    bouts: int = 10
    seed: int = 0
    rate_per_s: float = 30.0
    lasts_s: float = 3.5
    between_s: float = 12.0
    beside: float = 0.3
    jitter_bl: float = 0.04
    hidden: float = 0.1
    off_s: float = 0.2
    missed: float = 0.05
    _told: dict[str, Array] = field(default_factory=dict, repr=False, compare=False)

    @property
    def tracks(self) -> Tracks:
        """Of both, in px, by everything that cameras and networks do to them."""
        bodies, near = self._moved()["bodies"], self._moved()["near"]
        chance = np.random.default_rng([self.seed, 1])
        count = len(bodies)
        position = np.stack([_placed(bodies[:, who]) for who in (0, 1)], axis=3)
        position += self.jitter_bl * chance.normal(size=position.shape)
        gone = chance.random((count, len(PARTS), 2)) < 0.01 + self.hidden * near[:, None, None]
        confidence = np.where(gone, 0.2, 0.95)
        position = np.where(gone[:, None], np.nan, position)
        numbers = np.arange(count)
        times_s = numbers / self.rate_per_s
        names = tuple(PARTS)
        return Tracks(50 * position, confidence, numbers, times_s, names, (FIRST, SECOND))

    def truth(self) -> Episodes:
        """What the first does with the second, and when."""
        return self._said(np.zeros((self.bouts, 2)), np.ones(self.bouts, bool), "truth")

    def said(self) -> Episodes:
        """What a person says: ends are off, and some bouts are not seen."""
        chance = np.random.default_rng([self.seed, 2])
        off = np.clip(chance.normal(0, self.off_s, (self.bouts, 2)), -0.5, 0.5)
        return self._said(off, chance.random(self.bouts) >= self.missed, "person")

    def _said(self, off: Array, seen: Array, author: str) -> Episodes:
        told = self._moved()
        spans = told["spans"] + off
        whole = np.array([[0.0, len(told["near"]) / self.rate_per_s]])
        spans = np.clip(spans, *whole[0])
        seen = seen & (spans[:, 1] - spans[:, 0] > 0.2)
        parts = [Episodes.of("", np.zeros((0, 2)), whole, author, individual=FIRST)]
        for kind, label in enumerate(SOCIAL):
            own = spans[seen & (told["kinds"] == kind)]
            parts.append(Episodes.of(label, own, whole, author, individual=FIRST))
        return Episodes.merged(parts)

    def _moved(self) -> dict[str, Array]:
        if not self._told:
            self._told.update(_Play(self).played())
        return self._told


@dataclass
class _Body:
    """Where an animal is, which way it is turned, and how fast it goes; in bl, rad and bl/s."""

    x: float
    y: float
    turn: float
    speed: float = 0.0

    def towards(self, x: float, y: float, pace: float, agile: float, step_s: float) -> None:
        """A step towards a place, slower as it comes near."""
        away = math.hypot(x - self.x, y - self.y)
        if away > 0.02:
            wanted = math.atan2(y - self.y, x - self.x)
            self.turned(wanted, agile, step_s)
            ahead = max(0.0, math.cos(wanted - self.turn))
            goal = min(pace, 3.0 * away) * ahead
        else:
            goal = 0.0
        self.speed += (goal - self.speed) * min(1.0, 6.0 * step_s)
        self.x += self.speed * math.cos(self.turn) * step_s
        self.y += self.speed * math.sin(self.turn) * step_s

    def turned(self, wanted: float, agile: float, step_s: float) -> None:
        """A step towards a direction."""
        off = (wanted - self.turn + math.pi) % (2 * math.pi) - math.pi
        self.turn += max(-agile * step_s, min(agile * step_s, off))

    def part(self, ahead: float, aside: float = 0.0) -> tuple[float, float]:
        """A place as seen from the body."""
        c, s = math.cos(self.turn), math.sin(self.turn)
        return self.x + ahead * c - aside * s, self.y + ahead * s + aside * c


class _Play:
    """The play of both, frame by frame."""

    SIDE = 5.0

    def __init__(self, company: Company):
        self.company, self.step_s = company, 1 / company.rate_per_s
        self.chance = np.random.default_rng([company.seed, 0])
        # What differs from one recording to another.
        self.pace = float(self.chance.uniform(1.2, 2.5))
        self.reach = float(self.chance.uniform(0.12, 0.3))
        self.agile = float(self.chance.uniform(4.0, 8.0))
        places = self.chance.uniform(0, self.SIDE, 4).tolist()
        self.one = _Body(places[0], places[1], 0.0)
        self.other = _Body(places[2], places[3], 2.0)
        self.goals = {0: self._anywhere(), 1: self._anywhere()}
        self.frames: list[tuple[float, ...]] = []

    def played(self) -> dict[str, Array]:
        """Bodies ``(t, 2, 3)``, whether they are near ``(t,)``, bouts ``(n, 2)`` and kinds."""
        company, spans, kinds = self.company, [], []
        for _ in range(company.bouts):
            for _ in range(int(self.chance.integers(1, 3))):
                beside = self.chance.random() < company.beside
                self._alone(str(self.chance.choice(BESIDE)) if beside else "strolling")
            kind = int(self.chance.integers(len(SOCIAL)))
            spans.append(self._together(SOCIAL[kind]))
            kinds.append(kind)
        self._alone("strolling")
        bodies = np.array(self.frames).reshape(-1, 2, 3)
        near = np.hypot(*(bodies[:, 0, :2] - bodies[:, 1, :2]).T) < 1.2
        return {
            "bodies": bodies, "near": near, "spans": np.array(spans).reshape(-1, 2),
            "kinds": np.array(kinds, int),
        }  # fmt: skip

    def _lasts(self, usual_s: float) -> float:
        return float(usual_s * self.chance.lognormal(0.0, 0.5))

    def _frame(self) -> None:
        for each in (self.one, self.other):
            each.x = min(max(each.x, 0.2), self.SIDE - 0.2)
            each.y = min(max(each.y, 0.2), self.SIDE - 0.2)
            self.frames.append((each.x, each.y, each.turn + 0.1 * math.sin(9 * len(self.frames))))

    @property
    def now_s(self) -> float:
        """Seconds that were played."""
        return len(self.frames) / 2 * self.step_s

    def _anywhere(self) -> tuple[float, float]:
        x, y = self.chance.uniform(0.3, self.SIDE - 0.3, 2).tolist()
        return x, y

    def _stroll(self, who: int, pace: float) -> None:
        """A step of one that goes about, and rests now and then."""
        body, (x, y) = (self.one, self.other)[who], self.goals[who]
        if math.hypot(x - body.x, y - body.y) < 0.3 or self.chance.random() < 0.2 * self.step_s:
            self.goals[who] = self._anywhere()
        if self.chance.random() < 0.3:  # it dawdles
            pace *= 0.2
        body.towards(*self.goals[who], pace, self.agile, self.step_s)

    def _alone(self, what: str) -> None:
        until = self.now_s + self._lasts(self.company.between_s / 1.5)
        side = float(self.chance.choice([-1.0, 1.0]))
        while self.now_s < until:
            one, other = self.one, self.other
            if what == "passing":
                self.goals[0] = other.part(0.0, 0.5 * side)
                if math.hypot(self.goals[0][0] - one.x, self.goals[0][1] - one.y) < 0.4:
                    what, self.goals[0] = "strolling", self._anywhere()
                one.towards(*self.goals[0], self.pace, self.agile, self.step_s)
                self._stroll(1, 0.3 * self.pace)
            elif what == "resting":
                one.towards(*other.part(-0.1, 0.45 * side), self.pace, self.agile, self.step_s)
                other.towards(other.x, other.y, 0.0, self.agile, self.step_s)
            elif what == "visited":
                place = one.part(0.5 if side > 0 else -0.5)
                other.towards(*_before(other, place, self.reach), self.pace, 8.0, self.step_s)
                one.towards(one.x, one.y, 0.0, self.agile, self.step_s)
            else:
                self._stroll(0, self.pace)
                self._stroll(1, 0.6 * self.pace)
            self._frame()

    def _together(self, what: str) -> tuple[float, float]:
        """A bout, after the way to it; when it begins and ends."""
        begun, lasts = math.nan, max(0.5, self._lasts(self.company.lasts_s))
        late = self.now_s + 12.0
        while not self.now_s >= begun + lasts:
            one, other = self.one, self.other
            if what == "facing":
                place, far = other.part(0.5), self.reach
                other.towards(other.x, other.y, 0.0, self.agile, self.step_s)
            else:
                place, far = other.part(-0.5), self.reach if what == "sniffing" else 0.35
                pace = 0.1 if what == "sniffing" else 0.9
                self._stroll(1, pace * self.pace if begun == begun else 0.3 * pace)
            one.towards(*_before(one, place, far), 1.3 * self.pace, 8.0, self.step_s)
            self._frame()
            nose = one.part(0.5)
            off = math.hypot(nose[0] - place[0], nose[1] - place[1])
            if math.isnan(begun) and (off < far + 0.15 or self.now_s > late):
                begun = self.now_s
        return begun, self.now_s


def _before(body: _Body, place: tuple[float, float], far: float) -> tuple[float, float]:
    """Where the middle of a body is when its nose is that near to a place."""
    away = math.hypot(place[0] - body.x, place[1] - body.y)
    share = max(0.0, 1 - (0.5 + far) / max(away, 1e-6))
    return body.x + share * (place[0] - body.x), body.y + share * (place[1] - body.y)


def _placed(bodies: Array) -> Array:
    """Keypoints ``(t, 2, keypoint)`` of a body ``(t, 3)``."""
    c, s = np.cos(bodies[:, 2]), np.sin(bodies[:, 2])
    places = [
        np.stack([bodies[:, 0] + a * c - b * s, bodies[:, 1] + a * s + b * c], axis=1)
        for a, b in PARTS.values()
    ]
    return np.stack(places, axis=2)
