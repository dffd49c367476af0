"""One page over all recordings of a batch: what can be trusted, and what needs a look."""

from ethoframe.report.batch.listing import write_batch
from ethoframe.report.batch.worst import FILE, write_moments

__all__ = ["FILE", "write_batch", "write_moments"]
