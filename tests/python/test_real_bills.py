"""Every real or specification-written bill beside the repository, file by file: staging is the raw total exactly, and what counts with what does not is staging, per currency."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pytest

FOLDERS = {"focus_sample_data": "focus", "focus_spec_examples": "focus", "focus_converters": "aws_cur2"}
AZURE = {"EA_ActualCost_Small.csv": "azure_actual_costs", "EA_AmortizedCost_Small.csv": "azure_amortized_costs"}
AMOUNTS = {"focus": ("BilledCost", "BillingCurrency"), "aws_cur2": ("lineItem/UnblendedCost", "lineItem/CurrencyCode")}
AMOUNTS |= {folder: ("Cost", "BillingCurrency") for folder in AZURE.values()}
STAGED = {"focus": "stg_focus__charges", "aws_cur2": "stg_aws__cur2_line_items", "azure_actual_costs": "stg_azure__actual_costs", "azure_amortized_costs": "stg_azure__amortized_costs"}


def number(text: str | None) -> Decimal:
    try:
        return Decimal((text or "0").replace("$", "").replace(",", "").strip() or "0").quantize(Decimal("1e-12"))
    except InvalidOperation:
        return Decimal(0)


@pytest.fixture(scope="module")
def files(real_data: Path) -> dict[str, tuple[str, list[dict[str, str]]]]:
    """path in the landing zone -> (source folder, rows of the file)."""
    found = {}
    for path in sorted((real_data / "billing").rglob("*.csv")):
        folder = AZURE.get(path.name) or FOLDERS.get(path.parent.name)
        if folder:
            with path.open(encoding="utf-8-sig", newline="") as stream:
                found[f"{folder}/{path.stem}/{path.name}"] = (folder, list(csv.DictReader(stream)))
    return found


@pytest.fixture(scope="module")
def connection(build, real_data: Path, files, tmp_path_factory):
    landing = tmp_path_factory.mktemp("real") / "landing"
    for place in files:
        source = next((real_data / "billing").rglob(Path(place).name))
        (landing / place).parent.mkdir(parents=True, exist_ok=True)
        (landing / place).write_bytes(source.read_bytes())
    with duckdb.connect(str(build(landing, select="+cost_reconciliation +uncounted_charges +quarantined_rows")), read_only=True) as connection:
        yield connection


def test_staging_is_the_raw_total_of_every_file_and_currency(connection, files):
    """A file without amounts is a fragment of an example: it is named as unreadable and no part of a bill."""
    compared = 0
    for place, (folder, rows) in files.items():
        amount, currency = AMOUNTS[folder]
        if amount not in rows[0] or currency not in rows[0]:
            [(status,)] = connection.execute("select status from staging.landing_files where file_path = ?", [place]).fetchall()
            readable = connection.execute(f"select count(*) from staging.{STAGED[folder]} where x_source_file = ? and x_quarantine_reason is null", [place]).fetchall()
            assert status == "unreadable" or readable == [(0,)], place
            continue
        expected: dict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            expected[(row[currency] or "").strip()] += number(row[amount])
        column = "effective_cost" if "Amortized" in place else "billed_cost"
        staged = dict(
            connection.execute(
                f"select coalesce(billing_currency, ''), sum({column}) from staging.{STAGED[folder]} where x_source_file = ? group by all", [place]
            ).fetchall()
        )
        assert staged == dict(expected), place
        compared += len(expected)
    assert compared >= 20, "the files are not where they are thought to be"


def test_what_counts_and_what_does_not_is_all_of_staging(connection):
    sources = list(dict.fromkeys(STAGED.values()))
    for amount in ("billed_cost", "effective_cost"):
        staged = " union all ".join(f"select billing_currency, {amount} from staging.{model} where x_quarantine_reason is null and x_cost_scope = 'normal'" for model in sources)
        staged = dict(connection.execute(f"select billing_currency, sum({amount}) from ({staged}) group by all").fetchall())
        counted = connection.execute(
            f"select billing_currency, sum(cost) from (select billing_currency, {amount} as cost from marts.fct_charges union all "
            f"select billing_currency, {amount} from marts.uncounted_charges) group by all"
        ).fetchall()
        assert dict(counted) == staged and staged


def test_the_ledger_is_what_counts(connection):
    states = connection.execute("select distinct status from marts.cost_reconciliation").fetchall()
    assert states == [("reconciled",)]
