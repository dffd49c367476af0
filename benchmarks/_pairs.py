"""Pairs of pictures with a known map between them, drawn and real: for figures and for tests."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from ethoframe.data import Recording
from ethoframe.data.recording import ArraySource


def texture(size=(220, 240), sigma=2.0, seed=0):
    """Structure of two scales, as tissue has."""
    random = np.random.default_rng(seed)
    fine, coarse = (gaussian_filter(random.normal(size=size), s) for s in (sigma, 4 * sigma))
    mixed = fine / fine.std() + coarse / coarse.std()
    return (1000 + 300 * mixed).astype(np.float32)


def turned(image, degrees=0.0, shift=(0.0, 0.0), scale=1.0):
    """The image as the fixed one, and the matrix (x, y) that brings its places there."""
    angle = np.deg2rad(degrees)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = (np.array(image.shape) - 1) / 2
    pull = np.eye(3)
    pull[:2, :2] = turn
    pull[:2, 2] = middle - turn @ middle + shift
    index = np.stack(np.mgrid[: image.shape[0], : image.shape[1]]).reshape(2, -1)
    places = pull[:2, :2] @ index + pull[:2, 2:]
    fixed = map_coordinates(image, places, order=3, mode="constant", cval=float(image.min()))
    order = [1, 0, 2]
    push = np.linalg.inv(pull)[np.ix_(order, order)]
    return fixed.reshape(image.shape).astype(np.float32), push


def bowed(image, most=4.0, sigma=40.0, seed=1):
    """The image bent smoothly as the fixed one, and for each of its pixels the way to go back."""
    random = np.random.default_rng(seed)
    way = np.stack([gaussian_filter(random.normal(size=image.shape), sigma) for _ in range(2)])
    way *= most / np.linalg.norm(way, axis=0).max()
    index = np.mgrid[: image.shape[0], : image.shape[1]]
    fixed = map_coordinates(image, index + way, order=3, mode="reflect")
    return fixed.astype(np.float32), way


def still(pixels):
    """A recording of one frame."""
    return Recording.of(np.asarray(pixels)[None, ..., None])


def image(pixels):
    """One frame."""
    return still(pixels).frames([0])


def grid(size, rim=20, step=12):
    """Places x, y all over a picture but its rim."""
    down, across = np.mgrid[rim : size[0] - rim : step, rim : size[1] - rim : step]
    return np.stack([across.ravel(), down.ravel()], axis=1).astype(float)


def still_source(pixels):
    """What a recording of these pixels reads from."""
    return ArraySource(np.ascontiguousarray(pixels))


def sections(folder):
    """The pair of stained sections, and their landmarks as x, y."""
    recordings, marks = [], []
    for name in ("HE", "proSPC"):
        path = folder / f"Izd2-29-041-w35_{name}.jpg"
        pixels = np.ascontiguousarray(cv2.imread(str(path))[None, ..., ::-1])
        recordings.append(replace(Recording.of(pixels), channels=("red", "green", "blue")))
        marks.append(np.loadtxt(path.with_suffix(".csv"), delimiter=",", skiprows=1)[:, 1:])
    return recordings, marks


def gray(recording):
    """The luma of a coloured picture."""
    return recording.frames([0]).pixels[0].astype(np.float32) @ np.float32((0.299, 0.587, 0.114))
