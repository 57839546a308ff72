"""Writes GPU, retrieval, storage and network telemetry, agent runs and business outcomes."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from . import usage_network, usage_retrieval, usage_storage
from .book import Book
from .company import BILLED_END_MS, DAY_MS, EPOCH, START, START_MS, TELEMETRY_END_MS, generator, month_of, tags
from .money import decimals
from .telemetry_llm import moment_text
from .usage_gpu import NODES, pods, training_jobs
from .writers import dates, strings, timestamps, write_csv, write_lines, write_parquet

FIRST_DAY = (START - EPOCH).days


def gpu(seed: int, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """gpu_pods, node_hours and SageMaker's own job descriptions."""
    cluster = {n.name: n.cluster for n in NODES}
    frame = pods(seed)
    open_ended = frame["open_ended"].astype(bool).to_numpy()
    waiting = frame["phase"].eq("Pending").to_numpy()
    table = pa.table({
        "cluster": strings(frame["node"].map(cluster).fillna("gpu-train")), "node_name": strings(frame["node"]), "namespace": strings(frame["namespace"]),
        "pod_name": strings(frame["pod_name"]), "workload": strings(frame["workload"]),
        "gpus": decimals(np.where(waiting, 8, frame["quarters"]) * 25 * np.where(waiting, 4, 1), 2), "scheduled_at": timestamps(frame["start_ms"]),
        "ended_at": timestamps(np.where(open_ended, -1, np.where(waiting, frame["created_ms"].fillna(0).astype(np.int64) + 7_200_000, frame["end_ms"]))),
        "phase": strings(frame["phase"]), "labels": strings(frame["labels"]),
    })
    write_csv(table, root / "gpu_pods" / "pods.csv.gz", connection)
    rows = []
    for node in NODES:
        for start, end in node.runs:
            clock = start
            while clock < end:   # one row a day
                stop = min(end, (clock // DAY_MS + 1) * DAY_MS)
                rows.append((node.provider, node.account, node.region, node.cluster, node.name, node.resource_id, node.instance_type, node.gpus, clock, stop))
                clock = stop
    names = ["provider", "account_id", "region", "cluster", "node_name", "resource_id", "instance_type", "gpus", "started_at", "ended_at"]
    up = pd.DataFrame(rows, columns=names)
    columns = {n: strings(up[n]) for n in names[:7]} | {"gpus": pa.array(up["gpus"]), "started_at": timestamps(up["started_at"]), "ended_at": timestamps(up["ended_at"])}
    write_parquet(pa.table(columns), root / "node_hours" / "node_hours.parquet")
    lines = []
    for job in training_jobs(seed).itertuples():
        known = [{"Key": "team", "Value": job.team}, {"Key": "feature", "Value": job.feature}] if job.known != "nowhere" else []
        lines.append(json.dumps({
            "TrainingJobName": job.job, "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:440000000002:training-job/{job.job}", "TrainingJobStatus": "Completed",
            "ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": int(job.instances), "VolumeSizeInGB": 500},
            "TrainingStartTime": str(moment_text([job.start_ms])[0]), "TrainingEndTime": str(moment_text([job.end_ms])[0]), "TrainingTimeInSeconds": int(job.seconds),
            "BillableTimeInSeconds": int(job.billable), "EnableManagedSpotTraining": bool(job.spot), "Tags": known,
        }))
    write_lines(lines, root / "sagemaker_training_jobs" / "describe_training_jobs.jsonl")


def retrieval(asked: pd.DataFrame, root: Path) -> None:
    """Vector queries and index inventories."""
    index = usage_retrieval.INDEX
    sets = {key: tags(team=key[0], feature=key[1], env="prod") for key in set(zip(asked["tag_team"], asked["feature"]))}
    labels = [None if lost else sets[k] for k, lost in zip(zip(asked["tag_team"], asked["feature"]), asked["untagged"])]
    table = pa.table({
        "query_id": strings(asked["query_id"]), "engine": strings([index[i][0] for i in asked["index"]]), "provider": strings([index[i][1] for i in asked["index"]]),
        "account_id": strings([index[i][2] for i in asked["index"]]), "region": strings([index[i][3] for i in asked["index"]]), "index_name": strings(asked["index"]),
        "queried_at": timestamps(asked["at_ms"]), "query_units": decimals(asked["units"].to_numpy() * 1_000_000, 6), "agent_session_id": strings(asked["session"]), "tags": strings(labels),
    })
    months = np.array([month_of(d) for d in asked["day"]])
    for month in sorted(set(months.tolist())):
        write_parquet(table.filter(pa.array(months == month)), root / "vector_queries" / f"month=2026-{8 + month:02d}" / "queries-00000.parquet")
    kept = usage_retrieval.index_days()
    write_parquet(pa.table({
        **{c: strings(kept[c]) for c in ("engine", "provider")}, "account_id": strings(kept["account"]), "region": strings(kept["region"]), "index_name": strings(kept["index"]),
        "usage_date": dates(kept["day"] + FIRST_DAY), "storage_gib": decimals(kept["gib16"].to_numpy() * 62_500, 6), "vectors": pa.array(kept["vectors"]),
        "indexing_units": decimals(kept["indexing_units"].to_numpy() * 1_000_000, 6),
        "tags": strings([usage_retrieval.index_tags(t, f) for t, f in zip(kept["tag_team"], kept["feature"])]),
    }), root / "vector_indexes" / "indexes.parquet")


def storage(seed: int, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Object inventories (not of the forgotten bucket), volumes, log groups."""
    kept = usage_storage.objects(seed).query("known != 'nowhere'")
    labelled = kept["known"].isin(["prefix"])
    label = [tags(team=t, feature=f, env="prod") if use else None for t, f, use in zip(kept["tag_team"], kept["feature"], labelled)]
    aws = strings(["aws"] * len(kept))
    write_parquet(pa.table({
        "provider": aws, "account_id": strings(kept["account"]), "region": strings(kept["region"]), "bucket": strings(kept["bucket"]), "prefix": strings(kept["prefix"]),
        "storage_class": strings(["STANDARD"] * len(kept)), "usage_date": dates(kept["day"] + FIRST_DAY), "bytes": pa.array(kept["bytes"]), "tags": strings(label),
    }), root / "object_storage" / "daily_bytes.parquet")
    volumes = [v for v in usage_storage.VOLUMES if v[7] != "nowhere"]
    write_csv(pa.table({
        "provider": strings(["aws"] * len(volumes)), "account_id": strings([v[0] for v in volumes]), "region": strings([v[1] for v in volumes]),
        "volume_id": strings([v[2] for v in volumes]), "volume_type": strings(["gp3"] * len(volumes)), "size_gib": pa.array([v[3] for v in volumes]),
        "attached_to": strings([v[4] for v in volumes]), "started_at": timestamps([START_MS - 30 * DAY_MS] * len(volumes)), "ended_at": timestamps([-1] * len(volumes)),
        "tags": strings([tags(team=v[5], feature=v[6], env="prod") for v in volumes]),
    }), root / "volumes" / "volumes.csv", connection)
    written = usage_storage.logs(seed)
    tagged = written["known"].ne("rule")
    write_parquet(pa.table({
        "provider": strings(["aws"] * len(written)), "account_id": strings(written["account"]), "region": strings(written["region"]), "log_group": strings(written["log_group"]),
        "usage_date": dates(written["day"] + FIRST_DAY), "ingested_bytes": pa.array(written["ingested"]), "stored_bytes": pa.array(written["stored"]),
        "tags": strings([tags(team=t, feature=f, env="prod", workload=w) if use else None
                         for t, f, w, use in zip(written["tag_team"], written["feature"], written["workload"], tagged)]),
    }), root / "log_groups" / "log_groups.parquet")


def network(seed: int, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Flow logs: every internet flow also on the NAT interface, zone flows on both ends, and records without data."""
    true = usage_network.flows(seed)
    rows = [usage_network.BY_ID[i] for i in true["interface"]]
    slot = np.arange(len(true)) % 200
    peer = [usage_network.PEER[k].format(n + 1) for k, n in zip(true["class"], slot)]
    base = pd.DataFrame({
        "account_id": true["account"], "interface_id": true["interface"], "srcaddr": [r[4] for r in rows], "dstaddr": peer, "pkt_srcaddr": [r[4] for r in rows], "pkt_dstaddr": peer,
        "bytes": true["bytes"], "start": true["start_s"], "end": true["end_s"], "instance_id": [r[3] for r in rows], "region": true["region"],
        "flow_direction": "egress", "traffic_path": true["class"].map({"internet": "1", "inter_region": "5", "inter_az": "1"}), "dst_class": true["class"], "log_status": "OK",
    })
    internet, zones = base[base["dst_class"].eq("internet")], base[base["dst_class"].eq("inter_az")]
    gate = {a: n for a, n in usage_network.NAT.items()}
    nat = pd.DataFrame({"interface_id": [gate[a][0] for a in internet["account_id"]], "own": [gate[a][1] for a in internet["account_id"]]}, index=internet.index)
    arriving = internet.assign(interface_id=nat["interface_id"], dstaddr=nat["own"], instance_id=None, flow_direction="ingress", traffic_path=None)
    leaving = internet.assign(interface_id=nat["interface_id"], srcaddr=nat["own"], pkt_srcaddr=nat["own"], instance_id=None, traffic_path="8")
    far = zones.assign(interface_id="eni-0e" + zones["account_id"].str[-1] + "00000000000000", instance_id=None, flow_direction="ingress", traffic_path=None)
    silent = base.iloc[::97].assign(srcaddr=None, dstaddr=None, pkt_srcaddr=None, pkt_dstaddr=None, bytes=-1, flow_direction=None, traffic_path=None, dst_class=None, log_status="NODATA")
    silent.loc[silent.index[::3], "log_status"] = "SKIPDATA"
    flows = pd.concat([base, arriving, leaving, far, silent], ignore_index=True)
    flows = flows.sort_values(["start", "interface_id", "dstaddr", "flow_direction", "bytes"], kind="stable", na_position="first").reset_index(drop=True)
    no_data = flows["bytes"].lt(0).to_numpy()

    def text(name):
        return strings(flows[name])

    count = len(flows)
    columns = {
        "version": pa.array([5] * count), "account_id": text("account_id"), "interface_id": text("interface_id"), "srcaddr": text("srcaddr"), "dstaddr": text("dstaddr"),
        "srcport": strings(np.where(no_data, "", "44321")), "dstport": strings(np.where(no_data, "", "443")), "protocol": strings(np.where(no_data, "", "6")),
        "packets": pa.array(flows["bytes"].to_numpy() // 1400, mask=no_data), "bytes": pa.array(flows["bytes"].to_numpy(), mask=no_data), "start": pa.array(flows["start"]),
        "end": pa.array(flows["end"]), "action": strings(np.where(no_data, "", "ACCEPT")), "log_status": text("log_status"), "instance_id": text("instance_id"),
        "pkt_srcaddr": text("pkt_srcaddr"), "pkt_dstaddr": text("pkt_dstaddr"), "region": text("region"), "flow_direction": text("flow_direction"), "traffic_path": text("traffic_path"),
        "dst_class": text("dst_class"),
    }
    table = pa.table(columns)
    second = flows["account_id"].eq("210000000002").to_numpy()
    write_parquet(table.filter(pa.array(~second)), root / "vpc_flow_logs" / "210000000001" / "flows.parquet")
    native = table.filter(pa.array(second))
    dashed = pa.table([pa.compute.fill_null(c.cast(pa.string()), "-") for c in native.columns], names=[n.replace("_", "-") for n in native.column_names])
    write_csv(dashed, root / "vpc_flow_logs" / "210000000002" / "flows.csv.gz", connection)


def agent_runs(calls: pd.DataFrame, seed: int, root: Path) -> pd.DataFrame:
    """One row per agent session, as the agent runtime reports it."""
    mine = calls[calls["session"].notna()]
    runs = mine.groupby("session", sort=True).agg(
        agent=("agent", "first"), stream=("stream", "first"), tag_team=("tag_team", "first"), feature=("feature", "first"), start=("started_ms", "min"),
        last=("started_ms", "max"), calls=("call_id", "size"), errors=("status", lambda s: int((s == "error").sum()))).reset_index()
    runs["end"] = runs["last"] + 30_000
    runs = runs.sort_values(["start", "session"], kind="stable").reset_index(drop=True)
    rng = generator(seed, 80)
    status = np.where(runs["calls"] > 300, "aborted", np.where(rng.random(len(runs)) < 0.05, "failed", "completed"))
    write_parquet(pa.table({
        "agent_session_id": strings(runs["session"]), "agent_name": strings(runs["agent"]), "task_id": strings(["task-" + s[-6:] for s in runs["session"]]),
        "started_at": timestamps(runs["start"]), "ended_at": timestamps(runs["end"]), "status": strings(status), "calls_reported": pa.array(runs["calls"]),
        "reported_cost_usd": pa.nulls(len(runs), pa.decimal128(38, 12)), "tags": strings([tags(team=t, feature=f) for t, f in zip(runs["tag_team"], runs["feature"])]),
    }), root / "agent_runs" / "agent_runs.parquet")
    return runs.assign(status=status)


def outcomes(calls: pd.DataFrame, runs: pd.DataFrame, seed: int, root: Path, connection: duckdb.DuckDBPyConnection, book: Book) -> pd.DataFrame:
    """Business events: tickets, reviews, documents. A few arrive twice, some succeed, some do not."""
    rng = generator(seed, 81)
    parts = []
    for stream, kind, rate, value in (("ticket_agent", "ticket_resolved", 0.78, 6), ("code_review_agent", "code_review_completed", 0.84, 22)):
        mine = runs[runs["stream"].eq(stream)]
        done = rng.random(len(mine)) < rate
        done &= mine["status"].eq("completed").to_numpy()
        parts.append(pd.DataFrame({"type": kind, "feature": mine["feature"], "team": mine["tag_team"], "at": mine["end"] + rng.integers(60_000, 7_200_000, len(mine)),
                                   "success": done, "session": mine["session"], "value": np.where(done, value, 0)}))
    docs = calls[calls["stream"].isin(["nightly_documents"]) & calls["status"].eq("ok")]
    parts.append(pd.DataFrame({"type": "document_processed", "feature": "doc_processing", "team": "docs", "at": docs["started_ms"] + docs["duration_ms"],
                               "success": rng.random(len(docs)) < 0.97, "session": None, "value": 1}))
    events = pd.concat(parts, ignore_index=True).sort_values(["at", "type", "session"], kind="stable").reset_index(drop=True)
    events = events[events["at"] < TELEMETRY_END_MS].reset_index(drop=True)
    events["id"] = [f"out-{n:06d}" for n in range(len(events))]
    twice = events.iloc[100::400]
    table_rows = pd.concat([events, twice], ignore_index=True)
    table = pa.table({
        "outcome_id": strings(table_rows["id"]), "outcome_type": strings(table_rows["type"]), "feature": strings(table_rows["feature"]), "team": strings(table_rows["team"]),
        "occurred_at": timestamps(table_rows["at"]), "success": pa.array(table_rows["success"].astype(bool)), "agent_session_id": strings(table_rows["session"]),
        "value": decimals(table_rows["value"].to_numpy() * 100, 2),
    })
    billed = table_rows["at"].to_numpy() < BILLED_END_MS
    write_csv(table.filter(pa.array(billed)), root / "outcomes" / "outcomes_2026q3.csv", connection)
    write_csv(table.filter(pa.array(~billed)), root / "outcomes" / "outcomes_2026-11.csv", connection)
    book.plant("outcome_twice", "outcomes with the same outcome_id", "delivered twice: count once", None, None, rows=len(twice))
    return events
