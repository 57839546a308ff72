"""Storage on the bills: buckets, volumes, log groups, GCS and Azure Blob, and whose they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import prices
from .book import Book
from .company import AZURE_SUBSCRIPTION, BILLED_DAYS, DAY_MS, DAYS, GCP_PROJECT, HOUR_MS, REGION_CODES, START_MS, day_ms, month_length, owner_on, tags
from .money import prorate, split_exact
from .usage_storage import BUCKETS, LOG_GROUPS, VOLUMES, logs, objects


def _truth(book: Book, target: str, frame: pd.DataFrame, service: str) -> None:
    """frame: pool, cost, units, day, tag_team, feature, known, account, resource."""
    cost = split_exact(frame["pool"].to_numpy(), frame["cost"].to_numpy(), frame["units"].to_numpy())
    nowhere = frame["known"].eq("nowhere").to_numpy()
    true_team = owner_on(frame["tag_team"], frame["day"])
    research = frame["feature"].eq("churn_model").to_numpy()
    book.cost(
        book=target,
        day=frame["day"],
        layer="storage",
        team=np.where(nowhere, "unallocated", true_team),
        feature=np.where(nowhere, "unallocated", frame["feature"]),
        environment=np.select([nowhere, research], [None, "research"], "prod"),
        true_team=true_team,
        account=frame["account"],
        service=service,
        basis=frame["known"].map({"bill": "direct", "rule": "direct", "prefix": "metered", "volume": "metered", "group": "metered", "nowhere": "untagged"}),
        resource_id=frame["resource"],
        effective_cost=cost,
    )


def _lines(
    book: Book, frame: pd.DataFrame, price: int, monthly: bool, service: str, usage: str, operation: str, arn, bill_tags: dict, unit: str, prefix_east: str
) -> None:
    """Daily lines of one resource each, and their truth. frame: account, region, resource, day, tag_team, feature, known, units (bytes)."""
    frame = frame[frame["day"] < BILLED_DAYS].reset_index(drop=True)
    lines = frame.groupby(["account", "region", "resource", "day"], sort=True)["units"].sum().reset_index()
    lengths = np.array([month_length(d) if monthly else 1 for d in lines["day"]], dtype=object)
    lines["cost"] = prorate(price, lines["units"].to_numpy().astype(object), prices.GIB * lengths)
    target = np.where(lines["account"].str.startswith("44"), "aws_hourly", "aws_daily").astype(object)
    start = day_ms(lines["day"])
    region_prefix = lines["region"].map({r: (prefix_east if r == "us-east-1" else c + "-") for r, c in REGION_CODES.items()})
    book.bill(
        book=target,
        day=lines["day"],
        start_ms=start,
        end_ms=start + DAY_MS,
        account=lines["account"],
        region=lines["region"],
        service=service,
        usage_type=region_prefix + usage,
        operation=operation,
        resource_id=[arn(a, r, x) for a, r, x in zip(lines["account"], lines["region"], lines["resource"])],
        unit=unit,
        qty_nano=prorate(1_000_000_000, lines["units"].to_numpy().astype(object), prices.GIB * lengths),
        price=price,
        billed_cost=lines["cost"],
        tags=lines["resource"].map(bill_tags),
    )
    joined = frame.merge(lines[["account", "resource", "day", "cost"]].reset_index(names="pool"), on=["account", "resource", "day"], how="left")
    for name in ("aws_daily", "aws_hourly"):
        part = joined[joined["account"].str.startswith("44") == (name == "aws_hourly")]
        if len(part):
            _truth(book, name, part, service)


def add(book: Book, seed: int) -> None:
    """Bills, truth and planted cases of storage."""
    kept = objects(seed)
    _lines(
        book,
        kept.rename(columns={"bucket": "resource", "bytes": "units"}),
        prices.PER_GIB["s3"],
        True,
        "s3",
        "TimedStorage-ByteHrs",
        "StandardStorage",
        lambda a, r, x: x,
        {b[2]: b[3] for b in BUCKETS},
        "GB-Mo",
        "",
    )
    volumes = pd.DataFrame(
        [
            {"account": a, "region": r, "resource": v, "units": gib * prices.GIB, "tag_team": t, "feature": f, "known": k, "day": d}
            for a, r, v, gib, _, t, f, k in VOLUMES
            for d in range(DAYS)
        ]
    )
    volume_tags = {v[2]: tags(team=v[5], feature=v[6], env="prod") if v[7] == "bill" else "{}" for v in VOLUMES}
    _lines(book, volumes, prices.PER_GIB["gp3"], True, "ec2", "EBS:VolumeUsage.gp3", "CreateVolume-Gp3", lambda a, r, x: x, volume_tags, "GB-Mo", "")
    written = logs(seed).rename(columns={"log_group": "resource"})
    group_tags = {g[2]: g[3] for g in LOG_GROUPS}

    def log_arn(account, region, name):
        return f"arn:aws:logs:{region}:{account}:log-group:{name}"

    _lines(
        book,
        written.rename(columns={"ingested": "units"}),
        prices.PER_GIB["logs_in"],
        False,
        "cloudwatch",
        "DataProcessing-Bytes",
        "PutLogEvents",
        log_arn,
        group_tags,
        "GB",
        "USE1-",
    )
    _lines(
        book,
        written.rename(columns={"stored": "units"}),
        prices.PER_GIB["logs_stored"],
        True,
        "cloudwatch",
        "TimedStorage-ByteHrs",
        "HourlyStorageMetering",
        log_arn,
        group_tags,
        "GB-Mo",
        "USE1-",
    )
    _other_clouds(book)
    truth = book.truth()
    lost = truth[truth["layer"].eq("storage") & truth["basis"].eq("untagged")]
    book.plant(
        "untagged_resources",
        "aws_cur2: bucket legacy-dumps, volume vol-0c14a2b3d4e5f6074",
        "no tags, no inventory, no rule",
        "support, search",
        int(lost["effective_cost"].sum()),
        resources=["legacy-dumps", "vol-0c14a2b3d4e5f6074"],
    )


def _other_clouds(book: Book) -> None:
    """GCS and Azure Blob, tagged on the bill; Azure's tag keys come with stray spaces and mixed case."""
    days = np.arange(BILLED_DAYS)
    lengths = np.array([month_length(d) for d in days], dtype=object)
    for target, account, region, name, service, usage, unit, price, gib, bill_tags, team, feature in (
        (
            "gcp",
            GCP_PROJECT,
            "us-central1",
            "apportion-extracts",
            "gcs",
            "Standard Storage US Multi-region",
            "gibibyte month",
            prices.PER_GIB["gcs"],
            9000,
            tags(team="docs", feature="doc_extraction", env="prod"),
            "docs",
            "doc_extraction",
        ),
        (
            "azure",
            AZURE_SUBSCRIPTION,
            "westeurope",
            f"/subscriptions/{AZURE_SUBSCRIPTION}/resourcegroups/rg-growth/providers/microsoft.storage/storageaccounts/stgrowthassets",
            "azure_blob",
            "Hot LRS Data Stored",
            "1 GB/Month",
            prices.PER_GIB["blob"],
            12_500,
            tags(**{" Team": "Growth ", "feature": "campaign_copy", "Env": "Prod"}),
            "growth",
            "campaign_copy",
        ),
    ):
        stored = (gib + days * 8).astype(object)
        cost = prorate(price, stored, lengths)
        start = START_MS + days * 24 * HOUR_MS
        book.bill(
            book=target,
            day=days,
            start_ms=start,
            end_ms=start + DAY_MS,
            account=account,
            region=region,
            service=service,
            usage_type=usage,
            resource_id=name,
            unit=unit,
            qty_nano=prorate(1_000_000_000, stored, lengths),
            price=price,
            billed_cost=cost,
            tags=bill_tags,
        )
        book.cost(
            book=target,
            day=days,
            layer="storage",
            team=team,
            feature=feature,
            environment="prod",
            account=account,
            service=service,
            resource_id=name,
            effective_cost=cost,
        )
