"""Writes VPC flow logs: Parquet with snake_case names for one account, CSV with the native hyphens for the other."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from . import usage_network
from .writers import strings, write_csv, write_parquet


def write(seed: int, root: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Flow logs: every internet flow also on the NAT interface, zone flows on both ends, and records without data."""
    true = usage_network.flows(seed)
    rows = [usage_network.BY_ID[i] for i in true["interface"]]
    slot = np.arange(len(true)) % 200
    peer = [usage_network.PEER[k].format(n + 1) for k, n in zip(true["class"], slot)]
    base = pd.DataFrame(
        {
            "account_id": true["account"],
            "interface_id": true["interface"],
            "srcaddr": [r[4] for r in rows],
            "dstaddr": peer,
            "pkt_srcaddr": [r[4] for r in rows],
            "pkt_dstaddr": peer,
            "bytes": true["bytes"],
            "start": true["start_s"],
            "end": true["end_s"],
            "instance_id": [r[3] for r in rows],
            "region": true["region"],
            "flow_direction": "egress",
            "traffic_path": true["class"].map({"internet": "1", "inter_region": "5", "inter_az": "1"}),
            "dst_class": true["class"],
            "log_status": "OK",
        }
    )
    internet, zones = base[base["dst_class"].eq("internet")], base[base["dst_class"].eq("inter_az")]
    gate = {a: n for a, n in usage_network.NAT.items()}
    nat = pd.DataFrame(
        {"interface_id": [gate[a][0] for a in internet["account_id"]], "own": [gate[a][1] for a in internet["account_id"]]}, index=internet.index
    )
    arriving = internet.assign(interface_id=nat["interface_id"], dstaddr=nat["own"], instance_id=None, flow_direction="ingress", traffic_path=None)
    leaving = internet.assign(interface_id=nat["interface_id"], srcaddr=nat["own"], pkt_srcaddr=nat["own"], instance_id=None, traffic_path="8")
    far = zones.assign(interface_id="eni-0e" + zones["account_id"].str[-1] + "00000000000000", instance_id=None, flow_direction="ingress", traffic_path=None)
    silent = base.iloc[::97].assign(
        srcaddr=None, dstaddr=None, pkt_srcaddr=None, pkt_dstaddr=None, bytes=-1, flow_direction=None, traffic_path=None, dst_class=None, log_status="NODATA"
    )
    silent.loc[silent.index[::3], "log_status"] = "SKIPDATA"
    flows = pd.concat([base, arriving, leaving, far, silent], ignore_index=True)
    flows = flows.sort_values(["start", "interface_id", "dstaddr", "flow_direction", "bytes"], kind="stable", na_position="first").reset_index(drop=True)
    no_data = flows["bytes"].lt(0).to_numpy()

    def text(name):
        return strings(flows[name])

    count = len(flows)
    columns = {
        "version": pa.array([5] * count),
        "account_id": text("account_id"),
        "interface_id": text("interface_id"),
        "srcaddr": text("srcaddr"),
        "dstaddr": text("dstaddr"),
        "srcport": strings(np.where(no_data, "", "44321")),
        "dstport": strings(np.where(no_data, "", "443")),
        "protocol": strings(np.where(no_data, "", "6")),
        "packets": pa.array(flows["bytes"].to_numpy() // 1400, mask=no_data),
        "bytes": pa.array(flows["bytes"].to_numpy(), mask=no_data),
        "start": pa.array(flows["start"]),
        "end": pa.array(flows["end"]),
        "action": strings(np.where(no_data, "", "ACCEPT")),
        "log_status": text("log_status"),
        "instance_id": text("instance_id"),
        "pkt_srcaddr": text("pkt_srcaddr"),
        "pkt_dstaddr": text("pkt_dstaddr"),
        "region": text("region"),
        "flow_direction": text("flow_direction"),
        "traffic_path": text("traffic_path"),
        "dst_class": text("dst_class"),
    }
    table = pa.table(columns)
    second = flows["account_id"].eq("210000000002").to_numpy()
    write_parquet(table.filter(pa.array(~second)), root / "vpc_flow_logs" / "210000000001" / "flows.parquet")
    native = table.filter(pa.array(second))
    dashed = pa.table([pa.compute.fill_null(c.cast(pa.string()), "-") for c in native.columns], names=[n.replace("_", "-") for n in native.column_names])
    write_csv(dashed, root / "vpc_flow_logs" / "210000000002" / "flows.csv.gz", connection)
