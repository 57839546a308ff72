"""What sqlfluff reads in place of our macros.

Only what stands in a file is linted, never what a macro makes of it; yet sqlfluff would render and parse all of it again for each call, which takes minutes. So each macro has a
stand-in here, made from its own text: a macro that returns a list returns it, one that writes a select is a select, the rest is an expression.
"""

import re
from pathlib import Path

from jinja2.nativetypes import NativeEnvironment

MACRO = re.compile(r"{%-?\s*(macro|test)\s+(\w+)\s*\(.*?\)\s*-?%}(.*?){%-?\s*end(?:macro|test)\s*-?%}", re.DOTALL)
TAGS = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|--[^\n]*", re.DOTALL)


def bodies() -> dict[str, str]:
    root = Path(__file__).resolve().parents[2]
    files = [*root.glob("macros/**/*.sql"), *root.glob("tests/generic/*.sql")]
    return {"test_" * (kind == "test") + name: body for path in sorted(files) for kind, name, body in MACRO.findall(path.read_text())}


def values(texts: dict[str, str]) -> dict:
    """Macros that return a value, evaluated: one may call another."""
    environment, known = NativeEnvironment(), {}
    returned = {name: re.search(r"{{-?\s*return\((.*)\)\s*-?}}", body, re.DOTALL) for name, body in texts.items() if "adapter.dispatch" not in body}
    waiting = {name: found[1] for name, found in returned.items() if found}
    while waiting:
        ready = [name for name, text in waiting.items() if not any(other != name and re.search(rf"\b{other}\(", text) for other in waiting)]
        if not ready:
            break
        for name in ready:
            value = environment.from_string("{{ " + waiting.pop(name) + " }}").render({other: (lambda *_, kept=kept, **__: kept) for other, kept in known.items()})
            known[name] = value
    return known


def stand_in(text: str) -> tuple[str, str]:
    """The stand-in's text before and after the relations it was given."""
    plain = re.sub(r"\s+", " ", TAGS.sub(" ", text)).strip().lower()
    if plain.startswith(("select ", "with ")):
        return "select 1 as stand_in", ""
    named = re.match(r"(\w+ )?as \( ?select ", plain)
    if named:
        last = " select * from stand_in" if re.search(r"\) select ", without_brackets(plain)) else ""
        return f"{named[1] or 'stand_in '}as (select 1 as stand_in", f"){last}"
    return "stand_in()", None


def relations(given) -> list[str]:
    """The names and queries among a call's arguments: a common table expression that is only handed to a macro is in use."""
    if isinstance(given, str):
        return [given] if re.fullmatch(r"[a-z]\w*", given) and given != "some" else [f"({given})"] if given.strip().startswith("select ") else []
    if isinstance(given, dict):
        given = list(given.values())
    return [name for part in given for name in relations(part)] if isinstance(given, list | tuple) else []


def standing_in(before: str, after: str | None):
    def call(*given, **named):
        if after is None:
            return before
        used = list(dict.fromkeys(relations([given, named])))
        joined = " cross join ".join(f"{name} as t{number}" for number, name in enumerate(used))
        return before + (f" from {joined}" if used else "") + after

    return call


def without_brackets(plain: str) -> str:
    """What stands outside all brackets, which are left empty."""
    while (shorter := re.sub(r"\([^()]+\)", "()", plain)) != plain:
        plain = shorter
    return plain


def stand_ins() -> dict:
    texts = bodies()
    made = {name: standing_in(*stand_in(texts.get(f"duckdb__{name}", body) if "adapter.dispatch" in body else body)) for name, body in texts.items()}
    return made | {name: (lambda *_, kept=kept, **__: kept) for name, kept in values(texts).items()}


globals().update(stand_ins())
