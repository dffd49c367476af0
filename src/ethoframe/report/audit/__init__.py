"""Random moments of many results, to be judged by a person who does not know whose they are."""
