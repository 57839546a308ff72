"""What a Google SKU is, told from its text by the rules of the reference seeds: model, token kind, tier, routing, modality and context band. The texts are those of Google's price catalogue.

One build of int_charges__skus over a native export holds the whole table.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import gcp_lines as gcp
import pytest

VERTEX, GEMINI = "Vertex AI", "Gemini API"
GARDEN = "Cloud Vertex AI Model Garden Model as a Service "
S, B, F, P = "standard", "batch", "flex", "priority"
R, G = "in_region", "global"

# service, text: model, token kind, tier, routing, modality, context band
TOKENS = {
    (VERTEX, "Gemini 2.5 Flash GA Text Input - Predictions"): ("gemini-2.5-flash", "input", S, R, "text", None),
    (VERTEX, "Gemini 2.5 Flash GA Text Output - Predictions"): ("gemini-2.5-flash", "output", S, R, "text", None),
    (VERTEX, "Gemini 2.5 Flash GA Thinking Text Output - Predictions"): ("gemini-2.5-flash", "output", S, R, "text", None),
    (VERTEX, "Gemini 2.5 Flash Text Output (Thinking On) - Batch Predictions"): ("gemini-2.5-flash", "output", B, R, "text", None),
    (VERTEX, "Gemini 2.5 Flash GA Input Text Caching"): ("gemini-2.5-flash", "cache_read", S, R, "text", None),
    (VERTEX, "Gemini 2.5 Flash Lite Audio Input - Batch Predictions"): ("gemini-2.5-flash-lite", "input", B, R, "audio", None),
    (VERTEX, "Gemini 2.5 Flash GA Video Input Priority - Predictions"): ("gemini-2.5-flash", "input", P, R, "video", None),
    (VERTEX, "Gemini 2.5 Flash Live Audio Output - Predictions"): ("gemini-2.5-flash-live", "output", S, R, "audio", None),
    (VERTEX, "Gemini 2.5 Pro Input Text Caching (Long)"): ("gemini-2.5-pro", "cache_read", S, R, "text", "long"),
    (VERTEX, "Gemini 2.5 Pro Text Output (Long) - Predictions"): ("gemini-2.5-pro", "output", S, R, "text", "long"),
    (VERTEX, "Gemini 2.0 Flash Text Input (Long) - Predictions"): ("gemini-2.0-flash", "input", S, R, "text", "long"),
    (VERTEX, "Gemini 3 Flash Text Input Caching"): ("gemini-3-flash-preview", "cache_read", S, R, "text", None),
    (VERTEX, "Gemini 3 Flash Image Input Caching Priority"): ("gemini-3-flash-preview", "cache_read", P, R, "image", None),
    (VERTEX, "Gemini 3 Flash Text Input Flex - Predictions"): ("gemini-3-flash-preview", "input", F, R, "text", None),
    (VERTEX, "Gemini 3.0 Pro Text Input (Long) - Predictions"): ("gemini-3-pro-preview", "input", S, R, "text", "long"),
    # One meter of two releases names no model: it is listed as unmapped, not guessed.
    (VERTEX, "Gemini 3.0 / 3.1 Pro Text Output - Predictions"): (None, "output", S, R, "text", None),
    (VERTEX, "Gemini 3.1 Flash Lite Global Audio Input - Predictions"): ("gemini-3.1-flash-lite", "input", S, G, "audio", None),
    (VERTEX, "Gemini 3.1 Flash Image Text Input - Predictions"): ("gemini-3.1-flash-image", "input", S, R, "text", None),
    (VERTEX, "Gemini 3.1 Flash Image Global Video Input"): ("gemini-3.1-flash-image", "input", S, G, "video", None),
    (VERTEX, "Gemini 3.5 Flash Regional Text Output - Predictions"): ("gemini-3.5-flash", "output", S, R, "text", None),
    (VERTEX, "Gemini 3.8 Flash Global Text Input Priority - Predictions"): ("gemini-3.8-flash", "input", P, G, "text", None),
    (VERTEX, "Gemini 3.8 Flash Global Image Input - Predictions"): ("gemini-3.8-flash", "input", S, G, "image", None),
    (VERTEX, "Gemini 3.8 Flash Cyber Global Text Input Caching Offpeak"): ("gemini-3.8-flash-cyber", "cache_read", S, G, "text", None),
    (GEMINI, "Generate content input token count gemini 3.5 flash text"): ("gemini-3.5-flash", "input", S, R, "text", None),
    (GEMINI, "Generate content cached input token count gemini 2.5 flash input image"): ("gemini-2.5-flash", "cache_read", S, R, "image", None),
    (GEMINI, "Generate content output token count gemini 2.5 flash short output text non-thinking"): ("gemini-2.5-flash", "output", S, R, "text", "short"),
    (GEMINI, "Generate_content text cached input token count for gemini 3 pro long"): ("gemini-3-pro-preview", "cache_read", S, R, "text", "long"),
    (GEMINI, "Generate_content image output token count for Gemini 3 Pro Image"): ("gemini-3-pro-image", "output", S, R, "image", None),
    (GEMINI, "Generate content input token count gemini 3.8 flash lite tts text batch"): ("gemini-3.8-flash-lite-tts", "input", B, R, "text", None),
    # Google files Claude under Vertex AI Search.
    ("Vertex AI Search", "AI Dev Tools: Claude Opus 4.8 Input Tokens"): ("claude-opus-4-8", "input", S, R, None, None),
    ("Vertex AI Search", "AI Dev Tools: Claude Opus 4.8 Output Tokens (Long)"): ("claude-opus-4-8", "output", S, R, None, "long"),
    ("Vertex AI Search", "AI Dev Tools: Claude Opus 4.8 Input Cache Read Tokens"): ("claude-opus-4-8", "cache_read", S, R, None, None),
    ("Vertex AI Search", "AI Dev Tools: Claude Opus 4.8 Input Cache Write Tokens (TTL 300 seconds)"): ("claude-opus-4-8", "cache_write_5m", S, R, None, None),
    ("Vertex AI Search", "AI Dev Tools: Claude Opus 4.8 Input Cache Write Tokens (Long and TTL 3600 seconds)"): ("claude-opus-4-8", "cache_write_1h", S, R, None, "long"),
    (VERTEX, GARDEN + "Llama 4 Scout Output Tokens"): ("llama4-scout-17b-instruct", "output", S, R, None, None),
    (VERTEX, GARDEN + "Deepseek V3.1 Input Token"): ("deepseek-v3.1", "input", S, R, None, None),
    (VERTEX, GARDEN + "Llama3.1 405B Input"): ("llama3-1-405b-instruct", "input", S, R, None, None),
    (VERTEX, GARDEN + "GLM-5.2 Input"): (None, "input", S, R, None, None),
}  # fmt: skip

# service, text: layer, driver kind. Counted in hours, pieces or calls, never in tokens.
OTHERS = {
    (VERTEX, "Gemini 2.5 Flash Input Text Caching Storage"): ("inference", "none"),
    (VERTEX, "Gemini 3.6 Flash Image Input Caching Storage"): ("inference", "none"),
    (VERTEX, "Grounding with Google Search on Gemini 3"): ("inference", "none"),
    (GEMINI, "Generate content search query gemini 3 free"): ("inference", "none"),
    (GEMINI, "Number of videos generated"): ("inference", "none"),
    (VERTEX, "Veo Generation 720p with Audio"): ("inference", "none"),
    (VERTEX, "Imagen 4 fast Generation (output)"): ("inference", "none"),
    (VERTEX, "Lyria 3 Audio Ouptut - Predictions"): ("inference", "none"),
    (VERTEX, "Agent Platform Memory"): ("inference", "none"),
    (VERTEX, "Cloud Vertex AI Model Garden Managed OSS Fine Tuning for Llama 3.3 70B"): ("inference", "none"),
    (VERTEX, "Vertex AI: Provisioned Throughput 1 month"): ("inference", "provisioned_throughput"),
    (VERTEX, "Gemini Embedding - Predictions"): ("retrieval", "embedding"),
    (VERTEX, "Embeddings for Text - Memory Bank"): ("retrieval", "embedding"),
    ("Compute Engine", "Nvidia H100 80GB GPU running in Americas"): ("gpu", "gpu_node"),
    ("Compute Engine", "Commitment v1: Nvidia H100 80GB GPU in Americas for 1 Year"): ("gpu", "gpu_node"),
    ("Compute Engine", "Commitment v1: Cpu in Americas for 1 Year"): ("other", "none"),
    ("Cloud Storage", "Standard Storage US Multi-region"): ("storage", "object_storage"),
    ("Compute Engine", "Network Inter Zone Data Transfer Out"): ("egress", "inter_az"),
}


@pytest.fixture(scope="module")
def skus(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict]:
    landing = tmp_path_factory.mktemp("skus") / "landing"
    gcp.write_json_lines(landing / "gcp_billing" / "all.jsonl", [gcp.line(text, service={"description": service}) for service, text in [*TOKENS, *OTHERS]])
    with duckdb.connect(str(build(landing, select="+int_charges__skus")), read_only=True) as connection:
        return {(row["service_name"], row["x_sku_text"]): row for row in records(connection, "from intermediate.int_charges__skus")}


def records(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row)) for row in cursor.fetchall()]


@pytest.mark.parametrize("sku", TOKENS, ids=[text for _, text in TOKENS])
def test_a_token_sku_is_told_from_its_text(skus: dict[tuple[str, str], dict], sku: tuple[str, str]) -> None:
    found = skus[sku]
    assert (found["layer"], found["driver_kind"]) == ("inference", "llm_tokens")
    assert tuple(found[name] for name in ("model_id", "token_kind", "service_tier", "geo_scope", "modality", "context_band")) == TOKENS[sku]


@pytest.mark.parametrize("sku", OTHERS, ids=[text for _, text in OTHERS])
def test_what_is_counted_in_something_else_is_no_token_line(skus: dict[tuple[str, str], dict], sku: tuple[str, str]) -> None:
    assert (skus[sku]["layer"], skus[sku]["driver_kind"]) == OTHERS[sku]


def test_cache_storage_has_no_token_kind(skus: dict[tuple[str, str], dict]) -> None:
    """Token-hours are no tokens: a kind would add them to a token total."""
    assert {skus[sku]["token_kind"] for sku in OTHERS if "Caching Storage" in sku[1]} == {None}
