"""Write seeds/reference/model_prices.csv: dated token prices, from the genai-prices package and from cited provider pages.

Sources, in order of precedence (the price book clips the lower one where both are valid):

1. ``cited``         seeds/reference/cited_prices.csv, kept by hand, one provider page per row.
2. ``genai-prices``  the price data inside the installed ``genai_prices`` wheel (MIT, works offline).
3. ``derived``       a documented multiple of one of the above, labelled so, with the page that documents it.

Unit: US dollars per single token, as decimal text. Nothing here is a float: a provider's "0.035 per million" becomes 0.000000035 exactly.

Two time axes. ``valid_from``/``valid_to`` say when the provider charges the price. ``known_from``/``known_to`` say when this file held it to be so:
a price that disappears or changes between two refreshes is not deleted but gets a ``known_to``, so that an old estimate can be explained.
Both are half-open; an empty end is open.

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
    "price_source", "provider", "model_id", "geo_scope", "service_tier", "context_min_tokens", "token_kind",
    "price_usd_per_token", "valid_from", "valid_to", "known_from", "known_to", "source", "comment",
)
CITED_COLUMNS = (
    "provider", "model_id", "geo_scope", "service_tier", "context_min_tokens", "token_kind",
    "price_usd_per_million_tokens", "valid_from", "valid_to", "known_from", "known_to", "source", "comment",
)
TOKEN_KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")
GEO_SCOPES = ("any", "global", "geo", "in_region")
SERVICE_TIERS = ("standard", "batch", "flex", "priority")

# Start of validity where the source names none: before the first priced token API.
BEGINNING = date(2020, 1, 1)
MILLION = Decimal(1_000_000)
# No token has been sold below 0.0001 or above 1,000 US dollars per million: outside is a unit mistake (cents, thousands).
LOWEST, HIGHEST = Decimal("1e-10"), Decimal("1e-3")

# genai-prices keys of text tokens. A cache write without a lifetime is the provider's default one, carried as the 5-minute kind.
PRICE_KEYS = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write_5m",
    "cache_write_5m_mtok": "cache_write_5m",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
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

    ``price`` is US dollars per single token. Dates are UTC and half-open; ``None`` as an end means open.
    ``context_min_tokens`` is the smallest total input of a request the price applies to (0 = any).
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

    @property
    def grain(self) -> tuple[str, str, str, str, int, str]:
        """What is priced: the price book's grain without time."""
        return self.provider, self.model_id, self.geo_scope, self.service_tier, self.context_min_tokens, self.token_kind

    @property
    def fact(self) -> tuple[object, ...]:
        """Everything that makes it another statement when it changes; provenance text and knowledge time do not."""
        return self.price_source, *self.grain, self.price, self.valid_from, self.valid_to

    def as_row(self) -> tuple[str, ...]:
        """The CSV cells, in the order of COLUMNS."""
        return (
            self.price_source, self.provider, self.model_id, self.geo_scope, self.service_tier, str(self.context_min_tokens), self.token_kind,
            format(self.price, "f"), self.valid_from.isoformat(), text_of(self.valid_to), self.known_from.isoformat(), text_of(self.known_to),
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


def per_token(per_million: Decimal) -> Decimal:
    """US dollars per token from US dollars per million tokens, exactly (raises PriceError if 18 decimals do not hold it)."""
    with localcontext() as context:
        context.prec = 50
        value = (per_million / MILLION).normalize()
    if -value.as_tuple().exponent > 18:
        raise PriceError(f"{per_million} US dollars per million tokens needs more than 18 decimals per token")
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
    """First day of a start-date constraint; BEGINNING for none; None for a time-of-day window, which daily prices leave out."""
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
    return {
        (context_min, PRICE_KEYS[key]): price
        for key, value in resolved.items()
        if key in PRICE_KEYS and value is not None
        for context_min, price in steps_of(value).items()
    }


def change_days(model: object) -> list[date]:
    """Days on which any price of the model changes, BEGINNING first."""
    constraints = [item.constraint for item in model.prices] if isinstance(model.prices, list) else []
    constraints += [variant.constraint for variant in model.price_variants or ()]
    return sorted({BEGINNING, *(start for item in constraints if (start := start_of(item)) is not None)})


def has_windows(model: object) -> bool:
    """Does the model carry time-of-day prices?"""
    return isinstance(model.prices, list) and any(start_of(item.constraint) is None for item in model.prices)


def genai_prices(known_from: date) -> list[Price]:
    """Every text-token price of the selected providers in the installed genai-prices wheel."""
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
            notes = [f"id {model.id}"]
            if has_windows(model):
                notes.append("its daily time-of-day windows are left out")
            days = change_days(model)
            for tier, context in {"standard": None, **TIER_CONTEXT}.items():
                for start, end in zip(days, [*days[1:], None], strict=True):
                    for (context_min, kind), price in (prices_on(model, start, context) or {}).items():
                        if price == 0:
                            continue
                        for scope in sold_scopes(provider, model.id, siblings):
                            rows.append(Price(
                                "genai-prices", provider, canonical_model_id(provider, model.id), scope, tier, context_min, kind, per_token(price),
                                start, end, known_from, None, source, "; ".join(notes),
                            ))
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
                    cells["token_kind"], per_token(Decimal(cells["price_usd_per_million_tokens"])),
                    day_of(cells["valid_from"], BEGINNING), day_of(cells["valid_to"]), day_of(cells["known_from"]), day_of(cells["known_to"]),
                    cells["source"], cells["comment"],
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
        if row.service_tier != "standard" or row.known_to is not None or row.provider not in BATCH_SOURCES:
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
        if row.provider == "gcp" and row.known_to is None and VERTEX_REGIONAL_MODELS.search(row.model_id)
        for scope in ("geo", "in_region")
    ]


# --- the file ------------------------------------------------------------------------------------------------------------------------------------


def checked(rows: Sequence[Price]) -> list[Price]:
    """The rows, if each may be published. Raises PriceError naming the first that may not, and why."""
    for row in rows:
        if row.token_kind not in TOKEN_KINDS or row.geo_scope not in GEO_SCOPES or row.service_tier not in SERVICE_TIERS:
            raise PriceError(f"{row.grain}: allowed are token kinds {TOKEN_KINDS}, scopes {GEO_SCOPES} and tiers {SERVICE_TIERS}")
        if not LOWEST <= row.price <= HIGHEST and not (row.price == 0 and "free" in row.comment):
            raise PriceError(f"{row.grain}: {row.price} US dollars per token is outside {LOWEST} to {HIGHEST}: per million, per thousand or in cents?")
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
                cells["token_kind"], Decimal(cells["price_usd_per_token"]).normalize(), day_of(cells["valid_from"]), day_of(cells["valid_to"]),
                day_of(cells["known_from"]), day_of(cells["known_to"]), cells["source"], cells["comment"],
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
        key=lambda row: (row.price_source, row.provider, row.model_id, row.geo_scope, row.service_tier, row.context_min_tokens,
                         TOKEN_KINDS.index(row.token_kind), row.valid_from, row.known_from, row.known_to or date.max, row.price),
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


def change_table(before: Sequence[Price], after: Sequence[Price]) -> tuple[Table, int]:
    """What a refresh changes, as a table and a count: added, removed, changed price, changed text or dates of knowledge."""
    def keyed(rows: Sequence[Price]) -> dict[tuple[object, ...], Price]:
        return {(row.price_source, *row.grain, row.valid_from, row.known_from): row for row in rows}

    old, new = keyed(before), keyed(after)
    table = Table(title="model_prices.csv", caption="US dollars per million tokens")
    for heading in ("change", "source", "provider", "model", "scope", "tier", "context", "kind", "valid from", "before", "after"):
        table.add_column(heading)
    count = 0
    for key in sorted(old.keys() | new.keys(), key=str):
        one, other = old.get(key), new.get(key)
        if one == other:
            continue
        count += 1
        row = other or one
        change = "added" if one is None else "removed" if other is None else "changed" if one.price != other.price else "restated"
        table.add_row(
            change, row.price_source, row.provider, row.model_id, row.geo_scope, row.service_tier, str(row.context_min_tokens), row.token_kind,
            row.valid_from.isoformat(), "" if one is None else f"{one.price * MILLION:f}", "" if other is None else f"{other.price * MILLION:f}",
        )
    return table, count


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
    table, count = change_table(before, after)
    console.print(table if count <= 200 else f"{count} rows differ (too many to list; see the git diff)")
    if options.check:
        console.print("model_prices.csv differs from what scripts/refresh_prices.py writes: run it and commit the file.")
        return 1
    PRICES_PATH.write_text(text, encoding="utf-8")
    console.print(f"Wrote {len(after)} rows to {PRICES_PATH.relative_to(ROOT)}: {count} differ from before.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
