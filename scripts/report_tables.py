"""How the report looks: one function per section, each from plain values to something rich can print."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from report_data import LAYERS, ZERO, Cell, Mover, Row
from rich.box import Box
from rich.markup import escape
from rich.table import Table
from rich.text import Text

# A line under the titles and one above the sums, nothing else.
LINES = Box("    \n    \n ── \n    \n    \n ── \n    \n    \n")
LAYER_TITLES = {"inference": "Inference", "agents": "Agents", "gpu": "GPU", "retrieval": "Retrieval", "storage": "Storage", "egress": "Egress", "other": "Other"}

SHORT_TITLES = {"inference": "Infer.", "retrieval": "Retr.", "storage": "Stor."}

# reason -> what it means, what to do. The advice for a reason in one layer comes first.
REASONS = {
    "idle_capacity": ("reserved, used by nobody", "shrink it, or stop it when idle"),
    "unused_commitment": ("commitment used by nobody", "move work onto it, or let it lapse"),
    "floor_without_queries": ("search floor, no queries", "drop the indexes nobody queries"),
    "untagged_usage": ("used by someone unnamed", "tag it, or add what names it to owner_rules.csv"),
    "no_owner": ("billed, names no owner", "tag it, or add an owner rule"),
    "no_driver": ("billed, no use measured", "deliver its telemetry, or add an allocation rule"),
    "fixed_remainder": ("left over by a fixed rule", "complete its shares in allocation_rule_targets.csv"),
    "unknown_model": ("tokens of an unknown model", "add the bill's name to model_aliases.csv"),
    "unknown_token_kind": ("tokens of an unknown kind", "add its words to token_line_patterns.csv"),
}
BY_LAYER = {
    ("untagged_usage", "inference"): "tag the calls, or give their key an owner rule",
    ("untagged_usage", "agents"): "tag the sessions, or give the agent an owner rule",
    ("untagged_usage", "gpu"): "label the pods, or add a rule for their namespace",
    ("untagged_usage", "retrieval"): "tag the queries, or give the index an owner rule",
    ("untagged_usage", "storage"): "tag the bucket or volume, or add an owner rule",
    ("untagged_usage", "egress"): "name the sender in network_interfaces.csv, or tag it",
}


def meaning(reason: str, layer: str) -> tuple[str, str]:
    """What a reason code means and what to do about it, in words; an unknown code keeps its own."""
    if reason.startswith("no_policy_for_"):
        category = reason.removeprefix("no_policy_for_")
        return f"{category}, not shared by policy", f"add an allocation rule for charge_category {category.title()}"
    why, advice = REASONS.get(reason, (reason.replace("_", " "), "add an allocation rule"))
    return why, BY_LAYER.get((reason, layer), advice)


def month_name(month: date) -> str:
    return f"{month:%B %Y}"


def span(first: date, last: date) -> str:
    """Two months as short as they can be said: Oct 2026, Aug–Oct 2026, Dec 2025–Feb 2026."""
    if first == last:
        return f"{first:%b %Y}"
    return f"{first:%b}–{last:%b %Y}" if first.year == last.year else f"{first:%b %Y}–{last:%b %Y}"


def days(first: date, last: date) -> str:
    """Days as short as they can be said: 1 Nov 2026, 1–2 Nov 2026, 3 Aug–2 Nov 2026."""
    if first == last:
        return f"{last.day} {last:%b %Y}"
    start = f"{first.day}" if (first.year, first.month) == (last.year, last.month) else f"{first.day} {first:%b}" if first.year == last.year else f"{first.day} {first:%b %Y}"
    return f"{start}–{last.day} {last:%b %Y}"


def amount(value: Decimal, decimals: int = 0, sign: bool = False, nothing: str = "·") -> str:
    """Thousands separated; in a table a value that rounds to nothing is a dot, so that what matters stands out."""
    text = f"{value:{'+' if sign else ''},.{decimals}f}"
    return text if text.strip("+-0.,") else nothing


def percent(part: Decimal, whole: Decimal) -> str:
    return f"{100 * float(part) / float(whole):.1f} %" if whole else "·"


def exact(value: Decimal) -> str:
    """Every digit that is not nothing: a difference is never rounded away."""
    return f"{value:,f}".rstrip("0").rstrip(".") if value else "0"


def grid(*columns: tuple[str, str]) -> Table:
    """A table of (title, 'left' | 'right' | 'long') columns: only a long one gives way when there is too little room."""
    table = Table(box=LINES, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim", border_style="dim", show_edge=False, footer_style="bold")
    for title, side in columns:
        table.add_column(title, justify="right" if side == "right" else "left", no_wrap=side != "long", overflow="fold" if side == "long" else "ellipsis")
    return table


def cost_table(cells: list[Cell], title: str, previous: date | None, narrow: bool) -> Table:
    """Who cost what: name × layer, total, share and change against the month before. A narrow one is in thousands and without shares, so that no figure is cut."""
    if narrow:
        cells = [Cell(cell.name, {layer: cost / 1000 for layer, cost in cell.layers.items()}, cell.previous / 1000) for cell in cells]
    sums = Cell("Total", {layer: sum((cell.layers[layer] for cell in cells), ZERO) for layer in LAYERS}, sum((cell.previous for cell in cells), ZERO))
    shown = [layer for layer in LAYERS if any(cell.layers[layer] for cell in cells)]
    decimals = 1 if narrow else 0 if abs(sums.total) >= 1000 else 2

    def row(cell: Cell) -> list[str]:
        values = [amount(cell.layers[layer], decimals) for layer in shown]
        share = [] if narrow else [percent(cell.total, sums.total)]
        change = [amount(cell.total - cell.previous, decimals, sign=True)] if previous else []
        return [escape(cell.name), *values, f"[bold]{amount(cell.total, decimals)}[/]", *share, *change]

    titles = [SHORT_TITLES.get(layer, LAYER_TITLES[layer]) if narrow else LAYER_TITLES[layer] for layer in shown]
    titles += ["Total", *([] if narrow else ["Share"]), *([f"vs {previous:%b}"] if previous else [])]
    table = grid((title, "left"), *((name, "right") for name in titles))
    table.show_footer = True
    for cell in cells:
        table.add_row(*row(cell), style="yellow" if cell.name == "unallocated" else "")
    for column, footer in zip(table.columns, row(sums), strict=True):
        column.footer = footer
    return table


def unowned_table(found: list[Row], total: Decimal) -> Table:
    """Idle and unallocated, each with its sum: why, and what to do about it."""
    table = grid(("Why", "left"), ("Layer", "left"), ("Cost", "right"), ("Share", "right"), ("What to do", "long"))
    decimals = 0 if abs(total) >= 1000 else 2
    for step in ("idle", "unallocated"):
        rows = [row for row in found if row["step"] == step]
        if rows:
            cost = sum((row["cost"] for row in rows), ZERO)
            table.add_row(step.title(), "", amount(cost, decimals), percent(cost, total), "", style="bold")
        for row in rows:
            why, advice = meaning(row["reason"], row["layer"])
            if step == "idle" and row["team"] != "unallocated":
                advice = f"{row['team']} pays: {advice}"
            elif row["layer"] == "other" and row["what"]:
                advice = f"mostly {row['what']}: {advice}"
            table.add_row(f"  {why}", LAYER_TITLES[row["layer"]], amount(row["cost"], decimals), percent(row["cost"], total), Text(advice, style="dim"))
    return table


def estimate_table(found: list[Row]) -> Table:
    """Usage newer than the bill, by provider, and who used most of it."""
    table = grid(("Provider", "left"), ("Days", "left"), ("Estimated", "right"), ("Most of it", "left"))
    for row in found:
        most = f"{escape(row['team'])} ({percent(row['team_cost'], row['cost'])})"
        table.add_row(row["provider"], days(row["first_day"], row["last_day"]), amount(row["cost"], 2), most)
    return table


def rejected_table(found: list[Row]) -> Table:
    """Files and rows that could not be read: the first row, how many have the same fault, and the reason with its fix."""
    table = grid(("File", "long"), ("Row", "right"), ("Rows", "right"), ("Reason", "long"))
    for row in found:
        table.add_row(escape(row["file"] or row["source"]), "file" if row["is_file"] else f"{row['first_row']:,}", f"{row['rows']:,}", escape(row["reason"]))
    return table


def uncosted_table(found: list[Row]) -> Table:
    """Use within the time of the bills that no line paid for."""
    table = grid(("Layer", "left"), ("Provider", "left"), ("Days", "left"), ("Things", "right"), ("Such as", "long"), ("Why", "long"))
    for row in found:
        when = days(row["first_day"], row["last_day"])
        table.add_row(LAYER_TITLES[row["layer"]], row["provider"], when, f"{row['things']:,}", escape(row["example"] or "?"), row["why"].replace("_", " "))
    return table


def uncosted_words(found: list[Row]) -> str:
    """Use outside the time the bills cover: no fault, and in one sentence."""
    said = {}
    for row in found:
        said.setdefault((row["why"], days(row["first_day"], row["last_day"])), []).append(f"{row['provider']} {LAYER_TITLES[row['layer']]}")
    return "; ".join(f"{when}, {why.replace('_', ' ')}: {', '.join(names)}" for (why, when), names in said.items())


def short_account(account: str) -> str:
    """The part of an account path people know it by."""
    return (account or "").rstrip("/").rsplit("/", 1)[-1]


def reconciliation_table(found: list[Row]) -> Table:
    """One line per account, currency and verdict: what was billed, what was allocated, and the difference to the last digit."""
    table = grid(("Provider", "left"), ("Account", "long"), ("Months", "left"), ("Bills", "right"), ("Billed", "right"), ("Allocated", "right"), ("", "left"), ("Off by", "right"), ("", "left"))
    for row in found:
        agrees = row["status"] == "reconciled"
        table.add_row(
            row["provider"], escape(short_account(row["billing_account_id"])), span(row["first_month"], row["last_month"]), f"{row['bills']:,}",
            amount(row["billed"], 2), amount(row["allocated"], 2), row["billing_currency"], exact(row["difference"]), Text("✓", style="green") if agrees else Text("✗ differs", style="bold red"),
            style="" if agrees else "red",
        )  # fmt: skip
    return table


def reconciliation_words(found: list[Row]) -> str:
    bills, differ = sum(row["bills"] for row in found), sum(row["bills"] for row in found if row["status"] != "reconciled")
    words = f"{bills} bills of {len({(row['provider'], row['billing_account_id']) for row in found})} accounts: " + (
        "each equals its allocations to the twelfth decimal." if not differ else f"[bold red]{differ} differ; dbt build names the pools.[/]"
    )
    restated = {row["billing_currency"]: sum((other["superseded"] for other in found if other["billing_currency"] == row["billing_currency"]), ZERO) for row in found if row["restated"]}
    if restated:
        said = ", ".join(f"{amount(value)} {currency}" for currency, value in restated.items())
        words += f" {sum(row['restated'] for row in found)} came more than once; {said} of earlier deliveries count no more."
    return words


def joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def headline(found: list[Mover], currency: str, last: date, renamed: dict[str, str]) -> str:
    """One sentence: who moved the month's cost most, by which effect, in which layer."""
    change = sum((mover.change for mover in found), ZERO)
    teams: dict[str, Mover] = {}
    for mover in found:
        teams.setdefault(mover.team, Mover(mover.team, "")).add(mover)
    rising = change >= 0
    top = max(teams.values(), key=lambda mover: mover.change if rising else -mover.change)
    (name, value), *others = sorted({"volume": top.volume, "price": top.price, "mix": top.mix}.items(), key=lambda effect: -abs(effect[1]))
    layer = max((mover for mover in found if mover.team == top.team), key=lambda mover: mover.change if rising else -mover.change)
    old = [before for before, after in renamed.items() if after == top.team]
    who = f"[bold]{escape(top.team)}[/]" + (f" (until then {escape(joined(old))})" if old else "")
    rest = ", ".join(f"{other} {amount(effect, sign=True, nothing='0')}" for other, effect in others)
    verb = "rose" if rising else "fell"
    return (
        f"{who} drove {last:%B}'s {'increase' if rising else 'decrease'}: its cost {verb} by [bold]{amount(abs(top.change))} {currency}[/], all teams' together by {amount(abs(change))}. "
        f"It was [bold]{name}[/] ({amount(value, sign=True)}; {rest}), most of it in {LAYER_TITLES[layer.layer]} ({amount(layer.change, sign=True)})."
    )


def mover_table(found: list[Mover], previous: date, last: date, shown: int) -> Table:
    """The largest changes, what is left of them in one line, and their sum."""
    table = grid(("Team", "left"), ("Layer", "left"), (f"{previous:%b}", "right"), (f"{last:%b}", "right"), ("Change", "right"), ("Volume", "right"), ("Price", "right"), ("Mix", "right"))
    table.show_footer = True
    rest, total = Mover("all other", ""), Mover("Total", "")
    for mover in found:
        total.add(mover)
    for mover in found[shown:]:
        rest.add(mover)

    def cells(mover: Mover) -> list[str]:
        return [amount(mover.previous), amount(mover.current), amount(mover.change, sign=True), *(amount(value, sign=True) for value in (mover.volume, mover.price, mover.mix))]

    for mover in found[:shown]:
        table.add_row(escape(mover.team), LAYER_TITLES[mover.layer], *cells(mover))
    if found[shown:]:
        table.add_row(rest.team, "", *cells(rest), style="dim")
    for column, footer in zip(table.columns, ["Total", "", *cells(total)], strict=True):
        column.footer = footer
    return table
