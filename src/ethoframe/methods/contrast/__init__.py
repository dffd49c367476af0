"""Contrasts: measures and the animal sheet → how groups of animals differ, and how sure that is.

A contrast is what statistics calls the comparison of levels of a factor: drug against saline,
knock-out against wild type, the second session against the first.
"""
