from __future__ import annotations

import numpy as np
import pytest

from ethoframe import formats
from ethoframe.data import Refusal, Tracks
from ethoframe.formats import movement

# The wheel of netCDF4 says so of any newer NumPy when it is imported.
pytestmark = pytest.mark.filterwarnings("ignore:numpy.ndarray size changed")


def two_mice(count: int = 6, unit: str = "px") -> Tracks:
    rng = np.random.default_rng(0)
    position = rng.normal(0, 50, (count, 2, 3, 2))
    position[2, :, 1, 0] = np.nan
    sure = np.where(np.isfinite(position).all(axis=1), rng.random((count, 3, 2)), 0.0)
    clock = np.arange(count), np.arange(count) / 25
    return Tracks(
        position, sure, *clock, ("nose", "tail_basé", "c"), ("m1", "mouse 2"), unit,
        {"area_px2": rng.random((count, 2))},
    )  # fmt: skip


@pytest.mark.parametrize("unit", ["px", "mm"])
def test_what_is_written_comes_back(tmp_path, unit):
    made = two_mice(unit=unit)
    assert movement.write_tracks(made, tmp_path / "a.nc") == ()
    assert formats.read_tracks(tmp_path / "a.nc") == made
    assert not formats.in_space(tmp_path / "a.nc")


def test_movement_opens_it(tmp_path):
    xarray = pytest.importorskip("xarray")
    validators = pytest.importorskip("movement.validators.datasets")
    movement.write_tracks(two_mice(), tmp_path / "a.nc")
    with xarray.open_dataset(tmp_path / "a.nc") as opened:
        validators.ValidPosesInputs.validate(opened)
        assert opened.position.equals(two_mice().to_xarray().position)
        assert opened.attrs["fps"] == pytest.approx(25)


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4", "scipy"])
def test_datasets_of_movement(tmp_path, engine):
    xarray = pytest.importorskip("xarray")
    if engine not in xarray.backends.list_engines():
        pytest.skip(f"{engine} is not installed")
    made = two_mice().to_xarray()
    made.to_netcdf(tmp_path / "a.nc", engine=engine)
    assert formats.read_tracks(tmp_path / "a.nc") == two_mice()
    turned = made.transpose("individuals", "time", "keypoints", "space")
    turned.rename(keypoints="keypoint").to_netcdf(tmp_path / "b.nc", engine=engine)
    assert formats.read_tracks(tmp_path / "b.nc") == two_mice()


def test_frames_need_a_clock_and_space_a_plane(tmp_path):
    load = pytest.importorskip("movement.io.load_poses")
    places = np.random.default_rng(0).random((4, 3, 2, 1))
    made = load.from_numpy(places, None, ["m1"], ["nose", "tail"], None, "elsewhere")
    made.to_netcdf(tmp_path / "a.nc")
    with pytest.raises(Refusal, match="it carries no clock; say it, as --clock 30fps"):
        formats.read_tracks(tmp_path / "a.nc")
    assert formats.in_space(tmp_path / "a.nc")
    found = formats.read_tracks(tmp_path / "a.nc", rate=10, plane="xz")
    assert np.array_equal(found.at("tail"), places[:, [0, 2], 1, 0])
    assert found.times_s == pytest.approx(np.arange(4) / 10)
    assert (found.confidence == 1).all()
    with pytest.raises(Refusal, match="its space has no plane 'xw'; it has x, y, z"):
        formats.read_tracks(tmp_path / "a.nc", rate=10, plane="xw")


def test_the_middle_of_a_box_is_a_keypoint(tmp_path):
    load = pytest.importorskip("movement.io.load_bboxes")
    places = np.random.default_rng(0).random((4, 2, 2))
    load.from_numpy(places, places, fps=20, source_software="x").to_netcdf(tmp_path / "a.nc")
    found = formats.read_tracks(tmp_path / "a.nc")
    assert (found.keypoints, found.individuals) == (("centroid",), ("id_0", "id_1"))
    assert np.array_equal(found.at("centroid", "id_1"), places[:, :, 1])


def test_other_files_of_this_name(tmp_path):
    (tmp_path / "a.nc").write_bytes(b"no such thing")
    with pytest.raises(Refusal, match="it is no netCDF file"):
        formats.read_tracks(tmp_path / "a.nc")
    xarray = pytest.importorskip("xarray")
    xarray.Dataset({"rain": ("day", [1.0, 2.0])}).to_netcdf(tmp_path / "b.nc")
    with pytest.raises(Refusal, match="it holds no positions; save a dataset of movement"):
        formats.read_tracks(tmp_path / "b.nc")
