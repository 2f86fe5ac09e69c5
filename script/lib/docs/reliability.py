"""docs/reliability.md: what the owner of a house sees in each class of fault, and the faults that are tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.cases import all_cases, fast_cases
from tests.faults.catalog import FAULTS, FaultCase, Scope, Seen

DOCUMENT = Path(__file__).parents[3] / "docs/reliability.md"


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What a class of faults means for people.

    values: what sensors show. account: what *Cloud status* and the log show. setting: what happens when something is set or asked
    for. end: what happens afterwards, and what the owner has to do.
    """

    values: str
    account: str
    setting: str
    end: str


EXPLANATIONS: dict[Seen, Explanation] = {
    Seen.SLOWED: Explanation(
        values="Nothing changes: the last values stay, and become older. After 20 minutes without a newer reading, powers and the like are"
        " *unavailable*; energy counters keep their value.",
        account="*Cloud status* is *slowed*, and *refusals in 24 hours* counts. The log has no line.",
        setting="A message says when to try again. Nothing was changed.",
        end="Calls become rarer by themselves until the cloud accepts them. If another program uses the same token, a repair says so: stop it, or"
        " give it a token of its own.",
    ),
    Seen.DOWN: Explanation(
        values="The last values stay for 20 minutes. Then powers, voltages and states are *unavailable*, because nobody knows them; energy counters"
        " keep their value, so the Energy dashboard has no gap in its totals.",
        account="*Cloud status* is *down*. The log has one line when it begins, and after two hours a repair asks you to check your connection.",
        setting="A message says that the cloud does not answer. What was being set is *unknown*, since the change may have arrived: look in ShinePhone,"
        " or set it again.",
        end="One call at a time tries whether the cloud is back, at least every five minutes. All values return by themselves within minutes.",
    ),
    Seen.CLOSED: Explanation(
        values="If a single kind of data is closed to your token, only its sensors are missing or *unavailable*; everything else works.",
        account="If the token itself is refused, *Cloud status* is *token refused*.",
        setting="A message says that the token may not do this.",
        end="What is closed is tried again every day. You are asked for a new token only when the present one was refused several times in at least"
        " six hours: some refusals pass, and a VPN causes them too.",
    ),
    Seen.MOVED: Explanation(
        values="As when the cloud does not answer: the last values stay for 20 minutes, energy counters stay.",
        account="**Settings → Repairs** shows that the cloud asks to use another server.",
        setting="A message says that another server is to be used.",
        end="If it lasts, submit the repair: it finds the right server. If it passes, nothing is to be done.",
    ),
    Seen.REJECTED: Explanation(
        values="Only what was asked for is affected: its last values stay until they are 20 minutes old.",
        account="Nothing: a rejected request is not an outage.",
        setting="A message says in words what the cloud's code means, such as *the device is offline*. The old value stays.",
        end="The request is made again at its usual time.",
    ),
    Seen.UNREADABLE: Explanation(
        values="A number that cannot be true (text, a battery at 10,000 %, an energy of 24 GWh) is *unknown*, never shown. Lifetime counters never go"
        " back. A reading whose time makes no sense is shown only while it keeps changing.",
        account="Nothing, or *down* if an answer holds nothing at all.",
        setting="The answer to an action leaves out what is unreadable, or a message says that the cloud's answer could not be read.",
        end="With the next right answer the values are back.",
    ),
    Seen.CONFUSED: Explanation(
        values="A device that is listed twice is shown once. One that is missing from a list, or from an empty list, stays, and is removed only after"
        " a day of complete lists without it.",
        account="One line in the log if a device is of an unknown type.",
        setting="Nothing is set for a device that the cloud does not list any more.",
        end="With the next right list everything is as before.",
    ),
    Seen.ODD_TEXT: Explanation(
        values="Names are shown as they are, markup and templates as plain text. A row without a usable serial number is ignored.",
        account="Nothing.",
        setting="Nothing changes.",
        end="A new name is shown with the next list. Names that you gave yourself stay.",
    ),
}

# The names of faults in words, where the table's are short.
_WORDS = {
    "data": "data that is",
    "body": "a reply that is",
    "number": "numbers",
    "year": "times in the year",
    "name": "names:",
    "serial": "serials:",
    "count": "a count of",
    "type": "devices of type",
}


def _describe(fault: FaultCase) -> str:
    first, _, rest = fault.name.partition(" ")
    text = f"{_WORDS[first]} {rest}" if first in _WORDS else fault.name
    if first in ("data", "body", "number"):
        return (
            f"{_WORDS[first]} `{rest}`" if rest != "blank" else f"{_WORDS[first]} empty"
        )
    return text


def _section(seen: Seen) -> Iterator[str]:
    explanation = EXPLANATIONS[seen]
    faults = [fault for fault in FAULTS if fault.seen is seen]
    yield f"## {seen}"
    yield ""
    yield f"- **Values**: {explanation.values}"
    yield f"- **Status, log, repairs**: {explanation.account}"
    yield f"- **Settings and actions**: {explanation.setting}"
    yield f"- **Afterwards**: {explanation.end}"
    yield ""
    yield f"Tried ({len(faults)}): {'; '.join(map(_describe, faults))}."
    yield ""


def document() -> str:
    """Return the whole document."""
    cases, scopes = all_cases(), {fault.scope for fault in FAULTS}
    phases = sorted({case.phase for case in cases})
    paths = {case.path for case in cases if case.path}
    counts = ", ".join(
        f"{phase.replace('_', ' ')} {sum(case.phase == phase for case in cases):,}"
        for phase in phases
    )
    lines = [
        "# What happens when something goes wrong",
        "",
        "Made from the table of faults in `tests/faults/catalog.py` by `script/docs`; a test fails where the two disagree.",
        "",
        "Whatever the cloud or the connection does: Home Assistant and its other integrations go on, no number is shown that was not measured, the"
        " cloud is not asked more often than usual, the log has one line for a change, the files stay readable, and within an hour after the end"
        " everything is as before, without a restart.",
        "",
        *(line for seen in Seen for line in _section(seen)),
        "## How this is tested",
        "",
        f"`script/faults` tries {len(FAULTS)} faults at {len(paths)} endpoints, one at a time and at all of them: {len(cases):,} cases ({counts}), in"
        f" virtual time. `script/test` has {len(fast_cases())} of them, with every fault, every endpoint and every phase.",
        "",
        "A fault is tried wherever it makes sense: "
        + "; ".join(scope for scope in Scope if scope in scopes)
        + ".",
        "",
        '`script/demo` can show them: `curl -d \'{"kind": "html"}\' localhost:8790/_sim/faults` starts one, `curl -X DELETE'
        " localhost:8790/_sim/faults` ends all. `simulator/faults.py` lists the kinds.",
        "",
    ]
    return "\n".join(lines)
