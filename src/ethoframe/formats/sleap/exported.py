"""Tracks in what SLEAP exports for analysis: HDF5 and CSV, without sleap-io."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats._space import heading
from ethoframe.formats.sleap.said import ANIMAL

DATASETS = frozenset({"tracks", "node_names", "track_occupancy"})
"""By which an export as HDF5 is known."""

AXES = ("track", "xy", "node", "frame")
"""Of places, as SLEAP writes them; scores have all but the second."""

PLAIN_AXES = ("frame", "track", "node", "xy")
"""Of places in files that say they were not turned."""

TRACK, FRAME = "track", "frame_idx"
"""Columns that say of whom and of which frame a row is."""

INSTANCE = "instance.score"
"""The column of how sure the network is of all of an individual."""

NODE = ("x", "y", "score")
"""Columns of each node; their names begin with its name and a dot."""

LONGEST = 2**26
"""Frames that a film may have, nine days at 90 a second: a number above it is damage."""

REMEDY = "export it from SLEAP anew"


class Seen(NamedTuple):
    """What an export tells of a film."""

    numbers: Array
    position: Array
    """Axes frame, 2, node, track; NaN where absent."""
    score: Array
    """Axes frame, node, track; NaN where no network said it."""
    nodes: tuple[str, ...]
    tracks: tuple[str, ...]


def is_export(path: Path) -> bool:
    """Whether a file is such an export, by its datasets or the heading of its table."""
    if path.suffix.lower() == ".csv":
        names = heading(path)
        return {TRACK, FRAME} <= {*names} and bool(_nodes(names))
    try:
        with needs("learn", "h5py").File(path, "r") as file:
            return {*file} >= DATASETS
    except (Refusal, OSError, RuntimeError):
        return False


def exported(path: Path, rate: float | None, times_s: Array | None) -> Tracks:
    """The tracks of an export, as `read_tracks` of the format says.

    Parameters
    ----------
    path
        Of the file.
    rate
        Frames per second.
    times_s
        Seconds of each frame of the film.

    Raises
    ------
    Refusal
        When h5py is needed and not installed, the file is damaged or holds nothing, there is no
        clock, two rows are of one individual, or names are told twice.
    """
    if not path.is_file():
        raise Refusal(path, "there is no such file", "check its name and folder")
    found = _of_text(path) if path.suffix.lower() == ".csv" else _of_hdf(path)
    if not found.position.size:
        raise Refusal(path, "it holds no instance", "track its film with SLEAP first")
    for what, names in (("nodes", found.nodes), ("tracks", found.tracks)):
        if len(set(names)) < len(names):
            raise Refusal(path, f"two {what} have the same name", "name them apart in SLEAP")
    seen: Array = np.all(np.isfinite(found.position), axis=1)
    # What a person placed has no score.
    sure = np.where(np.isnan(found.score), 1.0, np.clip(found.score, 0.0, 1.0))
    return Tracks(
        np.where(seen[:, None], found.position, np.nan),
        np.where(seen, sure, 0.0),
        found.numbers,
        clocked(path, found.numbers, rate, times_s),
        found.nodes,
        _called(found.tracks),
    )


def _called(tracks: Sequence[str]) -> tuple[str, ...]:
    """The names of individuals; one that has no track is called as in other files of SLEAP."""
    lone = f"{ANIMAL} without track" if ANIMAL in tracks else ANIMAL
    return tuple(name or lone for name in tracks)


def _of_hdf(path: Path) -> Seen:
    h5py = needs("learn", "h5py")
    try:
        with h5py.File(path, "r") as file:
            axes = _axes(file)
            position = _turned(file["tracks"], axes, ("frame", "xy", "node", "track"))
            score = np.full((len(position), *position.shape[2:]), np.nan)
            if "point_scores" in file:
                own = tuple(axis for axis in axes if axis != "xy")
                score = _turned(file["point_scores"], own, ("frame", "node", "track"))
            nodes = _words(file["node_names"])
            tracks = _words(file["track_names"]) if "track_names" in file else ()
    except (OSError, KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        told = " ".join(str(error).split())[:200]
        raise Refusal(path, f"is no analysis file of SLEAP ({told})", REMEDY) from None
    frames, space, *held = position.shape
    tracks = tracks or ("",) * (held[1] == 1)
    fits = held == [len(nodes), len(tracks)] and score.shape == (frames, *held)
    if space != len("xy") or not fits:
        reason = f"its {len(nodes)} nodes and {len(tracks)} tracks are not those of its places"
        raise Refusal(path, reason, REMEDY)
    return Seen(np.arange(frames), position, score, nodes, tracks)


def _axes(file: Any) -> tuple[str, ...]:
    """The axes of places, as the file names them or else as SLEAP writes them."""
    named = file["tracks"].attrs.get("dims")
    if named is not None:
        return tuple(map(str, json.loads(named)))
    return AXES if file.attrs.get("transpose", True) else PLAIN_AXES


def _turned(kept: Any, axes: tuple[str, ...], wanted: tuple[str, ...]) -> Array:
    if "dims" in kept.attrs:
        axes = tuple(map(str, json.loads(kept.attrs["dims"])))
    if kept.dtype.kind not in "fiu":
        raise ValueError(f"{kept.name} holds no numbers")
    return np.asarray(kept[...], np.float64).transpose([axes.index(axis) for axis in wanted])


def _words(kept: Any) -> tuple[str, ...]:
    told = np.ravel(kept[...]).tolist()
    return tuple(
        word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in told
    )


def _of_text(path: Path) -> Seen:
    names, tracks, values = _table(path)
    nodes = _nodes(names)
    if not {TRACK, FRAME} <= {*names} or not nodes:
        raise Refusal(path, f"it has no columns {TRACK}, {FRAME} and <node>.x, .y", REMEDY)
    told = values[:, names.index(FRAME)]
    if not (np.array_equal(told, np.round(told)) and np.all((told >= 0) & (told < LONGEST))):
        raise Refusal(path, f"{FRAME} is no number of a frame in a row", REMEDY)
    called = tuple(dict.fromkeys(tracks))
    place = {name: at for at, name in enumerate(called)}
    who, frames = np.array([place[name] for name in tracks], np.int64), told.astype(np.int64)
    _refuse_twice(path, called, who, frames)
    first = frames.min() if len(frames) else 0
    numbers = np.arange(first, frames.max() + 1) if len(frames) else frames
    cube = np.full((len(numbers), len(NODE), len(nodes), len(called)), np.nan)
    for k, columns in enumerate(nodes.values()):
        for axis, at in enumerate(columns):
            if at is not None:
                cube[frames - first, axis, k, who] = values[:, at]
    return Seen(numbers, cube[:, :2], cube[:, 2], tuple(nodes), called)


def _refuse_twice(path: Path, called: Sequence[str], who: Array, frames: Array) -> None:
    told, counts = np.unique(frames * max(1, len(called)) + who, return_counts=True)
    if not np.any(twice := counts > 1):
        return
    number, at = divmod(int(told[twice][0]), len(called))
    count = int(counts[twice][0])
    if called[at]:
        reason = f"{called[at]} is there twice in frame {number}"
        raise Refusal(path, reason, "leave the right one in SLEAP")
    reason = f"{count} instances of frame {number} have no track"
    raise Refusal(path, reason, "track them in SLEAP")


def _nodes(names: Sequence[str]) -> dict[str, tuple[int | None, ...]]:
    """Where the columns of each node are: x, y and the score, if it is told.

    SLEAP writes them in this order, and sleap-io by the alphabet. The first ``instance.score`` is
    the instance's, and not of a node that is called so.
    """
    place = {name: at for at, name in enumerate(names)}
    if names.count(INSTANCE) == 1:
        del place[INSTANCE]
    called = (name.removesuffix(".x") for name in names if name.endswith(".x"))
    return {
        node: (place[f"{node}.x"], place[f"{node}.y"], place.get(f"{node}.score"))
        for node in called
        if f"{node}.y" in place
    }


def _table(path: Path) -> tuple[list[str], list[str], Array]:
    """Names of the columns, the track of each row, and the numbers ``(row, column)``."""
    import pyarrow as pa
    import pyarrow.csv

    names = heading(path)
    columns = [str(at) for at in range(len(names))]
    types = {
        column: pa.string() if name == TRACK else pa.float64()
        for column, name in zip(columns, names, strict=True)
    }
    told = pyarrow.csv.ConvertOptions(column_types=types, null_values=["", "nan", "NaN"])
    read = pyarrow.csv.ReadOptions(skip_rows=1, column_names=columns)
    try:
        table = pyarrow.csv.read_csv(path, read_options=read, convert_options=told)
    except (pa.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise Refusal(path, f"is no table of SLEAP ({reason})", REMEDY) from None
    tracks: list[str] = []
    values = np.full((table.num_rows, len(names)), np.nan)
    for at, name in enumerate(names):
        if name == TRACK:
            tracks = [word.strip() for word in table[at].to_pylist()]
        else:
            values[:, at] = table[at].to_numpy()
    return names, tracks, values
