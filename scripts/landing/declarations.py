"""The declared shape of each raw table, read from models/staging/*/_*__sources.yml."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml


def normalised(name: str) -> str:
    """A header stripped to letters and digits: `lineItem/UsageType`, `line_item_usage_type` and `LineItemUsageType ` are one name."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def spellings(header: str) -> tuple[str, ...]:
    """The names a header goes by. Translated Azure exports keep the English name in brackets: `Datum (Date)`."""
    bracketed = re.search(r"\(([A-Za-z]+)\)\s*$", header)
    return (normalised(header), normalised(bracketed.group(1))) if bracketed else (normalised(header),)


@dataclass(frozen=True)
class Column:
    name: str
    data_type: str
    aliases: tuple[str, ...] = ()  # other header names
    paths: tuple[str, ...] = ()  # dotted paths into nested records, best first
    attributes: tuple[str, ...] = ()  # OpenTelemetry attribute keys, best first
    scope: str = "span"  # where an attribute may stand: span, or both (span wins over resource)
    required: bool = False
    map_of: str | None = None  # this column takes the MAP form of that one
    collect_prefixes: tuple[str, ...] = ()  # loose columns with these prefixes are gathered here as JSON
    keep: str | None = None  # an object with free keys: what of it is kept (see kept.py)

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases, *self.paths, *self.attributes)


@dataclass(frozen=True)
class Declaration:
    table: str  # identifier in schema raw
    columns: tuple[Column, ...]
    folder: str | None = None  # landing folder
    policy_file: str | None = None  # or: file of the policy folder, without .csv
    kind: str = "telemetry"  # bill, telemetry or policy
    reader: str = "rows"  # rows, or otlp
    sensitive: bool = False  # may hold prompts: rejected text is not kept
    text_fields: tuple[str, ...] = ()  # where prompts and completions stand, as dotted paths or attribute keys: no column may read them
    nulls: tuple[str, ...] = ()  # further spellings of null
    embedded_json: tuple[str, ...] = ()  # columns that hold JSON, as text or nested
    explode: tuple[str, ...] = ()  # lists inside lists of an API's page, outermost first: one row per innermost element (see pages.py)
    tag_keys: tuple[str, ...] = ()
    tag_prefixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Text is kept out here, where a column is declared, and not where it would be used."""
        if self.text_fields and not self.sensitive:
            raise ValueError(f"{self.table} declares text_fields: declare it sensitive too, so that lines that can not be read are not kept")
        for column in self.columns:
            for name in column.names:
                for field_name in self.text_fields:
                    if normalised(name) == normalised(field_name) or name.startswith(field_name + "."):
                        raise ValueError(f"{self.table}.{column.name} would read {name}, which may hold prompts or completions (text_fields): take the name out of the sources YAML")

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def required(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.required)


@dataclass
class _Meta:
    values: dict = field(default_factory=dict)

    def tuple_of(self, key: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self.values.get(key, ()))


def _meta(node: dict) -> _Meta:
    return _Meta((node.get("config") or {}).get("meta") or {})


def _column(node: dict) -> Column:
    meta = _meta(node)
    return Column(
        name=node["name"],
        data_type=node.get("data_type", "varchar"),
        aliases=meta.tuple_of("aliases"),
        paths=meta.tuple_of("paths"),
        attributes=meta.tuple_of("attributes"),
        scope=meta.values.get("scope", "span"),
        required=bool(meta.values.get("required", False)),
        map_of=meta.values.get("map_of"),
        collect_prefixes=meta.tuple_of("collect_prefixes"),
        keep=meta.values.get("keep"),
    )


def _declaration(table: dict) -> Declaration:
    meta = _meta(table)
    return Declaration(
        table=table.get("identifier", table["name"]),
        columns=tuple(_column(node) for node in table["columns"]),
        folder=meta.values.get("folder"),
        policy_file=meta.values.get("file"),
        kind=meta.values.get("kind", "telemetry"),
        reader=meta.values.get("reader", "rows"),
        sensitive=bool(meta.values.get("sensitive", False)),
        text_fields=meta.tuple_of("text_fields"),
        nulls=meta.tuple_of("nulls"),
        embedded_json=meta.tuple_of("embedded_json"),
        explode=meta.tuple_of("explode"),
        tag_keys=meta.tuple_of("tag_keys"),
        tag_prefixes=meta.tuple_of("tag_prefixes"),
    )


def read_declarations(staging_folder: Path) -> list[Declaration]:
    """Every source table of schema raw, in a stable order."""
    declarations = []
    for path in sorted(staging_folder.glob("*/_*__sources.yml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        for source in document.get("sources", ()):
            if source.get("schema") == "raw":
                declarations.extend(_declaration(table) for table in source["tables"])
    return declarations
