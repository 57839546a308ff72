"""One good line of every kind of bill, for tests that write bills. A new kind of bill is covered by its declaration alone; with a line here its staging model is covered too."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from landing.declarations import Declaration, read_declarations

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
}  # fmt: skip

STAGED = {"aws_cur2": "stg_aws__cur2_line_items", "focus": "stg_focus__charges"}


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
        spelled = {name.replace("_", "").lower(): name for name in row}
        tags = next((spelled[name] for name in ("tags", "resourcetags", "labels") if name in spelled), None)
        found.append(Bill(declaration.folder, declaration, row, spelled[money.name.replace("_", "").lower()], tags, declaration.folder in STAGED))
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
