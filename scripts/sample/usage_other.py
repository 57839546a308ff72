"""The rest of the bill: services outside AI, support fee, tax, credits, a refund, and Azure's cost allocation rows."""

from __future__ import annotations

import numpy as np

from . import prices
from .book import Book
from .company import AZURE_SUBSCRIPTION, BILLED_DAYS, DAY_MS, GCP_PROJECT, MONTHS, START_MS, day_date, day_ms, day_number, generator, month_length, tags
from .money import pico

# service, account, region, usage type, operation, resource, unit, quantity a day, price, bill tags, team, feature, environment
# fmt: off
SERVICES = [
    ("rds", "210000000005", "us-east-1", "InstanceUsage:db.r6g.4xlarge", "CreateDBInstance:0014", "arn:aws:rds:us-east-1:210000000005:db:platform-core", "Hrs", 48, "2.10",
     tags(team="platform", feature="shared_services", env="prod"), "platform", "shared_services", "prod"),
    ("rds", "210000000001", "us-east-1", "InstanceUsage:db.r6g.2xlarge", "CreateDBInstance:0014", "arn:aws:rds:us-east-1:210000000001:db:tickets", "Hrs", 24, "1.05",
     tags(team="support", feature="ticket_agent", env="prod"), "support", "ticket_agent", "prod"),
    ("lambda", "210000000001", "us-east-1", "Lambda-GB-Second", "Invoke", "arn:aws:lambda:us-east-1:210000000001:function:hook-relay", "Lambda-GB-Second", 900_000, "0.0000166667",
     "{}", None, None, None),
    ("ec2", "210000000005", "us-east-1", "BoxUsage:m6i.4xlarge", "RunInstances", "i-0d01ee22ff33aa551", "Hrs", 96, "0.768",
     tags(team="platform", feature="shared_services", env="prod"), "platform", "shared_services", "prod"),
]
# fmt: on
SHARED_EKS = ("210000000005", "us-east-1", "USE1-AmazonEKS-Hours:perCluster", 72)
CREDIT = {9: pico("-1500"), 10: pico("-2250.50")}
REFUND = pico("-812.34")
TAX = {
    "aws_daily": {8: "1841.22", 9: "1874.05", 10: "2011.90"},
    "aws_hourly": {8: "3120.40", 9: "3066.75", 10: "4380.15"},
    "gcp": {8: "61.37", 9: "60.02", 10: "63.11"},
}
SUPPORT = {8: "2950", 9: "2950", 10: "3120.75"}
MOVED_COST = pico("120.00")  # Azure: one rule takes it from the platform's bandwidth and gives it to growth


def add(book: Book, seed: int) -> None:
    """Lines and truth outside the AI layers."""
    rng = generator(seed, 50)
    days = np.arange(BILLED_DAYS)
    start = day_ms(days)
    for service, account, region, usage, operation, resource, unit, quantity, price, bill_tags, team, feature, env in SERVICES:
        amount = np.rint(quantity * rng.uniform(0.95, 1.0, BILLED_DAYS) * 1000).astype(np.int64) if unit != "Hrs" else np.full(BILLED_DAYS, quantity * 1000)
        cost = amount * (pico(price) // 1000) + amount * (pico(price) % 1000) // 1000
        book.bill(
            book="aws_daily",
            day=days,
            start_ms=start,
            end_ms=start + DAY_MS,
            account=account,
            region=region,
            service=service,
            usage_type=usage,
            operation=operation,
            resource_id=resource,
            unit=unit,
            qty_nano=amount * 1_000_000,
            price=pico(price),
            billed_cost=cost,
            tags=bill_tags,
        )
        book.cost(
            book="aws_daily",
            day=days,
            team=team or "unallocated",
            feature=feature or "unallocated",
            environment=env,
            basis="direct" if team else "untagged",
            account=account,
            service=service,
            resource_id=resource,
            effective_cost=cost,
        )
    account, region, usage, hours = SHARED_EKS
    cost = np.full(BILLED_DAYS, hours * prices.HOURLY["eks"])
    book.bill(
        book="aws_daily",
        day=days,
        start_ms=start,
        end_ms=start + DAY_MS,
        account=account,
        region=region,
        service="eks",
        usage_type=usage,
        operation="CreateOperation",
        unit="Hours",
        qty_nano=hours * 1_000_000_000,
        price=prices.HOURLY["eks"],
        billed_cost=cost,
    )
    book.cost(book="aws_daily", day=days, basis="shared", account=account, service="eks", effective_cost=cost)
    book.plant("shared_platform", "aws_cur2 AmazonEKS control planes", "shared by weight over teams", "platform", int(cost.sum()))
    _monthly(book)
    _azure(book, days)


def _monthly(book: Book) -> None:
    totals = {"tax": 0, "support": 0}
    for month in MONTHS:
        first, length = day_number(month), month_length(day_number(month))
        begin = START_MS + first * DAY_MS
        span = {"day": first, "start_ms": begin, "end_ms": begin + length * DAY_MS - 1000}
        for target, by_month in TAX.items():
            account = {"aws_daily": "111122223333", "aws_hourly": "444455556666", "gcp": GCP_PROJECT}[target]
            amount = pico(by_month[month.month])
            book.bill(
                book=target, line_type="Tax", account=account, service="tax", usage_type="Tax", description="Tax for product code", billed_cost=amount, **span
            )
            book.cost(book=target, day=first, basis="shared", account=account, service="tax", effective_cost=amount)
            totals["tax"] += amount
        amount = pico(SUPPORT[month.month])
        book.bill(
            book="aws_daily",
            line_type="Fee",
            account="111122223333",
            service="support",
            usage_type="Dollar",
            operation="",
            description="AWS Business Support",
            unit="Dollar",
            qty_nano=amount // 1000,
            billed_cost=amount,
            **span,
        )
        book.cost(book="aws_daily", day=first, basis="shared", account="111122223333", service="support", effective_cost=amount)
        totals["support"] += amount
        if month.month in CREDIT:
            amount, last = CREDIT[month.month], first + length - 1
            book.bill(
                book="aws_daily",
                line_type="Credit",
                day=last,
                start_ms=day_ms(last),
                end_ms=day_ms(last) + DAY_MS,
                account="210000000001",
                region="us-east-1",
                service="bedrock",
                usage_type="USE1-Bedrock-Credit",
                description="AWS promotional credit: generative AI migration program",
                billed_cost=amount,
            )
            book.cost(book="aws_daily", day=last, basis="shared", account="210000000001", service="credit", effective_cost=amount)
    book.plant("tax", "aws_cur2 and gcp_billing tax lines", "on day 1, for a month", None, totals["tax"])
    book.plant("support_fee", "aws_cur2 AWSSupportBusiness Fee lines", "spread evenly over teams", None, totals["support"])
    book.plant("credits", "aws_cur2 Credit lines in September and October", "negative, month end", None, sum(CREDIT.values()))
    day = day_number(MONTHS[1]) + 21
    book.bill(
        book="aws_daily",
        line_type="Refund",
        day=day,
        start_ms=day_ms(day),
        end_ms=day_ms(day) + DAY_MS,
        account="210000000005",
        region="us-east-1",
        service="rds",
        usage_type="InstanceUsage:db.r6g.4xlarge",
        operation="CreateDBInstance:0014",
        description="Refund for service disruption",
        billed_cost=REFUND,
    )
    book.cost(book="aws_daily", day=day, basis="shared", account="210000000005", service="refund", effective_cost=REFUND)
    book.plant("refund", "aws_cur2 apportion-daily Refund line", "for a database that was down", "platform", REFUND, usage_date=day_date(day).isoformat())


def _azure(book: Book, days: np.ndarray) -> None:
    """Bandwidth tagged on the bill, and one pair of cost allocation rows a month: a negative line and its counterpart."""
    resource = f"/subscriptions/{AZURE_SUBSCRIPTION}/resourcegroups/rg-net/providers/microsoft.network/publicipaddresses/pip-egress"
    gib = 310 + days % 7 * 12
    cost = gib * prices.PER_GIB["azure_egress"]
    start = day_ms(days)
    owner = tags(**{"TEAM": "platform", " feature": "network", "env": "prod"})
    book.bill(
        book="azure",
        day=days,
        start_ms=start,
        end_ms=start + DAY_MS,
        account=AZURE_SUBSCRIPTION,
        region="westeurope",
        service="azure_bandwidth",
        usage_type="Standard Data Transfer Out",
        resource_id=resource,
        unit="1 GB",
        qty_nano=gib * 1_000_000_000,
        price=prices.PER_GIB["azure_egress"],
        billed_cost=cost,
        tags=owner,
    )
    book.cost(
        book="azure",
        day=days,
        layer="egress",
        team="platform",
        feature="network",
        environment="prod",
        account=AZURE_SUBSCRIPTION,
        service="azure_bandwidth",
        resource_id=resource,
        effective_cost=cost,
    )
    for month in MONTHS:
        last = day_number(month) + month_length(day_number(month)) - 1
        for sign, team, feature in ((-1, "platform", "network"), (1, "growth", "campaign_copy")):
            book.bill(
                book="azure",
                day=last,
                start_ms=day_ms(last),
                end_ms=day_ms(last) + DAY_MS,
                account=AZURE_SUBSCRIPTION,
                region="westeurope",
                service="azure_bandwidth",
                usage_type="Standard Data Transfer Out",
                resource_id=resource,
                unit="1 GB",
                qty_nano=sign * 1500 * 1_000_000_000,
                price=prices.PER_GIB["azure_egress"],
                billed_cost=sign * MOVED_COST,
                tags=tags(team=team, feature=feature, env="prod"),
                description="Cost allocation rule: egress of campaign site",
            )
            book.cost(
                book="azure",
                day=last,
                layer="egress",
                team=team,
                feature=feature,
                environment="prod",
                account=AZURE_SUBSCRIPTION,
                service="azure_bandwidth",
                resource_id=resource,
                effective_cost=sign * MOVED_COST,
            )
    book.plant(
        "negative_lines",
        "focus/azure rows with x_CostAllocationRuleName",
        "a negative usage row and its counterpart each month",
        "platform, growth",
        -MOVED_COST * len(MONTHS),
        currency="EUR",
    )
    book.plant("second_currency", "focus/azure", "billed in EUR; policy/exchange_rates.csv holds the rates", None, None, "EUR")
