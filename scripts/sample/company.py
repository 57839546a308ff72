"""Who the sample company is: its calendar, accounts, teams and tags."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta, timezone

import numpy as np

START = date(2026, 8, 1)
BILLED_END = date(2026, 11, 1)  # bills exist up to here (exclusive)
TELEMETRY_END = date(2026, 11, 3)  # telemetry runs two days further: those days can only be estimated
DAYS = (TELEMETRY_END - START).days
BILLED_DAYS = (BILLED_END - START).days
MONTHS = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
EPOCH = date(1970, 1, 1)
START_MS = (START - EPOCH).days * DAY_MS
BILLED_END_MS = START_MS + BILLED_DAYS * DAY_MS
TELEMETRY_END_MS = START_MS + DAYS * DAY_MS

RENAMED_ON = date(2026, 10, 1)  # team search becomes discovery; its tags keep saying search
PRICE_CHANGE_ON = date(2026, 9, 15)  # Mistral Large falls from 3/9 to 2/6 dollars a million
KEY_DELETED_ON = date(2026, 9, 18)  # the growth team's first gateway key

AWS_PAYER = "111122223333"
ML_PAYER = "444455556666"
AWS_ACCOUNTS = {
    "210000000001": "ai-prod",
    "210000000002": "docs-prod",
    "210000000003": "growth-prod",
    "210000000004": "data-science-sandbox",
    "210000000005": "platform",
    "440000000001": "ml-platform",
    "440000000002": "ml-training",
}
AZURE_BILLING_ACCOUNT = "7004411"
AZURE_SUBSCRIPTION = "3b1f7c52-9a44-4c0e-8f21-5d1f6a7b8c90"
GCP_BILLING_ACCOUNT = "01A2B3-C4D5E6-F70809"
GCP_PROJECT = "apportion-docs"
PINECONE_ORG = "org-apportion-7f3a"
ANTHROPIC_ORG = "5d0c7b1e-2f7a-4c3e-9c57-2f1f4bb8d0aa"

REGION_CODES = {"us-east-1": "USE1", "us-west-2": "USW2"}
TEAMS = ["support", "search", "growth", "docs", "ml_platform", "data_science", "platform"]


def day_date(day: int) -> date:
    """Day number (0 = START) as a date."""
    return START + timedelta(days=int(day))


def day_number(moment: date) -> int:
    """A date as a day number."""
    return (moment - START).days


def month_of(day: int) -> int:
    """Index of the month a day number falls in: 0 August ... 3 November."""
    when = day_date(day)
    return (when.year - START.year) * 12 + when.month - START.month


def month_start_of(days: np.ndarray) -> np.ndarray:
    """First of the month as days since 1970, for day numbers."""
    absolute = np.datetime64(START) + np.asarray(days).astype("timedelta64[D]")
    return absolute.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def month_length(day: int) -> int:
    """Days in the month of a day number."""
    first = day_date(day).replace(day=1)
    return ((first.replace(day=28) + timedelta(days=4)).replace(day=1) - first).days


def ms(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """A UTC moment in milliseconds since 1970."""
    return int(datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc).timestamp() * 1000)


def day_ms(day) -> np.ndarray:
    """Midnight of day numbers in milliseconds since 1970."""
    return START_MS + np.asarray(day, dtype=np.int64) * DAY_MS


def is_weekend(day: int) -> bool:
    """Saturday or Sunday."""
    return day_date(day).weekday() >= 5


def owner_on(team: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The team as it was called on the day of use: search is discovery from the day of the renaming."""
    team = np.asarray(team, dtype=object)
    renamed = (team == "search") & (np.asarray(day) >= day_number(RENAMED_ON))
    return np.where(renamed, "discovery", team)


def tags(**pairs: str) -> str:
    """Tags as canonical JSON text, in the order given; the text is the identity of a tag set."""
    return json.dumps(pairs, separators=(",", ":"))


def generator(seed: int, *part: int) -> np.random.Generator:
    """One random stream per part of the company, so that a change in one part moves no other."""
    return np.random.default_rng([seed, *part])
