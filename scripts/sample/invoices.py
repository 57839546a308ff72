"""Writes what the issuers send beside the bills: AWS invoices line by line and its billing periods (FOCUS 1.4), and the accountants' own list for the vendors. Google sends none."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .bill_aws import EXPORTS, invoice_id
from .book import Book, text
from .company import ANTHROPIC_ORG, AWS_PAYER, AZURE_BILLING_ACCOUNT, MONTHS, PINECONE_ORG, day_date
from .money import PICO, decimals
from .writers import write_csv, write_lines

CATEGORIES = {"Tax": "Tax", "Credit": "Credit", "Refund": "Adjustment", "Fee": "Purchase", "RIFee": "Purchase", "SavingsPlanRecurringFee": "Purchase"}
WITHOUT_TAX = (AWS_PAYER, 9)  # whose invoice of which month comes without its tax
AZURE_INVOICES = {8: "E0700HX3K1", 9: "E0700J51QD"}  # October is not invoiced yet, and no Azure bill of an enterprise agreement names its invoice
CENT = PICO // 100


def cents(pico: int) -> int:
    """An amount as an invoice prints it: whole cents, in pico."""
    sign = -1 if pico < 0 else 1
    return sign * ((abs(int(pico)) + CENT // 2) // CENT) * CENT


def _next(month) -> str:
    return f"{month.year + month.month // 12}-{month.month % 12 + 1:02d}-01T00:00:00Z"


def _aws(lines: pd.DataFrame, book: Book, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
    for month in MONTHS:
        rows = []
        for target, (_, payer) in EXPORTS.items():
            mine = lines[lines["book"].eq(target) & lines["month"].eq(month.month)]
            totals = mine.groupby(mine["line_type"].map(CATEGORIES).fillna("Usage"))["billed_cost"].sum()
            for number, (category, total) in enumerate(totals.items(), 1):
                amount = cents(total)
                if (payer, month.month) == WITHOUT_TAX and category == "Tax":
                    note = "the invoice lists no tax although the bill has it"
                    book.plant("invoice_without_tax", f"focus_invoice_details/aws {month:%Y-%m}", note, None, amount, invoice_id=invoice_id(payer, month))
                    continue
                rows.append((payer, invoice_id(payer, month), number, category, amount))
        start = f"{month:%Y-%m-%d}T00:00:00Z"
        count = len(rows)

        def same(value):
            return pa.array([value] * count, type=pa.string())

        table = pa.table({
            "BilledCost": decimals(np.array([row[4] for row in rows])),
            "BillingAccountId": pa.array([row[0] for row in rows]),
            "BillingCurrency": same("USD"),
            "BillingPeriodEnd": same(_next(month)),
            "BillingPeriodStart": same(start),
            "ChargeCategory": pa.array([row[3] for row in rows]),
            "InvoiceDetailCreated": same(_next(month)),
            "InvoiceDetailDescription": pa.array([f"{row[3]} of {month:%B %Y}" for row in rows]),
            "InvoiceDetailGrain": same('{"ChargeCategory": true}'),
            "InvoiceDetailId": pa.array([f"{row[1]}-{row[2]}" for row in rows]),
            "InvoiceDetailLastUpdated": same(_next(month)),
            "InvoiceId": pa.array([row[1] for row in rows]),
            "InvoiceIssueDate": same(_next(month).replace("-01T", "-03T")),
            "InvoiceIssueStatus": same("Issued"),
            "InvoiceIssuerName": same("Amazon Web Services, Inc."),
            "PaymentCurrency": same("USD"),
            "PaymentCurrencyBilledCost": decimals(np.array([row[4] for row in rows])),
            "PaymentDueDate": same(_next(month).replace("-01T", "-28T")),
            "PaymentTerms": same("Net 25"),
        })  # fmt: skip
        write_csv(table, folder / "focus_invoice_details" / "aws" / f"invoice-details-{month:%Y-%m}.csv", connection)


def _vendors(lines: pd.DataFrame, folder: Path) -> None:
    """The list the accountants keep: a row per invoice, the account as the vendor prints it."""
    vendors = [
        ("pinecone", "Pinecone", PINECONE_ORG, "USD", {m.month: f"PC-{m:%Y%m}-0042" for m in MONTHS}),
        ("anthropic", "Anthropic", ANTHROPIC_ORG, "USD", {m.month: f"ANT-{m:%Y%m}-7781" for m in MONTHS}),
        ("azure", "Microsoft", AZURE_BILLING_ACCOUNT, "EUR", AZURE_INVOICES),
    ]
    out = ["invoice_id,issuer,account,period,currency,amount"]
    for target, issuer, account, currency, invoices in vendors:
        for month in MONTHS:
            total = lines[lines["book"].eq(target) & lines["month"].eq(month.month)]["billed_cost"].sum()
            if month.month in invoices:
                out.append(f"{invoices[month.month]},{issuer},{account},{month:%Y-%m},{currency},{text(cents(total))[:-10]}")
    write_lines(out, folder / "focus_invoice_details" / "accounting" / "invoices.csv")


def _periods(folder: Path) -> None:
    out = ["BillingPeriodStart,BillingPeriodEnd,BillingPeriodStatus,BillingPeriodCreated,BillingPeriodLastUpdated,InvoiceIssuerName"]
    for month in MONTHS:
        start = f"{month:%Y-%m-%d}T00:00:00Z"
        for issuer, is_open in (("Amazon Web Services, Inc.", False), ("Microsoft", month.month not in AZURE_INVOICES)):
            out.append(f"{start},{_next(month)},{'Open' if is_open else 'Closed'},{start},{_next(month)},\"{issuer}\"")
    write_lines(out, folder / "focus_billing_periods" / "billing-periods.csv")


def write(book: Book, landing: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """All invoices of the billed months, and the state of their billing periods."""
    lines = book.lines()
    lines = lines.assign(month=[day_date(day).month for day in lines["day"]])
    _aws(lines, book, landing, connection)
    _vendors(lines, landing)
    _periods(landing)
