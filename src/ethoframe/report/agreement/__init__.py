"""The page of raters: who saw what when, and how far they agree."""
