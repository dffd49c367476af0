"""MATLAB files with bouts of behaviour: what BehaviorDEPOT keeps, and plain matrices.

BehaviorDEPOT keeps a struct (``hBehavior`` of a person, ``Behavior`` of its classifiers) that has
a struct for each behaviour; its ``Bouts`` are rows of first and last frame. Besides those, a matrix
of two columns is bouts, and a vector of zeros and ones says of each frame whether there is one; its
name is the label. Frames count from 1, and the last one belongs to a bout. Objects of MATLAB, such
as its tables, are never loaded.

References
----------
Gabriel et al., eLife 11 (2022), e74314.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Observations, Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._observing import Bout, Gathered, Sitting

SUFFIXES = (".mat",)

HUMAN, ANALYSED = "hb_", "_analyzed"
"""How BehaviorDEPOT begins the file of a rater, and ends the folder of a video."""

MACHINE = "BehaviorDEPOT"
NEWER = b"MATLAB 7.3"
SAVE = "in MATLAB: writetable(T, 'bouts.csv'), with columns start, stop and behaviour"


@dataclass(frozen=True)
class Object:
    """Stands for what is not loaded."""


@dataclass(frozen=True)
class Found:
    """Spans of one behaviour, in frames from 0, the stop outside; and how many were looked at."""

    label: str
    spans: Array
    frames: int = 0


def observed_in(path: Path) -> bool:
    """Whether it is a MATLAB file, by its name."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


def read(path: Path, *, rate: float | None = None) -> Observations:
    """The bouts of each behaviour, by one author.

    Parameters
    ----------
    path
        Of a ``.mat`` file of any version.
    rate
        Frames per second; what the file says where left out.

    Returns
    -------
    Observations
        The recording is called as the video that the file or its folder names, or else as the file.
        A file that begins with ``hB_`` is by the person that the rest of its name says, where it
        names the video itself. What was looked at is all of the frames that the file counts; where
        it counts none, from 0 s to the last end, with a warning.

    Raises
    ------
    Refusal
        When it is damaged, holds no bouts but those in an object, a bout stops before it starts, or
        nobody knows the rate.

    Examples
    --------
    >>> import tempfile, scipy.io
    >>> path = Path(tempfile.mkdtemp()) / "m1.mat"
    >>> scipy.io.savemat(path, {"freezing": np.array([[1, 50], [101, 125]])})
    >>> read(path, rate=50).of("m1")[0].spans("freezing").tolist()
    [[0.0, 1.0], [2.0, 2.5]]
    """
    held = _loaded(path)
    found = [*_found(path, held)]
    if not found:
        _refuse(path, held)
    rate = rate or _rate(path, held)
    if not rate:
        raise Refusal(path, "it carries no clock", "say it, as --clock 30fps")
    gathered = Gathered()
    sitting = _sitting(path, held)
    frames = max([int(_number(held, "TotalFrames")), *(each.frames for each in found)])
    for each in found:
        spans = (each.spans / rate).tolist()
        gathered.add(sitting, [Bout(each.label, start, stop) for start, stop in spans])
    if frames:
        gathered.looked_s[sitting] = [(0.0, frames / rate)]
    return gathered.observations()


def _loaded(path: Path) -> Mapping[str, Any]:
    """Its variables: mappings for structs, arrays, texts, and `Object` for what is not loaded."""
    with path.open("rb") as file:
        newer = file.read(len(NEWER)) == NEWER
    try:
        return _newer(path) if newer else _older(path)
    except Refusal:
        raise
    except Exception as error:  # noqa: BLE001  what parsers of damaged files raise has no end
        reason = f"it is no MATLAB file that can be read ({type(error).__name__})"
        raise Refusal(path, reason, "save it again in MATLAB, with -v7") from None


def _older(path: Path) -> Mapping[str, Any]:
    """Of versions up to 7."""
    from scipy.io import loadmat

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of objects that it does not know
        held = loadmat(path)
    return {str(name): _plain(each) for name, each in held.items() if not name.startswith("__")}


def _plain(value: Any) -> Any:
    if not isinstance(value, np.ndarray) or type(value) is not np.ndarray:
        return Object()  # scipy has classes of its own for objects and functions
    if value.dtype.names:
        return {name: _plain(value.flat[0][name]) for name in value.dtype.names if value.size == 1}
    if value.dtype.kind == "U":
        return str(value.flat[0]) if value.size else ""
    if value.dtype.kind == "O":
        return _plain(value.flat[0]) if value.size == 1 else Object()
    return value


def _newer(path: Path) -> Mapping[str, Any]:
    """Of version 7.3, which is HDF5."""
    h5py = needs("nwb", "h5py")
    with h5py.File(path, "r") as file:
        return {name: _stored(each) for name, each in file.items() if not name.startswith("#")}


def _stored(node: Any) -> Any:
    if "MATLAB_object_decode" in node.attrs or "MATLAB_class" not in node.attrs:
        return Object()
    if hasattr(node, "keys"):
        return {str(name): _stored(each) for name, each in node.items()}
    kind = node.attrs["MATLAB_class"]
    if kind == b"char":
        return "".join(map(chr, np.ravel(node[()])))
    if node.dtype.kind not in "fiub":
        return Object()
    if "MATLAB_empty" in node.attrs:
        return np.zeros((0, 0))
    return np.asarray(node[()]).T  # MATLAB counts along columns first


def _found(path: Path, held: Mapping[str, Any]) -> Iterator[Found]:
    for name, value in held.items():
        if isinstance(value, Mapping):
            own = {name: value} if "Bouts" in value else value
            for label, each in own.items():
                if isinstance(each, Mapping) and "Bouts" in each:
                    yield _kept(path, label, each)
        elif isinstance(value, np.ndarray) and _is_pairs(value):
            yield Found(name, _spans(path, name, value))
        elif isinstance(value, np.ndarray) and _is_flags(value):
            yield Found(name, _runs(value.ravel()), value.size)


def _kept(path: Path, label: str, behaviour: Mapping[str, Any]) -> Found:
    """What BehaviorDEPOT keeps of a behaviour."""
    bouts, vector = behaviour["Bouts"], behaviour.get("Vector")
    if not isinstance(bouts, np.ndarray):
        raise Refusal(path, f"the bouts of {label} are an object", SAVE)
    frames = vector.size if isinstance(vector, np.ndarray) else 0
    return Found(label, _spans(path, label, bouts), frames)


def _spans(path: Path, label: str, bouts: Array) -> Array:
    """First and last frames from 1 as spans from 0 whose stop is outside."""
    if not bouts.size:
        return np.zeros((0, 2))
    if bouts.ndim != 2 or bouts.shape[1] != 2:
        reason = f"the bouts of {label} have {bouts.shape[-1]} columns"
        raise Refusal(path, reason, "leave first and last frame in them")
    spans = np.asarray(bouts, np.float64)
    wrong = ~(np.isfinite(spans).all(axis=1) & (spans[:, 0] >= 1) & (spans[:, 1] >= spans[:, 0]))
    if wrong.any() or (spans != np.round(spans)).any():
        shown = ", ".join(f"{each:g}" for each in spans[int(np.argmax(wrong))])
        reason = f"a bout of {label} is {shown}, which is no first and last frame from 1 on"
        raise Refusal(path, reason, "correct it in MATLAB")
    return spans - [1, 0]


def _is_pairs(value: Array) -> bool:
    return value.ndim == 2 and value.shape[1] == 2 and value.size > 0 and value.dtype.kind in "fiu"


def _is_flags(value: Array) -> bool:
    """Whether it says yes or no of each frame."""
    return value.size > 2 and max(value.shape) == value.size and bool(np.isin(value, (0, 1)).all())


def _runs(flags: Array) -> Array:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return edges.reshape(-1, 2).astype(np.float64)


def _refuse(path: Path, held: Mapping[str, Any]) -> None:
    objects = [name for name, value in held.items() if isinstance(value, Object)]
    if objects:
        raise Refusal(path, f"{objects[0]} is a MATLAB object, which is not loaded", SAVE)
    listed = ", ".join(held) or "nothing"
    raise Refusal(path, f"it holds {listed}, and no bouts in it", "name a file with bouts")


def _all(held: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The structs at its top."""
    yield from (value for value in held.values() if isinstance(value, Mapping))


def _number(held: Mapping[str, Any], name: str) -> float:
    """What a struct counts; 0 where none does."""
    found = (struct.get(name) for struct in _all(held))
    return next((float(each.flat[0]) for each in found if isinstance(each, np.ndarray)), 0.0)


def _rate(path: Path, held: Mapping[str, Any]) -> float:
    """What the file says, or the parameters that BehaviorDEPOT keeps beside it; 0 for neither."""
    beside = path.with_name("Params.mat")
    if rate := _number(held, "FrameRate"):
        return rate
    if not _analysed(path) or not beside.is_file() or beside == path:
        return 0.0
    videos = ((struct.get("Video") or {}) for struct in _all(_loaded(beside)))
    return next(
        (_number({"": each}, "frameRate") for each in videos if isinstance(each, Mapping)), 0.0
    )


def _analysed(path: Path) -> bool:
    return path.absolute().parent.name.endswith(ANALYSED)


def _sitting(path: Path, held: Mapping[str, Any]) -> Sitting:
    """Which recording, and who says so."""
    name = path.stem.removesuffix(".mat")
    human = name[len(HUMAN) :] if name.lower().startswith(HUMAN) else ""
    video = next((each["VideoName"] for each in _all(held) if "VideoName" in each), "")
    if isinstance(video, str) and video:
        return Sitting(PureWindowsPath(video).stem, human)
    if _analysed(path):
        video = path.absolute().parent.name.removesuffix(ANALYSED)
        return Sitting(PureWindowsPath(video).stem, MACHINE)
    return Sitting(human or name, told=False)
