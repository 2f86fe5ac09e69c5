"""The page docs/api-coverage.md, made from the code."""
