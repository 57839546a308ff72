"""Write seeds/reference/model_prices.csv: dated prices of tokens and searches, from the genai-prices package and from cited provider pages.

Sources, in order of precedence (the price book clips the lower one where both are valid):

1. ``cited``         seeds/reference/cited_prices.csv, kept by hand, one provider page per row.
2. ``genai-prices``  the price data inside the installed ``genai_prices`` wheel (MIT, works offline).
3. ``derived``       a documented multiple of one of the above, labelled so, with the page that documents it.

Unit: US dollars per single unit (a token, a search), as decimal text. Nothing here is a float: a provider's "0.035 per million" becomes 0.000000035 exactly.

Two time axes. ``valid_from``/``valid_to`` say when the provider charges the price. ``known_from``/``known_to`` say when this file held it to be so:
a price that disappears or changes between two refreshes is not deleted but gets a ``known_to``, so that an old estimate can be explained.
Both are half-open; an empty end is open. A price that holds at some times of the day names them in minutes of the UTC day, half-open too.

Errors: a malformed cited row, a price outside the scale a token price can have, or two overlapping rows of one source stop the run with the row's line
number and the fix; nothing is written then. ``--check`` exits 1 when the committed file differs from what would be written.
"""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation, localcontext
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
CITED_PATH = ROOT / "seeds" / "reference" / "cited_prices.csv"
PRICES_PATH = ROOT / "seeds" / "reference" / "model_prices.csv"

COLUMNS = (
    "price_source", "provider", "model_id", "geo_scope", "region", "service_tier", "context_min_tokens", "token_kind", "window_from_minute", "window_to_minute",
    "unit", "price_usd_per_unit", "valid_from", "valid_to", "known_from", "known_to", "source", "comment",
)
CITED_COLUMNS = (
    "provider", "model_id", "geo_scope", "region", "service_tier", "context_min_tokens", "token_kind",
    "price_usd_per_million_units", "valid_from", "valid_to", "known_from", "known_to", "source", "comment",
)
# The kinds a bill knows, then those priced apart inside them, then what is counted in searches.
BILLED_KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
SEARCH_KINDS = ("web_search", "file_search", "rerank")
TOKEN_KINDS = (*BILLED_KINDS, "input_audio", "input_image", "cache_read_audio", "cache_read_image", "reasoning", "output_audio", "output_image", *SEARCH_KINDS)
GEO_SCOPES = ("any", "global", "geo", "in_region")
SERVICE_TIERS = ("standard", "batch", "flex", "priority")

# Start of validity where the source names none: before the first priced token API.
BEGINNING = date(2020, 1, 1)
MILLION = Decimal(1_000_000)
# No token has been sold below 0.0001 or above 1,000 US dollars per million: outside is a unit mistake (cents, thousands).
LOWEST, HIGHEST = Decimal("1e-10"), Decimal("1e-3")
LOWEST_SEARCH, HIGHEST_SEARCH = Decimal("1e-4"), Decimal("1e-1")

# genai-prices keys: what they count, and how many of them a price is for. A cache write without a lifetime is the provider's default one, carried as the 5-minute kind.
PRICE_KEYS = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write_5m",
    "cache_write_5m_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "input_audio_mtok": "input_audio",
    "input_image_mtok": "input_image",
    "cache_audio_read_mtok": "cache_read_audio",
    "cache_image_read_mtok": "cache_read_image",
    "output_reasoning_mtok": "reasoning",
    "output_audio_mtok": "output_audio",
    "output_image_mtok": "output_image",
    "web_searches_kcount": "web_search",
    "storage_searches_kcount": "file_search",
}
PROVIDERS = {
    "anthropic": "anthropic",
    "aws": "aws",
    "azure": "azure",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "google": "gcp",
    "mistral": "mistral",
    "openai": "openai",
}
# What makes a request belong to a tier, in genai-prices' own words.
TIER_CONTEXT = {
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
}

# Models priced by another measure than text tokens, retired before 2024, or free mirrors.
NOT_TEXT_TOKENS = re.compile(
    r"audio|realtime|transcribe|tts|whisper|image|voxtral|sonic|-live|live-|ocr|moderation|omni|robotics|nano-banana|computer-use|(?:^|-)search|:free|:extended"
    r"|^ft:|\.ft-|^(?:ada|babbage|curie|davinci)(?:-002)?$|^text-davinci|^gpt-3\.5-(?:0301|turbo-(?:0613|1106|16k|instruct))$|^claude-(?:2|v1)$|^gpt-4-vision"
    r"|^gemini-(?:pro|1\.0-pro)|^gemini-flash-1\.5|^mistral-(?:tiny|nemo:)|^mai-ds|^wizardlm|^zai-|^command(?:-light)?$"
)
# Whole models whose genai-prices rows are stale and whose history the cited file holds completely.
REPLACED_BY_CITED = {
    ("deepseek", "deepseek-chat"): "genai-prices 0.2.3 still has the price list that ended 2025-09-05",
    ("deepseek", "deepseek-reasoner"): "genai-prices 0.2.3 still has the price list that ended 2025-09-05",
}

BATCH_SOURCES = {
    "anthropic": "https://platform.claude.com/docs/en/build-with-claude/batch-processing (all usage at 50% of standard API prices)",
    "aws": "https://aws.amazon.com/bedrock/pricing/ (batch inference of select models at 50% of on-demand)",
    "gcp": "https://cloud.google.com/vertex-ai/generative-ai/pricing (batch at 50% of standard)",
    "mistral": "https://docs.mistral.ai/capabilities/batch (50% of standard)",
    "openai": "https://platform.openai.com/docs/guides/batch (50% of synchronous prices)",
}
# Bedrock offers batch for these families (AWS: "Supported models for batch inference").
AWS_BATCH_MODELS = re.compile(r"^(?:claude-|nova-(?:micro|lite|pro|premier|2-lite)|llama|mistral-(?:large|small)|ministral|magistral|devstral|gpt-oss|qwen3|gemma-3|nemotron)")
# Bedrock and Vertex AI do not cache prompts of a batch job, so only plain input and output have a batch price there.
UNCACHED_KINDS = frozenset({"input", "output"})

VERTEX_REGIONAL_SOURCE = "https://cloud.google.com/vertex-ai/generative-ai/pricing#claude-models (multi-region and regional endpoints carry a 10% premium over global)"
# Claude models of Vertex AI sold with a regional premium: from the 4.5 generation on.
VERTEX_REGIONAL_MODELS = re.compile(r"^claude-(?:(?:sonnet|opus|haiku)-(?:4-[5-9]|[5-9])|fable-|mythos-)")


@dataclass(frozen=True, slots=True)
class Price:
    """One price over one validity and one knowledge interval.

    ``price`` is US dollars per single unit: a token, or a search. Dates are UTC and half-open; ``None`` as an end means open.
    ``context_min_tokens`` is the smallest total input of a request the price applies to (0 = any). ``region`` is a region or the beginning of several
    (``eu`` holds for eu-west-1), empty for any. ``window`` is the part of the UTC day, in minutes, ``None`` for the whole of it.
    """

    price_source: str
    provider: str
    model_id: str
    geo_scope: str
    service_tier: str
    context_min_tokens: int
    token_kind: str
    price: Decimal
    valid_from: date
    valid_to: date | None
    known_from: date
    known_to: date | None
    source: str
    comment: str
    region: str = ""
    window: tuple[int, int] | None = None

    @property
    def grain(self) -> tuple[object, ...]:
        """What is priced: the price book's grain without dates."""
        return self.provider, self.model_id, self.geo_scope, self.service_tier, self.context_min_tokens, self.token_kind, self.region, self.window or ()

    @property
    def unit(self) -> str:
        """What one unit is."""
        return "searches" if self.token_kind in SEARCH_KINDS else "tokens"

    @property
    def fact(self) -> tuple[object, ...]:
        """Everything that makes it another statement when it changes; provenance text and knowledge time do not."""
        return self.price_source, *self.grain, self.price, self.valid_from, self.valid_to

    def as_row(self) -> tuple[str, ...]:
        """The CSV cells, in the order of COLUMNS."""
        return (
            self.price_source, self.provider, self.model_id, self.geo_scope, self.region, self.service_tier, str(self.context_min_tokens), self.token_kind,
            *(("", "") if self.window is None else map(str, self.window)), self.unit, format(self.price, "f"),
            self.valid_from.isoformat(), text_of(self.valid_to), self.known_from.isoformat(), text_of(self.known_to),
            self.source, self.comment,
        )


class PriceError(ValueError):
    """A price that must not be published; the message names the row and the fix."""


def text_of(day: date | None) -> str:
    """ISO text of a date; empty for an open end."""
    return "" if day is None else day.isoformat()


def day_of(text: str, default: date | None = None) -> date | None:
    """The date an ISO text names; ``default`` for an empty one. Raises ValueError on anything else."""
    return date.fromisoformat(text) if text.strip() else default


def per_unit(per_million: Decimal) -> Decimal:
    """US dollars per unit from US dollars per million, exactly (raises PriceError if 18 decimals do not hold it)."""
    with localcontext() as context:
        context.prec = 50
        value = (per_million / MILLION).normalize()
    if -value.as_tuple().exponent > 18:
        raise PriceError(f"{per_million} US dollars per million needs more than 18 decimals per unit")
    return value


# --- genai-prices --------------------------------------------------------------------------------------------------------------------------------


def canonical_model_id(provider: str, source_id: str) -> str:
    """Our name of a model: the developer's own, without host, route, hosting revision or compact release date.

    Examples: global.anthropic.claude-sonnet-4-6-v1:0 -> claude-sonnet-4-6; meta.llama3-3-70b-instruct-v1:0 -> llama3-3-70b-instruct.
    """
    name = source_id.lower()
    if provider == "aws":
        name = re.sub(r"^(?:global|regional)\.", "", name)
        name = re.sub(r"^deepseek\.r1", "deepseek.deepseek-r1", name)
        name = re.sub(r"^(?:amazon|anthropic|cohere|deepseek|google|meta|mistral|moonshotai|nvidia|openai|qwen|writer|zai)\.", "", name)
        name = re.sub(r"(?:-v?\d+)?:\d+$", "", name)
        name = re.sub(r"^(claude-.*)-v\d+$", r"\1", name)
    if name.startswith("claude-"):
        name = re.sub(r"-(?:20\d{6}|latest)$", "", name)
        name = re.sub(r"^claude-(?:4-(opus|sonnet)|(opus|sonnet)-4-0)$", lambda m: f"claude-{m[1] or m[2]}-4", name)
    return {
        "titan-embed-text": "titan-embed-text-v2" if ":0" in source_id else "titan-embed-text-v1",
        "titan-embed-text-v2": "titan-embed-text-v2",
        "o3-2025-04-16": "o3",
        "gemini-pro-1.5": "gemini-1.5-pro",
        "embed-v4.0": "embed-v4",
    }.get(name, name)


def sold_scopes(provider: str, source_id: str, siblings: frozenset[str]) -> tuple[str, ...]:
    """Geographic scopes a genai-prices id covers.

    On Bedrock ``global.`` is the global inference profile and ``regional.`` everything else: a geographic profile (us., eu., …) and the in-region
    model id are billed under one usage type. Where no global sibling exists, routing has no price.
    """
    if provider != "aws":
        return ("any",)
    if source_id.startswith("global."):
        return ("global",)
    if source_id.startswith("regional.") and "global." + source_id.removeprefix("regional.") in siblings:
        return ("geo", "in_region")
    return ("any",)


def steps_of(price: object) -> dict[int, Decimal]:
    """Price per million by the smallest request input it applies to. The source's threshold is exclusive ("over 200,000"), ours inclusive."""
    if hasattr(price, "tiers"):
        return {0: price.base, **{tier.start + 1: tier.price for tier in price.tiers}}
    return {0: price}


def start_of(constraint: object) -> date | None:
    """First day of a start-date constraint; BEGINNING for none; None for a time-of-day window, which has prices of its own."""
    if constraint is None:
        return BEGINNING
    return getattr(constraint, "start_date", None)


def prices_on(model: object, day: date, context: dict[str, str] | None) -> dict[tuple[int, str], Decimal] | None:
    """Price per million by (context_min_tokens, token kind) on one day, or None where the model has no such service tier on that day."""
    conditional = model.prices if isinstance(model.prices, list) else None
    if conditional is None:
        resolved = dict(model.prices.__dict__)
    else:
        # The package's rule: the last active one wins, and the first stands in when none is active.
        active = [item for item in conditional if (start := start_of(item.constraint)) is not None and start <= day]
        resolved = dict((active or conditional[:1])[-1].prices.__dict__)
    if context is not None:
        overrides: dict[str, object] = {}
        for variant in model.price_variants or ():
            start = start_of(variant.constraint)
            if variant.when == context and start is not None and start <= day:
                for key, value in variant.prices.__dict__.items():
                    if value is not None:
                        overrides.setdefault(key, value)
        if not overrides:
            return None
        resolved |= overrides
    return by_kind(resolved)


def by_kind(prices: dict[str, object]) -> dict[tuple[int, str], Decimal]:
    """Price per million by (context_min_tokens, token kind) of genai-prices' own keys; what it prices per thousand is brought to a million."""
    return {
        (context_min, PRICE_KEYS[key]): price * 1000 if key.endswith("_kcount") else price
        for key, value in prices.items()
        if key in PRICE_KEYS and value is not None
        for context_min, price in steps_of(value).items()
    }


def change_days(model: object) -> list[date]:
    """Days on which any price of the model changes, BEGINNING first."""
    constraints = [item.constraint for item in model.prices] if isinstance(model.prices, list) else []
    constraints += [variant.constraint for variant in model.price_variants or ()]
    return sorted({BEGINNING, *(start for item in constraints if (start := start_of(item)) is not None)})


def windows_of(model: object) -> Iterator[tuple[date, tuple[int, int], dict[tuple[int, str], Decimal]]]:
    """Prices of a part of the day: their first day, the part in minutes of the UTC day, and price per million by (context_min_tokens, token kind).

    The package dates no window. It lists one after the daily price it departs from, so a window is taken to begin with that price.
    """
    since = BEGINNING
    for item in model.prices if isinstance(model.prices, list) else ():
        start = start_of(item.constraint)
        if start is not None:
            since = start
            continue
        first, last = (moment.hour * 60 + moment.minute for moment in (item.constraint.start_time, item.constraint.end_time))
        for window in [(first, last)] if first < last else [(first, 24 * 60), (0, last)]:
            if window[0] < window[1]:
                yield since, window, by_kind(item.prices.__dict__)


def genai_prices(known_from: date) -> list[Price]:
    """Every price of tokens and searches of the selected providers' language models in the installed genai-prices wheel."""
    from genai_prices.data import providers

    source = f"genai-prices {version('genai-prices')} (PyPI, MIT)"
    rows: list[Price] = []
    for genai_provider in providers:
        provider = PROVIDERS.get(genai_provider.id)
        if provider is None:
            continue
        siblings = frozenset(model.id for model in genai_provider.models)
        for model in genai_provider.models:
            if NOT_TEXT_TOKENS.search(model.id) or (provider, model.id) in REPLACED_BY_CITED:
                continue
            scopes = sold_scopes(provider, model.id, siblings)
            days = change_days(model)
            for tier, context in {"standard": None, **TIER_CONTEXT}.items():
                for start, end in zip(days, [*days[1:], None], strict=True):
                    for (context_min, kind), price in (prices_on(model, start, context) or {}).items():
                        if price == 0:
                            continue
                        rows += [
                            Price("genai-prices", provider, canonical_model_id(provider, model.id), scope, tier, context_min, kind, per_unit(price),
                                  start, end, known_from, None, source, f"id {model.id}")
                            for scope in scopes
                        ]
            for start, window, prices in windows_of(model):
                rows += [
                    Price("genai-prices", provider, canonical_model_id(provider, model.id), scope, "standard", context_min, kind, per_unit(price),
                          start, None, known_from, None, source, f"id {model.id}; dated by the daily price it is listed after", window=window)
                    for (context_min, kind), price in prices.items()
                    for scope in scopes
                    if price != 0
                ]
    return merged(rows)


def merged(rows: Iterable[Price]) -> list[Price]:
    """Joins touching intervals of one price, and drops the repetitions two source ids of one model leave. Raises PriceError if those disagree."""
    by_grain: dict[tuple[object, ...], list[Price]] = {}
    for row in rows:
        by_grain.setdefault((row.price_source, *row.grain, row.known_from, row.known_to), []).append(row)
    result: list[Price] = []
    for group in by_grain.values():
        kept: list[Price] = []
        for row in sorted(group, key=lambda item: (item.valid_from, item.valid_to or date.max, item.comment)):
            last = kept[-1] if kept else None
            if last and (last.valid_to is None or last.valid_to > row.valid_from):
                if last.price != row.price:
                    raise PriceError(f"{last.comment!r} and {row.comment!r} give two prices to {row.grain} on {row.valid_from}: tell them apart in canonical_model_id")
                if last.valid_to is not None and (row.valid_to is None or row.valid_to > last.valid_to):
                    kept[-1] = replace(last, valid_to=row.valid_to)
            elif last and last.valid_to == row.valid_from and last.price == row.price:
                kept[-1] = replace(last, valid_to=row.valid_to)
            else:
                kept.append(row)
        result += kept
    return result


# --- cited and derived ---------------------------------------------------------------------------------------------------------------------------


def cited_prices(path: Path = CITED_PATH) -> list[Price]:
    """The hand-kept rows. Raises PriceError naming file and line for a row that cannot be used."""
    rows: list[Price] = []
    with path.open(newline="", encoding="utf-8") as handle:
        reader = csv.DictReader(handle)
        if tuple(reader.fieldnames or ()) != CITED_COLUMNS:
            raise PriceError(f"{path.name}: the header must be {','.join(CITED_COLUMNS)}")
        for cells in reader:
            where = f"{path.name} line {reader.line_num}"
            try:
                row = Price(
                    "cited", cells["provider"], cells["model_id"], cells["geo_scope"], cells["service_tier"], int(cells["context_min_tokens"]),
                    cells["token_kind"], per_unit(Decimal(cells["price_usd_per_million_units"])),
                    day_of(cells["valid_from"], BEGINNING), day_of(cells["valid_to"]), day_of(cells["known_from"]), day_of(cells["known_to"]),
                    cells["source"], cells["comment"], cells["region"],
                )
            except (ValueError, InvalidOperation) as error:
                raise PriceError(f"{where}: {error}") from error
            for column in ("known_from", "source", "comment"):
                if not getattr(row, column):
                    raise PriceError(f"{where}: {column} is empty; a cited price needs it")
            rows.append(row)
    return rows


def derived_batch(rows: Sequence[Price]) -> list[Price]:
    """Batch prices the provider documents as half of the standard one.

    genai-prices lists batch prices only from the day it verified them; these rows cover the days before, since the price book lets it win from that day.
    The kinds it leaves at the standard price stay so here. Otherwise only models with a listed batch price are taken to be sold in batches.
    """
    listed = {row.grain for row in rows if row.service_tier == "batch"}
    standard = {(row.grain, row.price) for row in rows if row.service_tier == "standard"}
    undiscounted = {row.grain for row in rows if row.service_tier == "batch" and ((*row.grain[:3], "standard", *row.grain[4:]), row.price) in standard}
    result: list[Price] = []
    for row in rows:
        if row.service_tier != "standard" or row.token_kind not in BILLED_KINDS or row.known_to is not None or row.provider not in BATCH_SOURCES:
            continue
        grain = (*row.grain[:3], "batch", *row.grain[4:])
        if row.provider == "aws":
            if not AWS_BATCH_MODELS.search(row.model_id) or row.token_kind not in UNCACHED_KINDS:
                continue
        elif row.provider == "anthropic":
            if not row.model_id.startswith("claude-"):
                continue
        elif row.provider == "gcp" and row.model_id.startswith("claude-"):
            if row.token_kind not in UNCACHED_KINDS:
                continue
        elif grain not in listed and not (row.provider == "openai" and row.model_id.startswith("text-embedding-")):
            continue
        unchanged = grain in undiscounted
        with localcontext() as context:
            context.prec = 50
            price = row.price if unchanged else (row.price / 2).normalize()
        comment = "batch leaves this kind at the standard price" if unchanged else "half of the standard price"
        result.append(replace(row, price_source="derived", service_tier="batch", price=price, source=BATCH_SOURCES[row.provider], comment=f"{comment}; {row.comment}"))
    return result


def derived_vertex_regional(rows: Sequence[Price]) -> list[Price]:
    """Regional prices of Claude on Vertex AI: 110 % of the global price genai-prices lists."""
    return [
        replace(row, price_source="derived", geo_scope=scope, price=(row.price * Decimal("1.1")).normalize(), source=VERTEX_REGIONAL_SOURCE, comment=f"110% of global; {row.comment}")
        for row in rows
        if row.provider == "gcp" and row.token_kind in BILLED_KINDS and row.known_to is None and VERTEX_REGIONAL_MODELS.search(row.model_id)
        for scope in ("geo", "in_region")
    ]


# --- the file ------------------------------------------------------------------------------------------------------------------------------------


def checked(rows: Sequence[Price]) -> list[Price]:
    """The rows, if each may be published. Raises PriceError naming the first that may not, and why."""
    for row in rows:
        if row.token_kind not in TOKEN_KINDS or row.geo_scope not in GEO_SCOPES or row.service_tier not in SERVICE_TIERS:
            raise PriceError(f"{row.grain}: allowed are token kinds {TOKEN_KINDS}, scopes {GEO_SCOPES} and tiers {SERVICE_TIERS}")
        lowest, highest = (LOWEST_SEARCH, HIGHEST_SEARCH) if row.unit == "searches" else (LOWEST, HIGHEST)
        if not lowest <= row.price <= highest and not (row.price == 0 and "free" in row.comment):
            raise PriceError(f"{row.grain}: {row.price} US dollars for one of the {row.unit} is outside {lowest} to {highest}: per million, per thousand or in cents?")
        if row.valid_to is not None and row.valid_to <= row.valid_from:
            raise PriceError(f"{row.grain}: valid_to {row.valid_to} is not after valid_from {row.valid_from}")
        if row.known_to is not None and row.known_to <= row.known_from:
            raise PriceError(f"{row.grain}: known_to {row.known_to} is not after known_from {row.known_from}")
    by_grain: dict[tuple[object, ...], list[Price]] = {}
    for row in rows:
        by_grain.setdefault((row.price_source, *row.grain), []).append(row)
    for group in by_grain.values():
        group.sort(key=lambda item: (item.valid_from, item.known_from))
        for index, one in enumerate(group):
            for other in group[index + 1:]:
                if overlap(one.valid_from, one.valid_to, other.valid_from, other.valid_to) and overlap(one.known_from, one.known_to, other.known_from, other.known_to):
                    raise PriceError(f"two {one.price_source} prices for {one.grain} on {other.valid_from}: end one of them")
    return list(rows)


def overlap(from_a: date, to_a: date | None, from_b: date, to_b: date | None) -> bool:
    """Do two half-open intervals share a day?"""
    return from_a < (to_b or date.max) and from_b < (to_a or date.max)


def committed_prices(path: Path = PRICES_PATH) -> list[Price]:
    """The rows of the committed file; none if it does not exist yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as handle:
        return [
            Price(
                cells["price_source"], cells["provider"], cells["model_id"], cells["geo_scope"], cells["service_tier"], int(cells["context_min_tokens"]),
                cells["token_kind"], Decimal(cells["price_usd_per_unit"]).normalize(), day_of(cells["valid_from"]), day_of(cells["valid_to"]),
                day_of(cells["known_from"]), day_of(cells["known_to"]), cells["source"], cells["comment"], cells["region"],
                (int(cells["window_from_minute"]), int(cells["window_to_minute"])) if cells["window_from_minute"] else None,
            )
            for cells in csv.DictReader(handle)
        ]


def with_history(fresh: Sequence[Price], committed: Sequence[Price], today: date) -> list[Price]:
    """The fresh statement, with the committed file's knowledge dates and with what it no longer states closed today.

    Cited rows carry their own knowledge dates and are taken as they stand. A generated row stated and withdrawn on one day was never known, and goes.
    """
    known = {row.fact: row for row in committed if row.known_to is None and row.price_source != "cited"}
    current = {row.fact for row in fresh}
    result = [
        replace(row, known_from=known[row.fact].known_from) if row.price_source != "cited" and row.fact in known else row
        for row in fresh
    ]
    for row in committed:
        if row.price_source == "cited":
            continue
        if row.known_to is not None:
            result.append(row)
        elif row.fact not in current and row.known_from < today:
            result.append(replace(row, known_to=today))
    return result


def generate(today: date, committed: Sequence[Price] = ()) -> list[Price]:
    """All rows of the file, checked and in its order: by source, provider, model, scope, tier, context, kind, then time."""
    stated = [*cited_prices(), *genai_prices(today)]
    stated += derived_vertex_regional(stated)
    # Derived rows of one grain can come from a cited and from a generated row at once: the cited one, being first, is the one to derive from.
    rows = [*stated, *first_per_day(derived_batch(stated), already=[row for row in stated if row.price_source == "derived"])]
    ordered = sorted(
        with_history(rows, committed, today),
        key=lambda row: (row.price_source, row.provider, row.model_id, row.geo_scope, row.region, row.service_tier, row.context_min_tokens,
                         TOKEN_KINDS.index(row.token_kind), row.window or (), row.valid_from, row.known_from, row.known_to or date.max, row.price),
    )
    return checked(ordered)


def first_per_day(rows: Iterable[Price], already: Iterable[Price]) -> list[Price]:
    """Of overlapping rows of one grain keeps the days that ``already`` and the earlier ones in the input leave free."""
    result: list[Price] = []
    taken: dict[tuple[object, ...], list[Price]] = {}
    for row in already:
        taken.setdefault(row.grain, []).append(row)
    for row in rows:
        pieces = [(row.valid_from, row.valid_to)]
        for other in taken.get(row.grain, ()):
            pieces = [piece for start, end in pieces for piece in without(start, end, other.valid_from, other.valid_to)]
        kept = [replace(row, valid_from=start, valid_to=end) for start, end in pieces]
        taken.setdefault(row.grain, []).extend(kept)
        result += kept
    return result


def without(start: date, end: date | None, cut_from: date, cut_to: date | None) -> Iterator[tuple[date, date | None]]:
    """The half-open interval less another: none, one or two pieces."""
    if not overlap(start, end, cut_from, cut_to):
        yield start, end
        return
    if start < cut_from:
        yield start, cut_from
    if cut_to is not None and (end is None or cut_to < end):
        yield cut_to, end


def as_csv(rows: Iterable[Price]) -> str:
    """The file's text: comma separated, line feeds, header first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row.as_row() for row in rows)
    return buffer.getvalue()


def changes(before: Sequence[Price], after: Sequence[Price]) -> list[tuple[str, Price | None, Price | None]]:
    """What a refresh changes of what is held to be true: (added, changed, withdrawn or restated, the price before, the price after).

    A price counts as changed where the same source states another figure, or another end, for the same thing from the same day; restated where it
    only says it in other words.
    """
    def held(rows: Sequence[Price]) -> dict[tuple[object, ...], Price]:
        return {(row.price_source, *row.grain, row.valid_from): row for row in rows if row.known_to is None}

    old, new = held(before), held(after)
    found = []
    for key in sorted(old.keys() | new.keys(), key=str):
        one, other = old.get(key), new.get(key)
        if one is None or other is None:
            found.append(("added" if one is None else "withdrawn", one, other))
        elif one != other:
            found.append(("changed" if one.fact != other.fact else "restated", one, other))
    return found


def summary_table(found: Sequence[tuple[str, Price | None, Price | None]]) -> Table:
    """How many prices of each provider a refresh adds, changes and withdraws."""
    table = Table(title="model_prices.csv by provider")
    kinds = ("added", "changed", "withdrawn", "restated")
    for heading in ("provider", *kinds):
        table.add_column(heading, justify="left" if heading == "provider" else "right")
    for provider in sorted({(other or one).provider for _, one, other in found}):
        counts = [sum(1 for change, one, other in found if change == kind and (other or one).provider == provider) for kind in kinds]
        table.add_row(provider, *map(str, counts))
    return table


def change_table(found: Sequence[tuple[str, Price | None, Price | None]]) -> Table:
    """The changes one by one."""
    table = Table(title="model_prices.csv", caption="US dollars per million tokens or searches")
    for heading in ("change", "source", "provider", "model", "scope", "region", "tier", "context", "kind", "minutes", "valid from", "before", "after"):
        table.add_column(heading)
    for change, one, other in found:
        row = other or one
        table.add_row(
            change, row.price_source, row.provider, row.model_id, row.geo_scope, row.region, row.service_tier, str(row.context_min_tokens), row.token_kind,
            "" if row.window is None else f"{row.window[0]}-{row.window[1]}", row.valid_from.isoformat(), said(one), said(other),
        )
    return table


def said(row: Price | None) -> str:
    """A price per million and its end, as the table shows it."""
    if row is None:
        return ""
    return f"{(row.price * MILLION).normalize():f}" + ("" if row.valid_to is None else f" until {row.valid_to}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line. Returns 0, or 1 when --check finds a difference or a price may not be published."""
    parser = argparse.ArgumentParser(description="Write seeds/reference/model_prices.csv from genai-prices and cited_prices.csv.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the committed file differs")
    parser.add_argument("--today", type=date.fromisoformat, default=datetime.now(timezone.utc).date(), help="day from which new rows are known (default: today, UTC)")
    options = parser.parse_args(arguments)
    console = Console()
    try:
        before = committed_prices()
        after = generate(options.today, before)
    except PriceError as error:
        console.print(f"[red]model_prices.csv was not written:[/red] {error}", soft_wrap=True)
        return 1
    text = as_csv(after)
    current = PRICES_PATH.read_text(encoding="utf-8") if PRICES_PATH.exists() else ""
    if text == current:
        console.print(f"model_prices.csv is up to date: {len(after)} rows.")
        return 0
    found = changes(before, after)
    console.print(summary_table(found))
    console.print(change_table(found) if len(found) <= 200 else f"{len(found)} prices differ (too many to list; see the git diff)")
    if options.check:
        console.print("model_prices.csv differs from what scripts/refresh_prices.py writes: run it and commit the file.")
        return 1
    PRICES_PATH.write_text(text, encoding="utf-8")
    console.print(f"Wrote {len(after)} rows to {PRICES_PATH.name}: {len(found)} prices differ from before.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
