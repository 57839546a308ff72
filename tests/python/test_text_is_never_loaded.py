"""Prompts and completions are dropped where files are read. A marker is planted wherever a source says that text may stand, and in lines and files that can not be read; then it is looked for
in every relation of the warehouse and in the bytes of its file.

A source is covered by `text_fields` in its declaration (config.meta in _<source>__sources.yml); one of LLM calls must have them.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from landing.declarations import Column, Declaration, read_declarations

ROOT = Path(__file__).resolve().parents[2]
DECLARATIONS = read_declarations(ROOT / "models" / "staging")
PLANTED = [declaration for declaration in DECLARATIONS if declaration.text_fields]
MARKER = "xqz7MARKERzqx7"
VALUES = {"timestamp": "2026-08-01T00:00:00Z", "date": "2026-08-01", "bigint": 7, "decimal(38, 12)": "0.5", "boolean": True}


def call_sources() -> list[str]:
    text = (ROOT / "macros" / "staging" / "call_stream.sql").read_text()
    return re.findall(r"'(stg_\w+)'", text.partition("macro call_sources")[2].partition("endmacro")[0])


@pytest.mark.parametrize("model", call_sources())
def test_every_source_of_calls_says_where_its_text_stands(model: str) -> None:
    [path] = (ROOT / "models" / "staging").glob(f"*/{model}.sql")
    tables = re.findall(r"landing\('(\w+)', '(\w+)'\)", path.read_text())
    assert tables
    for _, name in tables:
        found = [declaration for declaration in PLANTED if declaration.table.endswith(name)]
        assert found and all(declaration.sensitive for declaration in found), f"{name}: declare text_fields and sensitive in its sources YAML"


def test_a_column_can_not_be_declared_on_text() -> None:
    with pytest.raises(ValueError, match="may hold prompts"):
        Declaration("t", (Column("body", "varchar", aliases=("Input-Text",)),), sensitive=True, text_fields=("input_text",))
    with pytest.raises(ValueError, match="may hold prompts"):
        Declaration("t", (Column("tool", "varchar", paths=("messages.0.content",)),), sensitive=True, text_fields=("messages",))
    with pytest.raises(ValueError, match="declare it sensitive"):
        replace(PLANTED[0], sensitive=False)


def put(record: dict[str, Any], path: str, value: Any) -> None:
    """Sets a dotted path inside nested objects."""
    *outer, last = path.split(".")
    for name in outer:
        record = record.setdefault(name, {})
    record[last] = value


def record_of(declaration: Declaration) -> dict[str, Any]:
    """A record whose required columns are filled and whose text is the marker, in all the shapes text has."""
    record: dict[str, Any] = {}
    for column in declaration.required:
        name = (column.paths or (column.name,))[0]
        put(record, name, VALUES.get(column.data_type, "a"))
    for number, path in enumerate(declaration.text_fields):
        put(record, path, [MARKER, {"content": [{"text": MARKER}]}, json.dumps([{"role": "user", "content": MARKER}])][number % 3])
    return record


def otlp_of(declaration: Declaration) -> dict[str, Any]:
    def attribute(key: str, value: str = MARKER) -> dict[str, Any]:
        return {"key": key, "value": {"stringValue": value}}

    texts = [attribute(key) for key in declaration.text_fields]
    nested = {"key": declaration.text_fields[0], "value": {"arrayValue": {"values": [{"stringValue": MARKER}]}}}
    own = [attribute("gen_ai.operation.name", "chat"), attribute("gen_ai.provider.name", "openai"), attribute("gen_ai.request.model", "gpt-4o")]
    span = {
        "traceId": "t", "spanId": "s", "name": "chat", "startTimeUnixNano": "1785542400000000000", "attributes": [*own, *texts, nested],
        "events": [{"name": "gen_ai.content.prompt", "attributes": texts}], "status": {"code": 2, "message": MARKER}, "links": [{"attributes": texts}],
    }  # fmt: skip
    return {"resourceSpans": [{"resource": {"attributes": texts}, "scopeSpans": [{"scope": {"name": "s", "attributes": texts}, "spans": [span]}]}]}


def plant(root: Path, declaration: Declaration) -> None:
    """Good records, records with text in a typed column, broken lines, and whole files that are no records: as JSON lines, CSV and Parquet."""
    folder = root / declaration.folder
    folder.mkdir(parents=True)
    record = record_of(declaration)
    typed = [column.name for column in declaration.columns if column.data_type == "bigint" and not column.paths and not column.attributes][:1]
    wrong = {**record, **{name: f"{MARKER} in a number" for name in typed}}
    lines = [json.dumps(record), json.dumps(wrong), f'{{"broken": "{MARKER}', f'"{MARKER}"', f"[\"{MARKER}\"]"]
    (folder / "lines.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "page.json").write_text("<html><body>" + MARKER)
    (folder / "cut.json").write_text('{"text": "' + MARKER)
    if declaration.reader == "otlp":
        (folder / "otlp.jsonl").write_text(json.dumps(otlp_of(declaration)) + f'\n{{"resourceSpans": "{MARKER}"}}\n{{"resourceSpans": [{{"{MARKER}\n')
    flat = {name: json.dumps(value) if isinstance(value, (dict, list)) else value for name, value in record.items()}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([list(flat), list(flat.values()), [*flat.values(), MARKER, MARKER], [MARKER] * (len(flat) - 1)])
    (folder / "rows.csv").write_text(out.getvalue())
    (folder / "headless.csv").write_text(f"{MARKER},{MARKER} please,1\n{MARKER},b,2\n")
    (folder / "single.csv").write_text(f"{MARKER} is one column\nand a line\n")
    source = folder.parent / "record.json"
    source.write_text(json.dumps(record))
    duckdb.sql(f"copy (select * from read_json('{source}')) to '{folder / 'rows.parquet'}'")
    source.unlink()


@pytest.fixture(scope="module")
def planted(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    landing = tmp_path_factory.mktemp("planted") / "landing"
    for declaration in PLANTED:
        plant(landing, declaration)
    return build(landing, landing.parent / "policy", "landing_files path:models/staging +call_record_quality")


def test_the_marker_is_nowhere_in_the_warehouse(planted: Path) -> None:
    with duckdb.connect(str(planted), read_only=True) as connection:
        loaded = dict(connection.execute("select source, sum(rows_loaded) from staging.landing_files group by all").fetchall())
        rejected = dict(connection.execute("select source, sum(rows_rejected) from staging.landing_files group by all").fetchall())
        relations = connection.execute("select table_schema || '.' || table_name from information_schema.tables where table_schema <> 'information_schema'").fetchall()
        assert len(relations) > 40
        found = [name for (name,) in relations if connection.execute(f"select 1 from {name} as line where contains(cast(line as varchar), '{MARKER}') limit 1").fetchall()]
        kept = connection.execute("select count(*) from intermediate.int_inference__calls").fetchall()[0][0]
    assert not found, f"text was loaded into {found}"
    assert kept >= 1
    for declaration in PLANTED:
        assert loaded[declaration.folder] > 0 and rejected[declaration.folder] > 0, f"{declaration.folder}: what was planted was not read"


def test_the_marker_is_not_in_the_bytes_of_the_file(planted: Path) -> None:
    files = [path for path in planted.parent.iterdir() if path.is_file()]
    assert planted in files
    # Compression may cut a text in pieces: each end of the marker alone would show.
    for path in files:
        content = path.read_bytes()
        assert not [part for part in (MARKER, MARKER[:4], MARKER[-4:]) if part.encode() in content], path.name
