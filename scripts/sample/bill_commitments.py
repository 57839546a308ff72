"""What was bought ahead: the savings plan's hourly fee, the reservations' monthly ones, and what of them went unused."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import prices
from .book import Book
from .company import AZURE_SUBSCRIPTION, BILLED_DAYS, BILLED_END_MS, DAY_MS, HOUR_MS, MONTHS, START_MS, day_date, day_number
from .money import prorate
from .usage_gpu import OUTAGE


def add(book: Book, lines: pd.DataFrame) -> None:
    """The savings plan's hourly fee and the reservation's monthly one; what went unused is idle capacity of the platform."""
    hours = np.arange(START_MS // HOUR_MS, BILLED_END_MS // HOUR_MS)
    day = (hours * HOUR_MS - START_MS) // DAY_MS
    used = lines[lines["plan"] == "sp"].groupby("period")["effective_cost"].sum().reindex(hours, fill_value=0).to_numpy()
    total = prices.HOURLY["sp:commitment"]
    book.bill(
        book="aws_hourly",
        day=day,
        start_ms=hours * HOUR_MS,
        end_ms=(hours + 1) * HOUR_MS,
        account="440000000001",
        region="us-east-1",
        line_type="SavingsPlanRecurringFee",
        service="savings_plan",
        usage_type="EC2SP:p4d.1yrNoUpfront",
        unit="Hrs",
        qty_nano=1_000_000_000,
        price=total,
        billed_cost=np.full(len(hours), total),
        effective_cost=total - used,
        list_cost=0,
        commitment="sp",
        commitment_total=total,
        commitment_used=used,
    )
    idle = {"layer": "gpu", "team": "ml_platform", "basis": "idle", "account": "440000000001"}
    fee = pd.DataFrame({"day": day, "effective": total - used}).groupby("day")["effective"].agg(["sum", "size"]).reset_index()
    book.cost(book="aws_hourly", day=fee["day"], effective_cost=fee["sum"], billed_cost=fee["size"] * total, service="savings_plan", **idle)
    book.plant(
        "savings_plan",
        "aws_cur2 ml-hourly, SavingsPlanCoveredUsage + SavingsPlanNegation + SavingsPlanRecurringFee",
        "one p4d node under an EC2 Instance Savings Plan; unused commitment every hour",
        "ml_platform",
        int((total - used).sum()),
        commitment_per_hour="15.00",
    )

    rate = prices.HOURLY["ri:p4d.24xlarge"]
    ri = lines[lines["plan"] == "ri"]
    for month in MONTHS:
        first = day_number(month)
        mine = ri[ri["day"].map(lambda d, m=month: day_date(d).month == m.month)]
        length = (day_number(MONTHS[MONTHS.index(month) + 1]) if month != MONTHS[-1] else BILLED_DAYS) - first
        due, spent = length * 24 * rate, int(mine["effective_cost"].sum())
        start = START_MS + first * DAY_MS
        book.bill(
            book="aws_hourly",
            day=first,
            start_ms=start,
            end_ms=start + length * DAY_MS - 1000,
            account="440000000001",
            region="us-east-1",
            line_type="RIFee",
            service="ec2",
            usage_type="HeavyUsage:p4d.24xlarge",
            operation="RunInstances",
            unit="Hrs",
            qty_nano=length * 24 * 1_000_000_000,
            price=rate,
            billed_cost=due,
            effective_cost=due - spent,
            list_cost=0,
            instance_type="p4d.24xlarge",
            commitment="ri",
            commitment_total=due,
            commitment_used=spent,
        )
        book.cost(book="aws_hourly", day=first, effective_cost=due - spent, billed_cost=due, service="reservation", **idle)
        if month.month == 9:
            book.plant(
                "reserved_instance",
                "aws_cur2 ml-hourly, DiscountedUsage + RIFee",
                "a reserved node down for 42 hours: unused reservation",
                "ml_platform",
                due - spent,
                down_from=pd.Timestamp(OUTAGE[0], unit="ms").isoformat(),
                down_to=pd.Timestamp(OUTAGE[1], unit="ms").isoformat(),
            )


def add_azure(book: Book, lines: pd.DataFrame) -> None:
    """A reserved AKS node, paid by the month: the purchase is billed and costs nothing by itself, every hour of the day nobody ran it is unused. Actual cost has the first, amortised cost the second."""
    rate = prices.HOURLY["ri:Standard_NC48ads_A100_v4"]
    days = np.arange(BILLED_DAYS)
    due = np.full(BILLED_DAYS, 24 * rate)
    unused = due - lines.groupby("day")["effective_cost"].sum().reindex(days, fill_value=0).to_numpy()
    common = {
        "book": "azure",
        "account": AZURE_SUBSCRIPTION,
        "region": "westeurope",
        "service": "azure_vm",
        "usage_type": "NC48ads A100 v4",
        "unit": "1 Hour",
        "list_cost": 0,
        "instance_type": "Standard_NC48ads_A100_v4",
        "commitment": "ri",
    }
    start = START_MS + days * DAY_MS
    hours = 24 * 1_000_000_000 - prorate(1_000_000_000, lines.groupby("day")["seconds"].sum().reindex(days, fill_value=0).to_numpy(), 3600)
    book.bill(**common, line_type="UnusedReservation", day=days, start_ms=start, end_ms=start + DAY_MS, qty_nano=hours, price=rate, billed_cost=0, effective_cost=unused)
    gpu = {"book": "azure", "layer": "gpu", "account": AZURE_SUBSCRIPTION, "service": "reservation"}
    book.cost(**gpu, day=days, team="ml_platform", basis="idle", effective_cost=unused, billed_cost=0)
    for month in MONTHS:
        first = day_number(month)
        length = sum(day_date(day).month == month.month for day in days)
        begin = START_MS + first * DAY_MS
        paid = int(due[first : first + length].sum())
        book.bill(**common, line_type="Purchase", day=first, start_ms=begin, end_ms=begin + DAY_MS, qty_nano=1_000_000_000, price=paid, billed_cost=paid, effective_cost=0)
        book.cost(**gpu, day=first, basis="no_driver", effective_cost=0, billed_cost=paid)
    book.plant(
        "azure_reservation",
        "azure_actual_costs Purchase lines, azure_amortized_costs UnusedReservation lines",
        "a node reserved around the clock that runs by day",
        "ml_platform",
        int(unused.sum()),
        currency="EUR",
    )
