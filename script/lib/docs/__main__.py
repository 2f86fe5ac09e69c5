"""Generate the documents that are made from the code."""

from . import api_coverage, reliability

if __name__ == "__main__":
    for module in (api_coverage, reliability):
        module.DOCUMENT.parent.mkdir(exist_ok=True)
        module.DOCUMENT.write_text(module.document())
        print(module.DOCUMENT)
