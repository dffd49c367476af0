from __future__ import annotations

import numpy as np
import pytest
import tifffile
from scipy.ndimage import shift as shifted

from benchmarks._pairs import image, texture, turned
from ethoframe.data import Recording, Refusal
from ethoframe.methods.register.motion import Motion
from ethoframe.methods.register.resample import Resample
from ethoframe.run import apply

RANDOM = np.random.default_rng(7)


def film(frames):
    return Recording.of(np.asarray(frames, np.float32)[..., None])


def planted(scene, moves):
    """The scene as it is seen when it moves by so much down and across."""
    return np.stack([shifted(scene, move, order=3, mode="nearest") for move in moves])


def moves(count=12, most=6.0):
    found = RANDOM.uniform(-most, most, (count, 2))
    found[0] = 0
    return found


def back(found):
    """How far each frame is moved back, down and across."""
    return found.matrices[:, :2, 2][:, ::-1]


def test_planted_moves_are_found():
    at = moves()
    found = apply(Motion(), recording=film(planted(texture((128, 160)), at)))
    assert np.linalg.norm(back(found) + at, axis=1).max() < 0.1
    assert (found.similarity_after >= found.similarity_before).all()


def test_planted_moves_are_found_in_noise():
    at = moves(16)
    seen = planted(texture((128, 128)), at)
    noisy = seen + RANDOM.normal(0, 2 * seen.std(), seen.shape)
    found = apply(Motion(), recording=film(noisy))
    off = back(found) + at
    assert np.median(np.linalg.norm(off - np.median(off, axis=0), axis=1)) < 0.2


def test_what_stays_at_the_border_does_not_hold_the_scene():
    at = moves()
    seen = planted(texture((128, 160)), at)
    seen[:, :, :3] = 0
    seen[:, -2:] = 5000
    found = apply(Motion(), recording=film(seen))
    assert np.linalg.norm(back(found) + at, axis=1).max() < 0.2


def test_frames_are_laid_on_a_given_image():
    scene, at = texture((128, 160)), np.add(moves(), (3, -2))
    found = apply(Motion(), recording=film(planted(scene, at)), fixed=image(scene))
    assert np.linalg.norm(back(found) + at, axis=1).max() < 0.1


def test_frames_are_laid_on_the_one_before():
    at = np.cumsum(RANDOM.uniform(-1, 1, (12, 2)), axis=0)
    at -= at[0]
    found = apply(Motion(onto="previous"), recording=film(planted(texture((128, 160)), at)))
    assert np.linalg.norm(back(found) + at, axis=1).max() < 0.2


def test_turns_are_found():
    scene = texture((200, 200))
    seen, pushes = zip(*[turned(scene, 0.7 * t, (t / 2, 0)) for t in range(8)], strict=True)
    # Cut out of the middle, where nothing comes in from outside.
    cut = np.stack(seen)[:, 30:170, 30:170]
    found = apply(Motion(model="rigid"), recording=film(cut), fixed=image(cut[0]))
    places = np.array([[40.0, 40, 1], [100, 40, 1], [40, 100, 1], [100, 100, 1]])
    from_cut = np.array([[1, 0, 30.0], [0, 1, 30], [0, 0, 1]])
    for matrix, push in zip(found.matrices, pushes, strict=True):
        back = np.linalg.inv(from_cut) @ np.linalg.inv(push) @ from_cut
        assert np.abs(matrix @ np.linalg.inv(back) @ places.T - places.T).max() < 0.15


def test_a_frame_that_shows_nothing_has_no_map():
    seen = planted(texture((96, 96)), moves(6))
    seen[3] = 0
    found = apply(Motion(), recording=film(seen))
    lost = ~np.isfinite(found.matrices).all(axis=(1, 2))
    assert lost.tolist() == [False, False, False, True, False, False]


def test_a_fixed_image_of_another_size_is_refused():
    with pytest.raises(Refusal, match="of one size"):
        apply(Motion(), recording=film(np.zeros((3, 20, 20))), fixed=image(np.zeros((30, 20))))


@pytest.mark.parametrize("name", ["two_photon_motion.tif", "pc12-unreg.tif"])
def test_real_frames_get_more_alike_and_none_less(shared, name):
    frames = tifffile.imread(shared / "data" / "stacks" / name).astype(np.float32)
    found = apply(Motion(), recording=film(frames))
    moved = apply(Resample(), recording=film(frames), motion=found).pixels[..., 0]
    before, after = frames.mean(axis=0), np.nanmean(moved, axis=0)
    rises = np.array(
        [alike(b, after) - alike(a, before) for a, b in zip(frames, moved, strict=True)]
    )
    assert rises.min() > 0
    assert sharpness(after) >= sharpness(before)


def alike(a, b):
    known = np.isfinite(a) & np.isfinite(b)
    return np.corrcoef(a[known], b[known])[0, 1]


def sharpness(mean):
    """Mean squared gradient away from the border."""
    inner = mean[12:-12, 14:-14]
    return sum(np.mean(slope**2) for slope in np.gradient(inner))
