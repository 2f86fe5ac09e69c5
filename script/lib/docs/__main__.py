"""Generate docs/api-coverage.md from the code."""

from .api_coverage import DOCUMENT, document

if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document())
    print(DOCUMENT)
