"""Rows of lists as they were saved."""


def rows_of[RowT](kind: type[RowT], saved: object) -> list[RowT]:
    """Return rows as they were saved, without those that cannot be read."""
    rows = []
    for row in saved if isinstance(saved, list) else ():
        try:
            rows.append(kind(**row))
        except TypeError:
            continue
    return rows
