"""Network: flows as VPC flow logs see them, and the transfer and NAT lines derived from them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import prices
from .book import Book
from .company import BILLED_DAYS, DAY_MS, DAYS, REGION_CODES, day_ms, generator, is_weekend, month_of, owner_on
from .money import prorate, split_exact

MIB = 1 << 20
# account, region, interface, instance, address, team label, feature, workload, GiB a day by month: internet, inter_region, inter_az, known
# fmt: off
INTERFACES = [
    ("210000000001", "us-east-1", "eni-0a1000000000000a1", "i-0c01aa22bb33cc441", "10.0.1.11", "support", "chat_rag", "chat-api", ((210, 215, 225, 225), 60, 300), True),
    ("210000000001", "us-east-1", "eni-0a1000000000000a2", "i-0c02aa22bb33cc442", "10.0.1.12", "search", "research_agent", "crawler", ((260, 265, 700, 700), 140, 420), True),
    ("210000000001", "us-east-1", "eni-0a1000000000000a3", "i-0c04aa22bb33cc444", "10.0.2.13", "support", "ticket_agent", "ticket-agent", ((40, 40, 42, 42), 0, 90), True),
    ("210000000001", "us-east-1", "eni-0a1000000000000a4", "i-0c06aa22bb33cc446", "10.0.2.14", "growth", "campaign_copy", "scratch-box", ((25, 25, 25, 25), 0, 20), False),
    ("210000000002", "us-west-2", "eni-0b2000000000000b1", "i-0c05aa22bb33cc445", "10.1.1.21", "docs", "doc_processing", "doc-pipeline", ((120, 125, 130, 130), 200, 160), True),
    ("210000000002", "us-west-2", "eni-0b2000000000000b2", "i-0c07aa22bb33cc447", "10.1.1.22", "docs", "contract_qa", "contract-api", ((45, 45, 47, 47), 0, 30), True),
]
# fmt: on
NAT = {
    "210000000001": ("eni-0f0000000000000f1", "10.0.0.220", "nat-0aa11bb22cc33dd44"),
    "210000000002": ("eni-0f0000000000000f2", "10.1.0.220", "nat-0aa11bb22cc33dd45"),
}
PEER = {"internet": "203.0.113.{}", "inter_region": "10.200.4.{}", "inter_az": "10.{}.77.9"}
BY_ID = {row[2]: row for row in INTERFACES}
WINDOWS = 6  # flow records per interface, class and day


def flows(seed: int) -> pd.DataFrame:
    """True flows, one row each, seen on their origin interface. Windows may cross the hour, never midnight."""
    rows = []
    for number, (account, region, eni, *_rest, volume, _known) in enumerate(INTERFACES):
        rng = generator(seed, 40, number)
        for day in range(DAYS):
            quiet = 0.5 if is_weekend(day) else 1.0
            for kind, gib in zip(("internet", "inter_region", "inter_az"), (volume[0][month_of(day)], volume[1], volume[2])):
                if not gib:
                    continue
                parts = rng.dirichlet(np.full(WINDOWS, 3.0)) * gib * quiet * rng.uniform(0.85, 1.15)
                start = np.sort(rng.integers(0, 86_400 - 601, WINDOWS))
                length = rng.integers(60, 601, WINDOWS)
                for part, begin, seconds in zip(parts, start, length):
                    rows.append((account, region, eni, kind, day, int(part * 1024) * MIB + int(rng.integers(1, MIB)), int(begin), int(seconds)))
    frame = pd.DataFrame(rows, columns=["account", "region", "interface", "class", "day", "bytes", "begin", "seconds"])
    frame["start_s"] = day_ms(frame["day"]) // 1000 + frame["begin"]
    frame["end_s"] = frame["start_s"] + frame["seconds"]
    return frame.sort_values(["start_s", "interface", "class"], kind="stable").reset_index(drop=True)


def _owners(frame: pd.DataFrame) -> pd.DataFrame:
    rows = [BY_ID[i] for i in frame["interface"]]
    known = np.array([r[9] for r in rows])
    true_team = owner_on(np.array([r[5] for r in rows], dtype=object), frame["day"])
    return frame.assign(
        true_team=true_team,
        team=np.where(known, true_team, "unallocated"),
        feature=np.where(known, [r[6] for r in rows], "unallocated"),
        environment=np.where(known, "prod", None),
        basis=np.where(known, "metered", "untagged"),
    )


def add(book: Book, seed: int) -> None:
    """Transfer lines by account and day, NAT bytes and hours, and who moved the bytes."""
    moved = _owners(flows(seed).loc[lambda f: f["day"] < BILLED_DAYS].reset_index(drop=True))
    for kind, usage in (("internet", "{}-DataTransfer-Out-Bytes"), ("inter_region", "{}-{}-AWS-Out-Bytes"), ("inter_az", "{}-DataTransfer-Regional-Bytes")):
        # Traffic between zones is billed on both sides.
        _pool(
            book,
            moved[moved["class"] == kind],
            kind,
            usage,
            2 if kind == "inter_az" else 1,
            {"internet": "PublicIP-Out", "inter_region": "InterRegion-Out"}.get(kind, "InterZone-In"),
        )
    _pool(book, moved[moved["class"] == "internet"], "nat", "{}-NatGateway-Bytes", 1, "NatGateway", nat=True)
    _nat_hours(book, moved[moved["class"] == "internet"])
    truth = book.truth()
    lost = truth[truth["layer"].eq("egress") & truth["basis"].eq("untagged")]
    book.plant(
        "unknown_interface",
        "vpc_flow_logs eni-0a1000000000000a4",
        "an interface no list knows",
        "growth",
        int(lost["effective_cost"].sum()),
        interface_id="eni-0a1000000000000a4",
    )
    book.plant(
        "flows_seen_twice",
        "vpc_flow_logs of account 210000000001",
        "internet flows appear on the origin and on the NAT interface, zone flows on both ends",
        None,
        None,
        interfaces=[n[0] for n in NAT.values()],
    )


def _truth(book: Book, moved: pd.DataFrame, lines: pd.DataFrame, service: str) -> None:
    callers = ["team", "feature", "environment", "basis", "true_team"]
    used = moved.groupby(["day", "account"] + callers, dropna=False, sort=True)["bytes"].sum().reset_index()
    joined = used.merge(lines[["day", "account", "cost"]].reset_index(names="pool"), on=["day", "account"], how="left")
    cost = split_exact(joined["pool"].to_numpy(), joined["cost"].to_numpy(), joined["bytes"].to_numpy())
    book.cost(
        book="aws_daily",
        day=joined["day"],
        layer="egress",
        team=joined["team"],
        feature=joined["feature"],
        environment=joined["environment"].where(joined["environment"].notna(), None),
        basis=joined["basis"],
        true_team=joined["true_team"],
        account=joined["account"],
        service=service,
        effective_cost=cost,
    )


def _pool(book: Book, moved: pd.DataFrame, kind: str, usage: str, sides: int, operation: str, nat: bool = False) -> None:
    lines = moved.groupby(["day", "account", "region"], sort=True)["bytes"].sum().reset_index()
    billed = lines["bytes"].to_numpy().astype(object) * sides
    lines["cost"] = prorate(prices.PER_GIB[kind], billed, prices.GIB)
    start = day_ms(lines["day"])
    other = {"us-east-1": "USW2", "us-west-2": "USE1"}
    book.bill(
        book="aws_daily",
        day=lines["day"],
        start_ms=start,
        end_ms=start + DAY_MS,
        account=lines["account"],
        region=lines["region"],
        service="ec2" if nat else "transfer",
        usage_type=[usage.format(REGION_CODES[r], other[r]) for r in lines["region"]],
        operation=operation,
        unit="GB",
        price=prices.PER_GIB[kind],
        resource_id=[f"arn:aws:ec2:{r}:{a}:natgateway/{NAT[a][2]}" if nat else "" for a, r in zip(lines["account"], lines["region"])],
        qty_nano=prorate(1_000_000_000, billed, prices.GIB),
        billed_cost=lines["cost"],
    )
    _truth(book, moved, lines, usage.format("", "").strip("-"))


def _nat_hours(book: Book, moved: pd.DataFrame) -> None:
    """The gateway bills by the hour whether or not bytes move: its hours follow the bytes of the day."""
    lines = moved[["day", "account", "region"]].drop_duplicates().sort_values(["day", "account"], kind="stable").reset_index(drop=True)
    lines["cost"] = 24 * prices.HOURLY["nat"]
    start = day_ms(lines["day"])
    book.bill(
        book="aws_daily",
        day=lines["day"],
        start_ms=start,
        end_ms=start + DAY_MS,
        account=lines["account"],
        region=lines["region"],
        service="ec2",
        usage_type=lines["region"].map(REGION_CODES) + "-NatGateway-Hours",
        operation="NatGateway",
        unit="Hrs",
        qty_nano=24 * 1_000_000_000,
        price=prices.HOURLY["nat"],
        resource_id=[f"arn:aws:ec2:{r}:{a}:natgateway/{NAT[a][2]}" for a, r in zip(lines["account"], lines["region"])],
        billed_cost=lines["cost"],
    )
    _truth(book, moved, lines, "NatGateway-Hours")
