"""SageMaker training lines, hour by hour, and whose jobs they were."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import prices
from .book import Book
from .company import DAY_MS, HOUR_MS, START_MS, owner_on, tags
from .money import prorate
from .usage_gpu import training_jobs


def add(book: Book, seed: int) -> None:
    """Lines by job and hour; managed spot jobs bill less than they ran."""
    jobs = training_jobs(seed)
    rate = prices.HOURLY["ml.p4d.24xlarge"]
    for job in jobs.itertuples():
        hours = np.arange(job.start_ms // HOUR_MS, (job.end_ms - 1) // HOUR_MS + 1)
        ran = (np.minimum(job.end_ms, (hours + 1) * HOUR_MS) - np.maximum(job.start_ms, hours * HOUR_MS)) // 1000
        billable = ran * job.billable // job.seconds
        billable[-1] += job.billable - billable.sum()
        seconds = billable * job.instances
        cost = prorate(rate, seconds, 3600)
        day = (hours * HOUR_MS - START_MS) // DAY_MS
        owner = owner_on(np.full(len(hours), job.team, dtype=object), day)
        known = job.known != "nowhere"
        arn = f"arn:aws:sagemaker:us-east-1:440000000002:training-job/{job.job}"
        book.bill(
            book="aws_hourly",
            day=day,
            start_ms=hours * HOUR_MS,
            end_ms=(hours + 1) * HOUR_MS,
            account="440000000002",
            region="us-east-1",
            service="sagemaker",
            usage_type="USE1-Train:ml.p4d.24xlarge",
            operation="RunInstance",
            resource_id=arn,
            unit="Hrs",
            qty_nano=prorate(1_000_000_000, seconds, 3600),
            price=rate,
            billed_cost=cost,
            instance_type="ml.p4d.24xlarge",
            tags=tags(team=job.team, feature=job.feature) if job.known == "bill" else "{}",
        )
        frame = pd.DataFrame({"day": day, "owner": owner, "cost": cost}).groupby(["day", "owner"])["cost"].sum().reset_index()
        book.cost(
            book="aws_hourly",
            day=frame["day"],
            layer="gpu",
            team=frame["owner"] if known else "unallocated",
            feature=job.feature if known else "unallocated",
            basis={"bill": "direct", "job": "metered", "nowhere": "untagged"}[job.known],
            true_team=frame["owner"],
            account="440000000002",
            service="sagemaker",
            resource_id=arn,
            effective_cost=frame["cost"],
        )
