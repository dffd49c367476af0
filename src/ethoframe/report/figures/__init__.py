"""One file = one figure; each gives a `Plate` that the page sets."""
