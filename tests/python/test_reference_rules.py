"""Model aliases, classification rules and units: the expressions themselves, and real bill strings and telemetry names through them."""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from re import _parser as regex_parser

import duckdb
import jinja2
import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds" / "reference"


@functools.cache
def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


# --- rules: the expressions ----------------------------------------------------------------------------------------------------------------------

RULE_SEEDS = {"charge_layers": "text_pattern", "token_line_patterns": "text_pattern", "token_tier_patterns": "text_pattern", "token_routing_patterns": "text_pattern", "token_modality_patterns": "text_pattern", "token_context_patterns": "text_pattern"}


def all_patterns() -> list[tuple[str, str, str]]:
    """(where, pattern, hints) of every regular expression in the seeds."""
    found = [(f"{name} {item['rule_id']}", item[column], item["text_hints"]) for name, column in RULE_SEEDS.items() for item in seed(name)]
    found += [(f"charge_layers {item['rule_id']} service", item["service_pattern"], "") for item in seed("charge_layers")]
    found += [(f"unit_multipliers {item['rule_id']}", item["text_pattern"], "") for item in seed("unit_multipliers") if item["text_pattern"]]
    found += [(f"accelerators {item['rule_id']}", item["text_pattern"], item["text_hints"]) for item in seed("accelerators")]
    found += [(item["alias_id"], item["alias"], item["alias_hints"]) for item in seed("model_aliases") if item["alias_kind"] == "regex"]
    return found


def test_every_pattern_runs_in_re2_and_java():
    """DuckDB speaks RE2, Spark Java: no look-around, no back-reference, no possessive quantifier."""
    for where, pattern, _ in all_patterns():
        re.compile(pattern)
        duckdb.execute("select regexp_matches('text', ?, 'i')", [pattern])
        assert not re.search(r"\(\?[=!<]|\\[1-9]|[*+?]\+", pattern), where


def implies_a_hint(items: Sequence[tuple[object, object]], hints: set[str]) -> bool:
    """Must every match of the parsed expression contain one of the literals?"""
    run = ""
    for operation, argument in [*items, (None, None)]:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument).lower()
            continue
        if any(hint in run for hint in hints):
            return True
        run = ""
        if name == "SUBPATTERN" and implies_a_hint(list(argument[3]), hints):
            return True
        if name == "BRANCH" and all(implies_a_hint(list(branch), hints) for branch in argument[1]):
            return True
        if name in ("MAX_REPEAT", "MIN_REPEAT") and argument[0] > 0 and implies_a_hint(list(argument[2]), hints):
            return True
    return False


def test_hints_never_hide_a_match():
    for where, pattern, hints in all_patterns():
        if hints:
            assert hints == hints.lower()
            assert implies_a_hint(list(regex_parser.parse(pattern, re.IGNORECASE)), set(hints.split("|"))), f"{where}: a text can match without any of {hints}"


def test_no_alias_is_a_guess():
    """A bill expression is bounded on the left, so that it never starts inside another word; names are written out."""
    for item in seed("model_aliases"):
        if item["alias_kind"] == "regex":
            assert item["alias"].startswith(("(?:^|", "^")), item
        else:
            assert item["alias"] == item["alias"].lower().strip(), item


# --- rules: real bill strings --------------------------------------------------------------------------------------------------------------------


def first_rule(name: str, provider: str, text: str, service: str | None = None) -> dict[str, str]:
    for item in sorted(seed(name), key=lambda rule: int(rule["priority"])):
        if item["provider"] in ("", provider) and (service is None or re.search(item["service_pattern"], service, re.IGNORECASE)):
            if re.search(item["text_pattern"], text, re.IGNORECASE):
                return item
    return {}


def classify(provider: str, service: str, text: str) -> tuple[str, str, str | None, str, str]:
    """layer, driver kind, token kind, tier, routing: as int_charges__skus does it."""
    layer = first_rule("charge_layers", provider, text, service)
    return (
        layer.get("layer", "other"),
        layer.get("driver_kind", "none"),
        first_rule("token_line_patterns", provider, text).get("token_kind"),
        first_rule("token_tier_patterns", provider, text).get("service_tier", "standard"),
        first_rule("token_routing_patterns", provider, text).get("geo_scope", "in_region"),
    )


BEDROCK, MARKETPLACE, AZURE_OPENAI, VERTEX = "Amazon Bedrock", "Claude Sonnet 4.6 (Amazon Bedrock Edition)", "Azure OpenAI", "Vertex AI"
MP_IN = "|AWS Marketplace software usage|us-east-1|Million Input Tokens"
S, R, G = "standard", "in_region", "global"

# provider, service, text, token kind, tier, routing, model
TOKEN_LINES = [
    ("aws", BEDROCK, "USE1-Claude4.6Sonnet-input-tokens|$0.0033 per 1K input tokens for Claude4.6Sonnet in US East (N. Virginia)", "input", S, R, "claude-sonnet-4-6"),
    ("aws", BEDROCK, "USE1-Claude4.6Sonnet-output-tokens-cross-region-global", "output", S, G, "claude-sonnet-4-6"),
    ("aws", BEDROCK, "USE1-Claude4.6Sonnet-cache-read-input-token-count", "cache_read", S, R, "claude-sonnet-4-6"),
    ("aws", BEDROCK, "USE1-Claude4.6Sonnet-cache-write-input-token-count", "cache_write_5m", S, R, "claude-sonnet-4-6"),
    ("aws", BEDROCK, "USE1-Claude4.6Sonnet-cache-write-1h-input-token-count", "cache_write_1h", S, R, "claude-sonnet-4-6"),
    ("aws", BEDROCK, "USW2-Claude4.5Haiku-cache-write-input-token-count-cross-region-global", "cache_write_5m", S, G, "claude-haiku-4-5"),
    ("aws", BEDROCK, "USE1-Claude4.5Haiku-input-tokens-batch", "input", "batch", R, "claude-haiku-4-5"),
    ("aws", BEDROCK, "USE1-Claude4.5Haiku-output-tokens-cross-region-global-batch", "output", "batch", G, "claude-haiku-4-5"),
    ("aws", BEDROCK, "USE1-Claude3.5Sonnet-output-tokens", "output", S, R, "claude-3-5-sonnet"),
    ("aws", BEDROCK, "USE1-Nova2.0Lite-input-tokens-flex", "input", "flex", R, "nova-2-lite"),
    ("aws", BEDROCK, "USW2-Nova2.0Lite-input-tokens-priority-cross-region-global", "input", "priority", G, "nova-2-lite"),
    ("aws", BEDROCK, "USE2-NovaMicro-input-tokens", "input", S, R, "nova-micro"),
    ("aws", BEDROCK, "EU-NovaLite-cache-read-input-token-count", "cache_read", S, R, "nova-lite"),
    ("aws", BEDROCK, "USE1-Llama3-3-70B-output-tokens", "output", S, R, "llama3-3-70b-instruct"),
    ("aws", BEDROCK, "USE1-Llama3-1-8B-input-tokens-batch", "input", "batch", R, "llama3-1-8b-instruct"),
    ("aws", BEDROCK, "USE1-gpt-oss-120b-output-tokens-priority", "output", "priority", R, "gpt-oss-120b"),
    ("aws", BEDROCK, "USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", "input", S, R, "gpt-oss-120b"),
    ("aws", BEDROCK, "USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-standard", "cache_write_5m", S, R, "claude-opus-4-8"),
    ("aws", BEDROCK, "USW2-anthropic.claude-opus-4-8-mantle-input-tokens-global-standard", "input", S, G, "claude-opus-4-8"),
    ("aws", BEDROCK, "USW2-moonshotai.kimi-k3-mantle-cache-write-tokens-30m-standard", "cache_write_5m", S, R, "kimi-k3"),
    ("aws", BEDROCK, "USW2-moonshotai.kimi-k3-mantle-input-tokens-global-flex", "input", "flex", G, "kimi-k3"),
    ("aws", BEDROCK, "USW2-Mistral-Large-3-675b-Instruct-output-tokens", "output", S, R, "mistral-large-3-675b-instruct"),
    ("aws", MARKETPLACE, "USE1-MP:USE1_InputTokenCount-Units" + MP_IN, "input", S, R, "claude-sonnet-4-6"),
    ("aws", MARKETPLACE, "USE1-MP:USE1_OutputTokenCount_Global-Units", "output", S, G, "claude-sonnet-4-6"),
    ("aws", MARKETPLACE, "USE1-MP:USE1_CacheReadInputTokenCount-Units", "cache_read", S, R, "claude-sonnet-4-6"),
    ("aws", MARKETPLACE, "USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units", "cache_write_1h", S, G, "claude-sonnet-4-6"),
    ("aws", MARKETPLACE, "USE1-MP:USE1_InputTokenCount_Batch-Units", "input", "batch", R, "claude-sonnet-4-6"),
    ("aws", MARKETPLACE, "APN1-MP:APN1_MillionBatchInputTokens-Units", "input", "batch", R, "claude-sonnet-4-6"),
    ("aws", "Claude Opus 5.5 (Amazon Bedrock Edition)", "USE1-MP:USE1_input_tokens_standard-Units", "input", S, R, "claude-opus-5-5"),
    ("aws", "Claude Opus 5.5 (Amazon Bedrock Edition)", "USW2-MP:USW2_cache_write_tokens_1h_global_standard-Units", "cache_write_1h", S, G, "claude-opus-5-5"),
    ("aws", "Claude Opus 5.5 (Amazon Bedrock Edition)", "USE1-MP:USE1_cache_read_tokens_global_standard-Units", "cache_read", S, G, "claude-opus-5-5"),
    ("aws", "OpenAI GPT-6 Astra (Amazon Bedrock Edition)", "USW2-MP:USW2_output_tokens_long_ctx_standard-Units", "output", S, R, "gpt-6-astra"),
    ("azure", AZURE_OPENAI, "gpt-4o-0806-Inp-glbl Tokens", "input", S, G, "gpt-4o"),
    ("azure", AZURE_OPENAI, "gpt 4o 1120 cached Inp regnl Tokens", "cache_read", S, R, "gpt-4o"),
    ("azure", AZURE_OPENAI, "gpt-4o-0806-Batch-Outp-glbl Tokens", "output", "batch", G, "gpt-4o"),
    ("azure", AZURE_OPENAI, "gpt 4o 0513 Input Data Zone Tokens", "input", S, "geo", "gpt-4o-2024-05-13"),
    ("azure", AZURE_OPENAI, "gpt-4o-mini-0718-Outp-regnl Tokens", "output", S, R, "gpt-4o-mini"),
    ("azure", AZURE_OPENAI, "gpt 4o mini0718 BatchOutp DataZone Tokens", "output", "batch", "geo", "gpt-4o-mini"),
    ("azure", AZURE_OPENAI, "gpt 4.1 Inp glbl Tokens", "input", S, G, "gpt-4.1"),
    ("azure", AZURE_OPENAI, "gpt 4.1 cached Inp Data Zone Tokens", "cache_read", S, "geo", "gpt-4.1"),
    ("azure", AZURE_OPENAI, "gpt 4.1 mini cached Inp DZone Tokens", "cache_read", S, "geo", "gpt-4.1-mini"),
    ("azure", AZURE_OPENAI, "GPT 5 Mini outpt Glbl 1M Tokens", "output", S, G, "gpt-5-mini"),
    ("azure", AZURE_OPENAI, "GPT 5 Batch Inpt cchd Glbl 1M Tokens", "cache_read", "batch", G, "gpt-5"),
    ("azure", AZURE_OPENAI, "gpt-5-codex-ccchd-inp-glbl Tokens", "cache_read", S, G, "gpt-5"),
    ("azure", AZURE_OPENAI, "5.1 pp cd inp Dz 1M Tokens", "cache_read", "priority", "geo", "gpt-5.1"),
    ("azure", AZURE_OPENAI, "5.4 pp inp Gl 1M Tokens", "input", "priority", G, "gpt-5.4"),
    ("azure", AZURE_OPENAI, "5.4 mini Opt Gl 1M Tokens", "output", S, G, "gpt-5.4-mini"),
    ("azure", AZURE_OPENAI, "6-astra ShortCo Cd Wr Std DZ 1M Tokens", "cache_write_5m", S, "geo", "gpt-6-astra"),
    ("azure", AZURE_OPENAI, "o3 mini 0131 cached input glbl Tokens", "cache_read", S, G, "o3-mini"),
    ("azure", AZURE_OPENAI, "o4-mini 0416 Batch Outp Data Zone Tokens", "output", "batch", "geo", "o4-mini"),
    ("gcp", VERTEX, "Gemini 2.5 Flash GA Text Input - Predictions", "input", S, R, "gemini-2.5-flash"),
    ("gcp", VERTEX, "Gemini 2.5 Flash GA Thinking Text Output - Predictions", "output", S, R, "gemini-2.5-flash"),
    ("gcp", VERTEX, "Gemini 2.5 Flash GA Text Output (Thinking On) - Predictions", "output", S, R, "gemini-2.5-flash"),
    ("gcp", VERTEX, "Gemini 2.5 Flash GA Input Text Caching", "cache_read", S, R, "gemini-2.5-flash"),
    ("gcp", VERTEX, "Gemini 2.5 Flash Lite Text Input - Predictions", "input", S, R, "gemini-2.5-flash-lite"),
    ("gcp", VERTEX, "Gemini 2.5 Pro Text Input (Long) - Predictions", "input", S, R, "gemini-2.5-pro"),
    ("gcp", VERTEX, "Gemini 2.5 Flash Text Input - Batch Predictions", "input", "batch", R, "gemini-2.5-flash"),
    ("gcp", VERTEX, "Gemini 3.5 Flash Regional Text Output - Predictions", "output", S, R, "gemini-3.5-flash"),
    ("gcp", "Gemini API", "Generate content input token count gemini 2.5 flash short input text", "input", S, R, "gemini-2.5-flash"),
    ("gcp", "Gemini API", "Generate content cached input token count gemini 2.5 flash input image", "cache_read", S, R, "gemini-2.5-flash"),
    ("gcp", "Gemini API", "Generate content output token count gemini 3.5 flash lite text", "output", S, R, "gemini-3.5-flash-lite"),
    ("anthropic", "Claude API", "Claude Sonnet 4.6 Usage - Input Tokens, Cache Read", "cache_read", S, R, "claude-sonnet-4-6"),
    ("anthropic", "Claude API", "Claude Haiku 4.5 Usage - Cache Write (1h) Tokens", "cache_write_1h", S, R, "claude-haiku-4-5"),
    ("openai", "OpenAI API", "gpt-4o-2024-08-06, cached input", "cache_read", S, R, "gpt-4o"),
    ("solora_ai", "Solora Generative AI API", "Cache Write Input Tokens", "cache_write_5m", S, R, None),
]


@pytest.mark.parametrize(("provider", "service", "text", "kind", "tier", "routing", "model"), TOKEN_LINES, ids=[line[2] for line in TOKEN_LINES])
def test_token_lines(provider, service, text, kind, tier, routing, model):
    assert classify(provider, service, text) == ("inference", "llm_tokens", kind, tier, routing)


OTHER_LINES = [
    ("aws", BEDROCK, "USE1-TitanEmbeddingV2-Text-input-tokens", "retrieval", "embedding", "input"),
    ("azure", AZURE_OPENAI, "text-embedding-3-large-glbl Tokens", "retrieval", "embedding", "input"),
    ("azure", AZURE_OPENAI, "embedding-ada-regional Tokens", "retrieval", "embedding", "input"),
    ("gcp", "Gemini API", "EmbedContent input token count for gemini-embedding-2 text", "retrieval", "embedding", "input"),
    ("aws", BEDROCK, "AmazonRerank-v1-searchunits", "retrieval", "rerank", None),
    ("aws", BEDROCK, "USE1-Guardrail-ContentPolicyUnitsConsumed", "inference", "none", None),
    ("aws", BEDROCK, "USE1-AgentCore-Runtime-vCPU", "inference", "none", None),
    ("aws", BEDROCK, "USE1-ProvisionedThroughput-ClaudeV2-1MonthCommit-ModelUnits", "inference", "provisioned_throughput", None),
    ("azure", AZURE_OPENAI, "Provisioned Managed Global Unit", "inference", "provisioned_throughput", None),
    ("azure", "Foundry Models", "Claude Consumption Unit - CCU", "inference", "foundry_ccu", None),
    ("gcp", VERTEX, "Gemini 2.5 Flash Text Input Caching Storage", "inference", "none", None),
    ("gcp", "Gemini API", "Cached content storage token hours", "inference", "none", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-BoxUsage:p5.48xlarge|$98.32 per On Demand Linux p5.48xlarge Instance Hour", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "USW2-SpotUsage:g5.12xlarge", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-BoxUsage:p6-b200.48xlarge", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE2-UnusedBox:p4d.24xlarge", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "$1.624 per On Demand Linux g5.4xlarge Instance Hour", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-BoxUsage:gr6.4xlarge", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-BoxUsage:trn1.32xlarge", "gpu", "gpu_node", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-BoxUsage:m5.xlarge|$0.192 per On Demand Linux m5.xlarge Instance Hour", "other", "none", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-BoxUsage:c5.large", "other", "none", None),
    ("aws", "Amazon SageMaker", "USE1-Train:ml.p4d.24xlarge", "gpu", "gpu_training", None),
    ("aws", "Amazon SageMaker", "USE1-Host:ml.g5.xlarge", "gpu", "gpu_endpoint", None),
    ("aws", "Amazon SageMaker", "USE1-Notebk:ml.g4dn.xlarge", "gpu", "gpu_node", None),
    ("aws", "Amazon SageMaker", "USE1-Notebk:ml.t3.medium", "other", "none", None),
    ("aws", "Amazon SageMaker", "USE1-Train:VolumeUsage.gp2", "storage", "volume", None),
    ("azure", "Virtual Machines", "ND96isr H100 v5", "gpu", "gpu_node", None),
    ("azure", "Azure Kubernetes Service", "NC24ads A100 v4 Spot", "gpu", "gpu_node", None),
    ("azure", "Virtual Machines", "D4s v5", "other", "none", None),
    ("gcp", "Compute Engine", "Nvidia H100 80GB GPU running in Americas", "gpu", "gpu_node", None),
    ("gcp", "Compute Engine", "A2 Instance Core running in Americas", "gpu", "gpu_node", None),
    ("gcp", "Compute Engine", "N2 Instance Core running in Americas", "other", "none", None),
    ("aws", "Amazon OpenSearch Service", "USW2-IndexingOCU|$0.24 per OCU-hours for IndexingOCU", "retrieval", "vector_index", None),
    ("aws", "Amazon OpenSearch Service", "USE1-SearchOCU|$0.24 per OCU-hours for SearchOCU", "retrieval", "vector_search", None),
    ("aws", "AmazonES", "USE1-StorageUsedInS3ByteHour", "retrieval", "vector_storage", None),
    ("pinecone", "Pinecone", "Serverless Read Units", "retrieval", "vector_search", None),
    ("pinecone", "Pinecone", "Serverless Write Units", "retrieval", "vector_index", None),
    ("pinecone_systems_inc", "Pinecone Database", "Serverless Storage", "retrieval", "vector_storage", None),
    ("gcp", VERTEX, "Vertex AI: Vector Search Serving e2-standard-16 in us-central1", "retrieval", "vector_search", None),
    ("gcp", VERTEX, "Vertex AI: Matching Engine Index Building", "retrieval", "vector_index", None),
    ("azure", "Azure Cognitive Search", "Standard S1 Unit", "retrieval", "vector_search", None),
    ("aws", "Amazon Simple Storage Service", "USE1-TimedStorage-ByteHrs|$0.023 per GB - first 50 TB / month of storage used", "storage", "object_storage", None),
    ("aws", "Amazon Simple Storage Service", "Requests-Tier1", "storage", "object_storage", None),
    ("gcp", "Cloud Storage", "Standard Storage US Regional", "storage", "object_storage", None),
    ("azure", "Storage Accounts", "Tiered Block Blob - Hot LRS - Data Stored - US West", "storage", "object_storage", None),
    ("azure", "Azure DB for MySQL", "Azure Database for MySQL Single Server General Purpose - Storage - Data Stored - US East", "other", "none", None),
    ("aws", "Amazon Elastic Compute Cloud", "EUC1-EBS:VolumeUsage.gp3", "storage", "volume", None),
    ("aws", "Amazon Elastic Compute Cloud", "$0.08 per GB-month of General Purpose (gp3) provisioned storage - US West (Oregon)", "storage", "volume", None),
    ("aws", "Amazon Elastic Compute Cloud", "$0.05 per GB-Month of snapshot data stored - Asia Pacific (Tokyo)", "storage", "snapshot", None),
    ("aws", "Amazon Relational Database Service", "USE1-RDS:GP2-Storage", "other", "none", None),
    ("azure", "Azure Machine Learning", "Premium SSD Managed Disks - P6 LRS - US East 2", "storage", "volume", None),
    ("gcp", "Compute Engine", "SSD backed PD Capacity", "storage", "volume", None),
    ("aws", "AmazonCloudWatch", "USE1-DataProcessing-Bytes|$0.50 per GB custom log data ingested", "storage", "log_ingest", None),
    ("aws", "AmazonCloudWatch", "USW2-TimedStorage-ByteHrs|$0.03 per GB-mo of log storage", "storage", "log_storage", None),
    ("aws", "AmazonCloudWatch", "$0.63 per GB of vended logs ingested in Standard log class for the first 10TB - EU (Frankfurt)", "storage", "log_ingest", None),
    ("aws", "AmazonCloudWatch", "$0.10 per alarm metric month (standard resolution) - US West (Oregon)", "other", "none", None),
    ("azure", "Log Analytics", "Analytics Logs Data Ingestion", "storage", "log_ingest", None),
    ("gcp", "Cloud Logging", "Log Storage cost", "storage", "log_ingest", None),
    ("gcp", "Cloud Logging", "Log Retention cost", "storage", "log_storage", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-DataTransfer-Out-Bytes", "egress", "internet", None),
    ("aws", "Amazon Simple Storage Service", "USE1-EUW1-AWS-Out-Bytes", "egress", "inter_region", None),
    ("aws", "Amazon Simple Storage Service", "$0.02 per GB - US West (Oregon) data transfer to EU (Germany)", "egress", "inter_region", None),
    ("aws", "Amazon Elastic Compute Cloud", "USE1-DataTransfer-Regional-Bytes", "egress", "inter_az", None),
    ("aws", "AWS CloudShell", "CAN1-DataTransfer-xAZ-Out-Bytes|$0.00 per GB - regional data transfer - in/out/between EC2 Azs", "egress", "inter_az", None),
    ("aws", "Amazon Virtual Private Cloud", "USE1-NatGateway-Bytes|$0.045 per GB Data Processed by NAT Gateways", "egress", "nat_bytes", None),
    ("aws", "Amazon Virtual Private Cloud", "USE1-NatGateway-Hours|$0.045 per NAT Gateway Hour", "egress", "nat_hours", None),
    ("azure", "Virtual Machine Scale Sets", "Rtn Preference: MGN - Standard Data Transfer Out", "egress", "internet", None),
    ("azure", "NAT Gateway", "Standard Data Processed", "egress", "nat_bytes", None),
    ("gcp", "Compute Engine", "Network Internet Data Transfer Out from Americas to EMEA", "egress", "internet", None),
    ("gcp", "Compute Engine", "Network Inter Zone Data Transfer Out", "egress", "inter_az", None),
    ("gcp", "Networking", "Networking Cloud Nat Data Processing", "egress", "nat_bytes", None),
    ("oci", "NETWORK", "Outbound Data Transfer Zone 1", "egress", "internet", None),
    ("aws", "AWS Lambda", "USE1-Lambda-GB-Second|$0.0000166667 per Lambda-GB-Second", "other", "none", None),
    ("aws", "Amazon CloudFront", "$0.00005001 per Lambda-GB-Second for Lambda-Edge-GB-Second in US West (Oregon)", "other", "none", None),
    ("aws", "Elastic Load Balancing", "USE1-LCUUsage", "other", "none", None),
    ("aws", "Amazon Simple Queue Service", "APN1-Requests-Tier1|First 1,000,000 Amazon SQS Requests per month are free", "other", "none", None),
    ("aws", "Amazon QuickSight", "QS-Embedded-Session", "other", "none", None),
]


@pytest.mark.parametrize(("provider", "service", "text", "layer", "driver", "kind"), OTHER_LINES, ids=[line[2] for line in OTHER_LINES])
def test_other_lines(provider, service, text, layer, driver, kind):
    assert classify(provider, service, text)[:3] == (layer, driver, kind)


# --- models --------------------------------------------------------------------------------------------------------------------------------------


def resolve(names: Iterable[tuple[str, str]], names_only: bool) -> dict[tuple[str, str], str | None]:
    """Runs the resolve_model macro itself, with the few dbt functions it calls."""
    rendered = jinja2.Environment(extensions=["jinja2.ext.do"]).from_string(
        (ROOT / "macros" / "inference" / "resolve_model.sql").read_text(encoding="utf-8"),
        globals={
            "ref": lambda name: name,
            "pattern_match": lambda value, pattern, hints: (
                f"({hints} is null or len(list_filter(string_split({hints}, '|'), lambda literal: contains(lower({value}), literal))) > 0)"
                f" and regexp_matches({value}, {pattern}, 'i')"
            ),
        },
    )
    with duckdb.connect() as connection:
        connection.execute(
            "create table model_aliases as select * replace (priority::integer as priority, nullif(provider, '') as provider, nullif(alias_hints, '') as alias_hints)"
            " from read_csv(?, all_varchar=true, delim=',', quote='\"', header=true, nullstr='~')",
            [str(SEEDS / "model_aliases.csv")],
        )
        connection.execute("create table names (provider varchar, model_id_raw varchar)")
        connection.executemany("insert into names values (?, ?)", sorted(set(names)))
        found = connection.execute(str(rendered.module.resolve_model("names", names_only))).fetchall()
    assert len(found) == len({(provider, raw) for provider, raw, *_ in found}), "one row per name"
    return {(provider, raw): model for provider, raw, model, *_ in found}


TELEMETRY_NAMES = {
    ("aws", "anthropic.claude-sonnet-4-6-v1:0"): "claude-sonnet-4-6",
    ("aws", "us.anthropic.claude-sonnet-4-6-v1:0"): "claude-sonnet-4-6",
    ("aws", "global.anthropic.claude-haiku-4-5-20251001-v1:0"): "claude-haiku-4-5",
    ("aws", "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0"): "claude-sonnet-4-5",
    ("aws", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"): "nova-micro",
    ("aws", "bedrock/eu.amazon.nova-lite-v1:0"): "nova-lite",
    ("aws", "bedrock/converse/us.meta.llama3-3-70b-instruct-v1:0"): "llama3-3-70b-instruct",
    ("aws", "amazon.titan-embed-text-v2:0"): "titan-embed-text-v2",
    ("aws", "amazon.titan-embed-text-v1"): "titan-embed-text-v1",
    ("aws", "mistral.mistral-large-2407-v1:0"): "mistral-large-2407",
    ("aws", "openai.gpt-oss-120b-1:0"): "gpt-oss-120b",
    ("aws", "deepseek.r1-v1:0"): "deepseek-r1",
    ("aws", "bedrock/us-east-1/deepseek.v3.2"): "deepseek-v3.2",
    ("aws", "bedrock/us-gov-west-1/anthropic.claude-sonnet-4-5-20250929-v1:0"): "claude-sonnet-4-5",
    ("aws", "cohere.embed-english-v3"): "embed-english-v3",
    ("aws", "anthropic.claude-3-5-sonnet-20241022-v2:0"): "claude-3-5-sonnet",
    ("anthropic", "claude-sonnet-4-6"): "claude-sonnet-4-6",
    ("anthropic", "anthropic/claude-sonnet-4.6"): "claude-sonnet-4-6",
    ("anthropic", "claude-opus-4-20250514"): "claude-opus-4",
    ("anthropic", "claude-3-5-haiku-latest"): "claude-3-5-haiku",
    ("gcp", "claude-sonnet-4-5@20250929"): "claude-sonnet-4-5",
    ("gcp", "vertex_ai/gemini-2.5-flash"): "gemini-2.5-flash",
    ("gcp", "publishers/google/models/gemini-2.5-flash"): "gemini-2.5-flash",
    ("gcp", "projects/p-1/locations/us-central1/publishers/google/models/gemini-2.5-pro"): "gemini-2.5-pro",
    ("gcp", "Gemini-2.5-Flash-Lite"): "gemini-2.5-flash-lite",
    ("openai", "gpt-4o-2024-08-06"): "gpt-4o",
    ("openai", "gpt-4o-2024-05-13"): "gpt-4o-2024-05-13",
    ("openai", "openai/gpt-4.1-mini-2025-04-14"): "gpt-4.1-mini",
    ("openai", "text-embedding-3-small"): "text-embedding-3-small",
    ("azure", "gpt-4o"): "gpt-4o",
    ("azure", "azure/gpt-4o-2024-11-20"): "gpt-4o",
    ("azure", "azure/us/gpt-4.1-2025-04-14"): "gpt-4.1",
    ("azure", "gpt-35-turbo"): "gpt-3.5-turbo",
    ("deepseek", "deepseek/deepseek-chat"): "deepseek-chat",
    ("deepseek", "deepseek-reasoner"): "deepseek-reasoner",
    # Unknown names and a customer's own stay unknown.
    ("azure", "prod-chat"): None,
    ("azure", "gpt-4o-input-guard"): None,
    ("aws", "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/a1b2c3d4e5f6"): None,
    ("aws", "anthropic.claude-sonnet-9-v1:0"): None,
    ("openai", "ft:gpt-4o-2024-08-06:acme::9abc"): None,
    ("openai", "gpt-4o-realtime-preview"): None,
    ("anthropic", "my-claude-sonnet-4-6-proxy"): None,
}


def test_telemetry_names_resolve():
    assert resolve(TELEMETRY_NAMES, names_only=True) == TELEMETRY_NAMES


def test_bill_text_resolves():
    expected = {(line[0], f"{line[1]}|{line[2]}"): line[-1] for line in TOKEN_LINES}
    expected |= {
        ("aws", f"{BEDROCK}|USE1-TitanEmbeddingV2-Text-input-tokens"): "titan-embed-text-v2",
        ("azure", f"{AZURE_OPENAI}|text-embedding-3-large-glbl Tokens"): "text-embedding-3-large",
        ("gcp", f"{VERTEX}|Gemini 2.5 Flash Image Generation - Predictions"): "gemini-2.5-flash-image",
        ("azure", f"{AZURE_OPENAI}|gpt 4o mini dev ft cchd inpt glbl Tokens"): None,
        ("azure", f"{AZURE_OPENAI}|gpt-4o-aud-0603 Inp glbl Tokens"): None,
        ("azure", "Foundry Models|Claude Consumption Unit - CCU"): None,
        ("aws", "Amazon Elastic Compute Cloud|USE1-BoxUsage:m5.xlarge"): None,
        ("azure", "Virtual Machines|D4s v5"): None,
        ("aws", f"{BEDROCK}|USE1-Claude9.9Sonnet-input-tokens"): None,
    }
    assert resolve(expected, names_only=False) == expected


def test_bill_text_without_its_service_resolves_where_the_text_says_it():
    expected = {(line[0], line[2]): line[-1] for line in TOKEN_LINES if "-MP:" not in line[2]}
    assert resolve(expected, names_only=False) == expected


# --- units ---------------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "text", "expected"),
    [
        ("1K tokens", "USE1-Claude4.6Sonnet-input-tokens", ("tokens", "1000")),
        ("1M tokens", "USE1-MP:USE1_InputTokenCount-Units", ("tokens", "1000000")),
        ("Units", "USE1-MP:USE1_InputTokenCount-Units" + MP_IN, ("tokens", "1000000")),
        ("Units", "USE1-MP:USE1_CacheReadInputTokenCount-Units|AWS Marketplace software usage|us-east-1|thousand Cache Read Input Tokens Regional", ("tokens", "1000")),
        ("1000000 Tokens", "Input Tokens", ("tokens", "1000000")),
        ("1K", "gpt 4.1 Inp glbl Tokens", ("tokens", "1000")),
        ("1K", "Hot LRS Write Operations", ("requests", "1000")),
        ("GB-Mo", "USE1-TimedStorage-ByteHrs", ("gib_months", "1")),
        ("furlongs", "USE1-Something", None),
        ("Units", "Something else", None),
    ],
)
def test_units(unit, text, expected):
    found = next(
        (
            (item["base_unit"], item["multiplier"])
            for item in sorted(seed("unit_multipliers"), key=lambda rule: int(rule["priority"]))
            if item["unit"] == unit.lower() and re.search(item["text_pattern"], text, re.IGNORECASE)
        ),
        None,
    )
    assert found == expected
