"""The ids of the external statistics of a plant's energy."""

from collections.abc import Mapping
import hashlib
import re

from ..const import DOMAIN

# The parts of a plant's energy balance (the fields of EnergyBalance), and the word for each in the ids.
CHANNELS: Mapping[str, str] = {
    "solar": "solar",
    "imported": "import",
    "exported": "export",
    "charge": "charge",
    "discharge": "discharge",
    "consumption": "consumption",
}

_NUMBER = re.compile("[0-9]+")


def statistic_id(plant_id: str, channel: str) -> str:
    """Return the id of a plant's statistic; ``channel``: a key of CHANNELS.

    The cloud numbers its plants. Any other plant id becomes a digest, because Home Assistant allows only ``a-z0-9_`` and no
    ``__``: if the other characters were replaced, two plants might get the same id. The ``x`` keeps digests apart from numbers.
    """
    if _NUMBER.fullmatch(plant_id):
        slug = plant_id
    else:
        data = plant_id.encode("utf-8", "surrogatepass")
        slug = f"x{hashlib.sha256(data).hexdigest()[:32]}"
    return f"{DOMAIN}:plant_{slug}_{CHANNELS[channel]}_energy"
