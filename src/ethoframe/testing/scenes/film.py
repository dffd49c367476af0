"""Scenes as files, as a camera would have written them."""

from __future__ import annotations

from pathlib import Path

from ethoframe.testing.scenes.rack import Rack
from ethoframe.testing.scenes.scene import KEYFRAME_EVERY, Scene


def film(
    scene: Scene | Rack, path: Path, *, keyframe_every: int = KEYFRAME_EVERY, quality: float = 20
) -> Path:
    """Write a scene or a rack as H.264 in MP4, each frame with its own time.

    Parameters
    ----------
    scene
        What to film.
    path
        Where to; its folder is made, and a file that is there is replaced.
    keyframe_every, quality
        As in `ethoframe.formats.video.write`.

    Examples
    --------
    >>> import tempfile
    >>> film(Scene(duration_s=0.2, size=(48, 64)), Path(tempfile.mkdtemp()) / "one.mp4").name
    'one.mp4'
    """
    from ethoframe.formats import video  # its libraries load when something is written

    path.parent.mkdir(parents=True, exist_ok=True)
    return video.write(
        path,
        scene.images(),
        times_s=scene.times_s.tolist(),
        keyframe_every=keyframe_every,
        quality=quality,
    )
