"""Which features call which models, how often and how large: the company's model traffic as data."""

from __future__ import annotations

from dataclasses import dataclass

from .company import AZURE_SUBSCRIPTION, GCP_PROJECT


@dataclass(frozen=True)
class Route:
    """Where calls go and where their telemetry comes from."""

    source: str  # bedrock, otel, otel_flat, litellm, canonical
    provider: str
    platform: str
    account: str
    region: str
    model: str
    geo: str
    tier: str = "standard"
    op: str = "chat"


@dataclass(frozen=True)
class Stream:
    """Independent calls of one feature."""

    name: str
    team: str
    feature: str
    route: Route
    per_day: tuple  # weekday calls in August, September, October, November
    fresh: int  # median of new input tokens
    output: int  # median of output tokens
    spread: float = 0.35  # sigma of the log-normal sizes
    prompt: int = 0  # constant system prompt, repeated in every call
    cached_prompt: int = 0  # constant prefix kept in the provider's cache
    cache_write: str = "5m"  # lifetime of cache writes
    retrieved: tuple = (0, 0)  # retrieved context carried in the input
    reasoning: float = 0.0  # share of the output that is reasoning
    weekend: float = 0.35
    hours: str = "business"  # business, night, flat
    tagged: str = "full"  # full, none, feature_only
    credential: str | None = None
    principal: str | None = None
    env: str = "prod"  # environment most calls run in


@dataclass(frozen=True)
class AgentStream:
    """Sessions of one agent: the context grows with every step."""

    name: str
    team: str
    feature: str
    agent: str
    route: Route
    sessions: tuple  # weekday sessions per month
    steps: int  # median number of calls
    base: int  # context of the first call
    growth: int  # tokens a step adds
    cap: int  # the context never grows beyond
    output: int
    cached: float  # share of sessions that use the prompt cache
    cache_write: str = "5m"
    small_model: str | None = None
    small_share: float = 0.0
    weekend: float = 0.3
    credential: str | None = None
    tagged: str = "full"
    outcome: str | None = None


def _aws(source, account, region, model, geo, **more):
    return Route(source, "aws", "bedrock", account, region, model, geo, **more)


_AZURE = {"provider": "azure", "platform": "azure_openai", "account": AZURE_SUBSCRIPTION, "region": "westeurope", "geo": "global"}
KEY_OLD, KEY_NEW, KEY_REVIEW = (f"hash-{n}" for n in ("9c1f0a7be2d4", "41b7d95c03ae", "e07a6612bd58"))
SUPPORT_PROMPT = 38_000  # the product manual, sent with every chat call and never cached
GATEWAY_ROLE = "arn:aws:sts::210000000001:assumed-role/ai-gateway/gateway"
NOTEBOOK_ROLE = "arn:aws:sts::210000000004:assumed-role/DataScienceNotebook/studio"

# fmt: off
STREAMS = [
    Stream("chat_api", "support", "chat_rag", _aws("otel", "210000000001", "us-east-1", "sonnet", "geo"),
           (52, 54, 56, 56), 900, 340, prompt=SUPPORT_PROMPT, retrieved=(2000, 7000)),
    Stream("chat_widget", "support", "chat_rag", _aws("bedrock", "210000000001", "us-east-1", "sonnet", "geo"),
           (52, 54, 56, 56), 700, 310, prompt=SUPPORT_PROMPT, retrieved=(2000, 7000)),
    Stream("query_rewrite", "search", "semantic_search", _aws("otel", "210000000001", "us-west-2", "haiku", "geo"),
           (36, 37, 62, 62), 1800, 90, hours="flat", weekend=0.8),
    Stream("query_embed", "search", "semantic_search", _aws("bedrock", "210000000001", "us-east-1", "titan-embed", "in_region", op="embeddings"),
           (34, 35, 62, 62), 48000, 0, hours="flat", weekend=0.8),
    Stream("kb_embed", "support", "chat_rag", Route("otel_flat", model="embed-small", op="embeddings", **_AZURE),
           (16, 16, 17, 17), 90000, 0, hours="night", weekend=1.0),
    Stream("copy_drafting", "growth", "campaign_copy", Route("otel_flat", model="gpt-4o", **_AZURE),
           (40, 42, 44, 44), 5200, 900),
    Stream("copy_review", "growth", "campaign_copy", Route("otel_flat", model="gpt-4.1", **_AZURE),
           (26, 27, 28, 28), 9000, 700, cached_prompt=24000),
    Stream("taglines", "growth", "taglines", _aws("bedrock", "210000000003", "us-east-1", "nova-lite", "in_region"),
           (26, 26, 27, 27), 14000, 500, tagged="feature_only"),
    Stream("copy_keys_old", "growth", "campaign_copy", Route("litellm", "anthropic", "gateway", "", "", "haiku", "global"),
           (18, 18, 0, 0), 16000, 1200, tagged="none", credential=KEY_OLD),
    Stream("copy_keys_new", "growth", "campaign_copy", Route("litellm", "anthropic", "gateway", "", "", "haiku", "global"),
           (0, 18, 20, 20), 16000, 1200, tagged="none", credential=KEY_NEW),
    Stream("nightly_documents", "docs", "doc_processing", _aws("bedrock", "210000000002", "us-west-2", "sonnet", "global"),
           (60, 62, 64, 64), 128000, 2600, hours="night", weekend=1.0),
    Stream("nightly_summaries", "docs", "doc_processing", _aws("bedrock", "210000000002", "us-west-2", "mistral-large", "in_region"),
           (34, 34, 35, 35), 42000, 1500, hours="night", weekend=1.0),
    Stream("extraction", "docs", "doc_extraction", Route("canonical", "gcp", "vertex_ai", GCP_PROJECT, "us-central1", "gemini-2.5-flash", "global"),
           (34, 35, 36, 36), 64000, 2400, cached_prompt=18000, reasoning=0.4),
    Stream("contract_qa", "docs", "contract_qa", _aws("canonical", "210000000002", "us-east-1", "sonnet", "geo"),
           (22, 23, 24, 24), 2600, 700, cached_prompt=88000, cache_write="1h"),
    Stream("archive_backfill", "docs", "archive_backfill", _aws("canonical", "210000000002", "us-east-1", "haiku", "geo", tier="batch"),
           (22, 22, 24, 24), 52000, 1800, hours="night", weekend=1.0),
    Stream("notebooks", "data_science", "experiments", _aws("bedrock", "210000000004", "us-east-1", "sonnet", "geo"),
           (14, 14, 15, 15), 38000, 1600, spread=0.8, tagged="none", principal=NOTEBOOK_ROLE, weekend=0.1, env="sandbox"),
    Stream("model_eval", "ml_platform", "model_eval", _aws("canonical", "210000000001", "us-east-1", "opus", "global"),
           (6, 6, 7, 7), 21000, 2200, tagged="full", hours="night", weekend=0.0),
    Stream("log_summaries", "platform", "log_summary", _aws("bedrock", "210000000005", "us-east-1", "nova-micro", "in_region"),
           (12, 12, 12, 12), 90000, 700, hours="flat", weekend=1.0),
    # Calls nobody labelled, from three teams, through one shared role.
    Stream("unlabelled_support", "support", "unallocated", _aws("bedrock", "210000000001", "us-east-1", "haiku", "geo"),
           (6, 6, 6, 6), 60000, 1500, tagged="none", principal=GATEWAY_ROLE),
    Stream("unlabelled_search", "search", "unallocated", _aws("bedrock", "210000000001", "us-east-1", "haiku", "geo"),
           (5, 5, 6, 6), 60000, 1500, tagged="none", principal=GATEWAY_ROLE),
]
# fmt: on

# fmt: off
AGENTS = [
    AgentStream("ticket_agent", "support", "ticket_agent", "ticket-agent", _aws("otel", "210000000001", "us-east-1", "sonnet", "global"),
                (15, 15, 16, 16), 5, 14000, 7000, 90000, 700, cached=1.0, small_model="haiku", small_share=0.2, outcome="ticket_resolved"),
    AgentStream("research_agent", "search", "research_agent", "research-agent", _aws("otel", "210000000001", "us-east-1", "opus", "geo"),
                (7, 7, 27, 27), 13, 90000, 24000, 185000, 2900, cached=0.15, small_model="haiku", small_share=0.15),
    AgentStream("code_review_agent", "growth", "code_review", "code-review-agent",
                Route("litellm", "anthropic", "gateway", "", "", "opus", "global"),
                (9, 9, 10, 10), 6, 60000, 18000, 170000, 2400, cached=0.7, cache_write="1h", credential=KEY_REVIEW, tagged="none",
                outcome="code_review_completed"),
]
# fmt: on
