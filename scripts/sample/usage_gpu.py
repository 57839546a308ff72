"""Simulates the GPU estate: nodes and when they run, pods and what they hold, SageMaker training jobs.

A node's GPUs are cut into lanes; a lane holds one pod at a time, so fractions on a node never exceed its GPUs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .company import AZURE_SUBSCRIPTION, BILLED_END_MS, DAYS, START_MS, TELEMETRY_END_MS, day_date, day_ms, generator, ms, tags

MINUTE = 60_000
SLOTS = 4  # a GPU is counted in quarters


@dataclass(frozen=True)
class Node:
    """One GPU node; `plan` says how it is paid: sp, ri, od, spot."""

    name: str
    provider: str
    account: str
    region: str
    cluster: str
    resource_id: str
    instance_type: str
    gpus: int
    plan: str
    runs: tuple  # (start_ms, end_ms) intervals
    lanes: tuple  # (quarter GPUs, key of WORKLOADS)


def _weekly(start_h, start_m, hours_m, weekend=False) -> tuple:
    runs = []
    for day in range(DAYS):
        if day_date(day).weekday() < 5 or weekend:
            start = int(day_ms(day)) + start_h * 60 * MINUTE + start_m * MINUTE
            runs.append((start, min(start + hours_m * MINUTE, TELEMETRY_END_MS)))
    return tuple(r for r in runs if r[0] < TELEMETRY_END_MS)


ALWAYS = ((START_MS, TELEMETRY_END_MS),)
OUTAGE = (ms(2026, 9, 12, 2, 30), ms(2026, 9, 13, 20, 45))  # the reserved node is down: its reservation goes unused
DISCOVERY_NODE = (ms(2026, 10, 5, 6, 10), ms(2026, 10, 23, 18, 40))

# (team label, feature, namespace, workload, weight, mean hours, mean gap hours)
# fmt: off
WORKLOADS = {
    "embed": [("search", "semantic_search", "search", "embed-api", 1.0, 60, 0.6)],
    "rerank": [("support", "chat_rag", "support", "reranker", 1.0, 40, 1.5)],
    "image": [("growth", "campaign_copy", "growth", "image-gen", 0.7, 9, 3), ("growth", "taglines", "growth", "banner-gen", 0.3, 4, 4)],
    "notebook": [("data_science", "experiments", "ds-notebooks", "notebook", 0.85, 5, 4), ("", "", "default", "scratch", 0.15, 3, 4)],
    "eval": [("ml_platform", "model_eval", "ml-platform", "eval-suite", 0.6, 3, 5), ("docs", "doc_extraction", "docs", "layout-model", 0.4, 6, 5)],
    "train": [("data_science", "churn_model", "ds-batch", "trainer", 0.5, 14, 3), ("search", "semantic_search", "search", "ranker-train", 0.35, 11, 3),
              ("support", "intent_model", "support", "intent-train", 0.15, 7, 4)],
    "finetune": [("search", "research_agent", "search", "finetune", 1.0, 30, 1.2)],
    "batch": [("docs", "doc_processing", "docs", "ocr-batch", 0.6, 4, 1), ("data_science", "experiments", "ds-batch", "sweep", 0.4, 3, 1)],
}
# fmt: on
UNLABELLED_NAMESPACES = {"ds-batch", "default"}  # ds-batch is known by an owner rule, default by nobody


def _lane(kind: str, count: int = 1, quarters: int = SLOTS) -> tuple:
    return tuple((quarters, kind) for _ in range(count))


# fmt: off
NODES = [
    Node("ip-10-40-1-11", "aws", "440000000001", "us-east-1", "gpu-prod", "i-0a11c3d5e7f90b1a1", "p4d.24xlarge", 8, "sp", ALWAYS,
         _lane("embed", 1, 8) + _lane("rerank") + _lane("image", 2) + _lane("eval", 1, 8) + _lane("notebook", 4, 1)),
    Node("ip-10-40-1-12", "aws", "440000000001", "us-east-1", "gpu-prod", "i-0a12c3d5e7f90b1a2", "p4d.24xlarge", 8, "ri",
         ((START_MS, OUTAGE[0]), (OUTAGE[1], TELEMETRY_END_MS)), _lane("train", 1, 16) + _lane("eval", 1, 8) + _lane("image", 2)),
    Node("ip-10-40-1-13", "aws", "440000000001", "us-east-1", "gpu-prod", "i-0a13c3d5e7f90b1a3", "p4d.24xlarge", 8, "od",
         _weekly(7, 45, 12 * 60 + 35), _lane("notebook", 4) + _lane("eval", 2) + _lane("notebook", 8, 1)),
    Node("ip-10-40-1-14", "aws", "440000000001", "us-east-1", "gpu-prod", "i-0a14c3d5e7f90b1a4", "p4d.24xlarge", 8, "spot",
         _weekly(22, 10, 7 * 60 + 25), _lane("batch", 2, 16)),
    Node("ip-10-60-2-21", "aws", "440000000002", "us-west-2", "gpu-train", "i-0b21c3d5e7f90b1b1", "p5.48xlarge", 8, "od", ALWAYS,
         _lane("train", 2, 16)),
    Node("ip-10-60-2-23", "aws", "440000000002", "us-west-2", "gpu-train", "i-0b23c3d5e7f90b1b3", "p5.48xlarge", 8, "od", ALWAYS,
         _lane("embed", 1, 16) + _lane("train", 1, 16)),
    Node("ip-10-60-2-22", "aws", "440000000002", "us-west-2", "gpu-train", "i-0b22c3d5e7f90b1b2", "p5.48xlarge", 8, "od",
         (DISCOVERY_NODE,), _lane("finetune", 1, 32)),
    Node("aks-gpu-18342915-vmss000000", "azure", AZURE_SUBSCRIPTION, "westeurope", "aks-ml-we",
         f"/subscriptions/{AZURE_SUBSCRIPTION}/resourcegroups/mc_rg-ml_aks-ml-we/providers/microsoft.compute/"
         "virtualmachinescalesets/aks-gpu-18342915-vmss", "Standard_NC48ads_A100_v4", 2, "ri", _weekly(6, 0, 16 * 60),
         _lane("image") + _lane("notebook", 4, 1)),
]
# fmt: on


def _pod_rows(rng, node: Node, lane_no: int, quarters: int, kind: str) -> list[dict]:
    choices = WORKLOADS[kind]
    weights = np.array([c[4] for c in choices])
    rows = []
    for run_start, run_end in node.runs:
        clock = run_start
        while True:
            team, feature, namespace, workload, _, mean_hours, gap = choices[rng.choice(len(choices), p=weights / weights.sum())]
            clock += int(rng.exponential(gap) * 60) * MINUTE + int(rng.integers(0, 60)) * 1000
            length = int(np.clip(rng.lognormal(np.log(mean_hours), 0.5), 0.2, 240) * 3600) * 1000
            if clock + 5 * MINUTE >= run_end:
                break
            end = min(clock + length, run_end)
            rows.append(
                {
                    "node": node.name,
                    "lane": lane_no,
                    "quarters": quarters,
                    "team_label": team,
                    "feature": feature,
                    "namespace": namespace,
                    "workload": workload,
                    "start_ms": clock,
                    "end_ms": end,
                    "open_ended": end == TELEMETRY_END_MS and len(node.runs) < 5,
                }
            )
            clock = end
    return rows


def pods(seed: int) -> pd.DataFrame:
    """One row per pod that ran, plus pods that never got a node (start and end empty)."""
    rows = []
    for number, node in enumerate(NODES):
        rng = generator(seed, 10, number)
        for lane_no, (quarters, kind) in enumerate(node.lanes):
            rows += _pod_rows(rng, node, lane_no, quarters, kind)
    frame = pd.DataFrame(rows).sort_values(["start_ms", "node", "lane"], kind="stable").reset_index(drop=True)
    frame["phase"] = np.where(frame["open_ended"], "Running", "Succeeded")
    rng = generator(seed, 11)
    waiting = pd.DataFrame(
        {
            "node": None,
            "lane": -1,
            "quarters": 32,
            "team_label": "data_science",
            "feature": "experiments",
            "namespace": "ds-batch",
            "workload": "sweep",
            "start_ms": -1,
            "end_ms": -1,
            "created_ms": np.sort(rng.integers(START_MS, BILLED_END_MS, 24)),
            "open_ended": False,
            "phase": "Pending",
        }
    )
    frame = pd.concat([frame, waiting], ignore_index=True)
    frame["pod_name"] = [f"{w}-{n:05x}" for n, w in enumerate(frame["workload"])]
    labelled = ~frame["namespace"].isin(UNLABELLED_NAMESPACES)
    env = np.where(frame["namespace"].isin(["search", "support", "growth", "docs"]), "prod", "research")
    frame["env"] = env
    label_sets = {key: tags(team=key[0], feature=key[1], env=key[2]) for key in set(zip(frame["team_label"], frame["feature"], env))}
    frame["labels"] = [label_sets[k] if use else "{}" for k, use in zip(zip(frame["team_label"], frame["feature"], env), labelled)]
    return frame


def pod_hours(frame: pd.DataFrame) -> pd.DataFrame:
    """Each pod's quarter-GPU-seconds per node and hour (hours since 1970)."""
    ran = frame[frame["start_ms"] >= 0].reset_index(drop=True)
    first, last = ran["start_ms"] // 3_600_000, (ran["end_ms"] - 1) // 3_600_000
    spans = (last - first + 1).to_numpy()
    wide = ran.loc[np.repeat(ran.index.to_numpy(), spans)].reset_index(drop=True)
    offset = np.arange(spans.sum()) - np.repeat(np.cumsum(spans) - spans, spans)
    wide["hour"] = np.repeat(first.to_numpy(), spans) + offset
    start = np.maximum(wide["start_ms"], wide["hour"] * 3_600_000)
    end = np.minimum(wide["end_ms"], (wide["hour"] + 1) * 3_600_000)
    wide["units"] = (end - start) // 1000 * wide["quarters"]
    return wide


def node_hours() -> pd.DataFrame:
    """Seconds each node was up, per hour."""
    rows = []
    for node in NODES:
        for start, end in node.runs:
            for hour in range(start // 3_600_000, (end - 1) // 3_600_000 + 1):
                seconds = (min(end, (hour + 1) * 3_600_000) - max(start, hour * 3_600_000)) // 1000
                rows.append((node.name, hour, seconds))
    return pd.DataFrame(rows, columns=["node", "hour", "seconds"]).groupby(["node", "hour"], sort=False)["seconds"].sum().reset_index()


def training_jobs(seed: int) -> pd.DataFrame:
    """SageMaker training jobs; managed spot ones bill less than they ran."""
    rng = generator(seed, 12)
    count = 46
    start = np.sort(rng.integers(START_MS, BILLED_END_MS - 3 * 86_400_000, count)) // 1000 * 1000
    seconds = np.clip(rng.lognormal(np.log(4.2 * 3600), 0.6, count), 1800, 30 * 3600).astype(np.int64)
    spot = rng.random(count) < 0.25
    team = rng.choice(["data_science", "search", "support"], count, p=[0.7, 0.2, 0.1]).astype(object)
    feature = pd.Series(team).map({"data_science": "churn_model", "search": "semantic_search", "support": "ticket_agent"}).to_numpy()
    # Where the owner is known from: the bill's own tags, only the job's description, or nowhere.
    known = np.where(np.arange(count) % 23 == 11, "nowhere", np.where(rng.random(count) < 0.5, "bill", "job")).astype(object)
    return pd.DataFrame(
        {
            "job": [f"{f.replace('_', '-')}-{n:04d}" for n, f in enumerate(feature)],
            "start_ms": start,
            "end_ms": start + seconds * 1000,
            "seconds": seconds,
            "billable": np.where(spot, (seconds * 0.62).astype(np.int64), seconds),
            "spot": spot,
            "instances": rng.choice([1, 1, 1, 2], count),
            "team": team,
            "feature": feature,
            "known": known,
        }
    )
