"""The animal frame by frame, in the form that figures and quality read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ethoframe.data import Recording, Tracks
from ethoframe.data.noun import Array
from ethoframe.data.roles import makes
from ethoframe.report.session import Session
from ethoframe.report.wording import plain


@dataclass(frozen=True)
class Course:
    """One row for every frame from the first to the last that was looked at, lost ones included.

    Parameters
    ----------
    numbers, times_s
        Frame numbers and seconds ``(t,)``.
    lasts_s
        Seconds each frame stands for ``(t,)``: until the next, but no longer than a few frames.
    picture, floor
        Position ``(t, 2)`` in px and in `unit`; NaN where there is none. Short gaps may be filled.
    seen
        Whether the keypoint was found ``(t,)``; a filled position is not.
    found
        Whether any keypoint of the animal was ``(t,)``.
    unit
        Of `floor`: ``"mm"``, ``"bl"`` or ``"px"``.
    picture_unit
        Of `picture`: px, unless tracks of another program are in mm.
    head, tail
        Its two ends in the picture ``(t, 2)``.
    head_sure
        Probability that the head end is no tail ``(t,)``; NaN where nothing was said.
    area_px2
        Its area in the picture ``(t,)``.
    body_px
        Median length of its body in `picture_unit`; NaN when unknown.
    keypoint
        Which point `picture` and `floor` are.
    who
        Whose, where the tracks are of several individuals: the first; empty of one alone.
    """

    numbers: Array
    times_s: Array
    lasts_s: Array
    picture: Array
    floor: Array
    seen: Array
    found: Array
    unit: str
    picture_unit: str
    head: Array
    tail: Array
    head_sure: Array
    area_px2: Array
    body_px: float
    keypoint: str
    who: str = ""

    @classmethod
    def of(cls, session: Session) -> Course:
        """The course of the first individual."""
        tracks, floor = session.tracks, session.floor_tracks
        numbers = _numbers(session.recording, tracks)
        times = session.recording.times_s[numbers]
        named = tracks.keypoints if tracks else ()
        keypoint = _followed(named)
        sure = _confidence(tracks, keypoint, numbers)
        known = (sure > 0) & ("head_end" in named)
        return cls(
            numbers=numbers,
            times_s=times,
            lasts_s=_lasting(times),
            picture=_points(tracks, keypoint, numbers),
            floor=_points(floor, keypoint, numbers),
            seen=sure > 0,
            found=_found(tracks, numbers),
            unit=floor.unit if floor else "px",
            picture_unit=session.unit,
            head=_points(tracks, "head_end", numbers),
            tail=_points(tracks, "tail_end", numbers),
            head_sure=np.where(known, _confidence(tracks, "head_end", numbers), np.nan),
            area_px2=_feature(tracks, "area_px2", numbers),
            body_px=_body_length(tracks),
            keypoint=keypoint,
            who=tracks.individuals[0] if tracks and len(tracks.individuals) > 1 else "",
        )

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def told(self) -> str:
        """Which point it is, and whose, in words."""
        point = plain(self.keypoint).replace("_", " ")
        return f"{point}{self.whose}"

    @property
    def whose(self) -> str:
        """Words that say whose it is, to be set behind a noun; none of one alone."""
        return f" of {plain(self.who)}" if self.who else ""

    @property
    def whom(self) -> str:
        """What `seen` is about, in words: the animal, or the one keypoint that stands for it."""
        same = np.array_equal(self.seen, self.found)
        return "animal" if same else self.keypoint.replace("_", " ")

    @property
    def placed(self) -> Array:
        """Whether there is a position, found or filled ``(t,)``."""
        return np.asarray(np.isfinite(self.picture).all(axis=1))

    @property
    def step_s(self) -> float:
        """Median time between frames; NaN for fewer than two."""
        return float(np.median(np.diff(self.times_s))) if len(self) > 1 else float("nan")

    @property
    def span_s(self) -> tuple[float, float]:
        """From the start of the first frame to the end of the last."""
        if not len(self):
            return 0.0, 0.0
        return float(self.times_s[0]), float(self.times_s[-1] + self.lasts_s[-1])

    def speed(self) -> Array:
        """Speed on the floor ``(t,)`` in `unit` per second, NaN beside lost frames.

        That is the distance between a frame's neighbours over the time between them.
        """
        speed = np.full(len(self), np.nan)
        if len(self) > 2:
            distance = np.hypot(*(self.floor[2:] - self.floor[:-2]).T)
            speed[1:-1] = distance / (self.times_s[2:] - self.times_s[:-2])
        return speed

    def step_px(self) -> Array:
        """Distance moved in the picture since the frame before ``(t,)``; NaN beside lost frames."""
        moved = np.full(len(self), np.nan)
        moved[1:] = np.hypot(*np.diff(self.picture, axis=0).T)
        return moved


def runs(flags: Array) -> Array:
    """First and one-past-last index ``(n, 2)`` of each run of true flags.

    Examples
    --------
    >>> runs(np.array([False, True, True, False, True])).tolist()
    [[1, 3], [4, 5]]
    """
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8))
    return np.stack([np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)], axis=1)


def _followed(keypoints: tuple[str, ...]) -> str:
    """The middle of the body, by whatever name; the first keypoint where none is."""
    if not keypoints:
        return "centroid"
    stands = makes("body_centre", keypoints)
    return "body_centre" if len(stands) > 1 else (stands or keypoints)[0]


def _numbers(recording: Recording, tracks: Tracks | None) -> Array:
    """Every frame between the first and last of the tracks; the whole recording without tracks."""
    if tracks is None:
        return np.arange(len(recording))
    last = min(int(tracks.numbers[-1]), len(recording) - 1)
    return np.arange(int(tracks.numbers[0]), last + 1)


def _lasting(times_s: Array) -> Array:
    """The step to the next frame; a pause of the recording counts as one median step."""
    if len(times_s) < 2:
        return np.zeros(len(times_s))
    steps = np.diff(times_s)
    usual = float(np.median(steps))
    return np.append(np.where(steps > 5 * usual, usual, steps), usual)


def _rows(tracks: Tracks, numbers: Array) -> tuple[Array, Array]:
    """Where the tracks' frames stand among `numbers`, and which of them do."""
    rows = tracks.numbers - (numbers[0] if len(numbers) else 0)
    inside = (rows >= 0) & (rows < len(numbers))
    return rows[inside], inside


def _points(tracks: Tracks | None, keypoint: str, numbers: Array) -> Array:
    points = np.full((len(numbers), 2), np.nan)
    if tracks is not None and makes(keypoint, tracks.keypoints):
        rows, inside = _rows(tracks, numbers)
        points[rows] = tracks.place(keypoint)[inside]
    return points


def _feature(tracks: Tracks | None, name: str, numbers: Array) -> Array:
    values = np.full(len(numbers), np.nan)
    if tracks is not None and name in tracks.features:
        rows, inside = _rows(tracks, numbers)
        values[rows] = tracks.feature(name)[inside]
    return values


def _body_length(tracks: Tracks | None) -> float:
    if tracks is None:
        return float("nan")
    length = tracks.body_length_px / (tracks.px_per_unit if tracks.unit != "px" else 1.0)
    return length if length > 0 else float("nan")


def _found(tracks: Tracks | None, numbers: Array) -> Array:
    """Whether any keypoint of the first individual was found in each frame."""
    found = np.zeros(len(numbers), bool)
    if tracks is not None:
        rows, inside = _rows(tracks, numbers)
        placed = np.isfinite(tracks.position[..., 0]).all(axis=1)
        seen: Array = np.any(placed & (tracks.confidence[..., 0] > 0), axis=1)
        found[rows] = seen[inside]
    return found


def _confidence(tracks: Tracks | None, keypoint: str, numbers: Array) -> Array:
    """How sure each frame's keypoint is; 0 without a position."""
    sure = np.zeros(len(numbers))
    if tracks is not None and (names := makes(keypoint, tracks.keypoints)):
        rows, inside = _rows(tracks, numbers)
        known = np.isfinite(tracks.place(keypoint)).all(axis=1)
        column = tracks.confidence[:, [tracks.keypoints.index(name) for name in names], 0]
        column = column.min(axis=1)
        sure[rows] = np.where(known, column, 0.0)[inside]
    return sure
