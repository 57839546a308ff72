"""Simulates object stores, volumes and logs: what is kept, and whose it is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .company import DAYS, generator, month_of, tags

STEP = 1 << 26  # sizes are whole 1/16 GiB, so that GiB with few decimals stay exact

# account, region, bucket, bill tags, [(prefix, team label, feature, TiB, GiB a day)], where the owner is known: bill, prefix, rule, nowhere
# fmt: off
BUCKETS = [
    ("210000000001", "us-east-1", "support-transcripts", tags(team="support", feature="chat_rag", env="prod"), [("", "support", "chat_rag", 14, 20)], "bill"),
    ("210000000001", "us-east-1", "search-corpus", tags(team="Search", feature="semantic_search", env="PROD"), [("", "search", "semantic_search", 30, 45)], "bill"),
    ("210000000001", "us-east-1", "shared-datalake", "{}",
     [("support/", "support", "ticket_agent", 9, 5), ("search/", "search", "research_agent", 12, 30), ("growth/", "growth", "campaign_copy", 4, 2)], "prefix"),
    ("210000000002", "us-west-2", "docs-originals", "{}", [("", "docs", "doc_processing", 48, 60)], "rule"),
    ("210000000001", "us-east-1", "legacy-dumps", "{}", [("", "support", "chat_rag", 11, 0)], "nowhere"),
    ("440000000002", "us-west-2", "training-checkpoints", tags(team="data_science", feature="churn_model", env="research"),
     [("", "data_science", "churn_model", 36, 90)], "bill"),
]
# fmt: on
# account, region, volume, GiB, attached to, team label, feature, where known: bill, volume, nowhere
# fmt: off
VOLUMES = [
    ("210000000001", "us-east-1", "vol-0c11a2b3d4e5f6071", 4096, "i-0c01aa22bb33cc441", "support", "chat_rag", "bill"),
    ("210000000001", "us-east-1", "vol-0c12a2b3d4e5f6072", 6144, "i-0c02aa22bb33cc442", "search", "semantic_search", "volume"),
    ("210000000003", "us-east-1", "vol-0c13a2b3d4e5f6073", 1024, "i-0c03aa22bb33cc443", "growth", "campaign_copy", "bill"),
    ("210000000001", "us-east-1", "vol-0c14a2b3d4e5f6074", 2048, None, "search", "semantic_search", "nowhere"),
    ("210000000002", "us-west-2", "vol-0c15a2b3d4e5f6075", 8192, "i-0c05aa22bb33cc445", "docs", "doc_processing", "volume"),
]
# fmt: on
# account, region, log group, bill tags, [(team label, feature, workload, GiB ingested a day by month)], where known
# fmt: off
LOG_GROUPS = [
    ("210000000001", "us-east-1", "/apportion/support-chat", tags(team="support", feature="chat_rag", env="prod"), [("support", "chat_rag", "chat-api", (34, 34, 36, 36))], "bill"),
    ("210000000001", "us-east-1", "/apportion/eks/ticket-agent", "{}", [("support", "ticket_agent", "ticket-agent", (18, 18, 19, 19))], "group"),
    ("210000000001", "us-east-1", "/apportion/eks/research-agent", "{}", [("search", "research_agent", "research-agent", (22, 22, 64, 64))], "group"),
    ("210000000001", "us-east-1", "/apportion/eks/copy-service", "{}", [("growth", "campaign_copy", "copy-service", (7, 7, 7, 7))], "group"),
    ("210000000002", "us-west-2", "/apportion/doc-pipeline", tags(team="docs", feature="doc_processing", env="prod"),
     [("docs", "doc_processing", "doc-pipeline", (26, 26, 27, 27))], "bill"),
    ("210000000005", "us-east-1", "/aws/vpc/flow-logs", "{}", [("platform", "network", "flow-logs", (40, 40, 42, 42))], "rule"),
]
# fmt: on


def objects(seed: int) -> pd.DataFrame:
    """Average bytes per bucket prefix and day."""
    rng = generator(seed, 30)
    rows = []
    for account, region, bucket, _, prefixes, known in BUCKETS:
        for prefix, team, feature, tib, grow in prefixes:
            noise = np.cumsum(rng.integers(0, 32, DAYS))
            for day in range(DAYS):
                sixteenths = tib * 1024 * 16 + day * grow * 16 + int(noise[day]) * (grow > 0)
                rows.append((account, region, bucket, prefix, team, feature, known, day, sixteenths * STEP))
    return pd.DataFrame(rows, columns=["account", "region", "bucket", "prefix", "tag_team", "feature", "known", "day", "bytes"])


def logs(seed: int) -> pd.DataFrame:
    """Bytes ingested and stored per log group, emitting workload and day (30 days kept)."""
    rng = generator(seed, 31)
    rows = []
    for account, region, group, _, emitters, known in LOG_GROUPS:
        for team, feature, workload, gib in emitters:
            stored = gib[0] * 16 * 30
            for day in range(DAYS):
                ingested = int(gib[month_of(day)] * 16 * (0.85 + 0.3 * rng.random()))
                stored += ingested - stored // 30
                rows.append((account, region, group, team, feature, workload, known, day, ingested * STEP, stored * STEP))
    return pd.DataFrame(rows, columns=["account", "region", "log_group", "tag_team", "feature", "workload", "known", "day", "ingested", "stored"])
