"""Vector search on the bills: OpenSearch Serverless capacity, Pinecone units and storage, Vertex AI nodes, and who asked."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import prices
from .book import Book
from .company import BILLED_DAYS, DAY_MS, GCP_PROJECT, day_date, day_ms, month_length, month_of, owner_on
from .money import prorate, split_exact
from .usage_retrieval import INDEX, OCUS, index_days


def _share(book: Book, target: str, pools: pd.DataFrame, used: pd.DataFrame, keys: list[str], service: str) -> None:
    """Truth of `pools` (keys, cost) by `used` (keys, team, feature, session, units); a pool nobody used stays unallocated."""
    callers = ["team", "feature", "session"]
    grouped = used.groupby(keys + callers, dropna=False, sort=True)["units"].sum().reset_index()
    grouped = grouped[grouped["units"] > 0]
    pools = pools[["day", "account", "resource", "cost"]].reset_index(drop=True).reset_index(names="pool")
    joined = pools.merge(grouped, on=keys, how="left")
    alone = joined["units"].isna()
    joined["units"] = joined["units"].fillna(1).astype(np.int64)
    cost = split_exact(joined["pool"].to_numpy(), joined["cost"].to_numpy(), joined["units"].to_numpy())
    book.cost(
        book=target,
        day=joined["day"],
        layer="retrieval",
        team=joined["team"].where(~alone, "unallocated"),
        feature=joined["feature"].where(~alone, "unallocated"),
        environment=np.where(alone, None, "prod"),
        agent_session_id=joined["session"].where(joined["session"].notna(), None),
        basis=np.where(alone, "no_driver", "metered"),
        account=joined["account"],
        service=service,
        resource_id=joined["resource"],
        effective_cost=cost,
    )


def _line(book: Book, target: str, pools: pd.DataFrame, **columns) -> None:
    start = day_ms(pools["day"])
    book.bill(
        book=target,
        day=pools["day"],
        start_ms=start,
        end_ms=start + DAY_MS,
        account=pools["account"],
        billed_cost=pools["cost"],
        resource_id=pools["resource"],
        **columns,
    )


def add(book: Book, asked: pd.DataFrame) -> None:
    """Bills and truth of vector search."""
    asked = asked[asked["day"] < BILLED_DAYS].assign(
        engine=lambda f: f["index"].map(lambda i: INDEX[i][0]), account=lambda f: f["index"].map(lambda i: INDEX[i][2])
    )
    stored = index_days().loc[lambda f: f["day"] < BILLED_DAYS].assign(team=lambda f: owner_on(f["tag_team"], f["day"]), session=None)
    days = np.arange(BILLED_DAYS)
    for account, (search, indexing) in OCUS.items():
        region = "us-east-1" if account.endswith("1") else "us-west-2"
        code = "USE1" if region == "us-east-1" else "USW2"
        for kind, ocus, used, column in (
            ("SearchOCU", [search[month_of(d)] for d in days], asked, "units"),
            ("IndexingOCU", [indexing] * len(days), stored, "indexing_units"),
        ):
            hours = np.array(ocus) * 24
            pools = pd.DataFrame({"day": days, "account": account, "resource": "", "cost": hours * prices.HOURLY["ocu"]})
            _line(
                book,
                "aws_daily",
                pools,
                region=region,
                service="opensearch",
                usage_type=f"{code}-{kind}",
                operation="ESDomain",
                unit="OCU-Hours",
                qty_nano=hours * 1_000_000_000,
                price=prices.HOURLY["ocu"],
            )
            mine = used[used["account"] == account].rename(columns={column: "units"} if column != "units" else {})
            _share(book, "aws_daily", pools, mine, ["day", "account"], kind)
    _pinecone(book, asked, stored)
    nodes = pd.DataFrame({"day": days, "account": GCP_PROJECT, "resource": "contracts", "cost": 2 * 24 * prices.HOURLY["vertex-vector-node"]})
    _line(
        book,
        "gcp",
        nodes,
        region="us-central1",
        service="vertex_ai",
        usage_type="Vertex AI: Vector Search Serving on e2-standard-16 in us-central1",
        unit="hour",
        qty_nano=48 * 1_000_000_000,
        price=prices.HOURLY["vertex-vector-node"],
    )
    _share(book, "gcp", nodes, asked[asked["account"] == GCP_PROJECT], ["day", "account"], "vector_search")
    _plant(book, asked)


def _pinecone(book: Book, asked: pd.DataFrame, stored: pd.DataFrame) -> None:
    asked = asked[asked["engine"] == "pinecone"].rename(columns={"index": "resource"})
    stored = stored[stored["engine"] == "pinecone"].rename(columns={"index": "resource"})
    reads = asked.groupby(["day", "account", "resource"], sort=True)["units"].sum().reset_index()
    reads["cost"] = reads["units"] * prices.PINECONE_READ_UNIT
    _line(
        book,
        "pinecone",
        reads,
        region="us-east-1",
        service="pinecone",
        usage_type="Read Units",
        unit="Read Units",
        qty_nano=reads["units"] * 1_000_000_000,
        price=prices.PINECONE_READ_UNIT,
    )
    _share(book, "pinecone", reads, asked, ["day", "account", "resource"], "Read Units")
    writes = stored.assign(cost=stored["indexing_units"] * prices.PINECONE_WRITE_UNIT)[["day", "account", "resource", "cost", "indexing_units"]]
    _line(
        book,
        "pinecone",
        writes,
        region="us-east-1",
        service="pinecone",
        usage_type="Write Units",
        unit="Write Units",
        qty_nano=writes["indexing_units"] * 1_000_000_000,
        price=prices.PINECONE_WRITE_UNIT,
    )
    _share(book, "pinecone", writes, stored.rename(columns={"indexing_units": "units"}), ["day", "account", "resource"], "Write Units")
    size = stored[["day", "account", "resource", "gib16"]].copy()
    lengths = np.array([month_length(d) for d in size["day"]])
    size["cost"] = prorate(prices.PER_GIB["pinecone_storage"], size["gib16"].to_numpy().astype(object), 16 * lengths.astype(object))
    _line(
        book,
        "pinecone",
        size,
        region="us-east-1",
        service="pinecone",
        usage_type="Storage",
        unit="GB-Months",
        qty_nano=(size["gib16"].to_numpy() * 1_000_000_000 // (16 * lengths)),
        price=prices.PER_GIB["pinecone_storage"],
    )
    _share(book, "pinecone", size, stored.rename(columns={"gib16": "units"}), ["day", "account", "resource"], "Storage")


def _plant(book: Book, asked: pd.DataFrame) -> None:
    truth = book.truth()
    shared = truth[truth["service"].isin(["SearchOCU", "IndexingOCU"]) & truth["account"].eq("210000000001")]
    book.plant(
        "shared_vector_index",
        "OpenSearch Serverless account 210000000001, indexes kb-shared and products",
        "account-level OCUs, three teams query one index",
        None,
        int(shared["effective_cost"].sum()),
    )
    quiet = truth[truth["service"].isin(["SearchOCU", "IndexingOCU"]) & truth["basis"].eq("no_driver")]
    book.plant(
        "floor_without_queries",
        "OpenSearch Serverless account 210000000002, weekends",
        "two OCUs of each kind bill around the clock, nobody queries at weekends",
        "docs",
        int(quiet["effective_cost"].sum()),
        days=int(quiet["day"].nunique()),
        first_day=day_date(int(quiet["day"].min())).isoformat(),
    )
    lost = asked[asked["untagged"]]
    book.plant("untagged_queries", "vector_queries of index kb-support", "no tags; an owner rule knows the index", "support", None, rows=len(lost))
