"""Rendered behaviour videos whose truth is known.

For tests, laws, benchmarks and the demo. A `Scene` is a value: what is hard about it is in its
fields, `dataclasses.replace` makes a variant. A `Rack` is several in one picture,
`film` writes either to a file. `varied` gives sound videos without end, `ruined` spoils them.

Examples
--------
>>> from dataclasses import replace
>>> from ethoframe.testing.scenes import SCENES
>>> scene = replace(SCENES["noisy"], duration_s=1.0)
>>> scene.recording().frames([0, 20]).pixels.shape
(2, 480, 640, 1)
"""

from ethoframe.testing.scenes.film import film
from ethoframe.testing.scenes.named import HARD, RACKS, SCENES
from ethoframe.testing.scenes.rack import Rack
from ethoframe.testing.scenes.ruined import RUINS, Ruin, ruined, wrong_arena
from ethoframe.testing.scenes.scene import Scene
from ethoframe.testing.scenes.varied import varied

__all__ = [
    "HARD",
    "RACKS",
    "RUINS",
    "SCENES",
    "Rack",
    "Ruin",
    "Scene",
    "film",
    "ruined",
    "varied",
    "wrong_arena",
]
