"""``movement``: its datasets of poses, and of the middles of boxes, saved as netCDF.

Such a file holds ``position`` (time, space, keypoints, individuals) and ``confidence``, names along
the axes, and whether times are seconds or frames. netCDF 4 is HDF5 and needs h5py; netCDF 3 needs
nothing besides.

References
----------
Sirmpilatze et al., movement, https://doi.org/10.5281/zenodo.12755724
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal, Tracks
from ethoframe.data.noun import Array
from ethoframe.formats._clock import clocked
from ethoframe.formats._space import SPACE, flat
from ethoframe.formats._writing import complete

SUFFIXES = (".nc",)

SIGNATURES = ((0, b"CDF\x01"), (0, b"CDF\x02"))

HDF = b"\x89HDF\r\n\x1a\n"

AXES: Mapping[str, tuple[str, ...]] = {
    "time": ("time",),
    "space": ("space",),
    "keypoints": ("keypoints", "keypoint"),
    "individuals": ("individuals", "individual"),
}
"""What each axis may be called."""

UNITS = ("px", "mm", "bl")

OURS = "ethoframe"
"""The ``source_software`` of datasets whose further variables are known to be features."""

REMEDY = "save a dataset of movement with to_netcdf"


@dataclass(frozen=True)
class Stored:
    """A variable of such a file.

    Parameters
    ----------
    values
        Its numbers, or words.
    axes
        What its axes are called.
    """

    values: Array
    axes: tuple[str, ...]


Kept = tuple[Mapping[str, Stored], Mapping[str, Any]]
"""Variables and attributes."""


def tracks_in(path: Path) -> bool:
    """Whether it is a netCDF file, by its name."""
    return path.is_file() and path.name.lower().endswith(SUFFIXES)


def in_space(path: Path) -> bool:
    """Whether places are in three dimensions."""
    variables, _ = _kept(Path(path))
    held = variables.get("position")
    shape = dict(zip(held.axes, held.values.shape, strict=True)) if held else {}
    return shape.get("space") == len(SPACE)


def read_tracks(
    path: Path,
    *,
    rate: float | None = None,
    times_s: Array | None = None,
    plane: str = "xy",
) -> Tracks:
    """The tracks in a dataset.

    Parameters
    ----------
    path
        Of the file.
    rate
        Frames per second, where times are numbers of frames.
    times_s
        Seconds of each frame of the film, in the same case.
    plane
        Which two axes of space are kept, where the file has three; the other is left out.

    Returns
    -------
    Tracks
        In the unit that the file names in ``space_unit``, as ours do; else in px. A dataset of
        boxes has one keypoint, ``centroid``. Without confidences what was seen has 1.

    Raises
    ------
    Refusal
        When h5py is needed and not installed, the file is damaged or holds no such dataset, or
        there is no clock.

    Examples
    --------
    >>> import tempfile
    >>> tracks = Tracks.of(np.array([[5.0, 9.0], [6.0, 9.5]]), np.array([0.0, 0.1]), "nose")
    >>> path = Path(tempfile.mkdtemp()) / "tracks.nc"
    >>> write_tracks(tracks, path)
    ()
    >>> read_tracks(path) == tracks
    True
    """
    path = Path(path)
    variables, said = _kept(path)
    position, names = _places(path, variables, plane)
    times, numbers = _clock(path, variables, said, rate, times_s)
    unit = str(said.get("space_unit", "px"))
    return Tracks(
        position,
        _sure(path, variables, position),
        numbers,
        times,
        names["keypoints"],
        names["individuals"],
        unit if unit in UNITS else "px",
        _features(path, variables) if said.get("source_software") == OURS else {},
    )


def _places(
    path: Path, variables: Mapping[str, Stored], plane: str
) -> tuple[Array, dict[str, tuple[str, ...]]]:
    """Positions in a plane, NaN where one of the two is missing; and what axes are called along."""
    if "position" not in variables:
        raise Refusal(path, "it holds no positions", REMEDY)
    position = _laid(path, variables["position"], [*AXES])
    names = {axis: _names(variables, axis, position.shape[at]) for at, axis in enumerate(AXES)}
    if "keypoints" not in [_axis(each) for each in variables["position"].axes]:
        names["keypoints"] = ("centroid",)
    space = names["space"] if _known(variables, "space") else SPACE[: position.shape[1]]
    return flat(path, position, plane, space), names


def _sure(path: Path, variables: Mapping[str, Stored], position: Array) -> Array:
    """Confidences; 1 of all that was seen in a file without any that is a number."""
    seen: Array = np.all(np.isfinite(position), axis=1)
    if "confidence" in variables:
        told = _laid(path, variables["confidence"], ["time", "keypoints", "individuals"])
        if np.isfinite(told).any():
            return np.where(seen, np.nan_to_num(told), 0.0)
    return seen.astype(np.float64)


def _kept(path: Path) -> Kept:
    with path.open("rb") as file:
        head = file.read(8)
    try:
        return _of_hdf(path) if head == HDF else _of_classic(path)
    except (OSError, KeyError, ValueError, TypeError, IndexError) as error:
        if isinstance(error, Refusal):
            raise
        told = str(error).split("\n")[0]
        raise Refusal(path, f"it is no netCDF file ({told})", REMEDY) from None


def _of_hdf(path: Path) -> Kept:
    h5py = needs("nwb", "h5py")
    with h5py.File(path, "r") as file:
        found = {}
        for name, held in file.items():
            if isinstance(held, h5py.Dataset):
                axes = [_of_scale(held, at, name) for at in range(held.ndim)]
                found[name] = Stored(_decoded(held[...]), tuple(axes))
        said = {name: _plain(held) for name, held in file.attrs.items() if name[0] != "_"}
    return found, said


def _of_scale(held: Any, at: int, name: str) -> str:
    """What an axis is called: the scale that is hung on it, or for a scale itself its own name."""
    scales = list(held.dims[at].values())
    return scales[0].name.rpartition("/")[2] if scales else name


def _of_classic(path: Path) -> Kept:
    from scipy.io import netcdf_file

    with netcdf_file(path, "r", mmap=False) as file:
        found = {}
        for name, held in file.variables.items():
            values, axes = np.array(held[...]), tuple(held.dimensions)
            if values.dtype.kind == "S" and values.ndim > 1:  # letters along an axis of their own
                values, axes = values.view(f"S{values.shape[-1]}")[..., 0], axes[:-1]
            found[name] = Stored(_decoded(values), axes)
        said = {name: _plain(held) for name, held in file._attributes.items()}
    return found, said


def _decoded(values: Array) -> Array:
    """Words as text; big-endian numbers as usual ones."""
    if values.dtype.kind in "SO":
        words = [_plain(each) for each in values.ravel().tolist()]
        return np.array(words, np.str_).reshape(values.shape)
    return values.astype(values.dtype.newbyteorder("="))


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    return value.decode("utf-8") if isinstance(value, bytes) else value


def _axis(name: str) -> str:
    return next((axis for axis, words in AXES.items() if name in words), name)


def _laid(path: Path, stored: Stored, wanted: list[str]) -> Array:
    """A variable with its axes in this order; an axis that it has not has one entry."""
    axes = [_axis(name) for name in stored.axes]
    if set(axes) - set(wanted) or len(set(axes)) < len(axes) or "time" not in axes:
        raise Refusal(path, f"its positions have the axes {', '.join(stored.axes)}", REMEDY)
    turned = stored.values.transpose([axes.index(axis) for axis in wanted if axis in axes])
    missing = tuple(at for at, axis in enumerate(wanted) if axis not in axes)
    laid: Array = np.expand_dims(turned, missing).astype(np.float64)
    return laid


def _features(path: Path, variables: Mapping[str, Stored]) -> dict[str, Array]:
    """What was measured of each individual in each frame."""
    wanted = ["time", "individuals"]
    return {
        name: _laid(path, stored, wanted)
        for name, stored in variables.items()
        if {_axis(each) for each in stored.axes} == {*wanted}
    }


def _known(variables: Mapping[str, Stored], axis: str) -> bool:
    return any(name in variables for name in AXES[axis])


def _names(variables: Mapping[str, Stored], axis: str, count: int) -> tuple[str, ...]:
    for name in AXES[axis]:
        if name in variables and axis != "time":
            return tuple(str(word) for word in variables[name].values.ravel())
    return tuple(f"{axis[:-1]}_{at}" for at in range(count)) if axis != "time" else ()


def _clock(
    path: Path,
    variables: Mapping[str, Stored],
    said: Mapping[str, Any],
    rate: float | None,
    known_s: Array | None,
) -> tuple[Array, Array]:
    """Seconds and numbers of the frames."""
    if "time" not in variables:
        raise Refusal(path, "it holds no times", REMEDY)
    told = variables["time"].values
    if said.get("time_unit") == "frames":
        numbers = told.astype(np.int64)
        return clocked(path, numbers, rate, known_s), numbers
    if "frame" in variables:
        return told.astype(np.float64), variables["frame"].values.astype(np.int64)
    times = told.astype(np.float64)
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    numbers = np.round(times / step).astype(np.int64) if step > 0 else np.arange(len(times))
    rising = bool((np.diff(numbers) > 0).all())
    return times, numbers if rising else np.arange(len(times))


def write_tracks(tracks: Tracks, path: Path) -> tuple[str, ...]:
    """The tracks as a dataset that movement opens, in netCDF 3.

    Parameters
    ----------
    tracks
        In any unit, which is kept.
    path
        Ends in ``.nc``; a file that is there is replaced.

    Returns
    -------
    tuple of str
        What could not be kept, one line each.

    Raises
    ------
    Refusal
        When it cannot be written.
    """
    from scipy.io import netcdf_file

    path = Path(path)
    with complete(path) as partial, netcdf_file(partial, "w", version=2) as file:
        sizes = zip(AXES, (len(tracks), *tracks.position.shape[1:]), strict=True)
        for axis, size in sizes:
            file.createDimension(axis, size)
        _put(file, "time", tracks.times_s, ("time",))
        _put(file, "frame", tracks.numbers.astype(np.int32), ("time",))
        words = {"space": ("x", "y"), "keypoints": tracks.keypoints}
        for axis, names in {**words, "individuals": tracks.individuals}.items():
            _put_words(file, axis, names)
        _put(file, "position", tracks.position, tuple(AXES))
        _put(file, "confidence", tracks.confidence, ("time", "keypoints", "individuals"))
        for name, held in tracks.features.items():
            _put(file, name, held, ("time", "individuals"))
        file.ds_type, file.time_unit, file.space_unit = "poses", "seconds", tracks.unit
        file.source_software = OURS
        if len(tracks) > 1:
            file.fps = 1 / tracks.step_s
    return ()


def _put(file: Any, name: str, values: Array, axes: tuple[str, ...]) -> None:
    held = file.createVariable(name, values.dtype.newbyteorder("="), axes)
    held[:] = values


def _put_words(file: Any, axis: str, names: tuple[str, ...]) -> None:
    encoded = np.array([name.encode("utf-8") for name in names])
    letters = f"{axis}_letters"
    file.createDimension(letters, max(1, encoded.dtype.itemsize))
    held = file.createVariable(axis, "c", (axis, letters))
    held._Encoding = "utf-8"
    held[:] = encoded.view("S1").reshape(len(names), -1)
