"""Maps in files: ``transform.json`` and, beside it, fields of displacements as NIfTI.

A transform is told in words that a person can read::

    {
     "kind": "transform",
     "source_unit": "px", "target_unit": "px",
     "matrix": [
      [0.9, -0.1, 12.5],
      [0.1, 0.9, -3.0],
      [0.0, 0.0, 1.0]
     ],
     "failed": "",
     "facts": {"similarity before": 0.31, "similarity after": 0.84}
    }

The matrix acts on columns x, y, 1 (or x, y, z, 1) of the source and gives those of the target. A
warp has ``steps``, the first applied first, of which displacements name a ``file`` beside: a NIfTI
image of vectors x, y(, z) as ITK, ANTs and SimpleITK read it, LPS in mm where the unit is mm. The
transforms of a recording's frames have ``frames``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.contract.extras import needs
from ethoframe.data import Displacement, Lens, Refusal, Transform, Transforms, Warp
from ethoframe.formats._writing import complete

SUFFIXES = (".json",)

FIELD = "displacement"
"""How the file of a displacement is called, and numbered from the second on."""

VECTOR = 1007
"""NIfTI's code of an image of vectors."""

MM = 2
"""NIfTI's code of millimetres."""

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])

Map = Transform | Warp | Displacement | Transforms


def write(path: Path, found: Map) -> None:
    """The map as ``transform.json``, with a NIfTI file beside it for each displacement.

    Files that are there are replaced. `read` gives back what is equal.

    Parameters
    ----------
    path
        Of the JSON file.
    found
        What is written.

    Raises
    ------
    Refusal
        When a file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "transform.json"
    >>> write(path, Transform.moving(3.0, 4.0))
    >>> read(path) == Transform.moving(3.0, 4.0)
    True
    """
    fields: dict[str, Displacement] = {}
    told = _told(found, fields)
    for name, field in fields.items():
        write_displacement(path.parent / name, field)
    with complete(path) as partial:
        partial.write_text(_json(told) + "\n", encoding="utf-8", newline="\n")


def read(path: Path) -> Map:
    """The map that a ``transform.json`` tells, or the displacement in a NIfTI file.

    Raises
    ------
    Refusal
        When the file cannot be read or tells no map, or a file beside it is missing.
    """
    path = Path(path)
    if path.name.lower().endswith((".nii", ".nii.gz")):
        return read_displacement(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
        return _found(path, told)
    except OSError as error:
        reason = f"cannot be read ({error.strerror})"
        raise Refusal(path, reason, "check its name and folder") from None
    except Refusal:
        raise
    except (ValueError, KeyError, TypeError, IndexError) as error:
        reason = f"it tells no transform ({type(error).__name__}: {error})"
        raise Refusal(path, reason, "name a transform.json that ethoframe wrote") from None


def write_displacement(path: Path, field: Displacement) -> None:
    """A displacement as a NIfTI image of vectors along its fifth axis, as ITK has it.

    Parameters
    ----------
    path
        Ends in ``.nii`` or ``.nii.gz``.
    field
        What is written, with the type of its numbers.
    """
    nibabel = needs("images", "nibabel")
    values = np.asarray(field.vectors)
    if values.dtype.kind != "f" or values.dtype.itemsize < 4:
        values = values.astype(np.float64)
    if field.axes == 2:
        values = values[None]
    turned = values.transpose(2, 1, 0, 3)[:, :, :, None, :]
    steps = (*reversed(field.spacing), 1.0)[:3]
    affine = np.diag([*steps, 1.0])
    affine[: field.axes, 3] = field.origin
    image = nibabel.Nifti1Image(turned, LPS @ affine)
    image.header["intent_code"] = VECTOR
    image.header["xyzt_units"] = MM if field.unit == "mm" else 0
    with complete(path) as partial:
        nibabel.save(image, partial)


def read_displacement(path: Path) -> Displacement:
    """The displacement in a NIfTI image of vectors; in px where the file tells no mm.

    Raises
    ------
    Refusal
        When it cannot be read, or holds no such vectors along axes that are not turned.
    """
    nibabel = needs("images", "nibabel")
    if not path.exists():
        raise Refusal(path, "there is no such file", "copy it from beside its transform.json")
    try:
        image = nibabel.load(path)
        values = np.asarray(image.dataobj)
    except (nibabel.filebasedimages.ImageFileError, ValueError, OSError, EOFError) as error:
        reason = f"it cannot be read ({error})"
        raise Refusal(path, reason, "copy it again from where it was made") from None
    affine = LPS @ image.affine
    axes = values.shape[-1] if values.ndim == 5 else 0
    straight = np.allclose(affine[:3, :3], np.diag(np.diag(affine[:3, :3])))
    if axes not in (2, 3) or values.shape[3] != 1 or not straight:
        reason = f"its {values.shape} numbers are no vectors along straight axes"
        raise Refusal(path, reason, "name a displacement of two or three axes")
    vectors = values[:, :, :, 0].transpose(2, 1, 0, 3)
    spacing = tuple(float(str(step)) for step in np.diag(affine)[:3].astype(np.float32))
    origin = tuple(float(str(place)) for place in affine[:axes, 3].astype(np.float32))
    unit = "mm" if int(image.header["xyzt_units"]) & 7 == MM else "px"
    vectors = vectors.astype(vectors.dtype.newbyteorder("="))
    if axes == 2:
        return Displacement(vectors[0], (spacing[1], spacing[0]), origin, unit)
    return Displacement(vectors, tuple(reversed(spacing)), origin, unit)


def _told(found: Map, fields: dict[str, Displacement]) -> dict[str, Any]:
    if isinstance(found, Transform):
        return _transform(found)
    if isinstance(found, Transforms):
        return _transforms(found)
    if isinstance(found, Displacement):
        name = f"{FIELD}.nii.gz" if not fields else f"{FIELD}-{len(fields) + 1}.nii.gz"
        fields[name] = found
        told = {"kind": "displacement", "unit": found.unit, "file": name}
        return {**told, "spacing": list(found.spacing), "origin": list(found.origin)}
    steps = [_told(step, fields) for step in found.steps]
    return {"kind": "warp", "failed": found.failed, "facts": dict(found.facts), "steps": steps}


def _transform(found: Transform) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": "transform"}
    told |= {"source_unit": found.source_unit, "target_unit": found.target_unit}
    told["matrix"] = found.matrix.tolist()
    for name in ("source_lens", "target_lens"):
        lens = getattr(found, name)
        if lens is not None:
            words = {"term": lens.term, "middle": list(lens.middle), "radius_px": lens.radius_px}
            told[name] = words
    return told | {"failed": found.failed, "facts": dict(found.facts)}


def _transforms(found: Transforms) -> dict[str, Any]:
    frames = [
        {
            "frame": int(found.numbers[n]),
            "time_s": float(found.times_s[n]),
            "similarity_before": _number(found.similarity_before[n]),
            "similarity_after": _number(found.similarity_after[n]),
            "matrix": [[_number(each) for each in row] for row in found.matrices[n]],
        }
        for n in range(len(found))
    ]
    axes = found.matrices.shape[1] - 1
    return {"kind": "transforms", "unit": found.unit, "axes": list("xyz"[:axes]), "frames": frames}


def _found(path: Path, told: Mapping[str, Any]) -> Map:
    kind = told["kind"]
    if kind == "transform":
        return Transform(
            np.array(told["matrix"], np.float64),
            told["source_unit"],
            told["target_unit"],
            _lens(told.get("source_lens")),
            _lens(told.get("target_lens")),
            told.get("failed", ""),
            _kept(told.get("facts", {})),
        )
    if kind == "displacement":
        field = read_displacement(path.parent / told["file"])
        spacing, origin = tuple(told["spacing"]), tuple(told["origin"])
        return replace(field, spacing=spacing, origin=origin, unit=told["unit"])
    if kind == "warp":
        steps = tuple(_found(path, step) for step in told["steps"])
        bends = tuple(step for step in steps if isinstance(step, Transform | Displacement))
        return Warp(bends, told.get("failed", ""), _kept(told.get("facts", {})))
    if kind == "transforms":
        return _found_transforms(told)
    raise ValueError(f"kind {kind!r} is not known")


def _found_transforms(told: Mapping[str, Any]) -> Transforms:
    frames, side = told["frames"], len(told["axes"]) + 1
    matrices = np.array([each["matrix"] for each in frames], np.float64).reshape(-1, side, side)
    columns = {
        name: np.array([each[name] for each in frames], np.float64)
        for name in ("time_s", "similarity_before", "similarity_after")
    }
    numbers = np.array([each["frame"] for each in frames], np.int64)
    return Transforms(
        matrices,
        numbers,
        columns["time_s"],
        told["unit"],
        columns["similarity_before"],
        columns["similarity_after"],
    )


def _lens(told: Mapping[str, Any] | None) -> Lens | None:
    if told is None:
        return None
    return Lens(**{**told, "middle": tuple(told["middle"])})


def _kept(told: Any) -> Any:
    """Values as nouns hold them: tuples for lists, NaN for nothing."""
    if isinstance(told, Mapping):
        return {key: _kept(value) for key, value in told.items()}
    if isinstance(told, list):
        return tuple(_kept(value) for value in told)
    return told


def _number(value: Any) -> float | None:
    """A number as JSON has it, which knows no NaN."""
    return float(value) if math.isfinite(value) else None


def _json(told: Any, deep: int = 0) -> str:
    """JSON in which lists of numbers are on one line: a matrix looks like one."""
    inner, outer = " " * (deep + 1), " " * deep
    if isinstance(told, Mapping) and told:
        named = (
            f"{json.dumps(str(k), ensure_ascii=False)}: {_json(v, deep + 1)}"
            for k, v in told.items()
        )
        return "{\n" + inner + f",\n{inner}".join(named) + "\n" + outer + "}"
    listed = told.tolist() if isinstance(told, np.ndarray) else told
    if isinstance(listed, list | tuple):
        if any(isinstance(each, Mapping | list | tuple) for each in listed):
            rows = f",\n{inner}".join(_json(each, deep + 1) for each in listed)
            return "[\n" + inner + rows + "\n" + outer + "]"
        return "[" + ", ".join(_json(each) for each in listed) + "]"
    value = told.item() if isinstance(told, np.generic) else told
    # JSON knows no NaN.
    value = None if isinstance(value, float) and not math.isfinite(value) else value
    return json.dumps(value, ensure_ascii=False)
