"""The docs check on a small sound project, and on the same project with one thing amiss at a time: each check has been seen to fail."""

import json
import shutil
import textwrap

import apportion_dbt
import check_docs
import pytest

PROJECT = {
    "dbt_project.yml": """
        name: tiny
        version: "1.0"
        profile: tiny
        seed-paths: ["seeds/reference"]
        vars:
          currency: USD
        models:
          tiny:
            marts:
              +contract: {enforced: true}
    """,
    "profiles.yml": """
        tiny:
          target: local
          outputs:
            local: {type: duckdb, path: "{{ env_var('APPORTION_WAREHOUSE', 'warehouse/apportion.duckdb') }}"}
    """,
    "models/staging/stg_bills.sql": "-- Grain: one row per line.\nselect * from {{ source('aws', 'cur2') }}",
    "models/staging/_staging.yml": """
        sources:
          - name: aws
            description: Bills
            tables:
              - name: cur2
                description: One row per line.
                config: {meta: {folder: aws_cur2}}
                columns: [{name: cost, description: In the bill's currency}]
              - name: rules
                description: One row per rule.
                config: {meta: {file: owner_rules}}
        models:
          - name: stg_bills
            description: One row per line of a bill.
    """,
    "models/marts/costs.sql": "-- Grain: one row per team.\nselect 'a' as team, {{ in_currency('1') }} as cost from {{ ref('stg_bills') }}",
    "models/marts/_marts.yml": """
        models:
          - name: costs
            description: One row per team.
            columns:
              - {name: team, data_type: varchar, description: Who, data_tests: [not_null]}
              - {name: cost, data_type: integer, description: How much}
        unit_tests:
          - name: costs_are_right
            model: costs
            given: []
            expect: {rows: [{team: a, cost: 1}]}
    """,
    "macros/in_currency.sql": "{% macro in_currency(x) %}{{ x }} /* {{ var('currency') }} */{% endmacro %}",
    "macros/_macros.yml": "macros: [{name: in_currency, description: The amount in the currency of var currency.}]",
    "tests/assert_sound.sql": "select * from {{ ref('costs') }} where cost < 0",
    "scripts/mutations/costs.yml": "mutations: [{name: x, file: models/marts/costs.sql, old: one row, new: two rows, red: [assert_sound]}]",
    "README.md": """
        # Tiny
        See [how to help](CONTRIBUTING.md#first-steps) and [the variables](#variables).
        ## Variables
        | variable | meaning |
        |---|---|
        | `APPORTION_WAREHOUSE` | the file |

        | var | meaning |
        |---|---|
        | `currency` | of all costs |

        | mart | answers |
        |---|---|
        | `costs` | what a team costs |

        | folder | holds |
        |---|---|
        | `aws_cur2/` | bills |

        | policy file | says |
        |---|---|
        | `owner_rules.csv` | who owns what |
    """,
    "CONTRIBUTING.md": "# Help\n## First steps\n",
    "CHANGELOG.md": "# Changes\n",
    "DECISIONS.md": """
        # Decisions
        ## 1. Costs are sound
        Test: `assert_sound`, `not_null_costs_team`, unit tests of `costs`, `tests/assert_sound.sql`.
        ## 2. A matter of taste
        Test: none, because it is a name.
    """,
}


@pytest.fixture(scope="module")
def parsed(tmp_path_factory):
    project = tmp_path_factory.mktemp("docs") / "sound"
    for name, text in PROJECT.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(textwrap.dedent(text).lstrip("\n"))
    outcome = apportion_dbt.run_dbt(["parse"], project=project)
    assert outcome.success, outcome.error
    return project


@pytest.fixture
def project(parsed, tmp_path):
    return shutil.copytree(parsed, tmp_path / "project")


def found(project):
    return [f"{problem.file}: {problem.what}" for problem in check_docs.find_problems(project)]


def test_a_sound_project_has_no_problems(project):
    assert found(project) == []
    assert check_docs.main(["--project", str(project)]) == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("README.md", "| `currency` | of all costs |", "| `money` | of all costs |", "README.md: currency is not in the table headed “var”"),
        ("README.md", "| `currency` | of all costs |", "| `currency` `money` | of all costs |", "README.md: money is in the table headed “var” and is not"),
        ("README.md", "| var |", "| name |", "README.md: there is no table whose first column is headed “var”"),
        ("README.md", "APPORTION_WAREHOUSE", "APPORTION_HOUSE", "README.md: APPORTION_WAREHOUSE is not in the table headed “variable”"),
        ("README.md", "| `costs` |", "| `team_costs` |", "README.md: costs is not in the table headed “mart”"),
        ("README.md", "| `costs` |", "| `costs`, `team_costs` |", "README.md: team_costs is in the table headed “mart”"),
        ("README.md", "| `aws_cur2/` |", "| `aws/` |", "README.md: aws_cur2 is not in the table headed “folder”"),
        ("README.md", "`owner_rules.csv`", "`owners.csv`", "README.md: owner_rules is not in the table headed “policy file”"),
        ("README.md", "CONTRIBUTING.md#", "HELP.md#", "README.md: the link to HELP.md is dead"),
        ("README.md", "#first-steps", "#second-steps", "README.md: the link to CONTRIBUTING.md#second-steps finds no such heading"),
        ("README.md", "(#variables)", "(#vars)", "README.md: the link to #vars finds no such heading"),
        ("DECISIONS.md", "`assert_sound`", "`assert_unsound`", "DECISIONS.md: “1. Costs are sound”: there is no test assert_unsound"),
        ("DECISIONS.md", "unit tests of `costs`", "unit tests of `stg_bills`", "the model stg_bills has no unit test"),
        ("DECISIONS.md", "tests/assert_sound.sql", "tests/none.sql", "there is no tests/none.sql"),
        ("DECISIONS.md", "Test: none, because it is a name.", "", "DECISIONS.md: “2. A matter of taste” names no test"),
        ("dbt_project.yml", "currency: USD", "currency: USD\n  colour: red", "dbt_project.yml: var colour is used nowhere"),
        ("dbt_project.yml", "currency: USD", "colour: USD", "dbt_project.yml: var currency is used and has no default"),
        ("macros/in_currency.sql", "var('currency')", "'USD'", "dbt_project.yml: var currency is used nowhere"),
        ("models/marts/costs.sql", "{{ in_currency('1') }}", "1", "macros/in_currency.sql: macro in_currency is called nowhere"),
        ("models/marts/costs.sql", "-- Grain: one row per team.", "-- Costs.", "models/marts/costs.sql: the file does not begin with its grain"),
        ("models/marts/costs.sql", "one row per", "a row per", "“x” fits no more: its text stands in models/marts/costs.sql 0 times, not 1"),
        ("scripts/mutations/costs.yml", "assert_sound", "assert_unsound", "waits for a test assert_unsound that is not there"),
    ],
)
def test_a_fault_in_a_file_is_found(project, file, old, new, problem):
    text = (project / file).read_text()
    assert old in text
    (project / file).write_text(text.replace(old, new))
    assert any(problem in line for line in found(project)), found(project)
    assert check_docs.main(["--project", str(project)]) == 1


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (["nodes", "model.tiny.costs", "description"], "", "costs has no description"),
        (["nodes", "model.tiny.costs", "description"], "Costs of a team.", "costs's description does not begin with its grain"),
        (["nodes", "model.tiny.costs", "columns", "team", "description"], "", "costs.team has no description"),
        (["nodes", "model.tiny.costs", "columns", "team", "data_type"], None, "costs.team has no data_type"),
        (["nodes", "model.tiny.costs", "columns"], {}, "costs lists no columns"),
        (["nodes", "model.tiny.costs", "config", "contract", "enforced"], False, "costs has no enforced contract"),
        (["sources", "source.tiny.aws.cur2", "columns", "cost", "description"], "", "cur2.cost has no description"),
        (["sources", "source.tiny.aws.cur2", "description"], "", "source aws.cur2 has no description"),
        (["macros", "macro.tiny.in_currency", "description"], "", "macro in_currency has no description"),
    ],
)
def test_a_fault_in_the_manifest_is_found(project, path, value, problem):
    manifest = project / "target" / "manifest.json"
    whole = json.loads(manifest.read_text())
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    manifest.write_text(json.dumps(whole))
    assert any(problem in line for line in found(project)), found(project)


def test_a_missing_guide_is_found(project):
    (project / "CHANGELOG.md").unlink()
    assert "CHANGELOG.md: the file is not there" in found(project)


def test_says_how_to_get_a_manifest(tmp_path, capsys):
    assert check_docs.main(["--project", str(tmp_path)]) == 1
    assert "dbt parse" in capsys.readouterr().out
