"""From behaviour video and biomedical images to numbers a scientist can defend.

Importing the package loads none of its rooms, so that it costs nothing; import what
you need from the room it lives in, for example ``from ethoframe.data import Recording``.
"""

__version__ = "0.1.0"
