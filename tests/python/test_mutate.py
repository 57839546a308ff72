"""The mutation runner on a project of two models: it must tell a fault that was seen from one that was not, and never call an untested one seen."""

import re
import textwrap

import mutate
import pytest

PROJECT = {
    "dbt_project.yml": """
        name: tiny
        version: "1.0"
        profile: tiny
        macro-paths: [macros]
        test-paths: [tests]
    """,
    "profiles.yml": """
        tiny:
          target: local
          outputs:
            local: {type: duckdb, path: "{{ env_var('APPORTION_WAREHOUSE', 'warehouse/apportion.duckdb') }}", threads: 1}
    """,
    "models/charges.sql": "select 'a' as team, 3 as cost union all select 'b' as team, 5 as cost",
    "models/shares.sql": "select team, {{ doubled('cost') }} as cost, 1 as weight from {{ ref('charges') }}",
    "macros/doubled.sql": "{% macro doubled(column) %}{{ inner(column) }}{% endmacro %}",
    "macros/inner.sql": "{% macro inner(column) %}{{ column }} * 1{% endmacro %}",
    "tests/assert_money_is_kept.sql": "select 1 as broken where (select sum(cost) from {{ ref('shares') }}) is distinct from 8",
    "tests/assert_teams_are_known.sql": "select * from {{ ref('shares') }} where team is null",
}


@pytest.fixture
def tiny_project(tmp_path):
    project = tmp_path / "project"
    for name, text in PROJECT.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(textwrap.dedent(text).strip() + "\n")
    return project


@pytest.fixture
def run(tiny_project, tmp_path, capfd, monkeypatch):
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.setenv("APPORTION_WAREHOUSE", str(tmp_path / "none.duckdb"))

    def run(mutations, *options):
        (tmp_path / "mutations.yml").write_text(textwrap.dedent(mutations))
        status = mutate.main(["--project", str(tiny_project), "--mutations", str(tmp_path / "mutations.yml"), "--jobs", "2", *options])
        out = capfd.readouterr().out
        verdicts = dict(re.findall(r"(fault [\w ]+?)\s+│?\s*(killed|survived|broken|stale)\b", out))
        return status, verdicts, out

    return run


def test_tells_seen_from_unseen_faults(run):
    status, verdicts, out = run("""
        mutations:
          - {name: fault in a model, file: models/shares.sql, old: "team,", new: "null as team,"}
          - {name: fault in a macro of a macro, file: macros/inner.sql, old: "* 1", new: "* 2", red: [assert_money_is_kept]}
          - {name: fault nobody looks for, file: models/shares.sql, old: "1 as weight", new: "2 as weight"}
          - {name: fault the named test does not see, file: models/shares.sql, old: "team,", new: "null as team,", red: [assert_money_is_kept]}
          - {name: fault that does not run, file: models/shares.sql, old: "select team", new: "selec team"}
          - {name: fault that no longer fits, file: models/shares.sql, old: "no such text", new: ""}
    """)
    assert status == 1
    assert verdicts == {
        "fault in a model": "killed",
        "fault in a macro of a macro": "killed",
        "fault nobody looks for": "survived",
        "fault the named test does not see": "survived",
        "fault that does not run": "broken",
        "fault that no longer fits": "stale",
    }
    assert "4 of 6 faults went unnoticed" in out


def test_passes_when_every_fault_is_seen(run, tiny_project):
    before = (tiny_project / "models/charges.sql").read_text()
    status, verdicts, out = run("""
        mutations:
          - {name: fault by a pattern, file: models/charges.sql, old: "union all.*", new: "", regex: true}
    """)
    assert (status, verdicts) == (0, {"fault by a pattern": "killed"})
    assert (tiny_project / "models/charges.sql").read_text() == before, "the project itself must stay as it is"


def test_refuses_a_test_that_is_red_before(run, tiny_project):
    (tiny_project / "tests/assert_always_red.sql").write_text("select 1 as broken")
    with pytest.raises(SystemExit, match="not sound before any mutation.*assert_always_red"):
        run("""
            mutations:
              - {name: fault, file: models/charges.sql, old: "3 as cost", new: "4 as cost", red: [assert_always_red]}
        """)
