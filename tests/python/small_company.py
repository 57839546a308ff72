"""A company of two days that can be worked by hand: one AWS bill, all six layers, three teams, one agent session, some idle and some untagged use.

`tables()` gives its rows per landing folder; a test changes them and writes them with `write()`.
"""

from __future__ import annotations

import copy
import csv
import io
import json
import random
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
Tables = dict[str, Rows]

PAYER, MEMBER, REGION = "111122223333", "210000000001", "us-east-1"
DAYS = [datetime(2026, 9, 14), datetime(2026, 9, 15)]
FIRST_DELIVERY, SECOND_DELIVERY = "delivery=20261001T000000Z", "delivery=20261002T000000Z"
BILLS = {"aws_cur2"}


def tables() -> Tables:
    return copy.deepcopy(
        {
            "aws_cur2": bill(),
            "llm_calls": llm_calls(),
            "agent_runs": [
                {"agent_session_id": "session-1", "agent_name": "ticket-agent", "task_id": "t-1", "started_at": at(0, 9), "ended_at": at(0, 9, 30), "status": "ok", "tags": tags("support")}
            ],
            "node_hours": [
                {
                    "provider": "aws", "account_id": MEMBER, "region": REGION, "cluster": "train", "node_name": "node-1", "resource_id": "i-0aaaaaaaaaaaaaaa1",
                    "instance_type": "p5.48xlarge", "gpus": 8, "started_at": at(0, 21), "ended_at": at(1, 3),
                }
            ],
            "gpu_pods": [
                pod("pod-1", "search", 4, at(0, 21), at(1, 2)),
                pod("pod-2", "growth", 0.25, at(0, 21, 30), at(0, 22, 15)),
                pod("pod-3", None, 1, at(0, 23), at(1, 1)),
            ],
            "vector_queries": [query(number, team, day, units) for number, (team, day, units) in enumerate([("search", 0, 3), ("support", 0, 1), ("search", 1, 2), (None, 1, 1)])],
            "vector_indexes": [
                {"engine": "opensearch_serverless", "provider": "aws", "account_id": MEMBER, "region": REGION, "index_name": name, "usage_date": DAYS[day].date(), "storage_gib": gib, "vectors": 1000, "tags": tags(team)}
                for day in (0, 1)
                for name, gib, team in [("help", 3, "support"), ("catalogue", 7, "search")]
            ],
            "object_storage": [
                {"provider": "aws", "account_id": MEMBER, "region": REGION, "bucket": "corpus", "prefix": prefix, "storage_class": "STANDARD", "usage_date": DAYS[day].date(), "bytes": size, "tags": tags(team)}
                for day in (0, 1)
                for prefix, size, team in [("a/", 7_000_000_000, "support"), ("b/", 3_000_000_000, "growth"), ("c/", 1_000_000_000, None)]
            ],
            "log_groups": [
                {"provider": "aws", "account_id": MEMBER, "region": REGION, "log_group": name, "usage_date": DAYS[day].date(), "ingested_bytes": size, "stored_bytes": size, "tags": tags(team)}
                for day in (0, 1)
                for name, size, team in [("/app/support", 2_000_000_000, "support"), ("/app/search", 1_000_000_000, "search")]
            ],
            "vpc_flow_logs": [flow(number, day, minute, size) for number, day, minute, size in [(1, 0, 0, 5000), (2, 0, 10, 3000), (1, 1, 20, 1000), (3, 1, 40, 700)]],
            "outcomes": [
                {"outcome_id": "o-1", "outcome_type": "ticket_resolved", "feature": "chat", "team": "support", "occurred_at": at(0, 10), "success": True, "agent_session_id": "session-1", "value": 1},
                {"outcome_id": "o-2", "outcome_type": "ticket_resolved", "feature": "chat", "team": "support", "occurred_at": at(1, 10), "success": False, "agent_session_id": None, "value": 1},
            ],
        }
    )  # fmt: skip


def policy() -> Tables:
    rule = {"scope": "any", "match_type": "tag", "match_value": "*", "comment": "what the tag says"}
    return {
        "owner_rules": [
            {**rule, "rule_id": "tag-team", "priority": 10, "match_key": "team", "team": "{value}"},
            {**rule, "rule_id": "tag-feature", "priority": 20, "match_key": "feature", "feature": "{value}"},
            {**rule, "rule_id": "tag-env", "priority": 30, "match_key": "env", "environment": "{value}"},
            {"rule_id": "flows-1", "priority": 40, "scope": "usage", "match_type": "interface", "match_value": "eni-1", "team": "support", "comment": "support's interface"},
            {"rule_id": "flows-2", "priority": 41, "scope": "usage", "match_type": "interface", "match_value": "eni-2", "team": "growth", "comment": "growth's interface"},
        ],
        "allocation_rules": [
            {"rule_id": "idle-gpu", "step": "idle", "layer": "gpu", "method": "owner", "priority": 10, "comment": "idle is the cluster owner's"},
            {"rule_id": "tax", "step": "shared", "charge_category": "Tax", "method": "proportional", "priority": 20, "comment": "tax follows spend"},
        ],
        "allocation_rule_targets": [],
        "outcome_definitions": [{"outcome_type": "ticket_resolved", "feature": "chat", "team": "support", "weight": 1, "comment": "a resolved ticket"}],
    }


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return DAYS[day] + timedelta(hours=hour, minutes=minute)


def tags(team: str | None, **more: str) -> str:
    return json.dumps({**({"team": team} if team else {}), **more})


def bill() -> Rows:
    lines = []
    for day in (0, 1):
        for kind, thousands, price in [("input-tokens", 9 + day, "0.003"), ("cache-read-input-token-count", 20, "0.0003"), ("output-tokens", 3, "0.015")]:
            lines.append(line("AmazonBedrock", f"USE1-Claude4.6Sonnet-{kind}", day, thousands, price, unit="1K tokens"))
        lines.append(line("AmazonES", "USE1-SearchOCU", day, 48, "0.24", unit="OCU-Hours"))
        lines.append(line("AmazonS3", "TimedStorage-ByteHrs", day, 11, "0.000766666667", unit="GB-Mo", resource="arn:aws:s3:::corpus"))
        lines.append(line("AmazonCloudWatch", "DataProcessing-Bytes", day, 3, "0.5", unit="GB"))
        lines.append(line("AWSDataTransfer", "DataTransfer-Out-Bytes", day, "0.00001", "0.09", unit="GB"))
        lines.append(line("AmazonEC2", "BoxUsage:m5.large", day, 24, "0.096", unit="Hrs", resource="i-0bbbbbbbbbbbbbbb2"))
    for hour in range(6):
        lines.append(line("AmazonEC2", "BoxUsage:p5.48xlarge", 0, 1, "98.32", unit="Hrs", resource="i-0aaaaaaaaaaaaaaa1", hour=21 + hour))
    lines.append(line("AmazonBedrock", "USE1-Claude4.6Sonnet-output-tokens", 1, 0, "0", kind="Credit", cost="-0.01", unit="1K tokens"))
    lines.append(line("AmazonEC2", "", 0, 1, "1", kind="Tax", cost="7.77"))
    return lines


def line(product: str, usage_type: str, day: int, amount: Any, price: str, *, unit: str = "", resource: str = "", hour: int | None = None, kind: str = "Usage", cost: str | None = None) -> dict[str, Any]:
    starts = DAYS[day] + timedelta(hours=hour or 0)
    ends = starts + (timedelta(hours=1) if hour is not None else timedelta(days=1))
    return {
        "bill_payer_account_id": PAYER, "bill_bill_type": "Anniversary", "bill_billing_entity": "AWS", "bill_invoicing_entity": "Amazon Web Services, Inc.",
        "bill_billing_period_start_date": "2026-09-01T00:00:00Z", "bill_billing_period_end_date": "2026-10-01T00:00:00Z",
        "line_item_usage_account_id": MEMBER, "line_item_line_item_type": kind,
        "line_item_usage_start_date": f"{starts:%Y-%m-%dT%H:%M:%SZ}", "line_item_usage_end_date": f"{ends:%Y-%m-%dT%H:%M:%SZ}",
        "line_item_product_code": product, "line_item_usage_type": usage_type, "line_item_operation": "", "line_item_resource_id": resource,
        "line_item_usage_amount": amount, "line_item_currency_code": "USD", "line_item_unblended_cost": cost or f"{Decimal(str(amount)) * Decimal(price):f}",
        "line_item_line_item_description": usage_type, "pricing_unit": unit, "product_region_code": REGION,
        "product_instance_type": usage_type.partition(":")[2], "resource_tags": "{}", "tags": "{}",
    }  # fmt: skip


def llm_calls() -> Rows:
    calls = []
    for number, (team, day, hour, session, given, read, out) in enumerate(
        [
            ("support", 0, 9, "session-1", 1000, 6000, 400),
            ("support", 0, 10, "session-1", 2000, 7000, 600),
            ("support", 0, 11, "session-1", 3000, 7000, 500),
            ("search", 0, 12, None, 2000, 0, 900),
            (None, 0, 13, None, 1001, 0, 601),
            ("search", 1, 1, None, 6000, 20000, 1000),
            ("growth", 1, 2, None, 3000, 0, 1999),
            ("support", 1, 3, None, 1000, 0, 1),
        ]
    ):
        calls.append(
            {
                "call_id": f"call-{number}", "provider": "aws", "platform": "bedrock", "account_id": MEMBER, "region": REGION, "geo_scope": "in_region", "model": "anthropic.claude-sonnet-4-6",
                "service_tier": "standard", "operation": "chat", "started_at": at(day, hour), "ended_at": at(day, hour) + timedelta(seconds=8), "status": "ok",
                "token_convention": "exclusive", "input_tokens": given, "cache_read_tokens": read, "cache_write_5m_tokens": 0, "cache_write_1h_tokens": 0, "output_tokens": out,
                "reasoning_tokens": 0, "retrieved_context_tokens": given // 4, "agent_session_id": session, "agent_name": "ticket-agent" if session else None,
                "tags": tags(team, feature="chat" if team == "support" else "other", env="prod"),
            }
        )  # fmt: skip
    return calls


def pod(name: str, team: str | None, gpus: float, starts: datetime, ends: datetime) -> dict[str, Any]:
    return {
        "cluster": "train", "node_name": "node-1", "namespace": "default", "pod_name": name, "workload": name, "gpus": gpus,
        "scheduled_at": starts, "ended_at": ends, "phase": "Succeeded", "tags": tags(team),
    }  # fmt: skip


def query(number: int, team: str | None, day: int, units: float) -> dict[str, Any]:
    return {
        "query_id": f"query-{number}", "engine": "opensearch_serverless", "provider": "aws", "account_id": MEMBER, "region": REGION, "index_name": "catalogue",
        "queried_at": at(day, 8, number), "query_units": units, "tags": tags(team),
    }  # fmt: skip


def flow(interface: int, day: int, minute: int, size: int) -> dict[str, Any]:
    starts = at(day, 5, minute)
    return {
        "version": 5, "account_id": MEMBER, "interface_id": f"eni-{interface}", "instance_id": f"i-0ccccccccccccccc{interface}", "srcaddr": f"10.0.0.{interface}", "dstaddr": "203.0.113.9",
        "srcport": 443, "dstport": 50000 + minute, "protocol": 6, "packets": 10, "bytes": size, "start": int((starts - datetime(1970, 1, 1)).total_seconds()),
        "end": int((starts + timedelta(minutes=8) - datetime(1970, 1, 1)).total_seconds()), "action": "ACCEPT", "log_status": "OK", "region": REGION, "flow_direction": "egress",
        "traffic_path": 8, "dst_class": "internet",
    }  # fmt: skip


def text(value: Any) -> Any:
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else "" if value is None else str(value)


def as_csv(rows: Rows) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def as_jsonl(rows: Rows) -> str:
    return "".join(json.dumps({name: text(value) if value is not None else None for name, value in row.items()}) + "\n" for row in rows)


def write(root: Path, contents: Tables, *, name: str = "part-0", delivery: str = FIRST_DELIVERY) -> Path:
    """Writes each table as one CSV; a bill goes into its delivery's folder."""
    for folder, rows in contents.items():
        if not rows:
            continue
        path = root / folder / ("main/" + delivery if folder in BILLS else "") / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(as_csv(rows))
    return root


def write_policy(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, rows in policy().items():
        if rows:
            (root / f"{name}.csv").write_text(as_csv(rows))
    return root


def shuffled(contents: Tables, seed: int) -> Tables:
    dice = random.Random(seed)
    return {folder: dice.sample(rows, len(rows)) for folder, rows in contents.items()}
