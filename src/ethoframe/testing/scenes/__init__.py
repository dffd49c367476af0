"""Rendered behaviour videos whose truth is known.

For tests, laws, benchmarks and the demo. A `Scene` is a value: what is hard about it is in its
fields, `dataclasses.replace` makes a variant.

Examples
--------
>>> from dataclasses import replace
>>> from ethoframe.testing.scenes import SCENES
>>> scene = replace(SCENES["noisy"], duration_s=1.0)
>>> scene.recording().frames([0, 20]).pixels.shape
(2, 480, 640, 1)
"""

from ethoframe.testing.scenes.named import SCENES
from ethoframe.testing.scenes.scene import Scene

__all__ = ["SCENES", "Scene"]
