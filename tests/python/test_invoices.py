"""The sample company's invoices beside its bills: every invoice is a row, its difference has a cause, and the planted one is found."""

from __future__ import annotations

import json
from decimal import Decimal

INVOICES = "marts.invoice_reconciliation"


def test_every_billed_dollar_and_every_invoiced_one_is_in_the_reconciliation(sample):
    billed = "select billing_currency, sum(billed_cost) from {} group by all order by all"
    assert sample.execute(billed.format(INVOICES)).fetchall() == sample.execute(billed.format("marts.fct_charges")).fetchall()
    delivered = sample.execute("select billing_currency, sum(billed_cost) from staging.stg_focus__invoice_details where x_quarantine_reason is null group by all order by all").fetchall()
    assert sample.execute(f"select billing_currency, sum(invoiced_cost) from {INVOICES} group by all having sum(invoiced_cost) <> 0 order by all").fetchall() == delivered


def test_invoices_rounded_to_cents_tie_to_bills_of_twelve_decimals(sample):
    rows = sample.execute(f"select provider, count(*), max(abs(difference)) < 0.01 from {INVOICES} where cause in ('tied', 'rounding') group by all order by all").fetchall()
    assert rows == [("anthropic", 3, True), ("aws", 5, True), ("azure", 2, True), ("pinecone", 3, True)]


def test_the_invoice_without_tax_is_found_with_its_amount(sample, project_root):
    planted = next(case for case in json.loads((project_root / "sample" / "truth" / "planted.json").read_text()) if case["name"] == "invoice_without_tax")
    assert sample.execute(f"select invoice_id, -tax_difference, credit_difference from {INVOICES} where cause = 'tax_missing'").fetchall() == [(planted["invoice_id"], Decimal(planted["amount"]), Decimal(0))]


def test_a_bill_that_names_no_invoice_meets_the_one_of_its_account_and_month(sample):
    """Azure names no invoice on the lines of an enterprise agreement, and the accountants write the account without its path."""
    rows = sample.execute(f"select billing_month::varchar, invoice_id, matched_by, billing_period_status, cause from {INVOICES} where provider = 'azure' order by all").fetchall()
    assert rows == [
        ("2026-08-01", "E0700HX3K1", "account_and_month", "closed", "rounding"),
        ("2026-09-01", "E0700J51QD", "account_and_month", "closed", "rounding"),
        ("2026-10-01", None, None, "open", "not_issued"),
    ]


def test_asked_and_not_there_is_told_from_nobody_could_ask(sample):
    """Microsoft's October invoice was asked for and is not there yet; Google sends no invoices at all."""
    missing = sample.execute(f"select provider, issuer_sends_invoices, count(*) from {INVOICES} where invoice_lines = 0 group by all order by all").fetchall()
    assert missing == [("azure", True, 1), ("gcp", False, 3)]
