from __future__ import annotations

import json
import shlex

import pytest


@pytest.mark.parametrize("words", [["read"], []])
def test_a_file_says_what_it_is_and_what_to_type_next(ethoframe, here, clip, words):
    (here / "my mouse.mp4").write_bytes(clip.read_bytes())
    said = ethoframe(*words, "my mouse.mp4")
    assert (said.status, said.err) == (0, "")
    lines = said.out.splitlines()
    assert lines[0] == "my mouse.mp4"
    assert lines[1].split() == ["frames", "60,", "numbered", "0", "to", "59"]
    assert lines[-1].split(maxsplit=1)[1] == "ethoframe open-field 'my mouse.mp4' --side 40cm"


def test_what_to_type_next_works(ethoframe, here, clip):
    (here / "videos").mkdir()
    (here / "videos" / "my mouse.mp4").write_bytes(clip.read_bytes())
    following = ethoframe("videos/my mouse.mp4").out.splitlines()[-1].split(maxsplit=1)[1]
    assert ethoframe(*shlex.split(following)[1:], "--no-report").status == 0


def test_for_scripts(ethoframe, clip):
    said = ethoframe("read", clip, "--json")
    found = json.loads(said.out)
    assert (found["frames"], found["shape"]) == (60, [60, 180, 240, 1])
    assert (said.status, said.err) == (0, "")


def test_every_recording_in_a_folder(ethoframe, here, clip):
    for name in ("a", "b"):
        (here / f"{name}.mp4").write_bytes(clip.read_bytes())
    (here / "c.mp4").touch()
    said = ethoframe(".")
    assert said.status == 3
    assert (
        said.err
        == "ethoframe: c.mp4: the file is empty; copy it again from where it was recorded\n"
    )
    assert [part.splitlines()[0] for part in said.out.split("\n\n")] == ["a.mp4", "b.mp4"]
    found = json.loads(ethoframe("read", ".", "--json").out)
    assert [each["recording"] for each in found] == ["a.mp4", "b.mp4"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no such file"), ("", "the file is empty"), ("text", "this is not a video")],
)
def test_what_cannot_be_read(ethoframe, here, content, said):
    if content is not None:
        (here / "a.mp4").write_text(content)
    told = ethoframe("a.mp4")
    assert (told.status, told.out) == (3, "")
    assert told.err.startswith("ethoframe: ")
    assert said in told.err
