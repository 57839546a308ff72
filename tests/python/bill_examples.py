"""One good line of every kind of bill, for tests that write bills. A new kind of bill is covered by its declaration alone; with a line here its staging model is covered too."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing.declarations import Declaration, normalised, read_declarations

Row = dict[str, Any]

EXAMPLES: dict[str, Row] = {
    "aws_cur2": {
        "bill_payer_account_id": "111122223333", "bill_billing_period_start_date": "2026-09-01T00:00:00Z", "bill_billing_period_end_date": "2026-10-01T00:00:00Z",
        "line_item_usage_account_id": "210000000001", "line_item_line_item_type": "Usage", "line_item_usage_start_date": "2026-09-02T00:00:00Z",
        "line_item_usage_end_date": "2026-09-03T00:00:00Z", "line_item_product_code": "AmazonEC2", "line_item_usage_type": "BoxUsage:m5.large", "line_item_operation": "RunInstances",
        "line_item_resource_id": "i-0aaaaaaaaaaaaaaa1", "line_item_usage_amount": "24", "line_item_currency_code": "USD", "line_item_unblended_cost": "1", "pricing_unit": "Hrs",
        "product_region_code": "us-east-1", "resource_tags": '{"user_team": "search"}',
    },
    "focus": {
        "BilledCost": "1", "EffectiveCost": "1", "ListCost": "1", "BillingAccountId": "acc-1", "SubAccountId": "sub-1", "BillingCurrency": "EUR",
        "BillingPeriodStart": "2026-09-01T00:00:00Z", "BillingPeriodEnd": "2026-10-01T00:00:00Z", "ChargePeriodStart": "2026-09-02T00:00:00Z", "ChargePeriodEnd": "2026-09-03T00:00:00Z",
        "ChargeCategory": "Usage", "ChargeDescription": "tokens", "ServiceName": "Models", "ProviderName": "Vendor", "SkuId": "s-1", "ResourceId": "r-1", "Tags": '{"team": "search"}',
    },
    "azure_actual_costs": {
        "BillingAccountId": "8611537", "BillingPeriodStartDate": "09/01/2026", "BillingPeriodEndDate": "09/30/2026", "SubscriptionId": "sub-1", "Date": "09/02/2026", "MeterCategory": "Storage",
        "MeterName": "Data Stored", "Quantity": "1", "CostInBillingCurrency": "1", "BillingCurrency": "EUR", "ChargeType": "Usage", "ServiceName": "Storage", "Tags": '"team": "search"',
    },
    "gcp_billing": {
        "billing_account_id": "01ABCD-1", "usage_start_time": "2026-09-02T00:00:00Z", "usage_end_time": "2026-09-03T00:00:00Z", "cost": "1", "currency": "USD", "invoice_month": "202609",
        "service_description": "Vertex AI", "sku_id": "A1", "sku_description": "Input tokens",
    },
    "oci_cost_reports": {
        "tenant_id": "ocid1.tenancy.1", "interval_usage_start": "2026-09-02T00:00Z", "interval_usage_end": "2026-09-03T00:00Z", "my_cost": "1", "currency_code": "USD", "product_service": "COMPUTE",
    },
    "pinecone_usage": {"usage_date": "2026-09-02", "sku": "read-units", "cost": "1", "organisation": "org-1", "tags": '{"team": "search"}', "service": "serverless"},
}  # fmt: skip

EXAMPLES["azure_amortized_costs"] = EXAMPLES["azure_actual_costs"]

STAGED = {
    "azure_amortized_costs": "stg_azure__amortized_costs",
    "aws_cur2": "stg_aws__cur2_line_items", "azure_actual_costs": "stg_azure__actual_costs", "focus": "stg_focus__charges", "gcp_billing": "stg_gcp__billing_exports",
    "oci_cost_reports": "stg_oci__cost_reports", "pinecone_usage": "stg_pinecone__usage",
}  # fmt: skip


@dataclass
class Bill:
    folder: str
    declaration: Declaration
    row: Row
    cost: str  # the header of the money column
    tags: str | None
    is_staged: bool

    @property
    def text(self) -> str:
        """A column that may hold any text."""
        return next((name for name in self.row if any(word in name.lower() for word in ("operation", "description", "usage_type", "service"))), list(self.row)[-1])

    def line(self, cost: str, **values: Any) -> Row:
        return {**self.row, self.cost: cost, **values}


def bills(project_root: Path) -> list[Bill]:
    found = []
    for declaration in read_declarations(project_root / "models" / "staging"):
        if declaration.kind != "bill" or declaration.reader != "rows" or getattr(declaration, "explode", None):
            continue
        money = next((column for column in declaration.required if "cost" in column.name or "amount" in column.name), None)
        if money is None:
            continue
        row = EXAMPLES.get(declaration.folder) or {column.name: value_of(column.name) for column in declaration.required}
        spelled = {normalised(name): name for name in row}
        cost = next(spelled[normalised(name)] for name in money.names if normalised(name) in spelled)
        tags = next((spelled[name] for name in ("tags", "resourcetags") if name in spelled), None)
        found.append(Bill(declaration.folder, declaration, row, cost, tags, declaration.folder in STAGED))
    return found


def value_of(name: str) -> str:
    if any(word in name for word in ("date", "start", "time", "period", "month")):
        return "2026-09-02T00:00:00Z"
    if any(word in name for word in ("end", "until")):
        return "2026-09-03T00:00:00Z"
    return "USD" if "currency" in name else "1"


def as_csv(rows: list[Row], delimiter: str = ",", columns: list[str] | None = None, end: str = "\n") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]), delimiter=delimiter, lineterminator=end, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
