"""From calls to their list price without a dbt run: the project's own models, from the hourly grouping to the priced usage, rendered and run in DuckDB. One second instead of thirty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import duckdb
import jinja2
from lint_stand_ins import bodies, values

MACROS = ("portable/keys", "staging/parse_tags", "staging/call_stream", "inference/resolve_model", "inference/stated_context_band")
BOOK = ("price_statements", "price_book", "price_windows", "context_bands")
USAGE = ("used", "usage_hourly", "consumption", "price_lookups", "priced")
KINDS = ("input", "cache_read", "cache_write_5m", "cache_write_1h", "output")

# A call as int_inference__calls has it; what a test does not say is this.
CALL = {
    "record_kind": "'call'", "request_count": "1", "provider": "'anthropic'", "account_id": "'1'", "region": "cast(null as varchar)", "geo_scope": "'unknown'",
    "model_id_raw": "cast(null as varchar)", "service_tier": "'standard'", "operation": "'chat'", "agent_session_id": "cast(null as varchar)", "is_amplified": "false",
    "agent_name": "cast(null as varchar)", "credential_id": "cast(null as varchar)", "principal_id": "cast(null as varchar)", "tags": "cast(map {} as map(varchar, varchar))",
    "status": "'ok'", "is_gateway_cache_hit": "false", "retrieved_context_tokens": "cast(0 as bigint)", **{f"{kind}_tokens": "cast(0 as bigint)" for kind in KINDS},
}  # fmt: skip


class PriceLab:
    """The price book of one day of knowledge (None: the last refresh), with the committed prices and no contracts."""

    def __init__(self, project_root: Path, known_at: str | None = None):
        self.root = project_root
        self.connection = duckdb.connect()
        self.variables = {"prices_known_at": known_at, "reporting_currency": "USD"}
        self.globals = {
            "ref": lambda name: name, "config": lambda **_: "", "var": self.variables.__getitem__, "usage_owner_key": lambda _: "'nobody'",
        }  # fmt: skip
        lists = {name: (lambda kept=kept: kept) for name, kept in values(bodies()).items() if isinstance(kept, list)}
        self.globals |= {"usage_group_key": lambda: f"hash({', '.join(lists['usage_group_columns']())})"}
        for name in MACROS:
            macros = self.template(f"macros/{name}.sql").module
            self.globals |= {key: value for key, value in vars(macros).items() if callable(value)}
            self.globals |= lists
            self.globals["apportion"] = SimpleNamespace(**self.globals)
        for seed in ("model_prices", "model_aliases"):
            self.connection.execute(f"create table {seed} as from read_csv(?, nullstr='', all_varchar=true)", [str(project_root / "seeds" / "reference" / f"{seed}.csv")])
        for column, kind in {
            "context_min_tokens": "bigint", "window_from_minute": "integer", "window_to_minute": "integer", "price_usd_per_unit": "decimal(38, 18)",
            "valid_from": "date", "valid_to": "date", "known_from": "date", "known_to": "date",
        }.items():  # fmt: skip
            self.connection.execute(f"alter table model_prices alter {column} type {kind}")
        self.connection.execute("""
            create table stg_policy__contract_prices as
            select
                cast(null as varchar) as provider, cast(null as varchar) as model_id, cast(null as varchar) as geo_scope, cast(null as varchar) as service_tier,
                cast(null as varchar) as token_kind, cast(null as decimal(38, 18)) as price_usd_per_token, cast(null as date) as valid_from, cast(null as date) as valid_to,
                cast(null as varchar) as comment, cast(null as varchar) as x_quarantine_reason
            limit 0
        """)
        self.connection.execute("create table int_agents__sessions (agent_session_id varchar, agent_name varchar, tags map(varchar, varchar))")
        self.connection.execute("""
            create table int_ownership__usage_owners (
                owner_key varchar, usage_date date, team varchar, feature varchar, environment varchar, workload varchar, rule_id varchar
            )
        """)
        self._run(BOOK)

    def priced(self, calls: Iterable[Mapping[str, object]]) -> dict[str, list[dict[str, object]]]:
        """The rows of int_inference__priced, by the account_id of the calls: give each case one of its own."""
        absent = self.globals["absent_call_columns"]([column for column in self.globals["call_record_columns"]() if column not in CALL])
        selects = []
        for call in calls:
            stated = {key: _literal(value) for key, value in call.items() if key != "started_at"}
            moment = datetime.fromisoformat(str(call["started_at"]))
            columns = {**CALL, **stated, "usage_hour": f"timestamp '{moment:%Y-%m-%d %H}:00:00'", "usage_date": f"date '{moment:%Y-%m-%d}'"}
            selects.append("select " + ", ".join(f"{value} as {key}" for key, value in columns.items()))
        self.connection.execute(f"create or replace table uses as select *, {absent}, 1 as records, null as bucket_id, 1 as requests, true as is_counted from (" + " union all by name ".join(selects) + ")")
        self.connection.execute("create or replace view int_inference__calls as from uses where record_kind = 'call'")
        self.connection.execute("create or replace view int_inference__buckets as from uses where record_kind = 'bucket'")
        models = self.globals["resolve_model"]("(select distinct provider, model_id_raw from uses)", True)
        self.connection.execute(f"create or replace table int_inference__logged_daily as {models}")
        self._run(USAGE)
        rows = self.connection.execute("select * from int_inference__priced order by all")
        names = [column[0] for column in rows.description]
        found: dict[str, list[dict[str, object]]] = {}
        for values in rows.fetchall():
            row = dict(zip(names, values, strict=True))
            found.setdefault(str(row["account_id"]), []).append(row)
        return found

    def answer(self, rows: list[dict[str, object]]) -> Decimal | set[str]:
        """What the rows cost together, or why any of them has no price."""
        reasons = {str(row["unpriced_reason"]) for row in rows if row["unpriced_reason"] is not None}
        assert all((row["unpriced_reason"] is None) == (row["estimated_cost_usd"] is not None) for row in rows)
        return reasons or sum((Decimal(str(row["estimated_cost_usd"])) for row in rows), Decimal(0))

    def _run(self, models: Iterable[str]) -> None:
        for model in models:
            sql = self.template(f"models/intermediate/inference/int_inference__{model}.sql").render()
            self.connection.execute(f"create or replace table int_inference__{model} as\n{sql}")

    def template(self, path: str) -> jinja2.Template:
        """A model, macro or test of the project, with what dbt gives it."""
        environment = jinja2.Environment(extensions=["jinja2.ext.do"])
        return environment.from_string((self.root / path).read_text(encoding="utf-8"), globals=self.globals)


def _literal(value: object) -> str:
    if value is None:
        return "cast(null as varchar)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return f"cast({value} as bigint)"
    if isinstance(value, Mapping):
        return "map {" + ", ".join(f"'{key}': '{text}'" for key, text in value.items()) + "}"
    return f"'{value}'"
