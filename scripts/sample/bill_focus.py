"""Writes the Azure bill once more, as its FOCUS export (1.0, CSV, EUR, x_ columns): the same spend from two sources, of which one counts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .book import Book
from .company import (
    AZURE_BILLING_ACCOUNT,
    AZURE_SUBSCRIPTION,
    DAY_MS,
    MONTHS,
    START_MS,
    day_date,
    day_number,
    month_length,
)
from .money import PICO, decimals, pico
from .writers import strings, timestamps, write_csv

# service -> ServiceName, ServiceCategory
SERVICES = {
    "azure_openai": ("Azure OpenAI Service", "AI and Machine Learning"),
    "azure_vm": ("Virtual Machines", "Compute"),
    "azure_blob": ("Storage Accounts", "Storage"),
    "azure_bandwidth": ("Bandwidth", "Networking"),
}
AZURE_BLOCKS = {"1K": 1000, "1M": 1_000_000}
AZURE_RATE = pico("1.087")  # dollars per euro on the provider's own invoice; the company books with its own rates
RESERVATION_ORDER = "7d0c2f4e-5b1a-4e37-9f86-20c4d1a9e5b3"
AZURE_RUNS = {8: "5c2f9a10-4c1e-4d55-9b0a-7d1f3a2b8c01", 9: "0b7e44d2-8f63-4a0d-8a6e-2e9c5b7f1d02", 10: "e19d3c75-6a2b-4f7e-b1c4-93a8d0f6e203"}


class _Rows:
    """FOCUS columns every provider shares."""

    def __init__(self, lines: pd.DataFrame, month, blocks: dict | None = None):
        self.lines, self.count = lines, len(lines)
        first = START_MS + day_number(month) * DAY_MS
        self.period = (first, first + month_length(day_number(month)) * DAY_MS)
        self.bought, unused = lines["line_type"].eq("Purchase").to_numpy(), lines["line_type"].eq("UnusedReservation").to_numpy()
        self.usage = ~(self.bought | unused)
        self.category = strings(np.where(self.bought, "Purchase", "Usage"))
        self.reserved = lines["commitment"].eq("ri").to_numpy()
        self.status = strings(np.select([self.bought, unused, self.reserved], ["", "Unused", "Used"], ""))
        self.blocks = lines["unit"].map(blocks or {}).fillna(1).astype(np.int64).to_numpy()

    def same(self, value):
        return pa.array([value] * self.count, type=pa.string())

    def when_usage(self, column):
        return pa.compute.if_else(pa.array(self.usage), column, pa.scalar(None, column.type))

    def columns(self) -> dict:
        lines = self.lines
        end = np.where(lines["end_ms"] % 60_000 > 0, lines["end_ms"] + 1000, lines["end_ms"])
        text = lines["description"].where(lines["description"] != "", lines["usage_type"])
        return {
            "BilledCost": decimals(lines["billed_cost"]),
            "BillingPeriodEnd": timestamps(np.full(self.count, self.period[1])),
            "BillingPeriodStart": timestamps(np.full(self.count, self.period[0])),
            "ChargeCategory": self.category,
            "ChargeClass": self.same(None),
            "ChargeDescription": strings(text),
            "ChargeFrequency": strings(np.where(self.bought, "Recurring", "Usage-Based")),
            "ChargePeriodEnd": timestamps(end),
            "ChargePeriodStart": timestamps(lines["start_ms"]),
            "ConsumedQuantity": self.when_usage(decimals(lines["qty_nano"].to_numpy() * self.blocks, 9)),
            "ContractedCost": decimals(lines["billed_cost"]),
            "EffectiveCost": decimals(lines["effective_cost"]),
            "ListCost": decimals(lines["list_cost"]),
            "PricingQuantity": self.when_usage(decimals(lines["qty_nano"].to_numpy(), 9)),
            "PricingUnit": strings(lines["unit"]),
            "PricingCategory": strings(np.where(self.reserved, "Committed", "Standard")),
            "RegionId": strings(lines["region"]),
            "RegionName": strings(lines["region"]),
            "ResourceId": strings(lines["resource_id"]),
            "ResourceName": strings([r.rsplit("/", 1)[-1] for r in lines["resource_id"]]),
            "ServiceCategory": strings([SERVICES[s][1] for s in lines["service"]]),
            "ServiceName": strings([SERVICES[s][0] for s in lines["service"]]),
            "Tags": strings(np.where(lines["tags"] == "{}", "", lines["tags"])),
        }


def _azure(lines: pd.DataFrame, month) -> pa.Table:
    rows = _Rows(lines, month, AZURE_BLOCKS)
    tokens = lines["kind"].ne("").to_numpy()
    usd = [int(v) * AZURE_RATE // PICO for v in lines["billed_cost"].tolist()]
    rule = lines["description"].str.startswith("Cost allocation rule")
    columns = rows.columns() | {
        "BillingAccountId": rows.same(f"/providers/Microsoft.Billing/billingAccounts/{AZURE_BILLING_ACCOUNT}"),
        "BillingAccountName": rows.same("Apportion Europe"),
        "BillingCurrency": rows.same("EUR"),
        "CommitmentDiscountId": strings(np.where(rows.reserved, f"/providers/Microsoft.Capacity/reservationOrders/{RESERVATION_ORDER}", "")),
        "CommitmentDiscountStatus": rows.status,
        "CommitmentDiscountType": strings(np.where(rows.reserved, "Reservation", "")),
        "ConsumedUnit": strings(np.where(tokens, "Tokens", lines["unit"].map({"1 Hour": "Hours", "1 GB": "GB", "1 GB/Month": "GB/Month"}))),
        "InvoiceIssuerName": rows.same("Microsoft"),
        "ProviderName": rows.same("Microsoft"),
        "PublisherName": rows.same("Microsoft"),
        "ResourceType": strings(
            lines["service"].map({"azure_openai": "Azure AI services", "azure_vm": "Virtual machine scale set", "azure_blob": "Storage account"})
        ),
        "SkuId": strings([f"DZH318Z0{abs(hash_text(u)) % 10_000:04d}" for u in lines["usage_type"]]),
        "SubAccountId": rows.same(f"/subscriptions/{AZURE_SUBSCRIPTION}"),
        "SubAccountName": rows.same("apportion-eu-prod"),
        "x_BilledCostInUsd": decimals(usd),
        "x_BillingExchangeRate": decimals(np.full(rows.count, PICO * PICO // AZURE_RATE)),
        "x_PricingCurrency": rows.same("USD"),
        "x_PricingBlockSize": decimals(rows.blocks, 0),
        "x_PricingUnitDescription": strings(lines["unit"]),
        "x_CostAllocationRuleName": strings(np.where(rule, "egress-of-campaign-site", "")),
        "x_ResourceGroupName": strings([r.split("/")[4] if r.count("/") > 4 else "" for r in lines["resource_id"]]),
        "x_SkuMeterCategory": strings([SERVICES[s][0] for s in lines["service"]]),
        "x_SkuMeterName": strings(lines["usage_type"]),
        "x_SkuDescription": strings(lines["usage_type"]),
        "x_SkuRegion": strings(lines["region"]),
    }
    return pa.table(columns)


def hash_text(value: str) -> int:
    """A small stable number of a text (Python's own hash changes from run to run)."""
    number = 7
    for character in value.encode():
        number = (number * 131 + character) % 2_147_483_647
    return number


def write(book: Book, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """One export run a month."""
    lines = book.lines()
    mine = lines[lines["book"].eq("azure")].sort_values(["start_ms", "usage_type", "resource_id", "line_type", "model"], kind="stable")
    months = np.array([day_date(d).month for d in mine["day"]])
    for month in MONTHS:
        table = _azure(mine[months == month.month].reset_index(drop=True), month)
        last = month_length(day_number(month))
        write_csv(table, root / "focus" / "azure" / "focus-cost" / f"{month:%Y%m}01-{month:%Y%m}{last}" / AZURE_RUNS[month.month] / "part_0_0001.csv", connection)
    book.plant("azure_stated_twice", "focus/azure beside azure_actual_costs and azure_amortized_costs", "the FOCUS export of an account that delivers cost details: kept, not counted", None, int(mine["billed_cost"].sum()), currency="EUR")
