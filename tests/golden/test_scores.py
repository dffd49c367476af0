"""Scores of real nuclei beside the same definitions written out object by object."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ethoframe.formats import instances
from ethoframe.score.instances import THRESHOLDS, instance_score

EVERY = 12  # of 120 pictures, the fluorescent and the stained ones among them


def guessed(folder):
    """What a threshold finds: right, merged, missed and made-up nuclei."""
    path = next((folder / "images").glob("*.png"))
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
    _, mask = cv2.threshold(image, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return cv2.connectedComponents(mask)[1]


def every_iou(answer, truth):
    table = np.zeros((truth.max(), answer.max()))
    for t in range(1, truth.max() + 1):
        true = truth == t
        for a in np.unique(answer[true & (answer > 0)]):
            found = answer == a
            table[t - 1, a - 1] = (true & found).sum() / (true | found).sum()
    return table


@pytest.mark.slow
def test_real_nuclei_object_by_object(shared):
    folders = sorted((shared / "data/nuclei/stage1_train").iterdir())[::EVERY]
    f1 = []
    for folder in folders:
        truth = instances.read(folder).dense()[0]
        answer = guessed(folder)
        found, iou = instance_score(answer, truth), every_iou(answer, truth)
        assert found.hits == tuple(int((iou > t).sum()) for t in THRESHOLDS)
        assert found.ap == pytest.approx(
            np.mean([(iou > t).sum() / (sum(iou.shape) - (iou > t).sum()) for t in THRESHOLDS])
        )
        f1.append(found.f1)
        assert instance_score(truth, truth).pq == 1
    assert 0.3 < np.mean(f1) < 0.8
