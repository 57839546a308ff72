"""The landing loader on files as they come: whole, broken, mislabelled, repeated. No mocks: real files, a real DuckDB.

What must hold each time: the load goes on, every file is a row that says what became of it, every unreadable line is a row with its place and its fix, and the good lines next to it count.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import landing as loader
import pytest
from landing.conversions import Conversions
from landing.discover import LandedFile, _place

FOCUS_HEADER = "BilledCost,ChargePeriodStart,BillingPeriodStart,BillingAccountId,BillingCurrency,ProviderName,Tags"


def focus_line(cost: str = "1.5", tags: str = "", **values: str) -> str:
    return f'{cost},2026-08-01,2026-08-01,{values.get("account", "1")},USD,{values.get("provider", "AWS")},{tags}'


class Zone:
    """A landing zone to write into, and what the loader made of it."""

    def __init__(self, root: Path, project_root: Path, connection: duckdb.DuckDBPyConnection):
        self.root, self.policy, self.project_root, self.connection = root, root.parent / "policy", project_root, connection
        self.root.mkdir()

    def write(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def parquet(self, name: str, query: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.connection.execute(f"copy ({query}) to '{path}' (format parquet)")
        return path

    def load(self) -> dict[str, dict]:
        names = [name for name, _ in loader.COLUMNS]
        rows = loader.load(self.connection, self.root, self.policy, self.project_root)
        return {row[1]: dict(zip(names, row)) for row in rows}

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()


@pytest.fixture
def zone(tmp_path: Path, project_root: Path) -> Iterator[Zone]:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        yield Zone(tmp_path / "landing", project_root, connection)


# Nothing there, or nothing of use


def test_an_empty_zone_gives_every_declared_table_empty_and_typed(zone: Zone) -> None:
    assert zone.load() == {}
    tables = {name for (name,) in zone.rows("select table_name from information_schema.tables where table_schema = 'raw'")}
    assert {"aws_cur2", "focus", "otel_spans", "litellm_spend_logs", "bedrock_invocation_logs", "llm_calls", "vpc_flow_logs", "policy_owner_rules"} <= tables
    types = dict(zone.rows("select column_name, data_type from information_schema.columns where table_schema = 'raw' and table_name = 'llm_calls'"))
    assert (types["started_at"], types["input_tokens"], types["tags_map"]) == ("TIMESTAMP", "BIGINT", "MAP(VARCHAR, VARCHAR)")


def test_a_missing_landing_folder_is_an_empty_one(tmp_path: Path, project_root: Path) -> None:
    with duckdb.connect() as connection:
        assert loader.load(connection, tmp_path / "nowhere", tmp_path / "nor-here", project_root) == []


@pytest.mark.parametrize(
    ("name", "content", "status", "says"),
    [
        ("focus/empty.csv", b"", "unreadable", "empty (0 bytes)"),
        ("focus/blank.csv", b"  \n\n", "unreadable", "holds no header"),
        ("focus/binary.csv", b"\x00\x01\x02" * 100, "unreadable", "binary data"),
        ("focus/other.csv", b"a,b\n1,2\n", "unreadable", "column billed_cost, charge_period_start is missing (found: a, b)"),
        ("focus/page.csv", b"<html><body>Access denied</body></html>\n", "unreadable", "an HTML or XML page"),
        ("focus/legacy.csv.zip", b"PK", "unreadable", "packed as .zip"),
        ("focus/report.xlsx", b"PK", "ignored", "extension of report.xlsx"),
        ("focus/README", b"read me", "ignored", "extension of README"),
        ("focus/manifest.json", b'{"files": []}', "ignored", "the manifest names no files"),
        ("focus/cut.parquet", b"PAR1 and nothing more", "unreadable", "no complete Parquet file"),
        ("focus/fake.parquet", b"PAR1" + b"\x00" * 200 + b"PAR1", "unreadable", "damaged Parquet"),
        ("focus/note.csv.gz", b"not gzip at all", "unreadable", "no gzip file, whatever its name says"),
        ("bedrock_invocation_logs/x.json", b"[1, 2]", "loaded", "no line of the file could be read"),
        ("bedrock_invocation_logs/y.json", b'{"a": 1}\n', "unreadable", "column timestamp, request_id is missing (found: 1 names, not shown"),
        ("focus_bills/a.csv", b"x\n", "ignored", "nearest known one is focus"),
        ("qqq/a.csv", b"x\n", "ignored", "known ones are"),
        ("loose.csv", b"x\n", "ignored", "folder . belongs to no source"),
    ],
)
def test_a_bad_file_is_a_row_and_stops_nothing(zone: Zone, name: str, content: bytes, status: str, says: str) -> None:
    zone.write(name, content)
    zone.write("focus/good.csv", f"{FOCUS_HEADER}\n{focus_line()}\n")
    files = zone.load()
    assert files[name]["status"] == status
    assert says in files[name]["reason"]
    assert files[name]["rows_loaded"] == 0
    assert (files["focus/good.csv"]["status"], files["focus/good.csv"]["rows_loaded"]) == ("loaded", 1)
    assert zone.rows("select count(*) from raw.focus where x_reject_reason is null") == [(1,)]


def test_a_header_alone_is_loaded_and_says_so(zone: Zone) -> None:
    zone.write("focus/header.csv", FOCUS_HEADER + "\n")
    row = zone.load()["focus/header.csv"]
    assert (row["status"], row["rows_loaded"], row["reason"]) == ("loaded", 0, "the file has a header and no rows")


def test_bookkeeping_files_are_not_looked_at(zone: Zone) -> None:
    zone.write("focus/_SUCCESS", "")
    zone.write("focus/.DS_Store", "x")
    zone.write(".git/config", "x")
    assert zone.load() == {}


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.9999])
def test_a_cut_gzip_file_is_refused_whole_although_duckdb_reads_a_part(zone: Zone, cut: float) -> None:
    whole = gzip.compress("\n".join([FOCUS_HEADER, *(focus_line(str(number)) for number in range(5000))]).encode())
    path = zone.write("focus/cut.csv.gz", whole[: int(len(whole) * cut)])
    assert zone.rows(f"select count(*) > 0 from read_csv('{path}', all_varchar = true, ignore_errors = true)") == [(True,)] or cut < 0.5
    zone.write("focus/whole.csv.gz", whole)
    files = zone.load()
    assert files["focus/cut.csv.gz"]["status"] == "unreadable"
    assert files["focus/whole.csv.gz"]["rows_loaded"] == 5000
    assert zone.rows("select count(*) from raw.focus") == [(5000,)]


def test_a_damaged_parquet_page_is_found_before_a_model_meets_it(zone: Zone) -> None:
    path = zone.parquet("focus/pages.parquet", "select random()::varchar as BilledCost, '2026-08-01' as ChargePeriodStart from range(50000)")
    content = bytearray(path.read_bytes())
    content[4:20000] = bytes(range(256)) * 78 + bytes(28)
    path.write_bytes(content)
    zone.parquet("focus/fine.parquet", "select '1' as BilledCost, '2026-08-01' as ChargePeriodStart")
    files = zone.load()
    assert files["focus/pages.parquet"]["status"] == "unreadable"
    assert zone.rows("select count(*) from raw.focus") == [(1,)]


# Lines


def test_a_short_line_costs_itself_and_the_numbers_after_it_stay_right(zone: Zone) -> None:
    zone.write("focus/a.csv", "\n".join([FOCUS_HEADER, focus_line("1"), "2,broken", focus_line("3"), focus_line("4") + ",one,too,many", focus_line("5")]) + "\n")
    file = zone.load()["focus/a.csv"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("loaded", 3, 2)
    assert zone.rows("select x_source_row_number, billed_cost from raw.focus where x_reject_reason is null order by 1") == [(1, "1"), (3, "3"), (5, "5")]
    rejects = zone.rows("select x_source_file, x_source_row_number, x_reject_reason, x_reject_raw, x_report, x_delivered_at is not null from raw.focus where x_reject_reason is not null order by 2")
    assert [(file, number) for file, number, *_ in rejects] == [("focus/a.csv", 2), ("focus/a.csv", 4)]
    assert "missing columns" in rejects[0][2] and "correct the line" in rejects[0][2]
    assert rejects[0][3] == "2,broken"
    assert all(report == "." and dated for *_, report, dated in rejects)


def test_a_quote_that_never_closes_costs_one_line_and_not_its_neighbours(zone: Zone) -> None:
    lines = [focus_line("1"), '2,"2026-08-01,x,1,USD,AWS,', focus_line("3"), focus_line("4", '"two\nlines"'), '5,"2026-08-01,x,1,USD,AWS,', focus_line("6", '"{""team"": ""a""}"')]
    zone.write("focus/a.csv", "\n".join([FOCUS_HEADER, *lines]) + "\n")
    file = zone.load()["focus/a.csv"]
    good = zone.rows("select x_source_row_number, billed_cost, tags from raw.focus where x_reject_reason is null order by 1")
    assert good == [(1, "1", None), (3, "3", None), (4, "4", "two\nlines"), (6, "6", '{"team": "a"}')]
    assert (file["rows_loaded"], file["rows_rejected"]) == (4, 2)
    assert zone.rows("select x_source_row_number, x_reject_raw from raw.focus where x_reject_reason like 'unquoted value: a quote is opened and not closed%' order by 1") == [
        (2, '2,"2026-08-01,x,1,USD,AWS,\n'),
        (5, '5,"2026-08-01,x,1,USD,AWS,\n'),
    ]


def test_many_rejects_in_a_large_file_leave_every_number_right(zone: Zone) -> None:
    """Rows are numbered by their place in the table: with several threads and row groups that must still be the place in the file."""
    lines = [focus_line(str(number)) if number % 1000 else f"{number},broken" for number in range(1, 300001)]
    zone.write("focus/large.csv", "\n".join([FOCUS_HEADER, *lines]) + "\n")
    zone.write("focus/small.csv", f"{FOCUS_HEADER}\n{focus_line('7')}\n")
    files = zone.load()
    assert (files["focus/large.csv"]["rows_loaded"], files["focus/large.csv"]["rows_rejected"]) == (299700, 300)
    wrong = zone.rows("select count(*) from raw.focus where x_source_file like '%large%' and x_reject_reason is null and cast(billed_cost as bigint) <> x_source_row_number")
    assert wrong == [(0,)]
    assert zone.rows("select x_source_row_number, x_reject_raw from raw.focus where x_reject_reason is not null order by 1 limit 2") == [(1000, "1000,broken"), (2000, "2000,broken")]
    assert zone.rows("select x_source_row_number from raw.focus where x_source_file like '%small%'") == [(1,)]


def test_broken_json_lines_are_rows_and_prompts_are_never_kept(zone: Zone) -> None:
    record = {"timestamp": "2026-08-01T00:00:00Z", "requestId": "a", "modelId": "m", "input": {"inputTokenCount": 3, "inputBodyJson": {"messages": "SECRET PROMPT"}}}
    lines = [json.dumps(record), '{"timestamp": "SECRET PROMPT', "[1]", json.dumps(record | {"requestId": "b", "timestamp": "SECRET PROMPT"})]
    zone.write("bedrock_invocation_logs/a.json.gz", gzip.compress("\n".join(lines).encode()))
    file = zone.load()["bedrock_invocation_logs/a.json.gz"]
    assert (file["rows_loaded"], file["rows_rejected"]) == (1, 3)
    rows = zone.rows("select x_source_row_number, x_reject_reason from raw.bedrock_invocation_logs where x_reject_reason is not null order by 1")
    assert [number for number, _ in rows] == [2, 3, 4]
    assert "not valid JSON" in rows[0][1] and "no object" in rows[1][1] and "timestamp: not a timestamp" in rows[2][1]
    everything = zone.rows("select cast(to_json(raw.bedrock_invocation_logs) as varchar) from raw.bedrock_invocation_logs")
    assert not any("SECRET" in text for (text,) in everything)


def test_a_broken_json_line_of_a_bill_keeps_its_text(zone: Zone) -> None:
    good = json.dumps({"BilledCost": "1", "ChargePeriodStart": "2026-08-01"})
    zone.write("focus/a.jsonl", f'{good}\n\n{{"BilledCost": 2,\n{good}\n')
    zone.load()
    assert zone.rows("select x_source_row_number, billed_cost, x_reject_raw from raw.focus order by 1") == [(1, "1", None), (2, None, '{"BilledCost": 2,'), (3, "1", None)]


@pytest.mark.parametrize("name", ["bill (1).csv", "bill[1].csv", "what?.csv", "a*b.csv", "it's.csv", "ü ñ.csv", "bill[1].parquet", "a*b.parquet", "what?.jsonl"])
def test_file_names_are_names_and_no_patterns(zone: Zone, name: str) -> None:
    if name.endswith("parquet"):
        zone.parquet("focus/plain.parquet", "select '1' as BilledCost, '2026-08-01' as ChargePeriodStart").rename(zone.root / "focus" / name)
    else:
        zone.write(f"focus/{name}", f"{FOCUS_HEADER}\n{focus_line()}\n2,broken\n" if name.endswith("csv") else '{"BilledCost": 1, "ChargePeriodStart": "2026-08-01"}\n{')
    zone.write("focus/a1b.csv", f"{FOCUS_HEADER}\n{focus_line()}\n{focus_line()}\n")
    file = zone.load()[f"focus/{name}"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("loaded", 1, 0 if name.endswith("parquet") else 1), file["reason"]
    assert zone.rows("select count(*) from raw.focus where x_reject_reason is null") == [(3,)]


def test_a_value_of_the_wrong_type_names_itself_and_its_fix(zone: Zone) -> None:
    zone.write("llm_calls/a.csv", "call_id,started_at,input_tokens\nc1,2026-08-01T00:00:00Z,5\nc2,2026-08-01T00:00:00Z,five\nc3,yesterday,5\nc4,2026-08-01T00:00:00Z,1.2e3\n")
    zone.write("vector_indexes/a.csv", "index_name,usage_date,storage_gib\nkb,2026-08-01,a lot\n")
    zone.load()
    calls = zone.rows("select call_id, input_tokens, x_reject_reason is null from raw.llm_calls order by 1")
    assert calls == [("c1", 5, True), ("c2", None, False), ("c3", 5, False), ("c4", 1200, True)]
    [(reason,)] = zone.rows("select x_reject_reason from raw.vector_indexes")
    assert reason == "storage_gib is 'a lot': not a decimal(38, 12); write a plain number with a decimal point and no thousands separator"


# Headers, encodings, dialects


@pytest.mark.parametrize(
    ("header", "delimiter", "encoding"),
    [
        ("BilledCost,ChargePeriodStart,ProviderName", ",", "utf-8"),
        ("\ufeffBilledCost, ChargePeriodStart ,ProviderName", ",", "utf-8"),
        ("billed_cost,charge_period_start,provider_name", ",", "utf-8"),
        ("BILLEDCOST;CHARGEPERIODSTART;PROVIDERNAME", ";", "utf-8"),
        ("Billed Cost\tCharge Period Start\tProvider Name", "\t", "utf-8"),
        ("BilledCost,ChargePeriodStart,ProviderName", ",", "utf-16"),
        ('"BilledCost","ChargePeriodStart","ProviderName"', ",", "utf-8-sig"),
    ],
)
def test_headers_match_whatever_their_dress(zone: Zone, header: str, delimiter: str, encoding: str) -> None:
    zone.write("focus/a.csv", f"{header}\r\n{delimiter.join(['1.5', '2026-08-01', 'Zürich'])}\r\n", encoding)
    file = zone.load()["focus/a.csv"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("loaded", 1, 0)
    assert zone.rows("select billed_cost, charge_period_start, provider_name from raw.focus") == [("1.5", "2026-08-01", "Zürich")]


def test_latin_1_is_read_and_said(zone: Zone) -> None:
    zone.write("focus/a.csv", f"{FOCUS_HEADER}\n{focus_line('1')}\n{focus_line('2', provider='Müller')}\n", "latin-1")
    file = zone.load()["focus/a.csv"]
    assert (file["rows_loaded"], file["rows_rejected"]) == (2, 0)
    assert "1 lines are not UTF-8 and were read as Latin-1" in file["reason"]
    assert zone.rows("select x_source_row_number, provider_name from raw.focus order by 1") == [(1, "AWS"), (2, "Müller")]


@pytest.mark.parametrize("dress", ["utf-16-le", "utf-16-be", "utf-16 in gzip", "latin-1 in gzip", "bare returns", "mixed ends", "mixed ends, other way", "blank lines", "no last end", "two gzip members", "trailing delimiter"])
def test_encodings_and_line_ends_of_every_kind(zone: Zone, dress: str) -> None:
    text = f"{FOCUS_HEADER}\n{focus_line('1', provider='Zürich')}\n{focus_line('2')}\n"
    contents = {
        "utf-16-le": ("csv", b"\xff\xfe" + text.encode("utf-16-le")),
        "utf-16-be": ("csv", b"\xfe\xff" + text.encode("utf-16-be")),
        "utf-16 in gzip": ("csv.gz", gzip.compress(text.encode("utf-16"))),
        "latin-1 in gzip": ("csv.gz", gzip.compress(text.encode("latin-1"))),
        "bare returns": ("csv", text.replace("\n", "\r").encode()),
        "mixed ends": ("csv", text.replace("\n", "\r\n", 1).encode()),
        "mixed ends, other way": ("csv", (text[:-1] + "\r\n").encode()),
        "blank lines": ("csv", text.replace("\n2,", "\n\n\n2,").encode()),
        "no last end": ("csv", text[:-1].encode()),
        "two gzip members": ("csv.gz", gzip.compress(text[:-10].encode()) + gzip.compress(text[-10:].encode())),
        "trailing delimiter": ("csv", text.replace("\n", ",\n").encode()),
    }
    extension, content = contents[dress]
    zone.write(f"focus/a.{extension}", content)
    file = zone.load()[f"focus/a.{extension}"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("loaded", 2, 0), file["reason"]
    assert zone.rows("select x_source_row_number, billed_cost, provider_name, tags from raw.focus order by 1") == [(1, "1", "Zürich", None), (2, "2", "AWS", None)]


def test_literal_null_and_empty_are_null_and_blanks_in_text_stay(zone: Zone) -> None:
    zone.write("focus/a.csv", f'{FOCUS_HEADER}\n1,2026-08-01,NULL,"",USD,"NULL"," x "\n')
    zone.load()
    assert zone.rows("select billing_period_start, billing_account_id, provider_name, tags from raw.focus") == [(None, None, None, " x ")]


def test_extra_columns_are_left_out_and_twins_do_not_stop_the_load(zone: Zone) -> None:
    zone.write("focus/a.csv", "BilledCost,Secret,ChargePeriodStart,BilledCost\n1,x,2026-08-01,2\n")
    zone.load()
    assert zone.rows("select billed_cost from raw.focus") == [("1",)]
    assert not zone.rows("select 1 from information_schema.columns where table_schema = 'raw' and column_name ilike '%secret%'")


def test_legacy_aws_headers_and_loose_tag_columns_are_one_shape_with_cur_2(zone: Zone) -> None:
    zone.write(
        "aws_cur2/legacy.csv",
        "bill/PayerAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UnblendedCost,savingsPlan/SavingsPlanARN,resourceTags/user:Team,resourceTags/user:Env\n"
        "111,Usage,2026-08-01T00:00:00Z,7.0E-10,arn:sp,search,\n",
    )
    zone.load()
    [(payer, cost, plan, tags)] = zone.rows("select bill_payer_account_id, line_item_unblended_cost, savings_plan_savings_plan_a_r_n, resource_tags from raw.aws_cur2")
    assert (payer, cost, plan) == ("111", Decimal("7.0E-10"), "arn:sp")
    assert {key: value for key, value in json.loads(tags).items() if value} == {"user:Team": "search"}


def test_native_flow_logs_with_spaces_and_hyphens(zone: Zone) -> None:
    lines = [
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
        "2 111 eni-1 10.0.0.1 10.0.0.2 443 5000 6 10 840 1785542400 1785542460 ACCEPT OK",
        "2 111 eni-2 - - - - - - - 1785542400 1785542460 - NODATA",
    ]
    zone.write("vpc_flow_logs/a.log.gz", gzip.compress("\n".join(lines).encode()))
    zone.write("vpc_flow_logs/b.txt", "\n".join([*lines[:2], "2 111 eni-1 10.0.0.1"]))
    files = zone.load()
    assert [(file["rows_loaded"], file["rows_rejected"]) for file in files.values()] == [(2, 0), (1, 1)]
    rows = zone.rows("""select interface_id, bytes, srcaddr, log_status, "start" from raw.vpc_flow_logs where x_source_file like '%.gz' order by 1""")
    assert [(interface, size, source, status) for interface, size, source, status, _ in rows] == [("eni-1", 840, "10.0.0.1", "OK"), ("eni-2", None, None, "NODATA")]
    assert str(rows[0][4]) == "2026-08-01 00:00:00"


def test_flow_logs_and_inventories_as_the_platforms_write_them(zone: Zone) -> None:
    """Azure nests virtual network and security group flows differently; Google wraps records in jsonPayload; S3 Inventory names its day in the folder."""
    tuples = ["1785542400000,10.0.0.6,52.1.2.3,1,443,6,O,E,NX,3,767,2,1580", "1785542400000,10.0.0.6,52.1.2.4,1,443,6,O,E,NX,3,1,2,2"]
    groups = {"flows": [{"aclID": "a", "flowGroups": [{"rule": "r", "flowTuples": tuples}]}]}
    vnet = {"category": "FlowLogFlowEvent", "macAddress": "000D3A", "targetResourceID": "/subscriptions/ab-1/vnet", "flowRecords": groups}
    rules = {"Version": 2, "flows": [{"rule": "r", "flows": [{"mac": "000D3B", "flowTuples": ["1785542400,52.1.2.3,10.0.0.6,44931,443,T,I,A,C,25,3000,9,700"]}]}]}
    group = {"category": "NetworkSecurityGroupFlowEvent", "resourceId": "/SUBSCRIPTIONS/AB-2/NSG", "properties": rules}
    zone.write("azure_flow_logs/vnet/PT1H.json", json.dumps({"records": [vnet]}))
    zone.write("azure_flow_logs/nsg/PT1H.json", json.dumps({"records": [group]}))
    instance = {"project_id": "p", "vm_name": "vm", "region": "us-central1", "zone": "us-central1-a"}
    ends = {"src_ip": "10.0.0.1", "dest_ip": "52.0.0.1", "src_port": 1, "dest_port": 443, "protocol": 6}
    record = {"bytes_sent": "1234", "start_time": "2026-08-01T00:00:00Z", "reporter": "SRC", "connection": ends, "src_instance": instance, "dest_location": {"country": "usa"}}
    zone.write("gcp_vpc_flow_logs/a.jsonl", json.dumps({"insertId": "1", "jsonPayload": record}))
    zone.write("s3_inventory/dt=2026-08-03-01-00/a.csv", "Bucket,Key,IsLatest,IsDeleteMarker,Size,LastModifiedDate,StorageClass\nb,a/b.bin,true,false,10,2026-07-01T00:00:00.000Z,STANDARD\n")
    zone.load()
    unfolded = "select mac_address, target_resource_id, unnest(cast(flow_tuples as varchar[])) as flow_tuple from raw.azure_flow_logs"
    assert zone.rows(f"select mac_address, target_resource_id, flow_tuple from ({unfolded}) order by 1, 3") == [
        *(("000D3A", "/subscriptions/ab-1/vnet", flow) for flow in tuples),
        ("000D3B", "/SUBSCRIPTIONS/AB-2/NSG", rules["flows"][0]["flows"][0]["flowTuples"][0]),
    ]
    assert zone.rows("select bytes_sent, src_vm_name, dest_ip, dest_country from raw.gcp_vpc_flow_logs") == [(1234, "vm", "52.0.0.1", "usa")]
    assert zone.rows("select bucket, key, is_latest, size from raw.s3_inventory") == [("b", "a/b.bin", True, 10)]


@pytest.mark.parametrize("layout", ["lines", "array", "pretty", "single"])
def test_json_in_every_layout(zone: Zone, layout: str) -> None:
    jobs = [
        {"TrainingJobName": f"job-{number}", "ResourceConfig": {"InstanceType": "ml.p5.48xlarge", "InstanceCount": number}, "TrainingStartTime": 1785542400.5, "Tags": [{"Key": "Team", "Value": "a"}]}
        for number in ((1,) if layout == "single" else (1, 2, 3))
    ]
    text = {
        "lines": "\n\n".join(json.dumps(job) for job in jobs),
        "array": json.dumps(jobs, indent=1),
        "pretty": "\n".join(json.dumps(job, indent=2) for job in jobs),
        "single": json.dumps(jobs[0], indent=4),
    }[layout]
    zone.write("sagemaker_training_jobs/a.json", text)
    file = zone.load()["sagemaker_training_jobs/a.json"]
    assert (file["status"], file["rows_loaded"], file["rows_rejected"]) == ("loaded", len(jobs), 0), file["reason"]
    rows = zone.rows("select x_source_row_number, training_job_name, instance_count, cast(training_start_time as varchar), tags from raw.sagemaker_training_jobs order by 1")
    assert rows == [(number, f"job-{number}", number, "2026-08-01 00:00:00.5", '[{"Key":"Team","Value":"a"}]') for number in range(1, len(jobs) + 1)]


# Parquet


def test_parquet_is_a_view_and_types_do_not_change_the_shape(zone: Zone) -> None:
    zone.parquet("focus/a.parquet", "select 1e-7::double as BilledCost, timestamp '2026-08-01' as ChargePeriodStart, map {'Team': 'x'} as Tags")
    zone.parquet("focus/b.parquet", "select 2.5::decimal(20, 4) as billed_cost, timestamptz '2026-08-01 02:00:00+02' as charge_period_start, '{\"team\": \"y\"}' as tags, 'acct' as billing_account_id")
    zone.parquet("focus/c.parquet", "select 'NaN'::double as BilledCost, date '2026-08-01' as ChargePeriodStart, [{'key': 'team', 'value': 'z'}] as Tags, {'ModelId': 'm'} as SkuPriceDetails")
    files = zone.load()
    assert {file["status"] for file in files.values()} == {"loaded"} and {file["rows_loaded"] for file in files.values()} == {1}
    assert zone.rows("select table_type from information_schema.tables where table_schema = 'raw' and table_name = 'focus'") == [("VIEW",)]
    rows = zone.rows("select billed_cost, charge_period_start, tags, tags_map, billing_account_id, model_id, x_source_row_number from raw.focus order by x_source_file")
    assert rows == [
        ("1e-07", "2026-08-01 00:00:00", None, {"Team": "x"}, None, None, 1),
        ("2.5000", "2026-08-01 00:00:00", '{"team": "y"}', None, "acct", None, 1),
        (None, "2026-08-01", '[{"key":"team","value":"z"}]', None, None, "m", 1),
    ]


def test_a_folder_name_does_not_hide_the_column_of_the_same_name(zone: Zone) -> None:
    zone.parquet("vector_indexes/index_name=WRONG/usage_date=1999-01-01/a.parquet", "select 'right' as index_name, date '2026-08-01' as usage_date")
    zone.write("vector_indexes/index_name=WRONG/b.csv", "index_name,usage_date\nright,2026-08-01\n")
    zone.load()
    assert zone.rows("select distinct index_name, cast(usage_date as varchar) from raw.vector_indexes") == [("right", "2026-08-01")]


def test_text_and_parquet_of_one_source_are_one_relation(zone: Zone) -> None:
    zone.parquet("llm_calls/a.parquet", "select 'p' as call_id, timestamp '2026-08-01' as started_at, 5::integer as input_tokens, 0.1::double as reported_cost_usd")
    zone.write("llm_calls/b.jsonl", '{"call_id": "j", "started_at": "2026-08-01T00:00:00+02:00", "input_tokens": 6, "tags": {"team": "x"}}\n')
    zone.write("llm_calls/c.csv", "Call-ID,Started_At,reported_cost_usd\nc,8/1/2026,1.0E-3\n")
    zone.load()
    assert zone.rows("select call_id, cast(started_at as varchar), input_tokens, reported_cost_usd, tags from raw.llm_calls order by 1") == [
        ("c", "2026-08-01 00:00:00", None, Decimal("0.001000000000"), None),
        ("j", "2026-07-31 22:00:00", 6, None, '{"team":"x"}'),
        ("p", "2026-08-01 00:00:00", 5, Decimal("0.100000000000"), None),
    ]


def test_a_second_load_replaces_the_first_whatever_kind_of_relation_it_was(zone: Zone) -> None:
    path = zone.write("focus/a.csv", f"{FOCUS_HEADER}\n{focus_line()}\n")
    zone.load()
    path.unlink()
    zone.parquet("focus/a.parquet", "select '9' as BilledCost, '2026-08-01' as ChargePeriodStart")
    zone.load()
    assert zone.rows("select billed_cost from raw.focus") == [("9",)]
    (zone.root / "focus/a.parquet").unlink()
    zone.load()
    assert zone.rows("select count(*) from raw.focus") == [(0,)]


# OpenTelemetry


def otlp(spans: list[dict], resource: dict[str, str]) -> str:
    def attributes(values: dict) -> list[dict]:
        return [{"key": key, "value": {"intValue": str(value)} if isinstance(value, int) else {"stringValue": value}} for key, value in values.items()]

    return json.dumps({
        "resourceSpans": [{
            "resource": {"attributes": attributes(resource)},
            "scopeSpans": [{"spans": [span | {"attributes": attributes(span["attributes"]) + attributes(span.get("again", {}))} for span in spans]}],
        }]
    })


def test_otlp_documents_become_spans_with_allow_listed_attributes_only(zone: Zone) -> None:
    call = {
        "traceId": "t", "spanId": "s1", "name": "chat", "startTimeUnixNano": "1785542400123456789", "endTimeUnixNano": "1785542401000000000", "status": {"code": 2},
        "attributes": {
            "gen_ai.system": "aws.bedrock", "gen_ai.request.model": "m", "gen_ai.usage.prompt_tokens": 12307, "gen_ai.usage.cache_creation_input_tokens": 12304,
            "gen_ai.prompt.0.content": "SECRET PROMPT", "team": "search", "traceloop.association.properties.feature": "rag",
        },
        "again": {"team": "twice"},
    }  # fmt: skip
    new = {"traceId": "t", "spanId": "s2", "parentSpanId": "s1", "startTimeUnixNano": "1785542400000000000", "attributes": {"gen_ai.provider.name": "openai", "gen_ai.usage.input_tokens": 5}}
    lines = [otlp([call, new], {"cloud.account.id": "111", "cloud.region": "us-east-1", "team": "platform"}), '{"resourceSpans": []}', "{broken", otlp([new | {"spanId": "s3"}], {})]
    zone.write("otel_spans/a.jsonl", "\n".join(lines))
    file = zone.load()["otel_spans/a.jsonl"]
    assert (file["rows_loaded"], file["rows_rejected"]) == (3, 2)
    spans = zone.rows("""
        select span_id, x_source_row_number, provider_name, input_tokens, cache_write_tokens, cloud_account_id, cast(start_time as varchar), status_code, tags_map
        from raw.otel_spans where x_reject_reason is null order by 1
    """)
    assert spans[0] == ("s1", 1, "aws.bedrock", 12307, 12304, "111", "2026-08-01 00:00:00.123456", "2", {"team": "search", "traceloop.association.properties.feature": "rag", "resource.team": "platform"})
    assert [(span, row) for span, row, *_ in spans] == [("s1", 1), ("s2", 1), ("s3", 4)]
    assert zone.rows("select x_source_row_number from raw.otel_spans where x_reject_reason is not null order by 1") == [(2,), (3,)]
    assert not any("SECRET" in text for (text,) in zone.rows("select cast(to_json(raw.otel_spans) as varchar) from raw.otel_spans"))


def test_flattened_spans_in_three_dresses_read_alike(zone: Zone) -> None:
    zone.parquet("otel_spans/dotted.parquet", """
        select 's1' as span_id, timestamp '2026-08-01' as start_time, 'chat' as "gen_ai.operation.name", 'openai' as "gen_ai.system", 7::bigint as "gen_ai.usage.input_tokens",
            '111' as "resource.cloud.account.id", 'search' as team, 'SECRET' as "gen_ai.prompt"
    """)
    zone.parquet("otel_spans/mapped.parquet", """
        select 's2' as "spanId", 1785542400000000000 as "startTimeUnixNano", map {'gen_ai.operation.name': 'chat', 'gen_ai.system': 'openai', 'gen_ai.usage.input_tokens': '7', 'team': 'search',
            'gen_ai.prompt': 'SECRET'} as attributes, map {'cloud.account.id': '111'} as resource_attributes
    """)
    text = json.dumps({"span_id": "s3", "start_time": "2026-08-01T00:00:00Z", "gen_ai.operation.name": "chat", "gen_ai.system": "openai", "gen_ai.usage.input_tokens": 7, "cloud.account.id": "111", "team": "search"})
    zone.write("otel_spans/flat.jsonl", text + "\n")
    assert {file["status"] for file in zone.load().values()} == {"loaded"}
    rows = zone.rows("select span_id, cast(start_time as varchar), operation_name, provider_name, input_tokens, cloud_account_id, tags_map from raw.otel_spans order by 1")
    assert [row[1:] for row in rows] == [("2026-08-01 00:00:00", "chat", "openai", 7, "111", {"team": "search"})] * 3


def test_token_keys_of_a_bill_are_read_wherever_they_stand(zone: Zone) -> None:
    details = '{"ModelId": "m", "TokenDirection": "Input", "TokenCacheAction": "Read"}'
    zone.write("focus/a.csv", 'BilledCost,ChargePeriodStart,SkuPriceDetails\n1,2026-08-01,"' + details.replace('"', '""') + '"\n')
    zone.write("focus/b.jsonl", json.dumps({"BilledCost": 1, "ChargePeriodStart": "2026-08-01", "SkuPriceDetails": json.loads(details)}))
    zone.write("focus/c.jsonl", json.dumps({"BilledCost": 1, "ChargePeriodStart": "2026-08-01", "SkuPriceDetails": details}))
    zone.parquet("focus/d.parquet", "select '1' as BilledCost, '2026-08-01' as ChargePeriodStart, map {'ModelId': 'm', 'TokenDirection': 'Input', 'TokenCacheAction': 'Read'} as SkuPriceDetails")
    zone.write("focus/e.csv", "BilledCost,ChargePeriodStart,x_ModelId,TokenDirection,TokenCacheAction\n1,2026-08-01,m,Input,Read\n")
    zone.load()
    assert zone.rows("select model_id, token_direction, token_cache_action, count(*) from raw.focus group by all") == [("m", "Input", "Read", 5)]


# Deliveries


def test_identical_files_count_once_and_a_redelivery_is_settled_later(zone: Zone) -> None:
    text = "call_id,started_at\nc1,2026-08-01\n"
    for name in ("llm_calls/a.csv", "llm_calls/later/b.csv", "llm_calls/c.csv"):
        zone.write(name, text if name != "llm_calls/c.csv" else text.replace("c1", "c2"))
    bill = f"{FOCUS_HEADER}\n{focus_line()}\n"
    bills = ("20260901/a.csv", "20260902/a.csv", "20260902/copy.csv", "backup/a.csv")
    for name in bills:
        zone.write(f"focus/vendor/{name}", bill)
    files = zone.load()
    assert [files[name]["status"] for name in ("llm_calls/a.csv", "llm_calls/c.csv", "llm_calls/later/b.csv")] == ["loaded", "loaded", "duplicate"]
    assert files["llm_calls/later/b.csv"]["reason"].startswith("byte for byte the same as llm_calls/a.csv")
    # The second dated folder is a delivery of the same report, settled by its date; a copy beside it, or in a folder of another name, is the same money again.
    assert [files[f"focus/vendor/{name}"]["status"] for name in bills] == ["loaded", "loaded", "duplicate", "duplicate"]
    assert zone.rows("select count(*) from raw.llm_calls") == [(2,)] and zone.rows("select count(*) from raw.focus") == [(2,)]


@pytest.mark.parametrize(
    ("path", "report", "delivered_at"),
    [
        ("a.csv", ".", None),
        ("payer/data/BILLING_PERIOD=2026-08/20260901T031244Z-6f1c2ab9/x-00001.snappy.parquet", "payer", "2026-09-01 03:12:44"),
        ("payer/data/BILLING_PERIOD=2026-08/2026-09-01T03:12:44.000Z-6f1c/x.parquet", "payer", "2026-09-01 03:12:44"),
        ("payer/data/BILLING_PERIOD=2026-08/x.parquet", "payer", None),
        ("exports/focus-cost/20260801-20260831/202609020130/5c2f9a10-4c1e-4d55-9b0a-7d1f3a2b8c01/part_0.csv", "exports/focus-cost", "2026-09-02 01:30:00"),
        ("exports/focus-cost/20260801-20260831/5c2f9a10-4c1e-4d55-9b0a-7d1f3a2b8c01/part_0.csv", "exports/focus-cost", None),
        ("vendor/delivery=20261012/a.csv", "vendor", "2026-10-12 00:00:00"),
        ("vendor/export_time=2026-10-12T06:00:00Z/a.csv", "vendor", "2026-10-12 06:00:00"),
        ("AWSLogs/111122223333/us-east-1/2026/08/01/a.json.gz", "AWSLogs/111122223333/us-east-1", None),
        ("AWSLogs/210000000001/us-east-1/2026/08/01/20260801T050000123Z_ab.json.gz", "AWSLogs/210000000001/us-east-1", None),
        ("vendor/2026-08/bill-2026-08-31.csv", "vendor", None),
    ],
)
def test_report_and_delivery_come_from_the_path(tmp_path: Path, path: str, report: str, delivered_at: str | None) -> None:
    target = tmp_path / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("x")
    file = LandedFile(target, path, "focus", 1)
    folders = tuple(path.split("/")[:-1])
    _place(file, folders, target.name)
    parts = [folder for folder in folders if "=" not in folder or folder.startswith(("delivery=", "export_time="))]
    assert (file.report, file.delivery) == (report, "/".join(parts) or ".")
    if delivered_at:
        assert str(file.delivered_at) == delivered_at
    else:
        assert file.delivered_at.year >= 2025 and abs(file.delivered_at.timestamp() - target.stat().st_mtime) < 86400 * 2


# Policy


def test_policy_files_are_read_by_the_same_loader_and_unknown_ones_are_named(zone: Zone) -> None:
    zone.policy.mkdir()
    (zone.policy / "owner_rules.csv").write_text("rule_id,priority,match_type,match_key,match_value,team,valid_from\nr1,10,tag,team,007,007,2026-08-01\nr2,ten,tag,team,x,x,\n")
    (zone.policy / "owner_rule.csv").write_text("rule_id\nr1\n")
    files = zone.load()
    assert files["policy/owner_rules.csv"]["status"] == "loaded"
    assert (files["policy/owner_rule.csv"]["status"], "nearest known one is owner_rules" in files["policy/owner_rule.csv"]["reason"]) == ("ignored", True)
    rows = zone.rows("select rule_id, team, cast(valid_from as varchar), x_reject_reason from raw.policy_owner_rules order by 1")
    assert rows[0] == ("r1", "007", "2026-08-01", None)
    assert "priority is 'ten'" in rows[1][3]
    assert zone.rows("select count(*) from raw.policy_exchange_rates") == [(0,)]


# Conversions, which dbt and the loader share


@pytest.fixture(scope="module")
def conversions(project_root: Path) -> Conversions:
    return Conversions(project_root / "macros" / "staging")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0E-13", "0"), ("7.5E-10", "0.00000000075"), ("5E-13", "0.000000000001"), ("-5E-13", "-0.000000000001"), ("0.0000000000004999", "0"),
        ("1.23456789012345E-3", "0.00123456789"), ("999999.9999999999995", "1000000"), ("4800000", "4800000"), ("2500000.1234567", "2500000.1234567"),
        ("12345678901234567890.5", "12345678901234567890.5"), ("-3", "-3"), (" 12.5 ", "12.5"), ("$10,000.00 ", "10000"), ("(1,200.50)", "-1200.5"), ("€1,000.25", "1000.25"),
        ("1,234", None), ("1.234,56", None), ("abc", None), ("", None), ("1,2345.00", None), ("NaN", None), ("1e400", None),
    ],
)  # fmt: skip
def test_money_keeps_every_digit_it_can_and_guesses_none(conversions: Conversions, text: str, expected: str | None) -> None:
    sql, _ = conversions.convert("x", "VARCHAR", "decimal(38, 12)")
    [(value,)] = duckdb.execute(f"select {sql} from (select ? as x)", [text]).fetchall()
    assert value == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("zone_name", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_times_are_utc_whatever_the_session(conversions: Conversions, zone_name: str) -> None:
    forms = {
        "2026-08-01T00:00:00Z": "2026-08-01 00:00:00", "2026-08-01 00:00:00": "2026-08-01 00:00:00", "2026-08-01T02:00:00+02:00": "2026-08-01 00:00:00",
        "2026-07-31T19:00:00.000-0500": "2026-08-01 00:00:00", "2026-08-01T00:00Z": "2026-08-01 00:00:00", "2026-08-01": "2026-08-01 00:00:00", "2026-08": "2026-08-01 00:00:00",
        "8/1/26": "2026-08-01 00:00:00", "08/01/2026": "2026-08-01 00:00:00", "8/1/2026 12:30:00 PM": "2026-08-01 12:30:00", "20260801": "2026-08-01 00:00:00",
        "1785542400": "2026-08-01 00:00:00", "1785542400.5": "2026-08-01 00:00:00.5", "1785542400123": "2026-08-01 00:00:00.123", "1785542400123456": "2026-08-01 00:00:00.123456",
        "1785542400123456789": "2026-08-01 00:00:00.123456", "25/12/2026": None, "31.08.2026": None, "2026-13-01": None, "soon": None, "": None,
    }  # fmt: skip
    sql, _ = conversions.convert("x", "VARCHAR", "timestamp")
    with duckdb.connect() as connection:
        connection.execute(f"set TimeZone = '{zone_name}'")
        found = {text: connection.execute(f"select cast({sql} as varchar) from (select ? as x)", [text]).fetchall()[0][0] for text in forms}
    assert found == forms


def test_the_real_focus_and_aws_files_load_to_the_last_line(zone: Zone, real_data: Path) -> None:
    for source, folder in (("focus_sample_data/focus_sample.csv", "focus"), ("focus_converters/aws_cur_sample-anonymous-aws-export-dataset.csv", "aws_cur2")):
        zone.write(f"{folder}/real.csv", (real_data / "billing" / source).read_bytes())
    for path in sorted((real_data / "billing" / "focus_spec_examples").glob("*.csv")):
        zone.write(f"focus/spec/{path.name}", path.read_bytes())
    files = zone.load()
    assert {(file["status"], file["rows_rejected"]) for file in files.values()} == {("loaded", 0)}
    assert (files["focus/real.csv"]["rows_loaded"], files["aws_cur2/real.csv"]["rows_loaded"]) == (1000, 1281)


def test_two_thousand_small_files_are_read_in_few_statements(zone: Zone) -> None:
    for number in range(2000):
        lines = [json.dumps({"timestamp": "2026-08-01T00:00:00Z", "requestId": f"{number}-{line}", "modelId": "m"}) for line in range(3)]
        zone.write(f"bedrock_invocation_logs/2026/{number:04d}.json", "\n".join(lines) if number != 1234 else b"\x00\x01\x02" * 50)
    files = zone.load()
    assert sum(file["rows_loaded"] for file in files.values()) == 1999 * 3
    assert [name for name, file in files.items() if file["status"] != "loaded"] == ["bedrock_invocation_logs/2026/1234.json"]
    assert zone.rows("select max(x_source_row_number), min(x_source_row_number), count(distinct x_source_file) from raw.bedrock_invocation_logs") == [(3, 1, 1999)]




def test_gateway_logs_read_alike_from_json_csv_and_parquet(zone: Zone) -> None:
    usage = {"usage_object": {"cache_read_input_tokens": 60, "cache_creation": {"ephemeral_1h_input_tokens": 5}}, "user_api_key_team_alias": "search"}
    record = {"request_id": "r", "startTime": "2026-08-01 02:00:00.5+02:00", "model": "m", "spend": 5.4e-05, "prompt_tokens": 100, "request_tags": ["team:search"], "messages": "SECRET", "user": "u"}
    zone.write("litellm_spend_logs/a.jsonl", json.dumps(record | {"metadata": usage}))
    zone.write("litellm_spend_logs/b.jsonl", json.dumps(record | {"metadata": json.dumps(usage)}))
    cells = [*(str(record[name]) for name in ("request_id", "startTime", "model", "spend", "prompt_tokens")), '"[""team:search""]"', "SECRET", "u", '"' + json.dumps(usage).replace('"', '""') + '"']
    zone.write("litellm_spend_logs/c.csv", "request_id,startTime,model,spend,prompt_tokens,request_tags,messages,user,metadata\n" + ",".join(cells) + "\n")
    zone.connection.execute(f"create table parquet_source as select * from read_json('{zone.root}/litellm_spend_logs/a.jsonl')")
    zone.parquet("litellm_spend_logs/d.parquet", "select * from parquet_source")
    assert {file["status"] for file in zone.load().values()} == {"loaded"}
    rows = zone.rows("""
        select request_id, cast(start_time as varchar), spend, prompt_tokens, cache_read_tokens, cache_write_1h_tokens, team_alias, gateway_user, request_tags from raw.litellm_spend_logs
    """)
    assert rows == [("r", "2026-08-01 00:00:00.5", Decimal("0.000054000000"), 100, 60, 5, "search", "u", '["team:search"]')] * 4


def test_real_agent_calls_are_understood_under_their_own_names(zone: Zone, real_data: Path) -> None:
    zone.write("llm_calls/agent_llm_calls.parquet", (real_data / "telemetry" / "swe_agent_deepseek" / "agent_llm_calls.parquet").read_bytes())
    assert zone.load()["llm_calls/agent_llm_calls.parquet"]["rows_loaded"] == 25182
    [row] = zone.rows("select count(distinct call_id), sum(input_tokens) - sum(cache_read_tokens), sum(output_tokens) > 0, min(started_at)::date::varchar, sum(reported_cost_usd) from raw.llm_calls")
    assert row[0] == 15415 and row[2] and row[3] == "2026-04-09"
    assert row[4] == zone.rows(f"select sum(cast(cast(cost_usd as varchar) as decimal(38, 12))) from '{real_data}/telemetry/swe_agent_deepseek/agent_llm_calls.parquet'")[0][0]
