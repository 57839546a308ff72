"""Exact money: integers of 1e-12 of a currency unit ("pico"), never floats."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa

PICO = 10**12


def pico(amount: str) -> int:
    """'3.30' -> 3300000000000; refuses anything finer than twelve decimals."""
    scaled = Decimal(amount) * PICO
    if scaled != int(scaled):
        raise ValueError(f"{amount} has more than twelve decimals")
    return int(scaled)


def per_million(amount: str) -> int:
    """A price per million tokens as pico per token."""
    scaled = Decimal(amount) * PICO / 1_000_000
    if scaled != int(scaled):
        raise ValueError(f"{amount} per million is no whole pico per token")
    return int(scaled)


def prorate(price: int, units, per) -> np.ndarray:
    """price * units / per, rounded half up, in whole pico. Python integers: bytes times prices overflow 64 bits."""
    units = np.asarray(units, dtype=object)
    return ((2 * price * units + per) // (2 * per)).astype(np.int64)


def decimals(values, scale: int = 12) -> pa.Array:
    """Scaled int64 values as an Arrow decimal128(38, scale), without passing through text or floats."""
    values = np.ascontiguousarray(np.asarray(values, dtype=np.int64))
    words = np.empty((len(values), 2), dtype=np.int64)
    words[:, 0] = values
    words[:, 1] = values >> 63
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(values), [None, pa.py_buffer(words.tobytes())])


def split_exact(pool: np.ndarray, cost: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Split each pool's cost by units; the largest share takes what rounding left, so a pool's parts sum to its cost.

    pool: group number of each row; cost: the pool's cost repeated on its rows; units: non-negative integers.
    """
    frame = pd.DataFrame({"pool": pool, "cost": cost, "units": units})
    total = frame.groupby("pool")["units"].transform("sum").to_numpy()
    if len(total) and total.min() <= 0:
        raise ValueError("a pool has no units: give it another basis")
    sign = np.sign(cost).astype(object)
    product = np.abs(np.asarray(cost, dtype=np.int64)).astype(object) * np.asarray(units, dtype=np.int64).astype(object)
    frame["part"] = (sign * (product // total.astype(object))).astype(np.int64)
    left = frame["cost"] - frame.groupby("pool")["part"].transform("sum")
    largest = frame.sort_values(["pool", "units"], ascending=[True, False], kind="stable").drop_duplicates("pool").index
    frame.loc[largest, "part"] += left.loc[largest]
    return frame["part"].to_numpy()
