"""Maps come back as they were, and a person can read them."""

from __future__ import annotations

import json

import nibabel
import numpy as np
import pytest
import SimpleITK

from ethoframe.data import Displacement, Lens, Refusal, Transform, Transforms, Warp
from ethoframe.formats import transform

PLANE = Transform(
    np.array([[0.9, -0.1, 12.5], [0.1, 0.9, -3.0], [1e-4, 0.0, 1.0]]),
    "px",
    "mm",
    Lens(-0.1, (319.5, 239.5), 400.0),
    None,
    "it is no better than nothing",
    {"similarity before": 0.25, "size": (480, 640), "stain": "H&E – µm", "found": True},
)
SPACE = Transform(np.vstack([np.eye(4)[:3] + 0.1, [0, 0, 0, 1]]), "mm", "mm")


def field(axes: int, dtype=np.float64, unit="mm") -> Displacement:
    shape = (3, 4, 5)[-axes:]
    vectors = np.random.default_rng(0).normal(size=(*shape, axes)).astype(dtype)
    return Displacement(vectors, (2.0, 0.5, 0.3)[-axes:], (0.1, 7.0, -3.0)[:axes], unit)


MAPS = {
    "plane": PLANE,
    "space": SPACE,
    "field": field(2),
    "field of a volume": field(3, np.float32),
    "field in px": field(2, unit="px"),
    "warp": Warp(
        (Transform.moving(1, 2, "mm"), field(2), field(2, np.float32)), "", {"folds": 0.0}
    ),
    "motion": Transforms(
        np.stack([np.eye(3), np.full((3, 3), np.nan)]),
        np.array([0, 5]),
        np.array([0.0, 0.2]),
        "px",
        np.array([0.5, np.nan]),
        np.array([0.9, np.nan]),
    ),
    "no motion": Transforms(np.zeros((0, 4, 4)), np.zeros(0, np.int64), np.zeros(0)),
}


@pytest.mark.parametrize("name", MAPS)
def test_what_is_written_is_read(tmp_path, name):
    path = tmp_path / "transform.json"
    transform.write(path, MAPS[name])
    assert transform.read(path) == MAPS[name]
    json.loads(path.read_text(), parse_constant=pytest.fail)  # no NaN, which JSON does not know
    fields = sorted(each.name for each in tmp_path.glob("*.nii.gz"))
    expected = {"warp": ["displacement-2.nii.gz", "displacement.nii.gz"]}
    assert fields == expected.get(name, ["displacement.nii.gz"] if "field" in name else [])


def test_a_person_can_read_it(tmp_path):
    transform.write(tmp_path / "transform.json", PLANE)
    lines = (tmp_path / "transform.json").read_text(encoding="utf-8").splitlines()
    assert "  [0.9, -0.1, 12.5]," in lines
    assert ' "source_unit": "px",' in lines
    assert any("H&E – µm" in line for line in lines)


@pytest.mark.parametrize("axes", [2, 3])
def test_a_field_is_read_by_itk_as_what_it_is(tmp_path, axes):
    made = field(axes)
    transform.write_displacement(tmp_path / "displacement.nii.gz", made)
    vectors = SimpleITK.ReadImage(
        str(tmp_path / "displacement.nii.gz"), SimpleITK.sitkVectorFloat64
    )
    warp = SimpleITK.DisplacementFieldTransform(vectors)
    point = np.array([0.4, 7.6, -2.9])[:axes]
    expected = made.apply(point[None])[0]
    assert warp.TransformPoint(point.tolist()) == pytest.approx(expected.tolist(), abs=1e-5)


def test_a_field_alone(tmp_path):
    for axes in (2, 3):
        transform.write_displacement(tmp_path / "d.nii.gz", field(axes))
        read = transform.read(tmp_path / "d.nii.gz")
        assert np.array_equal(read.vectors, field(axes).vectors)
        assert read.spacing == pytest.approx(field(axes).spacing)
        assert read.origin == pytest.approx(field(axes).origin)
        assert read.unit == "mm"


def refused(path) -> str:
    with pytest.raises(Refusal) as told:
        transform.read(path)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_refusals(tmp_path):
    path = tmp_path / "transform.json"
    assert "cannot be read" in refused(path)
    path.write_text("{")
    assert "it tells no transform" in refused(path)
    path.write_text('{"kind": "spline"}')
    assert "kind 'spline' is not known" in refused(path)
    path.write_text(
        '{"kind": "transform", "matrix": [[1]], "source_unit": "px", "target_unit": "px"}'
    )
    assert "a transform needs a matrix" in refused(path)
    transform.write(path, field(2))
    (tmp_path / "displacement.nii.gz").unlink()
    assert "displacement.nii.gz: there is no such file" in refused(path)
    nibabel.save(nibabel.Nifti1Image(np.zeros((3, 4, 5)), np.eye(4)), tmp_path / "a.nii")
    assert "are no vectors" in refused(tmp_path / "a.nii")
    (tmp_path / "b.nii").write_bytes(b"nothing")
    assert "it cannot be read" in refused(tmp_path / "b.nii")
