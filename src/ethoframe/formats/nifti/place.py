"""Where the voxels of a NIfTI file lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.formats._lengths import scaled, spacing_of

MM = {1: 1e3, 2: 1.0, 3: 1e-3}
"""Millimetres in each unit of length, by NIfTI's codes."""

LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""From right, front and up, as NIfTI has it, to left, back and up, and the other way round."""

NEAR = 1e-4
"""Of a distance: what the rounding of headers may make of it."""


@dataclass(frozen=True)
class Place:
    """Where voxels lie.

    Parameters
    ----------
    affine
        From x, y, z, 1 to LPS in mm; None where it is not told.
    steps_mm
        Distance between voxels along x, y, z; 0 where it is not told.
    told
        By what: ``"sform"``, ``"qform"`` or ``"spacing only"``.
    """

    affine: Array | None
    steps_mm: tuple[float, float, float]
    told: str

    def spacing(self, *, volume: bool) -> tuple[float, ...] | None:
        """Distance between voxels in the order of the frame's axes; None where one is unknown."""
        x, y, z = self.steps_mm
        steps = (z, y, x) if volume else (y, x)
        return steps if all(step > 0 for step in steps) else None


def placed(path: Path, header: Any) -> tuple[Place, tuple[str, ...]]:
    """Where the header says that voxels lie, and what to warn of.

    Raises
    ------
    Refusal
        When the affine that counts is singular, or not of numbers.
    """
    unit, warnings = int(header["xyzt_units"]) & 0x07, []
    mm = MM.get(unit, 1.0)
    steps = [abs(float(str(step))) for step in header["pixdim"][1:4]]
    steps = [scaled(step, mm) if np.isfinite(step) else 0.0 for step in steps]
    sform, qform = int(header["sform_code"]) > 0, int(header["qform_code"]) > 0
    if not (sform or qform):
        # All ones without a unit is what programs write who know nothing of distances.
        if unit not in MM and all(step in (0, 1) for step in steps):
            steps = [0.0, 0.0, 0.0]
        elif unit not in MM:
            warnings.append("it tells no unit of length: mm are assumed")
        return Place(None, (steps[0], steps[1], steps[2]), "spacing only"), tuple(warnings)
    told = "sform" if sform else "qform"
    affine = _turned(path, header.get_sform() if sform else _qform(path, header), told, mm)
    if unit not in MM:
        warnings.append("it tells no unit of length: mm are assumed")
    if sform and qform and not np.allclose(affine, mm_of(_qform(path, header), mm), atol=0.01):
        warnings.append("its sform and qform differ: the sform is used")
    z, y, x = spacing_of(affine)
    measured = [
        step if abs(step - length) <= NEAR * length else length
        for step, length in zip(steps, (x, y, z), strict=True)
    ]
    if any(abs(m - s) > 0.01 * m for m, s in zip(measured, steps, strict=True)):
        warnings.append(f"distances in its header differ from its {told}: the {told} is used")
    return Place(affine, (measured[0], measured[1], measured[2]), told), tuple(warnings)


def mm_of(ras: Array, mm: float) -> Array:
    """An affine to RAS in some unit as one to LPS in mm."""
    turned = LPS @ np.asarray(ras, np.float64)
    turned[:3] *= mm
    return np.asarray(turned)


def _qform(path: Path, header: Any) -> Array:
    try:
        return np.asarray(header.get_qform())
    except (ValueError, ArithmeticError) as error:
        raise _singular(path, f"its qform cannot be ({error})") from None


def _turned(path: Path, ras: Array, told: str, mm: float) -> Array:
    affine = mm_of(ras, mm)
    lengths = np.sqrt((affine[:3, :3] ** 2).sum(axis=0))
    if not np.isfinite(affine).all() or (lengths == 0).any():
        raise _singular(path, f"its {told} is singular: an axis has no length")
    # Of unit axes the determinant is the volume they span, whatever the size of a voxel.
    if abs(np.linalg.det(affine[:3, :3] / lengths)) < 1e-6:
        raise _singular(path, f"its {told} is singular: its axes lie in one plane")
    return affine


def _singular(path: Path, reason: str) -> Refusal:
    remedy = "convert the scan anew, or set the right affine (nibabel, fslorient)"
    return Refusal(path, reason, remedy)
