"""The methods: one file, one method; the folders stand in the order of an analysis."""
