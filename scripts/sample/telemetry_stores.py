"""Writes what is kept and searched: vector queries and indexes, object inventories, volumes, log groups."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from . import usage_retrieval, usage_storage
from .company import DAY_MS, EPOCH, START, START_MS, month_of, tags
from .money import decimals
from .writers import dates, strings, timestamps, write_csv, write_parquet

FIRST_DAY = (START - EPOCH).days


def retrieval(asked: pd.DataFrame, root: Path) -> None:
    """Vector queries and index inventories."""
    index = usage_retrieval.INDEX
    sets = {key: tags(team=key[0], feature=key[1], env="prod") for key in set(zip(asked["tag_team"], asked["feature"]))}
    labels = [None if lost else sets[k] for k, lost in zip(zip(asked["tag_team"], asked["feature"]), asked["untagged"])]
    table = pa.table(
        {
            "query_id": strings(asked["query_id"]),
            "engine": strings([index[i][0] for i in asked["index"]]),
            "provider": strings([index[i][1] for i in asked["index"]]),
            "account_id": strings([index[i][2] for i in asked["index"]]),
            "region": strings([index[i][3] for i in asked["index"]]),
            "index_name": strings(asked["index"]),
            "queried_at": timestamps(asked["at_ms"]),
            "query_units": decimals(asked["units"].to_numpy() * 1_000_000, 6),
            "agent_session_id": strings(asked["session"]),
            "tags": strings(labels),
        }
    )
    months = np.array([month_of(d) for d in asked["day"]])
    for month in sorted(set(months.tolist())):
        write_parquet(table.filter(pa.array(months == month)), root / "vector_queries" / f"month=2026-{8 + month:02d}" / "queries-00000.parquet")
    kept = usage_retrieval.index_days()
    write_parquet(
        pa.table(
            {
                **{c: strings(kept[c]) for c in ("engine", "provider")},
                "account_id": strings(kept["account"]),
                "region": strings(kept["region"]),
                "index_name": strings(kept["index"]),
                "usage_date": dates(kept["day"] + FIRST_DAY),
                "storage_gib": decimals(kept["gib16"].to_numpy() * 62_500, 6),
                "vectors": pa.array(kept["vectors"]),
                "indexing_units": decimals(kept["indexing_units"].to_numpy() * 1_000_000, 6),
                "tags": strings([usage_retrieval.index_tags(t, f) for t, f in zip(kept["tag_team"], kept["feature"])]),
            }
        ),
        root / "vector_indexes" / "indexes.parquet",
    )


def storage(seed: int, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Object inventories (not of the forgotten bucket), volumes, log groups."""
    kept = usage_storage.objects(seed).query("known != 'nowhere'")
    labelled = kept["known"].isin(["prefix"])
    label = [tags(team=t, feature=f, env="prod") if use else None for t, f, use in zip(kept["tag_team"], kept["feature"], labelled)]
    aws = strings(["aws"] * len(kept))
    write_parquet(
        pa.table(
            {
                "provider": aws,
                "account_id": strings(kept["account"]),
                "region": strings(kept["region"]),
                "bucket": strings(kept["bucket"]),
                "prefix": strings(kept["prefix"]),
                "storage_class": strings(["STANDARD"] * len(kept)),
                "usage_date": dates(kept["day"] + FIRST_DAY),
                "bytes": pa.array(kept["bytes"]),
                "tags": strings(label),
            }
        ),
        root / "object_storage" / "daily_bytes.parquet",
    )
    volumes = [v for v in usage_storage.VOLUMES if v[7] != "nowhere"]
    write_csv(
        pa.table(
            {
                "provider": strings(["aws"] * len(volumes)),
                "account_id": strings([v[0] for v in volumes]),
                "region": strings([v[1] for v in volumes]),
                "volume_id": strings([v[2] for v in volumes]),
                "volume_type": strings(["gp3"] * len(volumes)),
                "size_gib": pa.array([v[3] for v in volumes]),
                "attached_to": strings([v[4] for v in volumes]),
                "started_at": timestamps([START_MS - 30 * DAY_MS] * len(volumes)),
                "ended_at": timestamps([-1] * len(volumes)),
                "tags": strings([tags(team=v[5], feature=v[6], env="prod") for v in volumes]),
            }
        ),
        root / "volumes" / "volumes.csv",
        connection,
    )
    written = usage_storage.logs(seed)
    tagged = written["known"].ne("rule")
    write_parquet(
        pa.table(
            {
                "provider": strings(["aws"] * len(written)),
                "account_id": strings(written["account"]),
                "region": strings(written["region"]),
                "log_group": strings(written["log_group"]),
                "usage_date": dates(written["day"] + FIRST_DAY),
                "ingested_bytes": pa.array(written["ingested"]),
                "stored_bytes": pa.array(written["stored"]),
                "tags": strings(
                    [
                        tags(team=t, feature=f, env="prod", workload=w) if use else None
                        for t, f, w, use in zip(written["tag_team"], written["feature"], written["workload"], tagged)
                    ]
                ),
            }
        ),
        root / "log_groups" / "log_groups.parquet",
    )
