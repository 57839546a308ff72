"""Writes GPU telemetry: pods, node hours, and SageMaker's own descriptions of its training jobs."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from .company import DAY_MS
from .money import decimals
from .telemetry_llm import moment_text
from .usage_gpu import NODES, pods, training_jobs
from .writers import strings, timestamps, write_csv, write_lines, write_parquet


def write(seed: int, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """gpu_pods, node_hours and SageMaker's own job descriptions."""
    cluster = {n.name: n.cluster for n in NODES}
    frame = pods(seed)
    open_ended = frame["open_ended"].astype(bool).to_numpy()
    waiting = frame["phase"].eq("Pending").to_numpy()
    table = pa.table(
        {
            "cluster": strings(frame["node"].map(cluster).fillna("gpu-train")),
            "node_name": strings(frame["node"]),
            "namespace": strings(frame["namespace"]),
            "pod_name": strings(frame["pod_name"]),
            "workload": strings(frame["workload"]),
            "gpus": decimals(np.where(waiting, 8, frame["quarters"]) * 25 * np.where(waiting, 4, 1), 2),
            "scheduled_at": timestamps(frame["start_ms"]),
            "ended_at": timestamps(np.where(open_ended, -1, np.where(waiting, frame["created_ms"].fillna(0).astype(np.int64) + 7_200_000, frame["end_ms"]))),
            "phase": strings(frame["phase"]),
            "labels": strings(frame["labels"]),
        }
    )
    write_csv(table, root / "gpu_pods" / "pods.csv.gz", connection)
    rows = []
    for node in NODES:
        for start, end in node.runs:
            clock = start
            while clock < end:  # one row a day
                stop = min(end, (clock // DAY_MS + 1) * DAY_MS)
                rows.append((node.provider, node.account, node.region, node.cluster, node.name, node.resource_id, node.instance_type, node.gpus, clock, stop))
                clock = stop
    names = ["provider", "account_id", "region", "cluster", "node_name", "resource_id", "instance_type", "gpus", "started_at", "ended_at"]
    up = pd.DataFrame(rows, columns=names)
    columns = {n: strings(up[n]) for n in names[:7]} | {
        "gpus": pa.array(up["gpus"]),
        "started_at": timestamps(up["started_at"]),
        "ended_at": timestamps(up["ended_at"]),
    }
    write_parquet(pa.table(columns), root / "node_hours" / "node_hours.parquet")
    lines = []
    for job in training_jobs(seed).itertuples():
        known = [{"Key": "team", "Value": job.team}, {"Key": "feature", "Value": job.feature}] if job.known != "nowhere" else []
        lines.append(
            json.dumps(
                {
                    "TrainingJobName": job.job,
                    "TrainingJobArn": f"arn:aws:sagemaker:us-east-1:440000000002:training-job/{job.job}",
                    "TrainingJobStatus": "Completed",
                    "ResourceConfig": {"InstanceType": "ml.p4d.24xlarge", "InstanceCount": int(job.instances), "VolumeSizeInGB": 500},
                    "TrainingStartTime": str(moment_text([job.start_ms])[0]),
                    "TrainingEndTime": str(moment_text([job.end_ms])[0]),
                    "TrainingTimeInSeconds": int(job.seconds),
                    "BillableTimeInSeconds": int(job.billable),
                    "EnableManagedSpotTraining": bool(job.spot),
                    "Tags": known,
                }
            )
        )
    write_lines(lines, root / "sagemaker_training_jobs" / "describe_training_jobs.jsonl")
