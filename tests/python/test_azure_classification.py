"""What a line of Azure cost details is, pinned to the meter names Azure writes: staging, units and the rules of the reference seeds, together."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

OPENAI, FOUNDRY = "Cognitive Services", "Foundry Models"
S, R, G = "standard", "in_region", "global"

# meter category, sub-category, meter, unit of measure -> layer, driver kind, model, token kind, tier, routing
TOKENS = [
    (OPENAI, "Azure OpenAI", "gpt-4o-0806-Inp-glbl Tokens", "1K", "gpt-4o", "input", S, G),
    (OPENAI, "Azure OpenAI", "gpt 4.1 Inp glbl Tokens", "1K", "gpt-4.1", "input", S, G),
    (OPENAI, "Azure OpenAI", "gpt-4o-mini-0718-Outp-regnl Tokens", "1K", "gpt-4o-mini", "output", S, R),
    (OPENAI, "Azure OpenAI", "gpt-4o-mini-0718-Batch-Inp-glbl Tokens", "1K", "gpt-4o-mini", "input", "batch", G),
    (FOUNDRY, "Azure OpenAI", "gpt 4.1 Batch Outp Data Zone Tokens", "1K", "gpt-4.1", "output", "batch", "geo"),
    (FOUNDRY, "Azure OpenAI", "gpt-4o-0806-cached-Inp-DZone Tokens", "1K", "gpt-4o", "cache_read", S, "geo"),
    (FOUNDRY, "Azure OpenAI", "gpt 4.1 mini in regional Tokens", "1K", "gpt-4.1-mini", "input", S, R),
    (FOUNDRY, "Azure OpenAI", "o3 0416 cchd inp glbl Tokens", "1K", "o3", "cache_read", S, G),
    (FOUNDRY, "Azure OpenAI GPT5", "5.4 pp inp Gl 1M Tokens", "1M", "gpt-5.4", "input", "priority", G),
    (FOUNDRY, "Azure OpenAI GPT5", "5.1 pp cd inp Dz 1M Tokens", "1M", "gpt-5.1", "cache_read", "priority", "geo"),
    (FOUNDRY, "Azure OpenAI GPT5", "5.4 opt Gl 1M Tokens", "1M", "gpt-5.4", "output", S, G),
    (FOUNDRY, "Azure OpenAI GPT5", "gpt-5-codex-ccchd-inp-glbl Tokens", "1K", "gpt-5", "cache_read", S, G),
]
# What is billed for the model and is no count of its tokens, and what the other layers meet.
OTHERS = [
    (OPENAI, "Azure OpenAI", "Provisioned Managed Global Unit", "1/Hour", "inference", "provisioned_throughput", "hours"),
    (OPENAI, "Azure OpenAI", "Provisioned Managed Data Zone Unit", "1 Hour", "inference", "provisioned_throughput", "hours"),
    (OPENAI, "Azure OpenAI", "Provisioned Managed Regional Unit", "1 Hour", "inference", "provisioned_throughput", "hours"),
    ("SaaS", "Claude", "Claude Consumption Unit", "1", "inference", "foundry_ccu", None),
    ("Unassigned", "", "CCU", "1", "inference", "foundry_ccu", None),
    (OPENAI, "Azure OpenAI", "text-embedding-3-large-glbl Tokens", "1K", "retrieval", "embedding", "tokens"),
    ("Azure Cognitive Search", "Standard S1", "Standard S1 Unit", "1 Hour", "retrieval", "vector_search", "hours"),
    ("Virtual Machines", "NDv5 Series", "ND96isr H100 v5", "1 Hour", "gpu", "gpu_node", "hours"),
    ("Virtual Machines", "NCv4 Series", "NC24ads A100 v4/NC24ads A100 v4 Spot", "1 Hour", "gpu", "gpu_node", "hours"),
    ("Virtual Machines", "Dv2/DSv2 Series", "D2 v2/DS2 v2", "1 Hour", "other", "none", "hours"),
    ("Bandwidth", "Inter-Region", "Intra Continent Data Transfer Out", "1 GB", "egress", "inter_region", "gib"),
    ("Bandwidth", "Rtn Preference: MGN", "Standard Data Transfer Out", "1 GB", "egress", "internet", "gib"),
    ("NAT Gateway", "", "Standard Data Processed", "1 GB", "egress", "nat_bytes", "gib"),
    ("Log Analytics", "", "Pay-as-you-go Data Ingestion", "1 GB", "storage", "log_ingest", "gib"),
    ("Log Analytics", "", "Pay-as-you-go Data Retention", "1 GB/Month", "storage", "log_storage", "gib_months"),
    ("Storage", "Premium SSD Managed Disks", "P10 LRS Disk", "1/Month", "storage", "volume", "months"),
    ("Storage", "Standard HDD Managed Disks", "Disk Operations", "10K", "storage", "volume", "requests"),
    ("Storage", "Tiered Block Blob", "GRS List and Create Container Operations", "10K", "storage", "object_storage", "requests"),
]
UNITS = [
    ("1K", "gpt 4.1 Inp glbl Tokens", "tokens", 1_000),
    ("1M", "5.4 pp inp Gl 1M Tokens", "tokens", 1_000_000),
    ("10K", "Disk Operations", "requests", 10_000),
    ("1M", "All Other Operations", "requests", 1_000_000),
    ("1 Hour", "B1s", "hours", 1),
    ("100 Hours", "Provisioned Managed Global Unit", "hours", 100),
    ("1/Hour", "Provisioned Managed Global Unit", "hours", 1),
    ("1/Day", "B DTU", "days", 1),
    ("1/Month", "P10 LRS Disk", "months", 1),
    ("1 GB/Month", "Pay-as-you-go Data Retention", "gib_months", 1),
    ("100 GB/Month", "Hot LRS Data Stored", "gib_months", 100),
    ("1 TB", "Standard Data Transfer Out", "gib", 1024),
    ("Units", "gpt 4.1 Inp glbl Tokens", None, None),
    ("1 Fortnight", "gpt 4.1 Inp glbl Tokens", None, None),
]


@pytest.fixture(scope="module")
def skus(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple]:
    root = tmp_path_factory.mktemp("meters") / "landing"
    folder = root / "azure_actual_costs" / "export"
    folder.mkdir(parents=True)
    with (folder / "part.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["BillingAccountId", "Date", "MeterCategory", "MeterSubCategory", "MeterName", "UnitOfMeasure", "Quantity", "Cost", "BillingCurrency"])
        writer.writerows(["1", "09/04/2026", *line[:4], "1", "1", "USD"] for line in [*TOKENS, *OTHERS])
    with duckdb.connect(str(build(root, select="+int_charges__skus")), read_only=True) as connection:
        rows = connection.execute("""
            select charges.sku_meter, skus.layer, skus.driver_kind, skus.model_id, skus.token_kind, skus.service_tier, skus.geo_scope
            from (select distinct sku_meter, x_sku_text, service_name from intermediate.int_charges__unioned) as charges
            inner join intermediate.int_charges__skus as skus
                on charges.x_sku_text = skus.x_sku_text and charges.service_name is not distinct from skus.service_name
        """).fetchall()
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize(("category", "sub_category", "meter", "unit", "model", "kind", "tier", "routing"), TOKENS, ids=[line[2] for line in TOKENS])
def test_azure_openai_meters_name_model_direction_cache_tier_and_routing(skus, category, sub_category, meter, unit, model, kind, tier, routing) -> None:
    assert skus[meter] == ("inference", "llm_tokens", model, kind, tier, routing)
    assert unit_of(unit, meter)[0] == "tokens"


@pytest.mark.parametrize(("category", "sub_category", "meter", "unit", "layer", "driver_kind", "base_unit"), OTHERS, ids=[line[2] for line in OTHERS])
def test_azure_meters_find_their_layer(skus, category, sub_category, meter, unit, layer, driver_kind, base_unit) -> None:
    assert skus[meter][:2] == (layer, driver_kind)
    assert unit_of(unit, meter)[0] == base_unit


def test_provisioned_units_are_hours_and_never_a_kind_of_token(skus) -> None:
    assert {skus[line[2]][2:4] for line in OTHERS if line[2].startswith("Provisioned")} == {(None, None)}


def test_claude_in_foundry_names_no_model_and_says_so(skus) -> None:
    """One meter for every model: the driver kind tells it apart from tokens whose model is merely unknown."""
    assert {skus[line[2]][1:4] for line in OTHERS if line[5] == "foundry_ccu"} == {("foundry_ccu", None, None)}


@pytest.mark.parametrize(("unit", "meter", "base_unit", "multiplier"), UNITS, ids=[f"{line[0]} of {line[1]}" for line in UNITS])
def test_azure_blocks_are_scaled_and_unknown_units_are_not_guessed(unit, meter, base_unit, multiplier) -> None:
    assert unit_of(unit, meter) == (base_unit, multiplier)


def unit_of(unit: str, text: str) -> tuple[str | None, int | None]:
    """The rule of the reference seed for a unit beside a meter, as int_charges__units picks it."""
    seed = Path(__file__).resolve().parents[2] / "seeds" / "reference" / "unit_multipliers.csv"
    with seed.open(newline="") as file:
        rules = sorted(csv.DictReader(file), key=lambda rule: int(rule["priority"]))
    found = next((rule for rule in rules if rule["unit"] in (unit.lower(), "*") and re.search(rule["text_pattern"], text, re.IGNORECASE)), None)
    return (found["base_unit"], int(found["multiplier"])) if found else (None, None)
