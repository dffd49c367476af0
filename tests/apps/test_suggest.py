"""``ethoframe suggest`` on a film and a model taught next to nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ethoframe.contract.catalog import find
from ethoframe.formats import video
from ethoframe.testing.laws.taught import taught


@pytest.mark.slow
def test_suggest_writes_pictures_table_and_page(ethoframe, tmp_path: Path) -> None:
    method_class = find("pose/heatmap")
    (part,) = method_class.sample().parts
    pixels = part.recording.frames(range(len(part.recording))).pixels[..., 0]
    film = tmp_path / "mouse.mp4"
    video.write(film, list(pixels), times_s=part.recording.times_s.tolist())
    out = tmp_path / "next"
    words = [
        "suggest", taught(method_class).weights, str(film), "--count", "2", "--apart", "0",
        "--out", str(out), "--json",
    ]  # fmt: skip
    said = ethoframe(*words)
    assert said.status == 0, said.err
    frames = json.loads(said.out)["frames"]
    assert len(frames) == 2
    assert all((out / each["file"]).is_file() for each in frames)
    assert (out / "suggest.html").is_file()
    words[-2] = str(tmp_path / "more")
    said = ethoframe(*words, "--labels", str(out))
    assert said.status == 0, said.err
    more = json.loads(said.out)["frames"]
    assert len(more) == 2
    assert {each["frame"] for each in more}.isdisjoint(each["frame"] for each in frames)


def test_a_folder_without_a_model_is_refused(ethoframe, tmp_path: Path) -> None:
    said = ethoframe("suggest", str(tmp_path), "x.mp4", "--out", "y")
    assert said.status == 3
    assert "there is no fitted model" in said.err
