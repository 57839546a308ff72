"""GPU lines: hourly EC2 lines with savings plan, reservation and spot, the AKS node, and who held the GPUs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from . import bill_commitments, prices
from .book import Book
from .company import BILLED_DAYS, DAY_MS, HOUR_MS, REGION_CODES, START_MS, generator, owner_on, tags
from .money import pico, prorate, split_exact
from .usage_gpu import NODES, SLOTS, node_hours, pod_hours, pods

NODE = {n.name: n for n in NODES}
CALLERS = ["team", "feature", "environment", "true_team", "basis"]


def _consumers(seed: int, grain: str) -> pd.DataFrame:
    """Quarter-GPU-seconds by node, period and owner, idle capacity included. Periods are hours, or days for the daily bill."""
    used = pod_hours(pods(seed))
    up = node_hours()
    for frame in (used, up):
        frame["day"] = (frame["hour"] * HOUR_MS - START_MS) // DAY_MS
        frame["period"] = frame["hour"] if grain == "hour" else frame["day"]
    true_team = owner_on(used["team_label"], used["day"])
    nobody = (used["namespace"] == "default").to_numpy()
    by_rule = (used["namespace"] == "ds-batch").to_numpy()
    used["team"] = np.where(nobody, "unallocated", true_team)
    used["true_team"] = np.where(nobody, None, true_team)
    used["feature"] = np.where(nobody | by_rule, "unallocated", used["feature"])  # the namespace rule names a team, not a feature
    used["environment"] = np.where(nobody | by_rule, None, used["env"])
    used["basis"] = np.where(nobody, "untagged", "metered")
    used = used.groupby(["node", "period", "day"] + CALLERS, dropna=False, sort=True)["units"].sum().reset_index()
    capacity = up.groupby(["node", "period", "day"], sort=True)["seconds"].sum().reset_index()
    capacity["units"] = capacity["seconds"] * SLOTS * capacity["node"].map(lambda n: NODE[n].gpus)
    busy = used.groupby(["node", "period"])["units"].sum().rename("busy")
    idle = capacity.merge(busy, on=["node", "period"], how="left").fillna({"busy": 0})
    idle["units"] = idle["units"] - idle["busy"].astype(np.int64)
    if (idle["units"] < 0).any():
        raise AssertionError("pods hold more than a node has")
    idle = idle.assign(team="ml_platform", feature="unallocated", environment=None, true_team=None, basis="idle")
    both = pd.concat([used, idle[["node", "period", "day"] + CALLERS + ["units"]]], ignore_index=True)
    both = both[(both["units"] > 0) & (both["day"] < BILLED_DAYS)]
    return both.sort_values(["node", "period"] + ["basis", "team", "feature"], kind="stable").reset_index(drop=True), capacity[capacity["day"] < BILLED_DAYS]


def _split(book: Book, target: str, lines: pd.DataFrame, consumers: pd.DataFrame) -> None:
    """Truth of node lines: effective and billed cost by held GPU time."""
    joined = consumers.merge(lines[["node", "period", "billed_cost", "effective_cost"]].reset_index(names="pool"), on=["node", "period"], how="left")
    if joined["pool"].isna().any() or joined["pool"].nunique() != len(lines):
        raise AssertionError("node lines and node hours differ")
    units = joined["units"].to_numpy()
    amounts = {c: split_exact(joined["pool"].to_numpy(), joined[c].astype(np.int64).to_numpy(), units) for c in ("effective_cost", "billed_cost")}
    joined = joined.assign(**amounts)
    grouped = joined.groupby(["day", "node"] + CALLERS, dropna=False, sort=True)[["effective_cost", "billed_cost"]].sum().reset_index()
    book.cost(
        book=target,
        day=grouped["day"],
        layer="gpu",
        team=grouped["team"],
        feature=grouped["feature"],
        environment=grouped["environment"].where(grouped["environment"].notna(), None),
        basis=grouped["basis"],
        true_team=grouped["true_team"].where(grouped["true_team"].notna(), None),
        account=grouped["node"].map(lambda n: NODE[n].account),
        service="gpu_node",
        resource_id=grouped["node"].map(lambda n: NODE[n].resource_id),
        effective_cost=grouped["effective_cost"],
        billed_cost=grouped["billed_cost"],
    )


def _node_lines(seed: int, capacity: pd.DataFrame) -> pd.DataFrame:
    lines = capacity.reset_index(drop=True).copy()
    lines["type"] = lines["node"].map(lambda n: NODE[n].instance_type)
    lines["plan"] = lines["node"].map(lambda n: NODE[n].plan)
    rng = generator(seed, 13)
    spot_price = pico("0.0001") * rng.integers(81_000, 109_000, BILLED_DAYS)
    rate = lines["type"].map(prices.HOURLY).astype(np.int64)
    lines["list_rate"] = rate
    lines["rate"] = np.where(lines["plan"] == "spot", spot_price[lines["day"]], rate)
    reserved = ("ri:" + lines["type"]).map(prices.HOURLY).fillna(0).astype(np.int64)
    amortised = np.select([lines["plan"] == "sp", lines["plan"] == "ri"], [prices.HOURLY["sp:p4d.24xlarge"], reserved], lines["rate"])
    seconds = lines["seconds"].to_numpy().astype(object)
    for name, price in (("on_demand", lines["rate"]), ("list_cost", lines["list_rate"]), ("effective_cost", amortised)):
        lines[name] = prorate(np.asarray(price, dtype=object), seconds, 3600)
    lines["billed_cost"] = np.where(lines["plan"].isin(["sp", "ri"]), 0, lines["on_demand"])  # net of the negation
    return lines


def _bill_nodes(book: Book, lines: pd.DataFrame) -> None:
    start = lines["period"].to_numpy() * HOUR_MS
    region = lines["node"].map(lambda n: NODE[n].region)
    prefix = np.where(region == "us-east-1", "", region.map(REGION_CODES) + "-")
    cluster = lines["node"].map(lambda n: tags(cluster=NODE[n].cluster))
    common = {
        "book": "aws_hourly",
        "day": lines["day"],
        "start_ms": start,
        "end_ms": start + HOUR_MS,
        "account": lines["node"].map(lambda n: NODE[n].account),
        "region": region,
        "service": "ec2",
        "resource_id": lines["node"].map(lambda n: NODE[n].resource_id),
        "unit": "Hrs",
        "qty_nano": prorate(1_000_000_000, lines["seconds"], 3600),
        "price": lines["rate"],
        "tags": cluster,
        "instance_type": lines["type"],
    }
    kind = np.where(lines["plan"] == "spot", "SpotUsage:", "BoxUsage:")
    line_type = lines["plan"].map({"sp": "SavingsPlanCoveredUsage", "ri": "DiscountedUsage", "od": "Usage", "spot": "Usage"})
    covered = (lines["plan"] == "sp").to_numpy()
    book.bill(
        **common,
        line_type=line_type,
        usage_type=prefix + kind + lines["type"],
        operation=np.where(lines["plan"] == "spot", "RunInstances:SV001", "RunInstances"),
        billed_cost=np.where(lines["plan"] == "ri", 0, lines["on_demand"]),
        effective_cost=lines["effective_cost"],
        list_cost=lines["list_cost"],
        commitment=np.select([covered, lines["plan"] == "ri"], ["sp", "ri"], "").astype(object),
    )
    sp = {k: (v[covered] if isinstance(v, (np.ndarray, pd.Series)) else v) for k, v in common.items()}
    book.bill(
        **sp,
        line_type="SavingsPlanNegation",
        usage_type=("BoxUsage:" + lines["type"][covered]),
        operation="RunInstances",
        billed_cost=-lines["on_demand"][covered],
        effective_cost=0,
        list_cost=0,
        commitment="sp",
    )


def add(book: Book, seed: int) -> None:
    """All GPU lines, truth and planted cases."""
    consumers, capacity = _consumers(seed, "hour")
    aws = [n.name for n in NODES if n.provider == "aws"]
    lines = _node_lines(seed, capacity[capacity["node"].isin(aws)])
    _bill_nodes(book, lines)
    _split(book, "aws_hourly", lines, consumers[consumers["node"].isin(aws)])
    bill_commitments.add(book, lines)

    consumers, capacity = _consumers(seed, "day")
    azure = [n.name for n in NODES if n.provider == "azure"]
    daily = _node_lines(seed, capacity[capacity["node"].isin(azure)])
    start = START_MS + daily["day"].to_numpy() * DAY_MS
    book.bill(
        book="azure",
        day=daily["day"],
        start_ms=start,
        end_ms=start + DAY_MS,
        account=NODE[azure[0]].account,
        region="westeurope",
        service="azure_vm",
        usage_type="NC48ads A100 v4",
        resource_id=NODE[azure[0]].resource_id,
        unit="1 Hour",
        qty_nano=prorate(1_000_000_000, daily["seconds"], 3600),
        price=daily["rate"],
        billed_cost=daily["billed_cost"],
        effective_cost=daily["effective_cost"],
        list_cost=daily["list_cost"],
        tags=tags(**{"aks-managed-poolName": "gpu"}),
        instance_type="Standard_NC48ads_A100_v4",
        commitment="ri",
    )
    bill_commitments.add_azure(book, daily)
    _split(book, "azure", daily, consumers[consumers["node"].isin(azure)])
    _plant(book, lines)


def _plant(book: Book, lines: pd.DataFrame) -> None:
    truth = book.truth()
    gpu = truth[(truth["layer"] == "gpu") & truth["book"].eq("aws_hourly")]
    book.plant(
        "gpu_idle",
        "nodes of cluster gpu-prod and gpu-train",
        "hours of shared nodes nobody held",
        "ml_platform",
        int(gpu.loc[gpu["basis"].eq("idle") & gpu["service"].eq("gpu_node"), "effective_cost"].sum()),
    )
    book.plant(
        "gpu_untagged_pods",
        "gpu_pods in namespace default",
        "pods without labels in a namespace no rule knows",
        None,
        int(gpu.loc[gpu["basis"].eq("untagged") & gpu["service"].eq("gpu_node"), "effective_cost"].sum()),
    )
    book.plant(
        "spot",
        "aws_cur2 SpotUsage:p4d.24xlarge",
        "a nightly spot node crossing midnight, price by day",
        None,
        int(lines.loc[lines["plan"] == "spot", "billed_cost"].sum()),
    )
    book.plant("never_scheduled_pods", "gpu_pods with phase Pending and no scheduled_at", "they held nothing", "data_science", 0, pods=24)
    book.plant("fractional_and_open_pods", "gpu_pods", "quarter-GPU pods; pods still running when telemetry ends; pods crossing midnight")
