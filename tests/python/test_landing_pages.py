"""Pages of a JSON API in the landing zone: lists inside lists, in every form in which people save them.

What must hold each time: one row per innermost element, numbered as it stands in the file, with what only its bucket or page says; a day without results is no row and no
error; an error of the API is a file that can not be read, with the API's own words.
"""

from __future__ import annotations

import gzip
import json

import pytest
from test_landing import Zone, zone  # noqa: F401 - the fixture

DAY = 86_400
FIRST = 1_730_419_200  # 2024-11-01
ERROR = {"error": {"message": "Incorrect API key provided: sk-***", "type": "invalid_request_error", "code": "invalid_api_key"}}


def result(value: float, line: str | None = "gpt-4o-2024-08-06, input", **more) -> dict:
    return {"object": "organization.costs.result", "amount": {"value": value, "currency": "usd"}, "line_item": line, "project_id": None, **more}


def bucket(day: int, *results: dict) -> dict:
    return {"object": "bucket", "start_time": FIRST + day * DAY, "end_time": FIRST + (day + 1) * DAY, "results": list(results)}


def page(*buckets: dict, more: bool = False) -> dict:
    return {"object": "page", "data": list(buckets), "has_more": more, "next_page": "page_AAA" if more else None}


PAGES = [page(bucket(0, result(0.06), result(1.5, "gpt-4o-2024-08-06, output")), bucket(1), more=True), page(bucket(2, result(0.25, "web search tool calls", project_id="proj_a")))]
BUCKETS = [part for one in PAGES for part in one["data"]]
FLAT = [{**one, "start_time": part["start_time"], "end_time": part["end_time"]} for part in BUCKETS for one in part["results"]]
ROWS = [
    (1, str(FIRST), str(FIRST + DAY), "0.06", "usd", "gpt-4o-2024-08-06, input", None),
    (2, str(FIRST), str(FIRST + DAY), "1.5", "usd", "gpt-4o-2024-08-06, output", None),
    (3, str(FIRST + 2 * DAY), str(FIRST + 3 * DAY), "0.25", "usd", "web search tool calls", "proj_a"),
]
QUERY = "select x_source_row_number, start_time, end_time, amount_value, amount_currency, line_item, project_id from raw.openai_costs where x_reject_reason is null order by x_source_file, 1"


def lines(documents: list) -> str:
    return "\n".join(json.dumps(document) for document in documents) + "\n"


FORMS = {
    "pages one after another": lines(PAGES),
    "pages one after another, each over several lines": "\n".join(json.dumps(one, indent=2) for one in PAGES),
    "a list of pages": json.dumps(PAGES, indent=1),
    "a list of buckets": json.dumps(BUCKETS),
    "buckets one a line": lines(BUCKETS),
    "a list of results, a bucket's times beside each": json.dumps(FLAT),
    "results one a line": lines(FLAT),
    "one page whose last result looks like a document": '{"object": "page", "data": [\n' + ",\n".join(json.dumps(part) for part in BUCKETS) + '\n], "has_more": false}\n',
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_pull_is_the_same_rows(zone: Zone, form: str) -> None:  # noqa: F811
    zone.write("openai_costs/costs.json", FORMS[form])
    file = zone.load()["openai_costs/costs.json"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"], file["reason"]) == ("loaded", 3, 0, None)
    assert zone.rows(QUERY) == ROWS


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_flat_dump_of_the_results_is_the_same_rows(zone: Zone, form: str) -> None:  # noqa: F811
    table = "select * from (values " + ", ".join(str(row[1:]).replace("None", "null") for row in ROWS) + ") t(start_time, end_time, amount_value, amount_currency, line_item, project_id)"
    if form == "parquet":
        zone.parquet("openai_costs/dump.parquet", table)
    else:
        zone.connection.execute(f"copy ({table}) to '{zone.root}/dump.csv' (header)")
        zone.write("openai_costs/dump.csv", (zone.root / "dump.csv").read_text())
    zone.load()
    assert zone.rows(QUERY) == ROWS


def test_a_page_larger_than_the_sample_keeps_every_element_in_its_place(zone: Zone) -> None:  # noqa: F811
    large = page(*(bucket(day, *(result(day + number / 1000, f"line {number}") for number in range(400))) for day in range(31)))
    zone.write("openai_costs/large.json.gz", gzip.compress(json.dumps(large).encode()))
    assert zone.load()["openai_costs/large.json.gz"]["rows_loaded"] == 31 * 400
    assert zone.rows("select count(distinct x_source_row_number), min(x_source_row_number), max(x_source_row_number) from raw.openai_costs") == [(12_400, 1, 12_400)]
    wrong = "select count(*) from raw.openai_costs where x_source_row_number <> (cast(start_time as bigint) - 1730419200) // 86400 * 400 + cast(line_item[6:] as bigint) + 1"
    assert zone.rows(wrong) == [(0,)]


def test_a_day_without_results_was_asked_and_there_was_none(zone: Zone) -> None:  # noqa: F811
    zone.write("openai_costs/quiet.json", json.dumps(page(bucket(0), bucket(1))))
    zone.write("openai_costs/empty.json", json.dumps(page()))
    files = zone.load()
    assert {(file["status"], file["rows_loaded"], file["rows_rejected"]) for file in files.values()} == {("loaded", 0, 0)}
    assert zone.rows("select count(*) from raw.openai_costs") == [(0,)]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (json.dumps(ERROR), "the API answered with an error (Incorrect API key provided: sk-***): mend the key or the request"),
        (json.dumps({"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}, "request_id": "req_1"}, indent=2), "(invalid x-api-key)"),
        (json.dumps({"error": "rate limited"}), "(rate limited)"),
        (lines([PAGES[0], ERROR]), "Incorrect API key provided"),
    ],
)
def test_an_error_of_the_api_is_no_bill(zone: Zone, content: str, says: str) -> None:  # noqa: F811
    """Also where pages came before it: half a pull would pass for a whole one."""
    zone.write("openai_costs/broken.json", content)
    zone.write("openai_costs/good.json", lines(PAGES))
    files = zone.load()
    assert files["openai_costs/broken.json"]["status"] == "unreadable"
    assert says in files["openai_costs/broken.json"]["reason"]
    assert zone.rows(QUERY) == ROWS


def test_the_answer_of_another_endpoint_is_refused_by_the_column_it_lacks(zone: Zone) -> None:  # noqa: F811
    usage = page(bucket(0, {"object": "organization.usage.completions.result", "input_tokens": 1000, "model": "gpt-5"}))
    zone.write("openai_costs/usage.json", json.dumps(usage))
    file = zone.load()["openai_costs/usage.json"]
    assert file["status"] == "unreadable" and "column amount_value is missing" in file["reason"]


def test_a_broken_line_between_pages_is_a_row_with_its_text_and_the_pages_count(zone: Zone) -> None:  # noqa: F811
    zone.write("openai_costs/a.json", lines(PAGES[:1]) + '{"object": "page", "data": [\n' + "[1]\n" + lines(PAGES[1:]))
    assert zone.load()["openai_costs/a.json"]["rows_rejected"] == 2
    assert [row[3] for row in zone.rows(QUERY)] == ["0.06", "1.5", "0.25"]
    rejected = zone.rows("select x_source_row_number, x_reject_reason, x_reject_raw from raw.openai_costs where x_reject_reason is not null order by 1")
    assert [(number, raw) for number, _, raw in rejected] == [(3, '{"object": "page", "data": ['), (4, None)]
    assert rejected[0][1].startswith("the line is not valid JSON")


def test_the_nearest_statement_wins_and_a_result_keeps_its_own(zone: Zone) -> None:  # noqa: F811
    one = page(bucket(0, result(1.0, organization_id="org-own"), result(2.0)))
    one["data"][0]["organization_id"] = "org-bucket"
    one["organization_id"] = "org-page"
    other = {**page(bucket(1, result(3.0))), "organization_id": "org-page"}
    zone.write("openai_costs/a.json", lines([one, other]))
    zone.load()
    assert zone.rows("select organization_id from raw.openai_costs order by amount_value") == [("org-own",), ("org-bucket",), ("org-page",)]
