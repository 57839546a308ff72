"""GPU time against witnesses that share no code with the warehouse: many small clusters made at random, and the Alibaba trace of 2023, in one build.

The witness is a sweep line in Python: at each moment what was asked for, never more than there is. What it says is compared without tolerance.
"""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest
import small_company

CLUSTERS = 40
FIRST, LAST = datetime(2026, 10, 24, 20), datetime(2026, 10, 25, 6)  # over midnight, and over the night the clocks of Europe go back
TRACE = "telemetry/alibaba_gpu_v2023/openb_pod_list_default.parquet"
TRACE_ZERO, TRACE_END = datetime(2026, 5, 1), 12_902_960
TRACE_GPUS, TRACE_PRICE = 8, Decimal("31.37")
HOUR = timedelta(hours=1)


@dataclass
class Node:
    cluster: str
    name: str
    resource: str
    gpus: int
    starts: datetime
    ends: datetime
    price: Decimal | None  # an hour's bill; None: nobody bills it
    period: timedelta = HOUR  # that it is billed by
    held: list[tuple[datetime, datetime, Fraction]] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        return {"provider": "aws", "account_id": small_company.MEMBER, "region": small_company.REGION, "cluster": self.cluster, "node_name": self.name, "resource_id": self.resource,
                "instance_type": "p5.48xlarge", "gpus": self.gpus, "started_at": self.starts, "ended_at": self.ends}  # fmt: skip

    def bill(self) -> list[dict[str, Any]]:
        return [bill_line(self.resource, start, self.price, self.period) for start in self.periods()] if self.price is not None else []

    def periods(self) -> list[datetime]:
        return sorted({begin(hour, self.period) for hour in hours(self.starts, self.ends)})


def begin(moment: datetime, period: timedelta) -> datetime:
    return moment.replace(minute=0, second=0) if period == HOUR else moment.replace(hour=0, minute=0, second=0)


def hours(starts: datetime, ends: datetime) -> list[datetime]:
    first = starts.replace(minute=0, second=0)
    return [first + HOUR * n for n in range(int((ends - first) / HOUR) + 1) if first + HOUR * n < ends]


def bill_line(resource: str, hour: datetime, cost: Decimal, period: timedelta = HOUR) -> dict[str, Any]:
    month = hour.replace(day=1, hour=0)
    after = (month + timedelta(days=32)).replace(day=1)
    return small_company.line("AmazonEC2", "BoxUsage:p5.48xlarge", 0, 1, "1", unit="Hrs", resource=resource, cost=str(cost)) | {
        "line_item_usage_start_date": f"{hour:%Y-%m-%dT%H:%M:%SZ}", "line_item_usage_end_date": f"{hour + period:%Y-%m-%dT%H:%M:%SZ}",
        "bill_billing_period_start_date": f"{month:%Y-%m-%dT%H:%M:%SZ}", "bill_billing_period_end_date": f"{after:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip


def pod(node: Node | None, number: int, gpus: Any, starts: datetime | None, ends: datetime | None, team: str | None = None, cluster: str | None = None) -> dict[str, Any]:
    name = f"{cluster or node.cluster}-pod-{number}"
    return {"cluster": cluster or node.cluster, "node_name": node.name if node else None, "namespace": "ml", "pod_name": name, "workload": name, "gpus": gpus,
            "scheduled_at": starts, "ended_at": ends, "phase": "Running", "tags": small_company.tags(team)}  # fmt: skip


def random_cluster(seed: int) -> tuple[list[Node], list[dict], list[dict], Fraction]:
    """Nodes, pods, samples of DCGM, and GPU-seconds of pods on nodes nobody told."""
    rng = random.Random(seed)
    cluster, span = f"random-{seed}", int((LAST - FIRST).total_seconds())
    nodes, pods, samples, lost = [], [], [], Fraction(0)
    for n in range(rng.randint(1, 3)):
        starts, ends = sorted(FIRST + timedelta(seconds=s) for s in rng.sample(range(0, span, 60), 2))
        price = rng.choice([None, Decimal(0), Decimal("98.32"), Decimal("0.07"), Decimal("-1.01")])
        node = Node(cluster, f"n{n}", f"i-{seed:04d}{n}", rng.randint(1, 8), starts, ends, price)
        nodes.append(node)
        for _ in range(rng.randint(0, 8)):
            gpus = rng.choice([Fraction(1, 4), Fraction(1, 10), Fraction(333, 1000), Fraction(1), Fraction(2), Fraction(8)])
            begins, stops = sorted(FIRST + timedelta(seconds=s) for s in rng.choices(range(span), k=2))
            kind = rng.choice(["closed", "closed", "open", "never", "zero"])
            ended = {"open": None, "zero": begins}.get(kind, stops)
            pods.append(pod(node, len(pods), float(gpus), None if kind == "never" else begins, ended, rng.choice(["search", "support", None])))
            if kind in ("closed", "open"):
                until = stops if kind == "closed" else node.ends
                from_, to = max(begins, node.starts), min(until, node.ends)
                if from_ < to:
                    node.held.append((from_, to, gpus))
                if kind == "closed":
                    lost += gpus * int((until - begins).total_seconds()) - (gpus * int((to - from_).total_seconds()) if from_ < to else 0)
                elif from_ < to:
                    lost += gpus * int((from_ - begins).total_seconds())  # it ended with its machine, whenever that was
                else:
                    lost += gpus * max(0, int((horizon() - begins).total_seconds()))
            for minute in range(0, 600, 30):
                value, when = rng.random(), FIRST + timedelta(minutes=minute)
                percent = rng.random() < 0.5
                samples.append({"metric": "DCGM_FI_DEV_GPU_UTIL" if percent else "DCGM_FI_DEV_GPU_UTIL_RATIO", "timestamp": when, "value": value * (100 if percent else 1),
                                "labels": json.dumps({"Hostname": node.name, "cluster": cluster, "UUID": f"GPU-{seed}-{n}", "namespace": "ml", "pod": pods[-1]["pod_name"]})})  # fmt: skip
    return nodes, pods, samples, lost


def horizon() -> datetime:
    return LAST + HOUR  # the clock below runs until then


def trace(real_data: Path) -> tuple[list[Node], list[dict], int]:
    """Each pod of the trace on the first node with room for it, as a scheduler would: on one device where it wants a part of one."""
    rows = duckdb.execute(
        f"select name, num_gpu, gpu_milli, scheduled_time, deletion_time from '{real_data / TRACE}' order by scheduled_time nulls last, name"
    ).fetchall()
    nodes: list[Node] = []
    free: list[list[int]] = []  # thousandths per device
    running: list[tuple[int, int, list[tuple[int, int]]]] = []
    pods, waiting = [], 0
    for number, (name, devices, milli, starts, ends) in enumerate(rows):
        if starts is None:
            waiting += 1
            pods.append(pod(None, number, devices * milli / 1000, None, at(ends) if ends else None, cluster="alibaba"))
            continue
        if not devices:
            continue
        for done in [run for run in running if run[0] <= starts]:
            running.remove(done)
            for device, taken in done[2]:
                free[done[1]][device] += taken
        chosen = next(((n, sorted(range(TRACE_GPUS), key=lambda d: (have[d], d))) for n, have in enumerate(free) if sum(room >= milli for room in have) >= devices), None)
        if chosen is None:
            nodes.append(Node("alibaba", f"openb-node-{len(nodes)}", f"i-alibaba{len(nodes)}", TRACE_GPUS, at(starts).replace(minute=0, second=0), at(TRACE_END), TRACE_PRICE, timedelta(days=1)))
            free.append([1000] * TRACE_GPUS)
            chosen = (len(nodes) - 1, list(range(TRACE_GPUS)))
        where, order = chosen
        taken = [(device, milli) for device in order if free[where][device] >= milli][:devices]
        for device, part in taken:
            free[where][device] -= part
        running.append((ends, where, taken))
        node = nodes[where]
        node.held.append((at(starts), at(ends), Fraction(devices * milli, 1000)))
        pods.append(pod(node, number, devices * milli / 1000, at(starts), None if ends == TRACE_END else at(ends), ["search", "support", None][number % 3]))
    return nodes, pods, waiting


def at(seconds: int) -> datetime:
    return TRACE_ZERO + timedelta(seconds=seconds)


def sweep(node: Node) -> dict[datetime, Fraction]:
    """GPU-seconds held per hour: at each moment what was asked for, never more than there is."""
    moments: dict[datetime, Fraction] = defaultdict(Fraction)
    for starts, ends, gpus in node.held:
        moments[starts] += gpus
        moments[ends] -= gpus
    for hour in hours(node.starts, node.ends):
        moments[hour] += 0
    held: dict[datetime, Fraction] = defaultdict(Fraction)
    level, ordered = Fraction(0), sorted(moments)
    for moment, following in zip(ordered, ordered[1:]):
        level += moments[moment]
        held[moment.replace(minute=0, second=0)] += min(level, Fraction(node.gpus)) * int((following - moment).total_seconds())
    return held


def native_shapes(landing: Path) -> list[Node]:
    """Files as OpenCost, sacct and kube-state-metrics write them, and the machines they speak of."""
    two, three, five = (FIRST + HOUR * n for n in (2, 3, 5))
    opencost = Node("oc", "oc-1", "i-opencost", 4, FIRST, LAST, Decimal("5.55"), HOUR, [(two, three, Fraction(3, 2))])
    properties = {"cluster": "oc", "node": "oc-1", "namespace": "ml", "controller": "trainer", "pod": "trainer/0", "container": "main", "labels": {"team": "search"}}
    window = {"window": {"start": f"{two:%Y-%m-%dT%H:%M:%SZ}", "end": f"{three:%Y-%m-%dT%H:%M:%SZ}"}, "start": f"{two:%Y-%m-%dT%H:%M:%SZ}", "end": f"{three:%Y-%m-%dT%H:%M:%SZ}"}
    page = {"code": 200, "data": [{
        "oc/oc-1/ml/trainer/0/main": {"name": "oc/oc-1/ml/trainer/0/main", "properties": properties, **window, "gpuHours": 1.5, "gpuCost": 999.0, "gpuCostAdjustment": -1.0},
        "oc/oc-1/__idle__": {"name": "oc/oc-1/__idle__", "properties": {"cluster": "oc", "node": "oc-1"}, **window, "gpuHours": 2.5, "gpuCost": 99.0, "gpuCostAdjustment": 0},
    }]}  # fmt: skip
    slurm = [Node("hpc", f"gpu{n:02}", f"i-slurm{n}", 8, FIRST, LAST, Decimal("7.77"), HOUR, [(two, five, Fraction(8))]) for n in (9, 10)]
    slurm[0].held.append((five, five + HOUR, Fraction(428_571, 1_000_000)))
    header = "JobIDRaw|JobID|Cluster|JobName|User|Account|Partition|Start|End|ElapsedRaw|State|AllocTRES|NNodes|NodeList"
    start, stop, later = (f"{moment:%Y-%m-%dT%H:%M:%S}" for moment in (two, five, five + HOUR))
    tres = "billing=192,cpu=16,gres/cpu=16,gres/gpu:h100=16,gres/gpu=16,mem=180G,node=2"
    mig = "billing=64,cpu=9,gres/cpu=9,gres/gpu:a100_3g.20gb=1,gres/gpu=1,mem=60G,node=1"
    sacct = [header, f"71|71|hpc|train|ann|ml|gpu|{start}|{stop}|10800|COMPLETED|{tres}|2|gpu[09-10]", f"71.batch|71.batch|hpc|batch||ml||{start}|{stop}|10800|COMPLETED|{tres}|1|gpu09",
             f"71.0|71.0|hpc|python||ml||{start}|{stop}|10800|COMPLETED|{tres}|2|gpu[09-10]", f"72|72|hpc|eval|bob|ml|gpu|{stop}|{later}|3600|CANCELLED by 1000|{mig}|1|gpu09",
             f"73|73|hpc|waits|bob|ml|gpu|Unknown|Unknown|0|PENDING|{mig}|1|None assigned"]  # fmt: skip
    kube = Node("ksm", "k-1", "i-kube", 2, FIRST, FIRST + HOUR * 4, None, HOUR, [(two, three, Fraction(1, 4))])
    samples = []
    for moment in (FIRST + HOUR * n for n in range(5)):
        if moment < kube.ends:
            samples += [("kube_node_info", moment, 1, {"node": "k-1", "provider_id": "aws:///us-east-1a/i-kube"}),
                        ("kube_node_status_capacity", moment, 8, {"node": "k-1", "resource": "nvidia_com_gpu"}),
                        ("kube_node_labels", moment, 1, {"node": "k-1", "label_nvidia_com_gpu_replicas": "4"})]  # fmt: skip
        if two <= moment < three:
            asked = {"namespace": "ml", "pod": "p", "uid": "u", "container": "c", "node": "k-1", "resource": "nvidia_com_gpu", "unit": "integer"}
            samples.append(("kube_pod_container_resource_requests", moment, 1, asked))
        samples.append(("kube_pod_info", moment, 1, {"namespace": "kube-system", "pod": "dns", "uid": "d", "node": "other"}))
    epoch = datetime(1970, 1, 1)
    lines = [json.dumps({"metric": name, "timestamp": (moment - epoch).total_seconds(), "value": value, "labels": {"cluster": "ksm", **labels}}) for name, moment, value, labels in samples]
    for file, text in {"opencost_allocations/allocation.json": json.dumps(page), "slurm_jobs/sacct.csv": "\n".join(sacct), "kube_state_metrics/samples.jsonl": "\n".join(lines)}.items():
        (landing / file).parent.mkdir(parents=True)
        (landing / file).write_text(text + "\n")
    return [opencost, *slurm, kube]


class Estate:
    def __init__(self, connection: duckdb.DuckDBPyConnection, nodes: list[Node], lost: Fraction, waiting: int, orphan: Decimal):
        self.connection, self.nodes, self.lost, self.waiting, self.orphan = connection, nodes, lost, waiting, orphan

    def rows(self, query: str) -> list[tuple]:
        return self.connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def estate(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Estate]:
    root = tmp_path_factory.mktemp("gpu")
    landing, policy = root / "landing", small_company.write_policy(root / "policy")
    nodes, pods, samples, lost, waiting = [], [], [], Fraction(0), 0
    for seed in range(CLUSTERS):
        more_nodes, more_pods, more_samples, more_lost = random_cluster(seed)
        nodes, pods, samples, lost = nodes + more_nodes, pods + more_pods, samples + more_samples, lost + more_lost
    clock = Node("clock", "n", "i-clock", 1, FIRST, horizon(), Decimal("3.14"), HOUR, [(datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 25, 1, 30), Fraction(1))])
    nodes.append(clock)
    # Half past two in Berlin, before and after the clock is set back.
    pods.append(pod(clock, 0, 1, None, None) | {"scheduled_at": "2026-10-25T02:30:00+02:00", "ended_at": "2026-10-25T02:30:00+01:00"})
    pods.append(pod(None, 0, 2, FIRST, FIRST + HOUR, cluster="nowhere") | {"node_name": "ghost"})
    lost += 7200
    try:
        trace_nodes, trace_pods, waiting = trace(request.getfixturevalue("real_data"))
        nodes, pods = nodes + trace_nodes, pods + trace_pods
    except pytest.skip.Exception:
        pass
    nodes += native_shapes(landing)
    orphan = Decimal("12.34")
    bill = [line for node in nodes for line in node.bill()] + [bill_line("i-orphan", FIRST, orphan)]
    for folder, rows in {"aws_cur2": bill, "node_hours": [node.record() for node in nodes if node.cluster != "ksm"], "gpu_pods": pods, "dcgm_samples": samples}.items():
        small_company.write(landing, {folder: rows})
    warehouse = build(landing, policy=policy, select="+gpu_utilization_hourly +usage_without_cost +quarantined_rows")
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        yield Estate(connection, nodes, lost, waiting, orphan)


def test_nothing_was_refused(estate: Estate) -> None:
    assert estate.rows("select source, reason, count(*) from marts.quarantined_rows group by all") == []


def test_gpu_seconds_are_those_of_the_sweep_line_in_every_hour_of_every_node(estate: Estate) -> None:
    found = {(resource, hour): (Fraction(held), Fraction(idle), Fraction(capacity)) for resource, hour, held, idle, capacity in estate.rows(
        "select resource_id, usage_hour, held_gpu_seconds, idle_gpu_seconds, capacity_gpu_seconds from marts.gpu_utilization_hourly where capacity_gpu_seconds is not null")}  # fmt: skip
    true = {}
    for node in estate.nodes:
        held = sweep(node)
        for hour in hours(node.starts, node.ends):
            capacity = Fraction(node.gpus) * int((min(node.ends, hour + HOUR) - max(node.starts, hour)).total_seconds())
            true[node.resource, hour] = (held[hour], capacity - held[hour], capacity)
    assert {key: (found.get(key), true.get(key)) for key in found.keys() | true.keys() if found.get(key) != true.get(key)} == {}
    assert len(true) > 200 and all(idle >= 0 for _, idle, _ in true.values())


def test_at_no_moment_is_more_held_than_there_is(estate: Estate) -> None:
    capacity = {node.resource: Decimal(node.gpus) for node in estate.nodes}
    changes: dict[str, dict[datetime, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for resource, starts, ends, gpus in estate.rows("select resource_id, started_at, ended_at, gpus from intermediate.int_gpu__intervals where resource_id is not null"):
        changes[resource][starts] += gpus
        changes[resource][ends] -= gpus
    over, full = [], 0
    for resource, moments in changes.items():
        level = Decimal(0)
        for moment in sorted(moments):
            level += moments[moment]
            over += [(resource, moment, level)] if level > capacity[resource] else []
            full += level == capacity[resource]
    assert over == [] and full > 0
    assert estate.rows("select count(*) > 0 from intermediate.int_gpu__intervals where is_overcommitted and gpus < requested_gpus") == [(True,)]


def test_the_rungs_of_a_machine_are_its_bill_and_its_idle_hours_cost_their_part(estate: Estate) -> None:
    ladder: dict[tuple, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for resource, hour, rung, cost in estate.rows("select resource_id, usage_hour, rung, billed_cost from marts.gpu_cost_ladder_hourly"):
        ladder[resource, hour][rung] += cost
    for node in estate.nodes:
        held: dict[datetime, Fraction] = defaultdict(Fraction)
        for hour, seconds in sweep(node).items():
            held[begin(hour, node.period)] += seconds
        for start in node.periods() if node.price is not None else []:
            rungs: dict[str, Decimal] = defaultdict(Decimal)
            for hour in hours(start, start + node.period):
                for rung, cost in ladder.pop((node.resource, hour), {}).items():
                    rungs[rung] += cost
            capacity = Fraction(node.gpus) * int((min(node.ends, start + node.period) - max(node.starts, start)).total_seconds())
            assert sum(rungs.values()) == node.price, (node, start)
            assert abs(Fraction(rungs["idle"]) - Fraction(node.price) * (capacity - held[start]) / capacity) < Fraction(1, 10**10), (node, start, rungs)
            assert all(cost * node.price >= 0 for cost in rungs.values())
    assert ladder.pop(("i-orphan", FIRST)) == {"no_telemetry": estate.orphan}
    assert ladder == {}


def test_totals_are_equal_at_every_level(estate: Estate) -> None:
    bill = sum((node.price * len(node.periods()) for node in estate.nodes if node.price is not None), estate.orphan)
    ladder = "marts.gpu_cost_ladder_hourly"
    for keys in ("resource_id", "usage_hour", "rung", "team, feature", "allocation_step", "billing_month"):
        assert estate.rows(f"select sum(cost) from (select {keys}, sum(billed_cost) as cost from {ladder} group by all)") == [(bill,)]
    for totals, relation in {"sum(billed_cost_reporting), sum(list_cost_reporting)": "marts.gpu_utilization_hourly", "team, sum(billed_cost)": "intermediate.int_allocation__ladder"}.items():
        assert estate.rows(f"select {totals} from {relation} group by all order by 1") == estate.rows(f"select {totals} from {ladder} group by all order by 1")


def test_pods_without_a_node_and_nodes_without_a_bill_are_rows(estate: Estate) -> None:
    assert [Fraction(seconds) for (seconds,) in estate.rows("select sum(held_gpu_seconds) from marts.gpu_utilization_hourly where reason = 'pod_without_node'")] == [estate.lost]
    unbilled = sum(sum(sweep(node).values()) for node in estate.nodes if node.price is None)
    assert [Fraction(seconds) for (seconds,) in estate.rows("select sum(held_gpu_seconds) from marts.gpu_utilization_hourly where reason = 'node_without_bill'")] == [unbilled]
    assert estate.rows("select sum(reported_cost_usd) from staging.stg_opencost__allocations") == [(Decimal(1097),)]  # in no total: the bill is the total
    assert estate.rows("select reason, sum(driver_units) > 0 from marts.usage_without_cost where layer = 'gpu' and reason = 'unknown_resource' group by all") == [("unknown_resource", True)]


def test_work_is_never_more_than_what_was_held_and_a_shared_device_is_not_counted_twice(estate: Estate) -> None:
    assert estate.rows("select count(*) > 50, min(active_ratio) >= 0, max(active_ratio) <= 1 from marts.gpu_utilization_hourly where active_ratio is not null") == [(True, True, True)]
    assert estate.rows("select count(*) from (select node_name, cluster, usage_hour from intermediate.int_gpu__activity_hourly group by all having sum(active_gpus) > 1.000001)") == [(0,)]


def test_a_trace_of_8152_pods_costs_what_it_held_and_pods_that_waited_cost_nothing(estate: Estate, real_data: Path) -> None:
    assert estate.waiting == 897
    scheduled = duckdb.execute(f"select sum(num_gpu * gpu_milli * (deletion_time - scheduled_time)) from '{real_data / TRACE}' where scheduled_time is not null").fetchone()[0]
    [(held, idle)] = estate.rows("select sum(held_gpu_seconds), sum(idle_gpu_seconds) from marts.gpu_utilization_hourly where resource_id like 'i-alibaba%'")
    assert Fraction(held) == Fraction(int(scheduled), 1000)
    assert held > 0 and idle > 0
    assert estate.rows("select count(*) from intermediate.int_gpu__intervals where cluster = 'alibaba' and node_name is null") == [(0,)]
    assert estate.rows("select count(*) > 1000, min(billed_cost) >= 0 from marts.gpu_cost_ladder_hourly where resource_id like 'i-alibaba%' and rung = 'idle'") == [(True, True)]
