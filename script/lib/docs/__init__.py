"""Generator of docs/api-coverage.md."""
