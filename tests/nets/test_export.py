"""A model is written only when what is written answers as what was taught."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from ethoframe.data import Refusal
from ethoframe.nets import export
from ethoframe.nets.build import build
from ethoframe.nets.model import CARD, NETWORK, WEIGHTS
from ethoframe.nets.network import Head, Network

NET = Network((32, 32), 1, (Head("values", 2), Head("inside", 1)), "test_efficientnet", width=8)
TOLD = {"method": "testing/pupil", "parameters": {}}


@pytest.fixture
def net():
    torch.manual_seed(2)
    return build(NET)


@pytest.fixture
def elsewhere(pupil, monkeypatch):
    """The network of another model is written in place of the taught one: it takes no time."""

    def written(path, net, network):
        path.write_bytes((type(path)(pupil.weights) / NETWORK).read_bytes())

    monkeypatch.setattr(export, "_write_onnx", written)


def test_what_differs_from_what_was_taught_is_refused(tmp_path, elsewhere, pictures):
    torch.manual_seed(8)
    other = Network(
        (32, 32), 1, (Head("values", 1), Head("inside", 1)), "test_efficientnet", width=8
    )
    with pytest.raises(Refusal, match="ONNX Runtime and torch differ"):
        export.write_model(tmp_path, build(other), other, TOLD, pictures[:4])


def test_weights_that_are_no_numbers_are_refused(tmp_path, elsewhere, pictures):
    other = Network(
        (32, 32), 1, (Head("values", 1), Head("inside", 1)), "test_efficientnet", width=8
    )
    net = build(other)
    with torch.no_grad():
        net.heads["to_values"][-1].bias.fill_(float("nan"))
    with pytest.raises(Refusal, match="differ by nan"):
        export.write_model(tmp_path, net, other, TOLD, pictures[:4])


@pytest.mark.slow
@pytest.mark.parametrize("decoder", ["unet", "fpn", "fcn", "none"])
def test_every_decoder_can_be_written(tmp_path, pictures, decoder):
    heads = NET.heads if decoder != "none" else NET.heads[:1]
    network = Network((32, 32), 1, heads, "test_efficientnet", decoder, width=8)
    net = build(network)
    for layer in net.modules():  # as if it had been taught: statistics that are not those of chance
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_var.uniform_(0.5, 2.0)
            layer.running_mean.uniform_(-0.5, 0.5)
    level = {"temperature": np.float64(1.5), "levels": np.array([1, 2]), "path": tmp_path}
    model = export.write_model(tmp_path, net, network, {**TOLD, "settled": level}, pictures)
    assert max(model.card["agrees"].values()) < 1e-4
    assert {each.name for each in tmp_path.iterdir()} == {CARD, WEIGHTS, NETWORK}
    assert model.settled == {"temperature": 1.5, "levels": [1, 2], "path": str(tmp_path)}


def test_numbers_of_numpy_stay_numbers(tmp_path):
    card = {"a": np.float32(0.5), "b": np.int64(3), "c": np.array([[1.0]]), "d": np.bool_(True)}
    export._write_card(tmp_path, card)
    read = json.loads((tmp_path / CARD).read_text(encoding="utf-8"))
    assert read == {"a": 0.5, "b": 3, "c": [[1.0]], "d": True}


def test_a_card_is_json_that_everyone_reads(tmp_path):
    export._write_card(tmp_path, {"figures": {"mean_px": float("nan")}, "settled": [np.inf]})
    text = (tmp_path / CARD).read_text(encoding="utf-8")
    assert json.loads(text, parse_constant=pytest.fail) == {
        "figures": {"mean_px": None},
        "settled": [None],
    }
