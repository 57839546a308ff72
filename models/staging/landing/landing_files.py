# Grain: one row per file found in the landing and policy folders.
# Side effect, on purpose: fills the schema raw (see scripts/landing), which every staging model reads through the macro landing().
import os
from pathlib import Path

import landing


def model(dbt, session):
    dbt.config(materialized="table")
    project = Path.cwd()  # dbt runs in the project folder, and relative paths count from there
    landing_root = project / os.environ.get("APPORTION_LANDING", "sample/landing")
    policy_root = project / os.environ.get("APPORTION_POLICY", "seeds/policy")
    if not landing_root.is_dir():
        raise FileNotFoundError(f"the landing zone {landing_root} is no folder: set APPORTION_LANDING to yours, or make the sample with python scripts/make_sample.py")
    rows = landing.load(session, landing_root, policy_root, project)
    session.execute("create or replace temp table landing_files_rows (" + ", ".join(f"{name} {data_type}" for name, data_type in landing.COLUMNS) + ")")
    if rows:
        session.execute("insert into landing_files_rows select " + ", ".join("unnest(?)" for _ in landing.COLUMNS), [list(column) for column in zip(*rows)])
    return session.sql("select * from landing_files_rows")
