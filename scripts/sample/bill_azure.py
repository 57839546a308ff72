"""Writes the Azure bill as an Enterprise Agreement exports it: cost details twice, actual and amortised cost, in euros. BOM, month-first dates, last days included, tags without braces, block units."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .bill_focus import RESERVATION_ORDER, hash_text
from .book import Book
from .company import AZURE_BILLING_ACCOUNT, AZURE_SUBSCRIPTION, MONTHS, day_date, day_number, month_length
from .money import decimals
from .writers import csv_bytes, strings, write_bytes

# service -> ServiceFamily, MeterCategory, MeterSubCategory, ConsumedService
METERS = {
    "azure_openai": ("AI + Machine Learning", "Foundry Models", "Azure OpenAI", "Microsoft.CognitiveServices"),
    "azure_vm": ("Compute", "Virtual Machines", "NCads A100 v4 Series", "Microsoft.Compute"),
    "azure_blob": ("Storage", "Storage", "Tiered Block Blob", "Microsoft.Storage"),
    "azure_bandwidth": ("Networking", "Bandwidth", "Rtn Preference: MGN", "Microsoft.Network"),
}
RESERVATION = "c1e8a6d2-94f7-4b0d-8e35-6a7b9c0d1e2f"
RUNS = {
    "actual": {8: "5c2f9a10-4c1e-4d55-9b0a-7d1f3a2b8c01", 9: "0b7e44d2-8f63-4a0d-8a6e-2e9c5b7f1d02", 10: "e19d3c75-6a2b-4f7e-b1c4-93a8d0f6e203"},
    "amortized": {8: "9a4d7e21-0f38-4c6b-a5d2-1b8e6f3c7a11", 9: "4f6b1c83-7d92-4e0a-b3f5-8c2a9d5e0b12", 10: "d27a5e94-3c1f-4b8d-9e60-5f7c8b1a2d13"},
}


def _day(day: int) -> str:
    return f"{day_date(day):%m/%d/%Y}"


def _tags(text: str) -> str:
    """Azure leaves the braces out."""
    return ",".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in json.loads(text).items())


def _table(lines: pd.DataFrame, month, dataset: str) -> pa.Table:
    """One month of one dataset. Actual cost has what was bought and amortised cost what nobody used; the rest stands in both."""
    lines = lines[lines["line_type"].ne("UnusedReservation" if dataset == "actual" else "Purchase")].reset_index(drop=True)
    count, first = len(lines), day_number(month)
    bought, committed = lines["line_type"].eq("Purchase").to_numpy(), lines["commitment"].eq("ri").to_numpy()
    quantity = lines["qty_nano"].astype(object).to_numpy()
    public = [0 if reserved or not amount else int(cost) * 1_000_000_000 // int(amount) for cost, amount, reserved in zip(lines["list_cost"], quantity, committed)]
    agreed = [
        int(price) if reserved else int(cost) * 1_000_000_000 // int(amount) if amount else 0
        for cost, amount, price, reserved in zip(lines["billed_cost"], quantity, lines["price"], committed)
    ]
    meter = {name: [METERS[service][place] for service in lines["service"]] for place, name in enumerate(("family", "category", "sub_category", "provider"))}
    # A resource id comes in whatever case the service wrote it.
    shouted = lines["service"].eq("azure_bandwidth").to_numpy() & (dataset == "actual")
    order = f"/providers/Microsoft.Capacity/reservationOrders/{RESERVATION_ORDER}/reservations/"
    resource = np.where(bought, order, np.where(shouted, lines["resource_id"].str.upper(), lines["resource_id"]))
    rule = lines["description"].str.startswith("Cost allocation rule").to_numpy()

    def same(value: str) -> pa.Array:
        return strings([value] * count)

    return pa.table(
        {
            "BillingAccountId": same(AZURE_BILLING_ACCOUNT),
            "BillingAccountName": same("Apportion Europe"),
            "BillingPeriodStartDate": same(_day(first)),
            "BillingPeriodEndDate": same(_day(first + month_length(first) - 1)),
            "BillingProfileId": same(AZURE_BILLING_ACCOUNT),
            "BillingProfileName": same("Apportion Europe"),
            "SubscriptionId": same(AZURE_SUBSCRIPTION),
            "SubscriptionName": same("apportion-eu-prod"),
            "Date": strings([_day(day) for day in lines["day"]]),
            "Product": strings(np.where(bought, "Reserved VM Instance, Standard_NC48ads_A100_v4, EU West, 1 Year", lines["usage_type"] + " - EU West")),
            "PartNumber": strings([f"AAH-{hash_text(text) % 100_000:05d}" for text in lines["usage_type"]]),
            "ServiceFamily": strings(meter["family"]),
            "MeterCategory": strings(meter["category"]),
            "MeterSubCategory": strings(meter["sub_category"]),
            "MeterRegion": same("EU West"),
            "MeterName": strings(lines["usage_type"]),
            "Quantity": decimals(lines["qty_nano"].to_numpy(), 9),
            "Cost": decimals(lines["billed_cost" if dataset == "actual" else "effective_cost"]),
            "UnitPrice": decimals(agreed),
            "BillingCurrency": same("EUR"),
            "ResourceLocation": strings(lines["region"]),
            "ConsumedService": strings(np.where(bought, "Microsoft.Capacity", meter["provider"])),
            "ResourceId": strings(resource),
            "ResourceName": strings([str(name).rstrip("/").rsplit("/", 1)[-1] for name in lines["resource_id"]]),
            "AdditionalInfo": strings([json.dumps({"ServiceType": size}) if size else "" for size in lines["instance_type"]]),
            "Tags": strings([_tags(text) for text in lines["tags"]]),
            "UnitOfMeasure": strings(lines["unit"]),
            "ReservationId": strings(np.where(bought, RESERVATION_ORDER, np.where(committed, RESERVATION, ""))),
            "ProductOrderId": strings(np.where(committed, RESERVATION_ORDER, "")),
            "ProductOrderName": strings(np.where(committed, "Reserved VM Instance, Standard_NC48ads_A100_v4, EU West, 1 Year", "")),
            "OfferId": strings(np.where(bought, "", "MS-AZR-0017P")),
            "ChargeType": strings(lines["line_type"]),
            "Frequency": strings(np.where(bought, "Recurring", "UsageBased")),
            "PublisherType": same("Azure"),
            "PayGPrice": decimals(public),
            "PricingModel": strings(np.where(committed, "Reservation", "OnDemand")),
            "CostAllocationRuleName": strings(np.where(rule, "egress-of-campaign-site", "")),
            "benefitId": strings(np.where(bought, order, np.where(committed, order + RESERVATION, ""))),
        }
    )


def write(book: Book, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Both datasets, one export run a month."""
    lines = book.lines()
    mine = lines[lines["book"].eq("azure")].sort_values(["start_ms", "usage_type", "resource_id", "line_type", "billed_cost"], kind="stable")
    months = np.array([day_date(day).month for day in mine["day"]])
    for dataset, runs in RUNS.items():
        for month in MONTHS:
            table = _table(mine[months == month.month], month, dataset)
            last = month_length(day_number(month))
            folder = root / f"azure_{dataset}_costs" / f"apportion-{dataset}" / f"{month:%Y%m}01-{month:%Y%m}{last}" / runs[month.month]
            folder.mkdir(parents=True, exist_ok=True)
            write_bytes(b"\xef\xbb\xbf" + csv_bytes(table, connection, folder), folder / "part_0_0001.csv")
