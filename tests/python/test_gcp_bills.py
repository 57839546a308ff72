"""Google Cloud's usage cost export: nested, append-only, priced twice (list and consumption model), with credits inside the line. Each test names the trap it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import gcp_lines as gcp
import pytest

STAGED = "+stg_gcp__billing_exports +stg_gcp__credits"
SUBSCRIPTION = "subscriptions/1fd3b130-40f8-4a79-ac6f-5753aaa0ceeb"


def covered(sku: str, cost: str, at_default: str) -> gcp.Line:
    return gcp.line(
        sku, cost, cost_at_list=at_default, cost_at_effective_price_default=at_default, service={"description": "Compute Engine"},
        consumption_model={"id": "A1B2", "description": "Compute Flexible CUDs 1 Year"}, subscription={"instance_id": SUBSCRIPTION},
    )  # fmt: skip


def fee(case: str, cost: str, **changes) -> gcp.Line:
    return gcp.line(
        case, cost, cost_at_list=None, service={"description": "Compute Engine"}, price={"effective_price": "1"}, subscription={"instance_id": SUBSCRIPTION},
        usage={"amount": cost, "unit": "seconds", "pricing_unit": "hour"}, **changes,
    )  # fmt: skip


# One line per case; its SKU text is its name.
CASES = {
    case["sku"]["description"]: case
    for case in [
        gcp.line("two credits", "10", cost_at_list="12", credits=[("SUSTAINED_USAGE_DISCOUNT", "-1.5"), ("FREE_TIER", "-0.25")]),
        gcp.line("null credits", "10", credits=None),
        gcp.line("no credits", "10"),
        gcp.line("price and payment", "10", credits=[("DISCOUNT", "-2"), ("PROMOTION", "-3"), ("RESELLER_MARGIN", "-0.5"), ("SUBSCRIPTION_BENEFIT", "-0.125")]),
        gcp.line("new kind of credit", "10", credits=[("FOUNDERS_BONUS", "-4")]),
        gcp.line("credit before types", "10", credits=[
            {"name": "Sustained Usage Discount", "amount": "-1"}, {"name": "Committed Usage Discount: CPU", "amount": "-2"}, {"name": "Welcome gift", "amount": "-4"},
        ]),
        gcp.line("free", "0.02", credits=[("FREE_TIER", "-0.02")]),
        gcp.line("tiny", "0.0000000375", credits=[("DISCOUNT", "-1.5E-9")]),
        gcp.line("crossover", "5", usage_start_time="2026-09-30T23:00:00Z", usage_end_time="2026-10-01T00:00:00Z"),
        gcp.line("N2 with legacy CUD", "0.174496", service={"description": "Compute Engine"}, credits=[
            {"id": "cud-9", "full_name": "Committed use discount - dollar based: GCE Commitments", "name": "", "type": "COMMITTED_USAGE_DISCOUNT_DOLLAR_BASE", "amount": "-0.065095"},
        ]),
        gcp.line("Commitment v1: Cpu in Americas for 1 Year", "40", service={"description": "Compute Engine"}, price={"effective_price": "0.02"}, cost_at_list=None),
        fee("Commitment fee, half used", "0.125637", credits=[("FEE_UTILIZATION_OFFSET", "-0.1256348")]),
        fee("Commitment fee, never used", "0.022994"),
        covered("N2 under a consumption model", "0.046868", "0.065095"),
        gcp.line("Spot Preemptible N2 Core", "0.4", service={"description": "Compute Engine"}),
        gcp.line("tax", "1.9", cost_type="tax", usage={"amount": None, "unit": None}, project={"id": None, "number": None, "name": None}),
        gcp.line("rounding", "-0.004", cost_type="rounding_error", usage={"amount": None}),
        gcp.line("rounding, in words", "0.001", cost_type="rounding error", usage={"amount": None}),
        gcp.line("goodwill", "-7", cost_type="adjustment", adjustment_info={"id": "a-1", "type": "GOODWILL", "mode": "MANUAL_ADJUSTMENT", "description": "sorry"}),
        gcp.line("negation", "-10", cost_type="adjustment", usage={"amount": "-1000"}, adjustment_info={"id": "a-2", "type": "USAGE_CORRECTION", "mode": "COMPLETE_NEGATION_WITH_REMONETIZATION"}),
        gcp.line("partial", "-2", cost_type="adjustment", adjustment_info={"id": "a-3", "type": "PRICE_CORRECTION", "mode": "PARTIAL_CORRECTION"}),
        gcp.line("labels win", "1", labels={"Team": "label ", "only-label": "l"}, tags=[gcp.tag("team", "tag"), gcp.tag("env", "tag"), gcp.tag("env", "inherited tag", True), gcp.tag("cost-center", "42", True)],
                 project={"labels": gcp.pairs({"team": "project", "cost-center": "1", "owner": "project"})},
                 system_labels={"compute.googleapis.com/machine_spec": "a2-highgpu-1g", "owner": "system"}),
        gcp.line("resource", "1", resource={"name": "projects/991/instances/trainer-1", "global_name": "//compute.googleapis.com/projects/docs-prod/zones/us-central1-a/instances/trainer-1"}),
        gcp.line("bucket", "1", resource={"name": "apportion-extracts", "global_name": None}, location={"location": "us", "region": None}),
        gcp.line("partner", "3", seller_name="Anthropic PBC", transaction_type="THIRD_PARTY_RESELLER", location={"location": "global", "region": None}),
        gcp.line("euro", "8", currency="EUR", currency_conversion_rate="0.92"),
        gcp.line("Gemini 2.5  Flash GA  Text Input - Predictions", "1"),
    ]
}  # fmt: skip


@pytest.fixture(scope="module")
def cases(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    landing = tmp_path_factory.mktemp("gcp") / "landing"
    gcp.write_json_lines(landing / "gcp_billing" / "export-000000000000.json", CASES.values())
    # The same lines in each form, in a folder of its own.
    plain = [case for case in CASES.values() if case["credits"] is not None]
    gcp.write_json_lines(landing / "gcp_billing" / "json" / "a.jsonl", plain)
    gcp.write_parquet(landing / "gcp_billing" / "parquet" / "a.parquet", plain)
    gcp.write_parquet(landing / "gcp_billing" / "list_element" / "a.parquet", plain, list_element=True)
    gcp.write_csv(landing / "gcp_billing" / "csv" / "a.csv", plain)
    gcp.write_flat_csv(landing / "gcp_billing" / "flat_csv" / "a.csv", plain)
    # And in the form that must not be believed.
    gcp.write_csv(landing / "gcp_billing" / "python" / "all.csv", [CASES["two credits"]], nested=repr)
    bad = [
        gcp.line("repr credits", "10", credits="[{'id': 'x', 'full_name': None, 'amount': -10.0}]"),
        gcp.line("credit without amount", "10", credits='[{"type": "DISCOUNT"}]'),
        gcp.line("credit in words", "10", credits='[{"type": "DISCOUNT", "amount": "ten"}]'),
        gcp.line("credits are no list", "10", credits='{"type": "DISCOUNT", "amount": -1}'),
        gcp.line("repr labels", "10", labels="[{'key': 'team', 'value': None}]"),
        gcp.line("decimal comma", "1,5"),
        gcp.line("no month", "10", invoice={"month": None}),
    ]
    gcp.write_csv(landing / "gcp_billing" / "python" / "bad.csv", bad)
    with duckdb.connect(str(build(landing, select=STAGED)), read_only=True) as connection:
        yield connection


def staged(cases: duckdb.DuckDBPyConnection, name: str, columns: str, model: str = "billing_exports", report: str = ".") -> tuple:
    rows = cases.execute(f"select {columns} from staging.stg_gcp__{model} where sku_meter = ? and x_report = ?", [name, report]).fetchall()
    assert len(rows) == 1, f"{name} is {len(rows)} rows of stg_gcp__{model}"
    return rows[0]


def billed(cases: duckdb.DuckDBPyConnection, name: str) -> tuple[Decimal, Decimal | None]:
    """What stays in the line, and what stands apart."""
    apart = cases.execute("select billed_cost from staging.stg_gcp__credits where sku_meter = ? and x_report = '.'", [name]).fetchall()
    return staged(cases, name, "billed_cost")[0], apart[0][0] if apart else None


def test_credits_are_summed_per_row_and_do_not_fan_out(cases: duckdb.DuckDBPyConnection) -> None:
    assert billed(cases, "two credits") == (Decimal("8.25"), None)
    assert staged(cases, "two credits", "x_credit_amount, effective_cost, list_cost, contracted_cost") == (Decimal("-1.75"), Decimal("8.25"), Decimal("12"), Decimal("10"))
    assert billed(cases, "price and payment") == (Decimal("8"), Decimal("-3.625"))


def test_no_credits_and_null_credits_are_the_same(cases: duckdb.DuckDBPyConnection) -> None:
    assert billed(cases, "null credits") == billed(cases, "no credits") == (Decimal("10"), None)
    assert billed(cases, "free") == (Decimal("0"), None)
    assert billed(cases, "tiny") == (Decimal("0.000000036"), None)


@pytest.mark.parametrize("report", [".", "json", "parquet", "list_element", "csv", "flat_csv"])
def test_staging_is_cost_plus_all_credits_exactly(cases: duckdb.DuckDBPyConnection, report: str) -> None:
    lines = [case for case in CASES.values() if report == "." or case["credits"] is not None]
    for currency in ("USD", "EUR"):
        total = cases.execute(
            """select sum(billed_cost) from (from staging.stg_gcp__billing_exports select billed_cost, x_report, billing_currency
               union all from staging.stg_gcp__credits select billed_cost, x_report, billing_currency) where x_report = ? and billing_currency = ?""", [report, currency],
        ).fetchone()[0]  # fmt: skip
        assert total == gcp.invoiced(line for line in lines if line["currency"] == currency)
    counts = cases.execute("select count(*), count(x_quarantine_reason) from staging.stg_gcp__billing_exports where x_report = ?", [report]).fetchone()
    assert counts == (len(lines), 0)


def test_json_parquet_list_element_and_csv_are_the_same_lines(cases: duckdb.DuckDBPyConnection) -> None:
    """Down to the name that stands for a line: delivered in two formats it must be known again."""
    for model in ("billing_exports", "credits"):
        columns = [name for name, *_ in cases.execute(f"describe staging.stg_gcp__{model}").fetchall()]
        content = ", ".join(name for name in columns if name not in ("x_source_file", "x_source_row_number", "x_report", "x_delivery", "x_delivered_at", "x_statement"))
        for form in ("parquet", "list_element", "csv", "flat_csv"):
            for left, right in (("json", form), (form, "json")):
                difference = cases.execute(
                    f"select {content} from staging.stg_gcp__{model} where x_report = ? except all select {content} from staging.stg_gcp__{model} where x_report = ?", [left, right]
                ).fetchall()
                assert not difference, f"{left} says otherwise than {right}: {difference[0]}"


def test_a_payment_stands_apart_and_a_price_does_not(cases: duckdb.DuckDBPyConnection) -> None:
    assert billed(cases, "new kind of credit") == (Decimal("10"), Decimal("-4")), "an unknown type is a payment until somebody says it is a price"
    assert billed(cases, "credit before types") == (Decimal("7"), Decimal("-4"))
    columns = "x_row_part, charge_category, x_charge_kind, charge_description, consumed_quantity, x_credit_amount, service_name"
    assert staged(cases, "price and payment", columns, "credits") == (1, "Credit", "credit", "promotion, reseller_margin, subscription_benefit", None, None, "Vertex AI")
    assert staged(cases, "price and payment", "x_row_part, charge_category, x_charge_kind, x_credit_amount") == (0, "Usage", "usage", Decimal("-2"))


def test_a_python_repr_credit_is_quarantined(cases: duckdb.DuckDBPyConnection) -> None:
    """Read as no credits it would be ten dollars too many."""
    reasons = dict(cases.execute("select sku_meter, x_quarantine_reason from staging.stg_gcp__billing_exports where x_report = 'python' and x_source_file like '%bad.csv'").fetchall())
    for case in ("repr credits", "credit without amount", "credit in words", "credits are no list"):
        assert "a JSON list is needed, each credit with its amount" in reasons[case] and reasons[case].endswith("Export the table as JSON lines or Parquet")
    assert reasons["repr labels"].startswith("labels, tags, system_labels or project.labels is no JSON list")
    assert reasons["decimal comma"].startswith("cost is '1,5': a number is needed")
    assert reasons["no month"].startswith("invoice_month is empty: the month of the invoice is needed as 202610")
    assert cases.execute("select count(*) from staging.stg_gcp__billing_exports where x_source_file like '%bad.csv' and x_quarantine_reason is null").fetchone() == (0,)
    assert cases.execute("select count(*) from staging.stg_gcp__credits where x_source_file like '%bad.csv'").fetchone() == (0,)


def test_a_file_of_python_reprs_counts_nothing(cases: duckdb.DuckDBPyConnection) -> None:
    rows = cases.execute("select billed_cost, x_quarantine_reason from staging.stg_gcp__billing_exports where x_source_file like '%all.csv'").fetchall()
    assert len(rows) == 1 and rows[0][0] is None and rows[0][1].startswith("credits is '[{")


def test_usage_month_and_invoice_month_differ(cases: duckdb.DuckDBPyConnection) -> None:
    columns = "cast(billing_period_start as date), cast(billing_period_end as date), charge_period_start, charge_period_end"
    assert [str(value) for value in staged(cases, "crossover", columns)] == ["2026-10-01", "2026-11-01", "2026-09-30 23:00:00", "2026-10-01 00:00:00"]


def test_a_commitment_told_by_credits_and_one_told_by_its_consumption_model(cases: duckdb.DuckDBPyConnection) -> None:
    """The old way credits the covered usage at list price, the new way bills it at the commitment's price: both are what the invoice says."""
    columns = "billed_cost, list_cost, contracted_cost, pricing_category, commitment_discount_id, commitment_discount_type, commitment_discount_status"
    assert staged(cases, "N2 with legacy CUD", columns) == (Decimal("0.109401"), Decimal("0.174496"), Decimal("0.174496"), "Committed", "cud-9", "Spend-based CUD", "Used")
    assert staged(cases, "N2 under a consumption model", columns) == (Decimal("0.046868"), Decimal("0.065095"), Decimal("0.065095"), "Committed", SUBSCRIPTION, "Spend-based CUD", "Used")
    assert staged(cases, "Spot Preemptible N2 Core", "pricing_category, commitment_discount_status") == ("Dynamic", None)
    assert staged(cases, "no credits", "pricing_category, commitment_discount_id, commitment_discount_type") == ("Standard", None, None)


def test_what_a_commitment_fee_has_left_is_unused_and_its_list_cost_is_counted_once(cases: duckdb.DuckDBPyConnection) -> None:
    columns = "billed_cost, list_cost, charge_category, x_charge_kind, commitment_discount_type, commitment_discount_status"
    assert staged(cases, "Commitment fee, half used", columns) == (Decimal("0.0000022"), Decimal("0.0000022"), "Purchase", "commitment_purchase", "Spend-based CUD", "Unused")
    assert staged(cases, "Commitment fee, never used", columns) == (Decimal("0.022994"), Decimal("0.022994"), "Purchase", "commitment_purchase", "Spend-based CUD", "Unused")
    # The old fee does not say what of it was used, and its list cost stands on the covered usage.
    assert staged(cases, "Commitment v1: Cpu in Americas for 1 Year", columns) == (Decimal("40"), Decimal("0"), "Purchase", "commitment_purchase", "Resource-based CUD", None)


def test_tax_rounding_and_corrections_keep_their_sign_and_say_what_they_are(cases: duckdb.DuckDBPyConnection) -> None:
    columns = "billed_cost, charge_category, x_charge_kind, charge_class, consumed_quantity"
    assert staged(cases, "tax", columns + ", sub_account_id") == (Decimal("1.9"), "Tax", "tax", None, None, None)
    assert staged(cases, "rounding", columns) == (Decimal("-0.004"), "Adjustment", "rounding", None, None)
    assert staged(cases, "rounding, in words", columns) == (Decimal("0.001"), "Adjustment", "rounding", None, None)
    assert staged(cases, "goodwill", columns) == (Decimal("-7"), "Adjustment", "adjustment", None, None)
    assert staged(cases, "negation", columns) == (Decimal("-10"), "Usage", "usage", "Correction", Decimal("-1000"))
    assert staged(cases, "partial", "charge_class, x_line_item_type") == ("Correction", "adjustment:PRICE_CORRECTION:PARTIAL_CORRECTION")


def test_labels_win_over_tags_tags_over_inherited_tags_and_those_over_the_project(cases: duckdb.DuckDBPyConnection) -> None:
    tags = dict(staged(cases, "labels win", "tags, resource_type, x_tag_collisions")[0])
    assert tags == {
        "team": "label", "only-label": "l", "env": "tag", "cost-center": "42", "owner": "project", "compute.googleapis.com/machine_spec": "a2-highgpu-1g",
    }  # fmt: skip
    assert staged(cases, "labels win", "resource_type, x_tag_collisions") == ("a2-highgpu-1g", 0)


def test_a_resource_is_known_by_its_last_name_and_a_place_by_its_region(cases: duckdb.DuckDBPyConnection) -> None:
    assert staged(cases, "resource", "resource_id, region_id, x_source_schema") == ("trainer-1", "us-central1", "gcp_detailed")
    assert staged(cases, "bucket", "resource_id, region_id") == ("apportion-extracts", "us")
    assert staged(cases, "no credits", "resource_id, x_source_schema") == (None, "gcp_standard")
    assert staged(cases, "partner", "provider, service_provider_name, host_provider_name, invoice_issuer_name, region_id") == ("gcp", "Anthropic PBC", "Google Cloud", "Google Cloud", None)
    assert staged(cases, "euro", "billing_currency, pricing_currency") == ("EUR", "USD")
    assert staged(cases, "Gemini 2.5  Flash GA  Text Input - Predictions", "x_sku_text") == ("Gemini 2.5 Flash GA Text Input - Predictions",)


# An export that only ever gets more lines


def late(cost: str = "4") -> gcp.Line:
    return gcp.line("late usage of the first", cost, usage_start_time="2026-10-02 22:00:00 UTC", usage_end_time="2026-10-02 23:00:00 UTC", export_time="2026-10-03 11:00:00 UTC")


TWINS = [gcp.line("twin", "2")] * 2
FIRST = [gcp.line("first", "10", credits=[("PROMOTION", "-1")]), *TWINS]
SECOND = [gcp.line("second", "20", usage_start_time="2026-10-03 05:00:00 UTC", usage_end_time="2026-10-03 06:00:00 UTC", export_time="2026-10-03 11:00:00 UTC"), late()]
OVERLAP = [*SECOND, gcp.line("third", "40", usage_start_time="2026-10-04 05:00:00 UTC", usage_end_time="2026-10-04 06:00:00 UTC", export_time="2026-10-04 11:00:00 UTC")]
ALL = gcp.invoiced([*FIRST, *OVERLAP])


@pytest.fixture(scope="module")
def appended(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Each billing account delivers the same lines in its own way."""
    landing = tmp_path_factory.mktemp("gcp_appended") / "landing" / "gcp_billing"

    def of(account: str, lines: list[gcp.Line]) -> list[gcp.Line]:
        return [{**line, "billing_account_id": account} for line in lines]

    # Days in folders, each with rows of the day before; then a day again, elsewhere, under another name and in another form.
    gcp.write_json_lines(landing / "a" / "2026-10-02" / "lines.jsonl", of("daily folders", FIRST))
    gcp.write_json_lines(landing / "a" / "2026-10-03" / "lines.jsonl", of("daily folders", SECOND))
    gcp.write_json_lines(landing / "a" / "2026-10-04" / "lines.jsonl", of("daily folders", OVERLAP))
    gcp.write_parquet(landing / "copy of b" / "whole.parquet", of("daily folders", FIRST))
    gcp.write_csv(landing / "a" / "2026-10-02" / "again.csv", of("daily folders", FIRST))
    # Files of a rolling window side by side in one folder.
    gcp.write_json_lines(landing / "b" / "2026-10-02.jsonl", of("rolling window", FIRST))
    gcp.write_json_lines(landing / "b" / "2026-10-03.jsonl", of("rolling window", [*FIRST, *SECOND]))
    gcp.write_json_lines(landing / "b" / "2026-10-04.jsonl", of("rolling window", OVERLAP))
    # One export cut in parts: the twins lie in two of them.
    gcp.write_json_lines(landing / "c" / "export-000000000000.json", of("parts", [FIRST[0], TWINS[0], *SECOND]))
    gcp.write_json_lines(landing / "c" / "export-000000000001.json", of("parts", [TWINS[1], OVERLAP[-1]]))
    # Newest first: the order of arrival says nothing.
    gcp.write_json_lines(landing / "d" / "2026-10-09" / "lines.jsonl", of("backwards", FIRST))
    gcp.write_json_lines(landing / "d" / "2026-10-08" / "lines.jsonl", of("backwards", OVERLAP))
    # A day's file that touches every day of the file before it.
    for day, lines in (("02", FIRST), ("03", SECOND), ("04", OVERLAP[-1:])):
        gcp.write_json_lines(landing / "e" / f"2026-10-{day}" / "lines.jsonl", of("late day", lines))
    warehouse = build(landing.parent, select="+int_charges__counted")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield connection


ACCOUNTS = ["daily folders", "rolling window", "parts", "backwards", "late day"]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_late_rows_add_and_a_line_two_files_state_counts_once(appended: duckdb.DuckDBPyConnection, account: str) -> None:
    counted, lines = appended.execute("select sum(billed_cost), count(*) from intermediate.int_charges__counted where billing_account_id = ?", [account]).fetchone()
    assert (counted, lines) == (ALL, 7), "six lines, and the credit that stands apart"


# Google's FOCUS table


def focus_line(case: str, **changes) -> dict:
    return {
        "BilledCost": "1.5", "BillingAccountId": gcp.ACCOUNT, "BillingCurrency": "USD", "BillingPeriodStart": "2026-10-01 07:00:00 UTC", "BillingPeriodEnd": "2026-11-01 07:00:00 UTC",
        "ChargeCategory": "Usage", "ChargeDescription": case, "ChargePeriodStart": "2026-10-02 05:00:00 UTC", "ChargePeriodEnd": "2026-10-02 06:00:00 UTC",
        "EffectiveCost": "1.5", "InvoiceIssuerName": "Google Cloud", "ListCost": "2", "ProviderName": "Google Cloud", "ServiceName": "Vertex AI",
        "SubAccountId": "docs-prod", "SubAccountName": "Docs", "x_CostType": "regular", "x_ExportTime": "2026-10-02 11:00:00 UTC",
        "x_Credits": [{"Name": "promotion", "Amount": -1, "FullName": "", "Id": "p", "Type": "PROMOTION"}], **changes,
    }  # fmt: skip


FOCUS_LINES = [
    focus_line(
        "tags in columns of their own", Tags=[{"key": "only-tag", "value": "t"}], x_Labels=gcp.pairs({"Team": "label"}),
        x_Tags=[gcp.tag("team", "tag"), gcp.tag("env", "own"), gcp.tag("env", "inherited", True), gcp.tag("cost-center", "42", True)],
        x_ProjectLabels=gcp.pairs({"team": "project", "owner": "project"}), x_SystemLabels=gcp.pairs({"owner": "system"}),
    ),
    focus_line("tags with their kind", ChargeCategory="usage", SubAccountId=gcp.ACCOUNT, SubAccountName=None, x_Project={"id": "docs-prod", "name": "Docs"}, Tags=[
        {"key": "team", "value": "project", "x_type": "project_label", "x_inherited": True}, {"key": "team", "value": "tag", "x_type": "tag", "x_inherited": True},
        {"key": "team", "value": "label", "x_type": "label", "x_inherited": False}, {"key": "env", "value": "own", "x_type": "tag", "x_inherited": False},
    ]),
]  # fmt: skip


@pytest.fixture(scope="module")
def focus(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    landing = tmp_path_factory.mktemp("gcp_focus") / "landing" / "focus"
    gcp.write_json_lines(landing / "google" / "a.jsonl", FOCUS_LINES)
    with duckdb.connect(str(build(landing.parent, select="+stg_focus__charges")), read_only=True) as connection:
        yield connection


def test_labels_outside_tags_count_in_googles_focus_table(focus: duckdb.DuckDBPyConnection) -> None:
    """FOCUS_Spec#1053: not all of Google's labels and tags are inside Tags."""
    rows = dict(focus.execute("select charge_description, tags from staging.stg_focus__charges where x_quarantine_reason is null").fetchall())
    assert dict(rows["tags in columns of their own"]) == {"team": "label", "only-tag": "t", "env": "own", "cost-center": "42", "owner": "project"}
    assert dict(rows["tags with their kind"]) == {"team": "label", "env": "own"}


def test_googles_focus_view_in_lower_case_names_a_project(focus: duckdb.DuckDBPyConnection) -> None:
    columns = "provider, charge_category, x_charge_kind, sub_account_id, sub_account_name, billed_cost, cast(billing_period_start as varchar)"
    for (row,) in [focus.execute(f"select {columns} from staging.stg_focus__charges where charge_description = ?", [case]).fetchall() for case in ("tags in columns of their own", "tags with their kind")]:
        assert row == ("gcp", "Usage", "usage", "docs-prod", "Docs", Decimal("1.5"), "2026-10-01 07:00:00"), "BilledCost is net of x_Credits already"
