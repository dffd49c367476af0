"""Files that are cut, or in which some bytes are others: read, or refused in one line."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace

import numpy as np
import pytest
import tifffile

from ethoframe import formats
from ethoframe.data import Recording, Refusal

NAMES = ("v.ome.tif", "v.nii", "v.nii.gz", "v.zarr", "v.dcm", "p.png", "p.bmp", "z.tif", "t.tif")
TIMES = 8
LARGEST = 50e6
"""What a damaged header may ask for is not read."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A file of each kind."""
    folder = tmp_path_factory.mktemp("sound")
    values = np.random.default_rng(0).integers(0, 200, (1, 4, 40, 30, 1))
    volume = replace(Recording.of(values.astype(np.int16)), affine=np.diag([1.0, 1.0, 2.0, 1.0]))
    volume = replace(volume, spacing_mm=(2.0, 1.0, 1.0))
    for name in NAMES[:5]:
        formats.write(volume, folder / name)
    for name in NAMES[5:7]:
        formats.write(Recording.of(values[:, 0].astype(np.uint8)), folder / name)
    pages = values[0, ..., 0].astype(np.uint16)
    tifffile.imwrite(folder / "z.tif", pages, compression="zlib", photometric="minisblack")
    tifffile.imwrite(folder / "t.tif", pages, tile=(16, 16), ome=True, metadata={"axes": "ZYX"})
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_damage_is_one_line_or_none(sound, tmp_path, name):
    chance = random.Random(name)
    for _ in range(TIMES):
        path = tmp_path / name
        if (sound / name).is_dir():
            shutil.rmtree(path, ignore_errors=True)
            shutil.copytree(sound / name, path)
            harmed = chance.choice(sorted(each for each in path.rglob("*") if each.is_file()))
        else:
            harmed = shutil.copy(sound / name, path)
        data = bytearray(harmed.read_bytes())
        if chance.random() < 0.4:
            data = data[: chance.randrange(len(data))]
        else:
            for _ in range(chance.choice([1, 2, 10])):
                data[chance.randrange(min(len(data), chance.choice([64, 400, 2000])))] = 0xA5
        harmed.write_bytes(data)
        told = outcome(path)
        assert "\n" not in told
        assert not told or str(tmp_path) in told


def outcome(path) -> str:
    """Why it was refused; empty where it was read."""
    try:
        recording = formats.read(path)
        if recording.frame_bytes * len(recording) < LARGEST:
            recording.frames(range(len(recording)))
    except Refusal as refusal:
        return str(refusal)
    return ""
