"""A taught network written as a model: weights, a network that runs anywhere, a card."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save as as_bytes
from torch import nn

from ethoframe.contract.extras import needs
from ethoframe.data import Refusal
from ethoframe.data.noun import Array
from ethoframe.data.strict import strict
from ethoframe.nets.inference import session
from ethoframe.nets.model import CARD, FORM, NETWORK, WEIGHTS, Model, hashed, opened
from ethoframe.nets.network import Network

AGREES = 1e-3
"""How far the network that runs anywhere may be from torch, in shares of the largest answer."""


def write_model(
    folder: Path, net: nn.Module, network: Network, card: Mapping[str, Any], pictures: Array
) -> Model:
    """Writes a model, and checks that it answers as the network in torch does.

    Parameters
    ----------
    folder
        Where it shall lie; it is there, and holds no model.
    net
        Taught.
    network
        What it is.
    card
        What else is to be told of it.
    pictures
        Some that it is checked with ``(n, c, [z,] y, x)``.

    Raises
    ------
    Refusal
        When ONNX Runtime and torch disagree.
    """
    net = net.cpu().eval()
    weights = {name: held.contiguous() for name, held in net.state_dict().items()}
    (folder / WEIGHTS).write_bytes(as_bytes(weights))
    _write_onnx(folder / NETWORK, net, network)
    files = {name: hashed(folder / name) for name in (WEIGHTS, NETWORK)}
    full = {"form": FORM, **card, "network": network.to_json(), "files": files}
    _write_card(folder, full)
    full["agrees"] = _compared(opened(folder), net, pictures)
    _write_card(folder, full)
    return opened(folder)


def _write_card(folder: Path, card: Mapping[str, Any]) -> None:
    text = json.dumps(strict(card), indent=2, ensure_ascii=False, allow_nan=False)
    draft = folder / (CARD + ".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(folder / CARD)


def _write_onnx(path: Path, net: nn.Module, network: Network) -> None:
    needs("learn", "onnxscript")
    # What the exporter says of every layer is for those who write exporters.
    for name in ("torch.onnx", "onnxscript"):
        logging.getLogger(name).setLevel(logging.ERROR)
    picture = torch.zeros(1, network.channels, *network.size)
    torch.onnx.export(
        net,
        (picture,),
        str(path),
        input_names=["picture"],
        output_names=[head.kind for head in network.heads],
        external_data=False,
        dynamo=True,
        verbose=False,
    )


@torch.no_grad()
def _compared(model: Model, net: nn.Module, pictures: Array) -> dict[str, float]:
    """Largest difference between both, for each head, in its own unit."""
    pictures = np.ascontiguousarray(pictures, np.float32)
    told = session(model, "onnxruntime").run(pictures)
    true = {kind: a.numpy() for kind, a in net(torch.from_numpy(pictures)).items()}
    apart = {kind: float(np.abs(told[kind] - true[kind]).max(initial=0.0)) for kind in true}
    for kind, most in apart.items():
        if not most <= AGREES * max(1.0, float(np.abs(true[kind]).max(initial=0.0))):
            reason = f"ONNX Runtime and torch differ by {most:g} in {kind}"
            raise Refusal(model.folder, reason, "fit again with another --encoder")
    return apart
