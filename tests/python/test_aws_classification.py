"""What an AWS line is, told from the strings AWS writes: layer, driver, model, token kind, tier, routing, and how many tokens or hours its quantity means.

One build of a landing folder with one line per string; each row of the tables below is a test.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
import small_company

SONNET, OPUS, OSS, NOVA = "claude-sonnet-4-6", "claude-opus-4-8", "gpt-oss-120b", "nova-2-lite"
MARKETPLACE = "AWS Marketplace software usage|us-east-1|"


class Line(NamedTuple):
    product: str
    usage_type: str
    layer: str
    driver_kind: str
    model: str | None = None
    token_kind: str | None = None
    tier: str = "standard"
    routing: str = "in_region"
    description: str = ""
    name: str = ""


def tokens(usage_type: str, model: str, kind: str, tier: str = "standard", routing: str = "in_region", product: str = "AmazonBedrock") -> Line:
    return Line(product, usage_type, "inference", "llm_tokens", model, kind, tier, routing, f"$0.003 per 1K tokens for {usage_type}")


def sold(usage_type: str, kind: str, tier: str = "standard", routing: str = "in_region", unit: str = "Million Input Tokens") -> Line:
    """A line of the Marketplace: the product code is opaque, the model stands in the product's name alone."""
    return Line("4m4qfgzr8wqqlk34bqbrgj7xw", f"USE1-MP:USE1_{usage_type}-Units", "inference", "llm_tokens", SONNET, kind, tier, routing, MARKETPLACE + unit, "Claude Sonnet 4.6 (Amazon Bedrock Edition)")


LINES = [
    # {region}-{model}-{token type}, and with a tier
    tokens("USE1-Claude4.6Sonnet-input-tokens", SONNET, "input"),
    tokens("USE1-Claude4.6Sonnet-output-tokens", SONNET, "output"),
    tokens("USE1-Claude4.6Sonnet-cache-read-input-token-count", SONNET, "cache_read"),
    tokens("USE1-Claude4.6Sonnet-cache-write-input-token-count", SONNET, "cache_write_5m"),
    tokens("USE1-Claude4.6Sonnet-cache-write-1h-input-token-count", SONNET, "cache_write_1h"),
    tokens("Claude4.6Sonnet-input-tokens", SONNET, "input"),
    tokens("USE1-Nova2.0Lite-input-tokens-flex", NOVA, "input", "flex"),
    tokens("USE1-Nova2.0Lite-cache-read-input-token-count-flex", NOVA, "cache_read", "flex"),
    tokens("USE1-gpt-oss-120b-output-tokens-priority", OSS, "output", "priority"),
    tokens("USE1-Claude4.6Sonnet-input-tokens-batch", SONNET, "input", "batch"),
    tokens("USE1-Claude4.6Sonnet-output-tokens-batch", SONNET, "output", "batch"),
    tokens("USE1-Claude3.5Haiku-input-tokens-latency-optimized", "claude-3-5-haiku", "input", "latency_optimized"),
    tokens("USE2-NovaPro-output-tokens-latency-optimized", "nova-pro", "output", "latency_optimized"),
    # the mantle endpoint
    tokens("USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", OSS, "input"),
    tokens("USE1-openai.gpt-oss-120b-mantle-output-tokens-flex", OSS, "output", "flex"),
    tokens("USE1-openai.gpt-oss-120b-mantle-input-tokens-batch", OSS, "input", "batch"),
    tokens("USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-standard", OPUS, "cache_write_5m"),
    tokens("USW2-anthropic.claude-opus-4-8-mantle-cache-write-1h-tokens-standard", OPUS, "cache_write_1h"),
    tokens("USW2-anthropic.claude-opus-4-8-mantle-cache-read-tokens-priority", OPUS, "cache_read", "priority"),
    tokens("USW2-anthropic.claude-opus-4-8-mantle-output-tokens-standard", OPUS, "output", product="AmazonBedrockFoundationModels"),
    # global inference profiles
    tokens("USE1-Claude4.6Sonnet-output-tokens-cross-region-global", SONNET, "output", routing="global"),
    tokens("USE1-Claude4.6Sonnet-cache-read-input-token-count-cross-region-global", SONNET, "cache_read", routing="global", product="AmazonBedrockService"),
    tokens("USE1-Claude4.6Sonnet-input-tokens-batch-cross-region-global", SONNET, "input", "batch", "global"),
    tokens("USE1-Claude4.6Sonnet-input-tokens-cross-region-global-batch", SONNET, "input", "batch", "global"),
    # Marketplace, old form
    sold("InputTokenCount", "input"),
    sold("OutputTokenCount_Global", "output", routing="global", unit="Million Output Tokens Global"),
    sold("CacheReadInputTokenCount", "cache_read", unit="thousand Cache Read Input Tokens Regional"),
    sold("CacheReadInputTokenCount_Global", "cache_read", routing="global", unit="Million Cache Read Input Tokens Global"),
    sold("CacheWriteInputTokenCount", "cache_write_5m", unit="Million Cache Write Input Tokens Regional"),
    sold("CacheWrite1hInputTokenCount_Global", "cache_write_1h", routing="global", unit="Million Cache Write 1h Input Tokens Global"),
    sold("InputTokenCount_Batch", "input", "batch", unit="Million Input Tokens Batch"),
    sold("OutputTokenCount_Batch_Global", "output", "batch", "global", unit="Million Output Tokens Batch Global"),
    # Marketplace, new form
    sold("input_tokens_standard", "input"),
    sold("output_tokens_global_standard", "output", routing="global", unit="Million Output Tokens"),
    sold("cache_read_tokens_global_standard", "cache_read", routing="global", unit="Million Cache Read Tokens"),
    sold("cache_write_tokens_standard", "cache_write_5m", unit="Million Cache Write Tokens"),
    sold("cache_write_1h_tokens_global_standard", "cache_write_1h", routing="global", unit="Million Cache Write 1h Tokens"),
    sold("input_tokens_batch", "input", "batch"),
    sold("output_tokens_global_priority", "output", "priority", "global", unit="Million Output Tokens"),
    sold("cache_read_tokens_flex", "cache_read", "flex", unit="Million Cache Read Tokens"),
    # Bedrock that bills no tokens of one kind
    Line("AmazonBedrock", "USE1-NovaPro-ProvisionedThroughput-1MonthCommit-ModelUnits", "inference", "provisioned_throughput", "nova-pro"),
    Line("AmazonBedrock", "USE1-Claude4.6Sonnet-reserved-1month-input-tpm", "inference", "reserved_throughput", SONNET, "input", "reserved"),
    Line("AmazonBedrock", "USE1-Claude4.6Sonnet-reserved-1month-output-tpm-cross-region-global", "inference", "reserved_throughput", SONNET, "output", "reserved", "global"),
    Line("AmazonBedrock", "USE1-Guardrail-ContentPolicyUnitsConsumed", "inference", "none"),
    Line("AmazonBedrock", "USE1-NovaPro-customization-training", "inference", "none", "nova-pro"),
    Line("AmazonBedrock", "USE1-NovaPro-customization-storage", "storage", "none", "nova-pro"),
    Line("AmazonBedrock", "USE1-CustomModelImport-CustomModelUnit-v1", "inference", "provisioned_throughput"),
    Line("AmazonBedrock", "USE1-TitanEmbeddingV2-Text-input-tokens", "retrieval", "embedding", "titan-embed-text-v2", "input"),
    Line("AmazonBedrock", "USE1-Rerank-v1-search_units", "retrieval", "rerank"),
    Line("2ks4e9pjfrq0example", "USE1-MP:USE1_search_units-Units", "retrieval", "rerank", "rerank-v3.5", None, description=MARKETPLACE + "Search Units", name="Cohere Rerank 3.5 (Amazon Bedrock Edition)"),
    # AgentCore hosts agents around the calls of models: AI money, with no layer of its own on a bill
    Line("AmazonBedrockAgentCore", "USE1-AgentCore-runtime-vcpu", "inference", "none"),
    Line("AmazonBedrockAgentCore", "USE1-runtime-memory", "inference", "none"),
    Line("AmazonBedrockAgentCore", "USE1-browsertool-vcpu", "inference", "none"),
    Line("AmazonBedrockAgentCore", "USE1-codeinterpreter-memory", "inference", "none"),
    Line("AmazonBedrockAgentCore", "USE1-gateway-api-invocations", "inference", "none"),
    Line("AmazonBedrockAgentCore", "USE1-short-term-memory", "inference", "none"),
    Line("AmazonBedrockAgentCore", "USE1-something-of-next-year", "inference", "none"),
    # SageMaker and EC2
    Line("AmazonSageMaker", "USE1-Host:ml.g5.2xlarge", "gpu", "gpu_endpoint"),
    Line("AmazonSageMaker", "USE1-AsyncInf:ml.inf2.xlarge", "gpu", "gpu_endpoint"),
    Line("AmazonSageMaker", "USE1-Train:ml.p4d.24xlarge", "gpu", "gpu_training"),
    Line("AmazonSageMaker", "USE1-SpotTrain:ml.p5.48xlarge", "gpu", "gpu_training"),
    Line("AmazonSageMaker", "USE1-Cluster:ml.p5e.48xlarge", "gpu", "gpu_node"),
    Line("AmazonSageMaker", "USE1-Notebk:ml.g4dn.xlarge", "gpu", "gpu_node"),
    Line("AmazonSageMaker", "USE1-Host:ml.m5.xlarge", "other", "none"),
    Line("AmazonEC2", "BoxUsage:p5.48xlarge", "gpu", "gpu_node"),
    Line("AmazonEC2", "EUW1-SpotUsage:g6e.xlarge", "gpu", "gpu_node"),
    Line("AmazonEC2", "USW2-BoxUsage:p6-b200.48xlarge", "gpu", "gpu_node"),
    Line("AmazonEC2", "USE1-UnusedBox:p4de.24xlarge", "gpu", "gpu_node"),
    Line("AmazonEC2", "DedicatedUsage:trn2.48xlarge", "gpu", "gpu_node"),
    Line("AmazonEC2", "Reservation:g7e.12xlarge", "gpu", "gpu_node"),
    Line("ComputeSavingsPlans", "EC2SP:p5.1yrNoUpfront", "gpu", "gpu_node"),
    Line("AmazonEC2", "BoxUsage:m5.large", "other", "none"),
    Line("AmazonEC2", "BoxUsage:c7g.16xlarge", "other", "none"),
    Line("ComputeSavingsPlans", "ComputeSP:1yrNoUpfront", "other", "none"),
    # retrieval, storage, logs
    Line("AmazonES", "USE1-SearchOCU", "retrieval", "vector_search"),
    Line("AmazonES", "USE1-IndexingOCU", "retrieval", "vector_index"),
    Line("AmazonS3", "TimedStorage-ByteHrs", "storage", "object_storage"),
    Line("AmazonS3", "USW2-Requests-Tier1", "storage", "object_storage"),
    Line("AmazonEC2", "EBS:VolumeUsage.gp3", "storage", "volume"),
    Line("AmazonEC2", "USE1-EBS:SnapshotUsage", "storage", "snapshot"),
    Line("AmazonCloudWatch", "USE1-DataProcessing-Bytes", "storage", "log_ingest"),
    Line("AmazonCloudWatch", "TimedStorage-ByteHrs", "storage", "log_storage"),
    # bytes that move
    Line("AmazonEC2", "DataTransfer-Out-Bytes", "egress", "internet"),
    Line("AmazonEC2", "USE1-EUW1-AWS-Out-Bytes", "egress", "inter_region"),
    Line("AmazonS3", "CAN1-USE1-AWS-In-Bytes", "egress", "inter_region"),
    Line("AmazonEC2", "USE1-DataTransfer-Regional-Bytes", "egress", "inter_az"),
    Line("AmazonEC2", "USE1-NatGateway-Bytes", "egress", "nat_bytes"),
    Line("AmazonEC2", "USE1-NatGateway-Hours", "egress", "nat_hours"),
    Line("AmazonVPC", "USE1-VpcEndpoint-Hours", "egress", "none"),
]  # fmt: skip


class Unit(NamedTuple):
    unit: str
    usage_type: str
    description: str
    base_unit: str | None
    multiplier: int | None
    divisor: int | None = 1


UNITS = [
    Unit("1K tokens", "USE1-Claude4.6Sonnet-input-tokens", "$0.003 per 1K input tokens", "tokens", 1000),
    Unit("1M tokens", "USE1-MP:USE1_InputTokenCount-Units", MARKETPLACE, "tokens", 1_000_000),
    Unit("Units", "USE1-MP:USE1_InputTokenCount-Units", MARKETPLACE + "Million Input Tokens", "tokens", 1_000_000),
    Unit("Units", "USE1-MP:USE1_CacheReadInputTokenCount-Units", MARKETPLACE + "thousand Cache Read Input Tokens Regional", "tokens", 1000),
    Unit("Units", "USE1-MP:USE1_output_tokens_standard-Units", MARKETPLACE + "Output Tokens", "tokens", 1_000_000),
    Unit("1K tokens", "USE1-MP:USE1_OutputTokenCount-Units", MARKETPLACE + "Million Output Tokens", "tokens", 1_000_000),  # the description wins
    Unit("Units", "USE1-MP:USE1_search_units-Units", MARKETPLACE + "Search Units", None, None, None),  # no tokens, and nobody says what a unit is
    Unit("bags", "USE1-Claude4.6Sonnet-output-tokens", "bags of tokens", None, None, None),
    Unit("10K", "USE1-Claude4.6Sonnet-cache-read-input-token-count", "", "tokens", 10_000),
    Unit("10K", "USW2-Requests-Tier1", "", "requests", 10_000),
    Unit("1KTPMHour", "USE1-Claude4.6Sonnet-reserved-1month-input-tpm", "", "tpm_hours", 1000),
    Unit("Hrs", "BoxUsage:p5.48xlarge", "", "hours", 1),
    Unit("seconds", "USE1-Train:ml.p4d.24xlarge", "", "hours", 1, 3600),
    Unit("GB-Mo", "TimedStorage-ByteHrs", "", "gib_months", 1),
]  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = []
    for number, line in enumerate(LINES):
        row = small_company.line(line.product, line.usage_type, 0, 1, "1", unit="Units" if "MP:" in line.usage_type else "1K tokens")
        rows.append({**row, "identity_line_item_id": f"line-{number}", "line_item_line_item_description": line.description, "product_product_name": line.name})
    for number, unit in enumerate(UNITS):
        row = small_company.line("AmazonBedrock", unit.usage_type, 1, "7", "1", unit=unit.unit)
        rows.append({**row, "identity_line_item_id": f"unit-{number}", "line_item_line_item_description": unit.description, "product_product_name": "units"})
    landing = small_company.write(tmp_path_factory.mktemp("classes") / "landing", {"aws_cur2": rows})
    return build(landing, select="+int_charges__skus +int_charges__unread_quantities")


@pytest.fixture(scope="module")
def found(warehouse: Path) -> dict[tuple[str, str], tuple]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute("select split_part(x_sku_text, '|', 1), service_name, layer, driver_kind, model_id, token_kind, service_tier, geo_scope from intermediate.int_charges__skus").fetchall()
    return {(usage_type, service): tuple(rest) for usage_type, service, *rest in rows}


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.product} {line.usage_type}")
def test_an_aws_line_is_what_its_usage_type_says(found: dict[tuple[str, str], tuple], line: Line) -> None:
    assert found[line.usage_type, line.name or line.product] == (line.layer, line.driver_kind, line.model, line.token_kind, line.tier, line.routing)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: f"{unit.unit} of {unit.usage_type} {unit.description}")
def test_a_quantity_means_what_unit_and_description_say(warehouse: Path, unit: Unit) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select base_unit, unit_multiplier, unit_divisor from intermediate.int_charges__units where consumed_unit = ? and split_part(x_sku_text, '|', 1) = ? and coalesce(x_unit_text, '') = ?",
            [unit.unit, unit.usage_type, unit.description],
        ).fetchall()
    assert rows == [(unit.base_unit, unit.multiplier, unit.divisor)]


def test_a_token_line_in_an_unknown_unit_keeps_its_money_and_loses_its_quantity(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        lost = connection.execute("select kind, source_row_number, reason from intermediate.int_charges__unread_quantities").fetchall()
        money = connection.execute("select sum(billed_cost) from intermediate.int_charges__pooled where consumed_unit = 'bags'").fetchall()
    expected = len(LINES) + next(number for number, unit in enumerate(UNITS) if unit.unit == "bags") + 1
    assert [(kind, row) for kind, row, _ in lost] == [("quantity", expected)]
    assert "the unit 'bags' of a token line is not known" in lost[0][2] and "unit_multipliers.csv" in lost[0][2]
    assert money == [(Decimal(7),)]
