"""Which accelerator a billed machine has, and how many: the names of the clouds' own machine types, meters, SKUs and shapes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

NAMES = [
    ("AWS", "BoxUsage:p2.16xlarge", "K80", 16), ("AWS", "BoxUsage:p3.8xlarge", "V100", 4), ("AWS", "EUW1-SpotUsage:p4d.24xlarge", "A100", 8), ("AWS", "BoxUsage:p4de.24xlarge", "A100", 8),
    ("AWS", "BoxUsage:p5.48xlarge", "H100", 8), ("AWS", "BoxUsage:p5.4xlarge", "H100", 1), ("AWS", "USE1-Train:ml.p5e.48xlarge", "H200", 8), ("AWS", "UnusedBox:p5en.48xlarge", "H200", 8),
    ("AWS", "USW2-BoxUsage:p6-b200.48xlarge", "B200", 8), ("AWS", "BoxUsage:p6-b300.48xlarge", "B300", 8), ("AWS", "BoxUsage:p6e-gb200.36xlarge", "GB200", 4),
    ("AWS", "BoxUsage:g4dn.12xlarge", "T4", 4), ("AWS", "USE1-Host:ml.g5.2xlarge", "A10G", 1), ("AWS", "BoxUsage:g5.48xlarge", "A10G", 8), ("AWS", "BoxUsage:g6f.2xlarge", "L4", "0.25"),
    ("AWS", "BoxUsage:g6e.xlarge", "L40S", 1), ("AWS", "BoxUsage:gr6.8xlarge", "L4", 1), ("AWS", "BoxUsage:g7e.12xlarge", "RTX PRO 6000", 2),
    ("AWS", "BoxUsage:trn1.32xlarge", "Trainium", 16), ("AWS", "BoxUsage:trn2.48xlarge", "Trainium2", 16), ("AWS", "BoxUsage:inf2.24xlarge", "Inferentia2", 6),
    ("AWS", "EC2SP:p5.1yrNoUpfront", "H100", None), ("AWS", "BoxUsage:p5.96xlarge", "H100", None),
    ("AWS", "BoxUsage:m5.large", None, None), ("AWS", "BoxUsage:t4g.micro", None, None), ("AWS", "BoxUsage:c6gn.16xlarge", None, None), ("AWS", "USE1-Claude4.6Sonnet-input-tokens", None, None),
    ("Microsoft", "NC24ads A100 v4", "A100", 1), ("Microsoft", "Standard_NC48ads_A100_v4", "A100", 2), ("Microsoft", "NC96ads A100 v4 Spot", "A100", 4), ("Microsoft", "NC64as T4 v3", "T4", 4),
    ("Microsoft", "Standard_NC6s_v3", "V100", 1), ("Microsoft", "NC40ads H100 v5", "H100", 1), ("Microsoft", "NC80adis H100 v5", "H100", 2), ("Microsoft", "ND96asr v4", "A100", 8),
    ("Microsoft", "Standard_ND96amsr_A100_v4", "A100", 8), ("Microsoft", "ND96isr H100 v5", "H100", 8), ("Microsoft", "Standard_ND96isr_H200_v5", "H200", 8), ("Microsoft", "ND96isr MI300X v5", "MI300X", 8),
    ("Microsoft", "Standard_ND128isr_NDR_GB200_v6", "GB200", 4), ("Microsoft", "NV12ads A10 v5", "A10", "0.333333"), ("Microsoft", "NV72ads A10 v5", "A10", 2),
    ("Microsoft", "Virtual Machines NDsr GB200 v6 Series", "GB200", None), ("Microsoft", "D4s v5", None, None), ("Microsoft", "Standard_E16ads_v5", None, None),
    ("Google Cloud", "a3-highgpu-8g", "H100", 8), ("Google Cloud", "a3-ultragpu-8g", "H200", 8), ("Google Cloud", "a2-ultragpu-4g", "A100", 4), ("Google Cloud", "a2-megagpu-16g", "A100", 16),
    ("Google Cloud", "a4x-highgpu-4g", "GB200", 4), ("Google Cloud", "g2-standard-48", "L4", 4), ("Google Cloud", "Nvidia H100 80GB GPU running in Americas", "H100", 1),
    ("Google Cloud", "Nvidia Tesla A100 80GB GPU running in Netherlands", "A100", 1), ("Google Cloud", "Nvidia L4 GPU attached to Spot Preemptible VMs running in Iowa", "L4", 1),
    ("Google Cloud", "Vertex AI: Training/Pipelines on NVIDIA_TESLA_T4 in us-central1", "T4", 1), ("Google Cloud", "Tpu v5e in us-west4", "TPU v5e", 1),
    ("Google Cloud", "N1 Predefined Instance Core running in Americas", None, None),
    ("Oracle", "BM.GPU.H100.8", "H100", 8), ("Oracle", "BM.GPU4.8", "A100", 8), ("Oracle", "VM.GPU.A10.2", "A10", 2), ("Oracle", "BM.GPU.MI300X.8", "MI300X", 8), ("Oracle", "BM.GPU.GB200.4", "GB200", 4),
    ("Oracle", "Oracle Cloud Infrastructure - Compute - GPU - H100", "H100", 1), ("Oracle", "VM.Standard.E4.Flex", None, None),
    ("CoreWeave", "8x H100 SXM", "H100", 8), ("Lambda Labs", "gpu_1x_gh200", "GH200", 1), ("RunPod", "NVIDIA RTX 4090", "RTX 4090", None), ("CoreWeave", "H100 reserved", "H100", None),
]  # fmt: skip


@pytest.fixture(scope="module")
def found(build: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Decimal | None]]:
    landing = tmp_path_factory.mktemp("accelerators") / "landing"
    (landing / "focus").mkdir(parents=True)
    header = "BilledCost,ChargePeriodStart,BillingPeriodStart,BillingAccountId,BillingCurrency,ProviderName,SkuMeter\n"
    (landing / "focus" / "bill.csv").write_text(header + "".join(f"1,2026-08-01,2026-08-01,1,USD,{provider},{text}\n" for provider, text, *_ in NAMES))
    with duckdb.connect(str(build(landing, select="+int_charges__accelerators")), read_only=True) as connection:
        rows = connection.execute("select x_sku_text, gpu_type, gpu_count from intermediate.int_charges__accelerators").fetchall()
    assert len(rows) == len({text for text, _, _ in rows})
    return {text: (gpu_type, count) for text, gpu_type, count in rows}


@pytest.mark.parametrize(("provider", "text", "gpu_type", "count"), NAMES, ids=lambda value: str(value))
def test_a_machine_has_the_accelerators_its_name_says(found: dict[str, tuple[str, Decimal | None]], provider: str, text: str, gpu_type: str | None, count: int | str | None) -> None:
    assert found.get(text, (None, None)) == (gpu_type, None if count is None else Decimal(count))
