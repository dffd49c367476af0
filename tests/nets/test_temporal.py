from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from ethoframe.data import Refusal  # noqa: E402
from ethoframe.nets.build import build, only  # noqa: E402
from ethoframe.nets.losses import losses  # noqa: E402
from ethoframe.nets.network import (  # noqa: E402
    MOMENT,
    SEEN,
    TEMPORAL,
    TREES,
    Head,
    Network,
)
from ethoframe.nets.trees import Trees  # noqa: E402

BOTH = Network((1, 150), 6, (Head(TREES, 3), Head(MOMENT, 3)), TEMPORAL, "none", 1, 16)


def numbers(count: int = 600) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(0)
    rows = chance.normal(size=(count, 6)).astype(np.float32)
    rows[chance.random(rows.shape) < 0.1] = np.nan
    known = np.nan_to_num(rows)
    return rows, (known[:, 0] > 0.5).astype(int) + (known[:, 1] > 0.5)


@pytest.mark.parametrize("classes", [2, 3, 4])
def test_trees_answer_as_scikit_learn_does(classes):
    pytest.importorskip("sklearn")
    rows, told = numbers()
    told = np.minimum(told, classes - 1)
    trees = Trees(classes)
    trees.settle(rows, told, np.ones(len(rows)), 0)  # compares both by itself
    with torch.no_grad():
        found = trees(torch.from_numpy(rows)).argmax(dim=1).numpy()
    assert (found == told).mean() > 0.95


def test_trees_of_one_class_are_refused():
    pytest.importorskip("sklearn")
    with pytest.raises(Refusal, match="of one class"):
        Trees(2).settle(np.zeros((9, 2)), np.zeros(9, int), np.ones(9), 0)


def test_each_frame_is_answered_by_what_is_near_it():
    torch.manual_seed(0)
    net = build(BOTH).eval()
    picture = torch.randn(1, 6, 1, 150)
    changed = picture.clone()
    changed[..., 75:] += 1.0
    with torch.no_grad():
        a, b = net(picture)[MOMENT], net(changed)[MOMENT]
    assert a.shape == (1, 3, 1, 150)
    same = (a == b).all(dim=1)[0, 0]
    assert same[: 75 - SEEN].all()
    assert not same[75 - SEEN + 1 :].any()
    missing = torch.full_like(picture, torch.nan)
    with torch.no_grad():
        assert torch.isfinite(net(missing)[MOMENT]).all()


def test_one_head_of_two_is_kept():
    net = build(BOTH).eval()
    part, network = only(net, MOMENT)
    assert [head.kind for head in network.heads] == [MOMENT]
    picture = torch.randn(2, 6, 1, 150)
    with torch.no_grad():
        assert torch.equal(part(picture)[MOMENT], net(picture)[MOMENT])
        assert [*net(picture)] == [MOMENT]  # trees that were never grown do not answer


def test_frames_of_no_known_class_teach_nothing():
    scores = torch.randn(2, 3, 1, 5, requires_grad=True)
    wanted = torch.full((2, 1, 5), -1.0)
    weight = torch.ones(2, 3)
    none = losses({MOMENT: scores}, {MOMENT: wanted, "class_weight": weight})[MOMENT]
    assert none.item() == 0.0
    wanted[0, 0, 2] = 1
    weight[:, 1] = 2.0
    one = losses({MOMENT: scores}, {MOMENT: wanted, "class_weight": weight})[MOMENT]
    true = -2 * torch.log_softmax(scores[0, :, 0, 2], dim=0)[1]
    assert one.item() == pytest.approx(true.item())
