"""Bills that counted at an earlier build of this warehouse and of which nothing can be read any more.

Without them the marts would show less money and be silent about why. The files are marked here, and a test on landing_files stops the build before any mart is written, so that the
last good marts stay.
"""

from __future__ import annotations

from .discover import LandedFile

_TABLE = "raw.x_bills_read"


def mark_losses(work, files: list[LandedFile]) -> None:
    work.execute(f"create table if not exists {_TABLE} (scope varchar, row_count bigint)")
    known = dict(work.execute(f"from {_TABLE}").fetchall())
    scopes: dict[str, list[LandedFile]] = {}
    for file in files:
        if file.declaration and file.declaration.kind == "bill":
            scopes.setdefault(file.scope, []).append(file)
    kept = {}
    for scope, members in scopes.items():
        rows = sum(file.rows_loaded for file in members)
        faulty = [file for file in members if file.status in ("unreadable", "waiting")]
        if not rows and faulty and scope in known:
            kept[scope] = known[scope]
            for file in faulty:
                file.rows_lost = known[scope]
        elif rows:
            kept[scope] = rows
    work.execute(f"truncate {_TABLE}")
    if kept:
        work.execute(f"insert into {_TABLE} select unnest(?), unnest(?)", [list(kept), list(kept.values())])
