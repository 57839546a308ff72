"""Laws 5 and 6 on made-up bills: the same bill in another order, packing, format, cut or dress, delivered once more or behind an older one, gives the same charges.

Hypothesis makes the bill and the way it is written; each example is loaded twice, plain and in its dress, and the charges that count are compared as multisets.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from charge_lab import ChargeLab
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from test_bad_input import worded

PLAIN, NEWER, OLDER = "main/delivery=20261001T000000Z", "main/delivery=20261002T000000Z", "main/delivery=20260930T000000Z"


@dataclass(frozen=True)
class Line:
    account: str
    sub_account: str
    month: int
    day: int
    product: str
    category: str
    cost: str
    resource: str
    team: str
    currency: str


def aws(line: Line) -> dict[str, str]:
    return {
        "bill_payer_account_id": line.account, "bill_billing_period_start_date": f"2026-{line.month:02d}-01T00:00:00Z", "bill_invoicing_entity": "Amazon Web Services, Inc.",
        "line_item_usage_account_id": line.sub_account, "line_item_line_item_type": line.category,
        "line_item_usage_start_date": f"2026-{line.month:02d}-{line.day:02d}T00:00:00Z", "line_item_usage_end_date": f"2026-{line.month:02d}-{line.day + 1:02d}T00:00:00Z",
        "line_item_product_code": line.product, "line_item_usage_type": f"USE1-{line.product}", "line_item_operation": "", "line_item_resource_id": line.resource,
        "line_item_usage_amount": "1.5", "line_item_currency_code": line.currency, "line_item_unblended_cost": line.cost, "line_item_line_item_description": 'a "quoted", text\nin two lines',
        "pricing_unit": "Hrs", "product_region_code": "us-east-1", "resource_tags": json.dumps({"user_team": line.team}) if line.team else "",
    }  # fmt: skip


def focus(line: Line) -> dict[str, str]:
    return {
        "BilledCost": line.cost, "EffectiveCost": line.cost, "BillingAccountId": line.account, "SubAccountId": line.sub_account, "BillingCurrency": line.currency,
        "BillingPeriodStart": f"2026-{line.month:02d}-01T00:00:00Z", "BillingPeriodEnd": f"2026-{line.month + 1:02d}-01T00:00:00Z",
        "ChargePeriodStart": f"2026-{line.month:02d}-{line.day:02d}T00:00:00Z", "ChargePeriodEnd": f"2026-{line.month:02d}-{line.day + 1:02d}T00:00:00Z",
        "ChargeCategory": line.category, "ChargeDescription": 'a "quoted", text\nin two lines', "ServiceName": line.product, "ProviderName": "Zürich Cloud", "SkuId": line.product,
        "ResourceId": line.resource, "RegionId": "eu-1", "Tags": json.dumps({"team": line.team}) if line.team else "",
    }  # fmt: skip


@dataclass(frozen=True)
class Writer:
    """How a kind of bill writes a line, and which of its columns an exporter may leave out. A new kind of bill is one more entry."""

    write: Callable[[Line], dict[str, str]]
    optional: tuple[str, ...]


WRITERS = {
    "aws_cur2": Writer(aws, ("bill_invoicing_entity", "line_item_operation", "line_item_usage_amount", "pricing_unit", "product_region_code", "line_item_line_item_description")),
    "focus": Writer(focus, ("BillingPeriodEnd", "ChargeDescription", "EffectiveCost", "RegionId", "SkuId")),
}

COSTS = st.one_of(
    st.sampled_from(["0", "1.5", "-2.25", "7.0E-10", "1.0E-13", "12345678.123456789012", "0.000000000001", "-3E-5"]),
    st.decimals(min_value=-1000, max_value=1000, places=10, allow_nan=False).map(lambda cost: f"{cost:f}"),
)
LINES = st.builds(
    Line, account=st.sampled_from(["111", "007"]), sub_account=st.sampled_from(["210", "220"]), month=st.sampled_from([9, 10]), day=st.integers(1, 3),
    product=st.sampled_from(["Models", "Compute"]), category=st.sampled_from(["Usage", "Tax", "Credit"]), cost=COSTS, resource=st.sampled_from(["", "r-1", "r-2"]),
    team=st.sampled_from(["", "search", "größe"]), currency=st.sampled_from(["USD", "EUR"]),
)  # fmt: skip
# Bills hold true twins: some lines stand there more than once.
BILLS = st.lists(st.tuples(LINES, st.sampled_from([1, 1, 1, 2, 3])), min_size=1, max_size=8).map(lambda found: [line for line, times in found for _ in range(times)])


@dataclass
class Dress:
    """One way to write the same bill."""

    seed: int
    parts: int
    formats: list[str]
    header: int
    dropped: list[str]
    unknown: bool
    shuffled: bool
    copied: str | None  # a file once more, under another name
    again: bool  # the whole bill once more, in a newer folder
    older: str | None  # a delivery of the time before, whose costs were other ones; its files are the newer ones

    @classmethod
    def strategy(cls, writer: Writer) -> st.SearchStrategy[Dress]:
        return st.builds(
            cls, seed=st.integers(0, 999), parts=st.integers(1, 4), formats=st.lists(st.sampled_from(["csv", "csv.gz", "tsv", "jsonl", "jsonl.gz", "json", "parquet"]), min_size=1, max_size=4),
            header=st.integers(0, 4), dropped=st.lists(st.sampled_from(writer.optional), unique=True, max_size=3), unknown=st.booleans(), shuffled=st.booleans(),
            copied=st.sampled_from([None, "copy", "backup", "zz/old"]), again=st.booleans(), older=st.sampled_from([None, "0.01", "-5", "99999"]),
        )  # fmt: skip


HEADERS: list[Callable[[str], str]] = [
    lambda name: name, str.upper, lambda name: worded(name, "_", str.lower), lambda name: worded(name, " ", str.title), lambda name: worded(name, "-", str.lower),
]  # fmt: skip


def render(rows: list[dict[str, str]], kind: str, dress: Dress, part: int) -> bytes | pa.Table:
    dice = random.Random(dress.seed + part)
    columns = [name for name in rows[0] if name not in dress.dropped]
    if dress.shuffled:
        dice.shuffle(columns)
    header = HEADERS[(dress.header + part) % len(HEADERS) if dress.header else 0]
    rows = [{header(name): row[name] for name in columns} | ({"x_Brand New": "a, b", "": "?"} if dress.unknown and "json" not in kind and kind != "parquet" else {}) for row in rows]
    if kind == "parquet":
        return pa.table({name: pa.array([row[name] or None for row in rows], pa.string()) for name in rows[0]})
    if kind.startswith("json"):
        rows = [{**row, **({"x_new": {"a": [1, None]}} if dress.unknown else {})} for row in rows]
        text = json.dumps(rows, ensure_ascii=False) if kind == "json" else "".join(json.dumps(row, ensure_ascii=bool(dress.seed % 2)) + "\n" for row in rows)
    else:
        out = io.StringIO()
        writer = csv.DictWriter(out, list(rows[0]), delimiter="\t" if kind == "tsv" else ",", lineterminator="\r\n" if dress.seed % 3 == 0 else "\n")
        writer.writeheader()
        writer.writerows(rows)
        text = out.getvalue()
    return gzip.compress(text.encode()) if kind.endswith("gz") else text.encode()


def deliver(folder: Path, lines: list[Line], writer: Writer, dress: Dress) -> list[Path]:
    """Writes the lines in parts. Equal lines go into one part: two files alike to the last byte are one file sent twice."""
    dice = random.Random(dress.seed)
    lines = dice.sample(lines, len(lines)) if dress.shuffled else lines
    parts: dict[int, list[dict[str, str]]] = {}
    for line in lines:
        parts.setdefault(sorted(set(lines), key=repr).index(line) % dress.parts, []).append(writer.write(line))
    paths = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, rows in parts.items():
        kind = dress.formats[number % len(dress.formats)]
        path = folder / f"part-{number}.{kind}"
        content = render(rows, kind, dress, number)
        pq.write_table(content, path) if isinstance(content, pa.Table) else path.write_bytes(content)
        paths.append(path)
    return paths


PHASES = (Phase.generate,)
PLAIN_DRESS = Dress(0, 1, ["csv"], 0, [], False, False, None, False, None)


@pytest.fixture(scope="module")
def lab(project_root, build, tmp_path_factory) -> ChargeLab:
    return ChargeLab(project_root, build, tmp_path_factory.mktemp("lab"), WRITERS)


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("bills")


def emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("source", list(WRITERS))
def test_however_a_bill_is_written_its_charges_are_the_same(lab: ChargeLab, place: Path, source: str) -> None:
    writer = WRITERS[source]

    @settings(max_examples=32, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck), print_blob=True, phases=PHASES)
    @given(lines=BILLS, dress=Dress.strategy(writer))
    def holds(lines: list[Line], dress: Dress) -> None:
        plain = emptied(place / "plain")
        deliver(plain / source / PLAIN, lines, Writer(lambda line: {name: value if name not in dress.dropped else "" for name, value in writer.write(line).items()}, ()), PLAIN_DRESS)
        expected = lab.charges(plain)
        assert sum(expected.values()) == len(lines), lab.said()

        dressed = emptied(place / "dressed")
        paths = deliver(dressed / source / PLAIN, lines, writer, dress)
        if dress.copied:
            original = paths[dress.seed % len(paths)]
            folder = original.parent if dress.copied == "copy" else dressed / source / dress.copied
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(original, folder / f"a-{original.name}")
        if dress.again:
            deliver(dressed / source / NEWER, lines, writer, dress)
        if dress.older:
            # Written after the others, so that its files are the newer ones, and delivered before them.
            deliver(dressed / source / OLDER, [Line(**{**vars(line), "cost": dress.older}) for line in lines], writer, dress)
        found = lab.charges(dressed)
        if found != expected:
            note(f"{lab.said()}\nmissing:\n{lab.described(expected - found)}\nadded:\n{lab.described(found - expected)}")
        assert found == expected

    holds()


def test_the_lab_sees_a_difference_of_the_last_decimal(lab: ChargeLab, place: Path) -> None:
    """Without this the comparison above could compare nothing."""
    line = Line("111", "210", 9, 1, "Models", "Usage", "1.5", "", "", "USD")
    seen = []
    for cost in ("1.5", "1.500000000001"):
        landing = emptied(place / "twice")
        deliver(landing / "focus" / PLAIN, [Line(**{**vars(line), "cost": cost})], WRITERS["focus"], PLAIN_DRESS)
        seen.append(lab.charges(landing))
    assert seen[0] != seen[1] and sum(seen[0].values()) == 1
