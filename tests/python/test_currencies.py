"""Money in several currencies, and what is no money at all.

One landing zone: the specification's virtual-currency bills, a bill in tokens, an account billed in two currencies in one period, and a correction in a third.
"""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import apportion_dbt
import duckdb
import pytest
import small_company as small

COLUMNS = ["BilledCost", "EffectiveCost", "BillingAccountId", "BillingCurrency", "ChargeCategory", "ChargeClass", "ChargePeriodStart", "ChargePeriodEnd", "ChargeDescription", "PricingCurrency"]


def charge(account: str, currency: str, day: str, amount: str, *, category: str = "Usage", kind: str = "", period: str = "2026-09", pricing: str = "") -> dict[str, str]:
    return {
        "BilledCost": amount, "EffectiveCost": amount, "ListCost": amount, "BillingAccountId": account, "BillingCurrency": currency, "ChargeCategory": category, "ChargeClass": kind,
        "BillingPeriodStart": f"{period}-01T00:00:00Z", "ChargePeriodStart": f"{day}T00:00:00Z", "ChargePeriodEnd": f"{day}T23:59:59Z", "ChargeDescription": "Widgets",
        "PricingCurrency": pricing, "ProviderName": "ACME", "ServiceName": "Widgets",
    }  # fmt: skip


def bills() -> list[dict[str, str]]:
    return [
        # One account, one period, two currencies; the rate of the euro changes inside it.
        charge("two", "EUR", "2026-09-14", "100"),
        charge("two", "EUR", "2026-09-15", "100"),
        charge("two", "USD", "2026-09-14", "10"),
        # The correction of September's euros comes in October, in pounds.
        charge("two", "GBP", "2026-09-14", "-7", category="Adjustment", kind="Correction", period="2026-10"),
        # A vendor that bills its own tokens, and the dollars they were bought with.
        charge("tokens", "Token", "2026-09-14", "245"),
        charge("tokens", "Token", "2026-09-15", "0.000000000001", pricing="Token"),
        charge("tokens", "USD", "2026-09-01", "200000", category="Purchase"),
    ]


def write_landing(root: Path, rows: list[dict[str, str]]) -> Path:
    (root / "focus" / "acme").mkdir(parents=True)
    (root / "focus" / "acme" / "bill.csv").write_text(small.as_csv(rows))
    return root


@pytest.fixture(scope="module")
def landing(tmp_path_factory) -> Path:
    root = write_landing(tmp_path_factory.mktemp("landing"), bills())
    (root / "exchange_rates").mkdir()
    # The bank's list: a day and a rate; the policy wins where both speak. A rate of another pair is nobody's business.
    (root / "exchange_rates" / "bank.csv").write_text(
        "Date,Base,Quote,Rate\n2026-09-11,EUR,USD,9.99\n2026-09-15,EUR,USD,1.20\n2026-09-11,GBP,USD,1.30\n2026-09-15,GBP,USD,1.31\n2026-09-01,GBP,EUR,1.15\n"
    )
    return root


@pytest.fixture(scope="module")
def policy(tmp_path_factory) -> Path:
    root = small.write_policy(tmp_path_factory.mktemp("policy"))
    (root / "exchange_rates.csv").write_text("from_currency,to_currency,valid_from,valid_to,rate,comment\nEUR,USD,2026-09-01,2026-09-15,1.10,treasury's rate\nTOKEN,USD,,,2,somebody hoped tokens were money\n")
    return root


@pytest.fixture(scope="module")
def warehouse(build, landing, policy) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(build(landing, policy, "+fct_cost_allocations +cost_reconciliation")), read_only=True)


def charges(warehouse, where: str) -> list[tuple]:
    return warehouse.execute(f"select billing_currency, billed_cost, billed_cost_reporting, x_fx_rate_source from marts.fct_charges where {where} order by all").fetchall()


def test_two_currencies_in_one_period_of_one_account_are_each_converted_by_their_own_day(warehouse):
    assert charges(warehouse, "billing_account_id = 'two' and billing_month = date '2026-09-01'") == [
        ("EUR", Decimal(100), Decimal(110), "policy"),
        ("EUR", Decimal(100), Decimal(120), "landing"),
        ("USD", Decimal(10), Decimal(10), "same_currency"),
    ]
    by_currency = warehouse.execute("select billing_currency, sum(delivered_billed_cost), bool_and(status = 'reconciled') from marts.cost_reconciliation where billing_account_id = 'two' group by all order by all")
    assert by_currency.fetchall() == [("EUR", Decimal(200), True), ("GBP", Decimal(-7), True), ("USD", Decimal(10), True)]


def test_a_correction_in_another_currency_counts_once_at_the_rate_of_the_day_it_corrects(warehouse):
    assert charges(warehouse, "charge_class = 'Correction'") == [("GBP", Decimal(-7), Decimal("-9.1"), "landing")]
    assert warehouse.execute("select sum(billed_cost), sum(billed_cost_reporting) from marts.fct_cost_allocations where billing_currency = 'GBP'").fetchall() == [(Decimal(-7), Decimal("-9.1"))]


def test_a_bill_in_tokens_is_never_added_to_money_whatever_the_policy_hopes(warehouse):
    assert charges(warehouse, "billing_account_id = 'tokens'") == [
        ("TOKEN", Decimal("0.000000000001"), Decimal(0), "virtual"),
        ("TOKEN", Decimal(245), Decimal(0), "virtual"),
        ("USD", Decimal(200000), Decimal(200000), "same_currency"),
    ]
    ledger = warehouse.execute("""select billing_currency, sum(billed_cost), sum(effective_cost), sum(effective_cost_reporting) from marts.fct_cost_allocations
        where billing_account_id = 'tokens' group by all order by all""").fetchall()
    assert ledger == [("TOKEN", Decimal("245.000000000001"), Decimal("245.000000000001"), Decimal(0)), ("USD", Decimal(200000), Decimal(200000), Decimal(200000))]
    flagged = warehouse.execute("select x_is_virtual_currency, count(*) from marts.fct_charges group by all order by all").fetchall()
    assert flagged == [(False, 5), (True, 2)]


def test_a_day_two_rates_speak_of_is_converted_once(warehouse):
    assert warehouse.execute("select count(*) from marts.fct_charges").fetchone() == (len(bills()),)


def test_the_specification_s_virtual_currency_bills_are_priced_in_tokens_and_billed_in_money(build, real_data, tmp_path):
    """FOCUS 1.2: PricingCurrency is the token, BillingCurrency is money. Tokens bought and tokens used are both there, and no amount of tokens is in any sum."""
    folder = tmp_path / "focus"
    sources = sorted((real_data / "billing" / "focus_spec_examples").glob("*virtual_currency*.csv"))
    billed, rows = Decimal(0), 0
    for source in sources:
        (folder / source.stem).mkdir(parents=True)
        lines = list(csv.DictReader(source.read_text(encoding="utf-8-sig").splitlines()))
        for line in lines:
            line["BillingAccountId"] = source.stem  # each example is a world of its own
        billed += sum(Decimal(line["BilledCost"]) for line in lines)
        rows += len(lines)
        (folder / source.stem / "bill.csv").write_text(small.as_csv(lines))
    assert len(sources) == 6 and rows == 13
    with duckdb.connect(str(build(tmp_path, select="+fct_charges")), read_only=True) as found:
        kept = found.execute("select count(*), sum(billed_cost), sum(billed_cost_reporting), bool_or(x_is_virtual_currency), list(distinct billing_currency) from marts.fct_charges").fetchall()
        priced = found.execute("select pricing_currency, count(*), sum(billed_cost), sum(effective_cost) from marts.fct_charges where billing_account_id like '%model_a%' group by all order by all").fetchall()
    assert kept == [(rows, billed, billed, False, ["USD"])]
    assert priced == [("TOKEN", 3, Decimal(0), Decimal(1230)), ("USD", 1, Decimal(200000), Decimal(0))]


def test_a_missing_rate_fails_naming_pair_day_and_file_and_nothing_else_fails(parsed_project, tmp_path, policy, monkeypatch):
    write_landing(tmp_path / "landing", [charge("two", "SEK", "2026-09-14", "5"), charge("two", "SEK", "2026-09-20", "5"), charge("two", "EUR", "2026-09-14", "5"), charge("t", "CCU", "2026-09-14", "5")])
    project = apportion_dbt.twin_project(tmp_path / "project", parsed=parsed_project)
    monkeypatch.setenv("APPORTION_LANDING", str(tmp_path / "landing"))
    monkeypatch.setenv("APPORTION_POLICY", str(policy))
    outcome = apportion_dbt.run_dbt(["build", "--select", "+int_charges__pools", "--indirect-selection", "buildable", "--exclude-resource-type", "unit_test"], project=project)
    assert [node.name for node in outcome.failed] == ["assert_exchange_rates_are_known"]
    with duckdb.connect(str(project / "warehouse" / "apportion.duckdb"), read_only=True) as found:
        query = found.execute((project / outcome.failed[0].compiled_path).read_text())
        rows = [dict(zip([column[0] for column in query.description], row, strict=True)) for row in query.fetchall()]
    assert len(rows) == 1
    assert {name: str(rows[0][name]) for name in ("currency_pair", "first_day", "last_day", "days", "bill_lines", "files", "first_file")} == {
        "currency_pair": "SEK -> USD", "first_day": "2026-09-14", "last_day": "2026-09-20", "days": "2", "bill_lines": "2", "files": "1", "first_file": "focus/acme/bill.csv",
    }  # fmt: skip
    assert rows[0]["fix"].startswith("Add a row SEK,USD,2026-09-14,2026-09-21,<rate> to exchange_rates.csv")


def test_a_constant_rate_date_that_is_no_day_stops_the_run(tmp_path):
    value = "2026-13-01"
    project = apportion_dbt.twin_project(tmp_path / "project")
    outcome = apportion_dbt.run_dbt(["run", "--select", "int_charges__rates", "--vars", f"{{constant_rate_date: '{value}'}}"], project=project)
    assert not outcome.success
    assert f"var constant_rate_date is '{value}'" in " ".join([outcome.error or "", *(node.message for node in outcome.nodes)])
