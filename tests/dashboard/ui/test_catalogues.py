"""Both catalogues hold every sentence that is used, with the same blanks."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from analytics.core.access import Role
from analytics.core.calendar import Comparison, Preset
from analytics.decisions.ledger import SUBJECTS
from analytics.decisions.proposal import LOSS_UNKNOWN
from analytics.decisions.proposal import State as Standing
from analytics.decisions.reasons import REASONS
from analytics.decisions.workflow import Move
from analytics.forecasting.contract import Bucket, Flag
from analytics.metrics.coverage import GAPS
from analytics.metrics.facts import FACTS
from analytics.metrics.metric import Additivity, Favourable, Unit
from analytics.metrics.registry import METRICS
from analytics.policies.change import FOUND, State
from analytics.policies.policy import CRITERIA, Keys, Measure
from analytics.policies.registry import POLICIES, SECTIONS
from analytics.replenishment import waterfall
from analytics.replenishment.proposals import ALTERNATIVES, PRICED
from analytics.replenishment.reasons import Reason
from analytics.simulation.named import COVERS
from analytics.simulation.shocks import ShockKind
from dashboard.api.own_words import NAMES as STREAMLIT
from dashboard.cli.backtests import MEASURES as REPLAYED
from dashboard.services.exports import EXPORT
from dashboard.services.forecast_view import EVENTS
from dashboard.services.job_kinds import KINDS
from dashboard.services.ledger import KINDS as LEDGER_KINDS
from dashboard.services.map_values import METRICS as MAPPED
from dashboard.services.plan_evidence import TOLD
from dashboard.services.policy_effects import COUNTS
from dashboard.services.requests import PER, STEPS
from dashboard.ui.asked_url import CUSTOM, LISTS
from dashboard.ui.filters import WIDGETS
from dashboard.ui.maps.looks import ALONE, BASELINE, SIZES, WHOLE
from dashboard.ui.replays import UNITS as FIGURE_UNITS
from dashboard.words import LANGUAGES, words
from data.contract import TABLES, contract_table
from data.health.rejects import FILTERS
from data.store.audit import FINDINGS, Deed
from data.store.audit import SUBJECTS as DONE_TO
from data.store.records import JobState
from pages import PAGES
from pages.admin.loaded_tables import ORDER
from pages.supply.simulation import SHOWN_MEASURES

ROOT = Path(__file__).resolve().parents[3]
KEY = re.compile(r"[a-z][a-z_0-9]*(\.[a-z_0-9]+)+")
ASKING = frozenset({"t", "Column"})


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in (ROOT / folder).rglob("*.py")]


def literal_keys() -> set[str]:
    """Catalogue keys written out in ``t("…")`` calls and in columns of tables."""
    found: set[str] = set()
    for path in python_files("pages", "dashboard"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                parts = [part for one in node.args for part in ast.walk(one)] if name in ASKING else []
                texts = [part.value for part in parts if isinstance(part, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str) and KEY.fullmatch(text)}
    return found


def error_codes() -> set[str]:
    """Codes of every DomainError that is raised."""
    raised = re.compile(
        r"(?:DomainError|AccessDenied|NotSignedIn|ContractViolation|MissingData|SignInRefused|SignInThrottled|"
        r"StoreUnavailable)\(\s*\"([a-z_]+)\""
    )
    everywhere = python_files("pages", "dashboard", "analytics", "data")
    return {code for path in everywhere for code in raised.findall(path.read_text(encoding="utf-8"))}


def job_keys() -> set[str]:
    """Keys about jobs that code puts together."""
    keys = {f"{family}.{kind}" for kind in KINDS for family in ("job.kind", "person.service")} | {
        f"job.state.{state.value}" for state in JobState
    }
    keys |= {f"error.job_{code}" for code in ("before_failed", "broken", "lost", "never_started")}
    keys |= {f"job.{name}" for name in ("absent", "ignored")} | {
        f"job.stage.{name}" for name in ("check", "load", "read", "wait")
    }
    keys |= {f"admin.load.{name}" for name in ("again", "again.done", "cancel", "cancel.done", "mapping", "rejects")}
    keys |= {f"admin.load.start.{name}" for name in ("button", "done", "extract_at", "files", "mapping")}
    keys |= {f"table.{name}" for name in TABLES}
    return keys | {f"cli.column.{name}" for name in ("job", "kind", "for", "state", "progress", "outcome")}


def audit_keys() -> set[str]:
    """Keys of the audit page."""
    told = ("user", "deed", "place", "days", "shown", "verify", "verify.done")
    named = {f"audit.subject.{kind}" for kind in DONE_TO}
    return (
        named
        | {f"audit.deed.{deed}" for deed in Deed}
        | {f"audit.left.{EXPORT}"}
        | {f"admin.audit.{one}" for one in told}
    )


def forecast_keys() -> set[str]:
    """Keys of the forecast's page and shell that code puts together."""
    keys = {f"forecast.{part}.{bucket.value}" for part in ("bucket", "unit") for bucket in Bucket}
    keys |= {f"forecast.flag.{flag.value}" for flag in Flag} | {f"forecast.event.{event}" for event in EVENTS}
    return keys | {f"cli.column.{name}" for name in ("bucket", "wape", "baseline", "bias", "covered")}


def replay_keys() -> set[str]:
    """Keys of the digital twin's page and shell that code puts together."""
    keys = {f"replay.policy.{kind}" for kind in COVERS} | {f"replay.shock.{kind.value}" for kind in ShockKind}
    keys |= {f"replay.column.{name}" for name in FIGURE_UNITS} | {f"cli.column.{name}" for name in REPLAYED}
    keys |= {f"cli.column.{name}" for name in ("scenario", "policy", "runs_out", "loss_per_day")}
    page = ("choose", "cancel", "cancel.done", "measure", "scenario", *(f"measure.{one}" for one in SHOWN_MEASURES))
    forms = ("first", "last", "policies", "shocks", "button", "done")
    return keys | {f"supply.simulation.{one}" for one in page} | {f"supply.simulation.start.{one}" for one in forms}


def access_keys() -> set[str]:
    """Keys of the pages about accounts and sessions that code puts together."""
    keys = {f"admin.access.create.{one}" for one in ("name", "display_name", "password", "roles", "grants", "button")}
    keys |= {f"admin.access.change.{one}" for one in ("roles", "grants", "button", "done")}
    keys |= {f"admin.access.{one}" for one in ("search", "search.hint", "account", "account.all", "choose")}
    commands = ("admin.access.create", "admin.access.disable", "admin.access.enable", "admin.access.end")
    keys |= {f"{one}.done" for one in (*commands, "account.sessions.end", "account.sessions.end_others")}
    keys |= {*commands[1:], "account.sessions.end", "account.sessions.end_others", "account.sessions.password"}
    keys |= {f"admin.access.limit.{one}" for one in ("first", "last", "button", "done")} | {"frame.viewing.end"}
    keys |= {f"admin.access.term.{one}" for one in ("now", "later", "over")}
    keys |= {"admin.access.view_as", "admin.access.view_as.done", "frame.viewing.end.done"}
    return keys


def saved_view_keys() -> set[str]:
    """Keys of the menu of saved views that code puts together."""
    keys = {f"frame.views.save.{one}" for one in ("name", "button", "done")}
    keys |= {f"frame.views.rename.{one}" for one in ("name", "button", "done")}
    keys |= {f"frame.views.share.{one}" for one in ("roles", "button", "done")}
    return keys | {f"frame.views.{one}" for one in ("choose", "remove", "remove.done", "which")}


def health_keys() -> set[str]:
    """Keys about data health that code puts together."""
    keys = {f"admin.data_health.{name}{rest}" for name in FILTERS for rest in ("", ".all")}
    keys |= {f"column.reject.{name}" for name in FILTERS} | {"admin.data_health.mended_too"}
    return keys | {f"fault.{kind}" for kind in ORDER}


def contract_words() -> set[str]:
    """Keys for codes that the contract lists."""
    lines, refunds = contract_table("order_line"), contract_table("refund_line")
    reasons = (*lines.column("cancel_reason").one_of, *refunds.column("reason").one_of)
    return {f"mode.{one}" for one in lines.column("fulfilment").one_of} | {f"reason.{one}" for one in reasons}


def made_keys() -> set[str]:
    """Keys that code puts together."""
    keys = {f"metric.{metric.name}.{part}" for metric in METRICS for part in ("label", "about", "formula")}
    keys |= {f"owner.{metric.owner}" for metric in METRICS}
    keys |= {f"unit.{unit}" for unit in Unit} | {f"additivity.{one}" for one in Additivity}
    keys |= {f"favourable.{one}" for one in Favourable} | {f"role.{role}" for role in Role}
    keys |= {f"gap.{kind}" for kind in GAPS} | {f"error.{code}" for code in error_codes()}
    keys |= {f"filter.period.{one}" for one in [*Preset, CUSTOM]} | {f"filter.compare.{one}" for one in Comparison}
    keys |= {f"filter.{name}" for name in LISTS} | {f"filter.{name}.all" for name in WIDGETS}
    keys |= {f"page.{spec.key}.{part}" for spec in PAGES for part in ("title", "about")}
    keys |= {f"section.{spec.section}" for spec in PAGES}
    keys |= {f"heatmap.title.{metric}" for metric in MAPPED}
    keys |= {f"territory.heatmap.metric.{metric}" for metric in MAPPED}
    keys |= {f"territory.heatmap.resolution.{size}" for size in SIZES}
    keys |= {f"territory.heatmap.kind.{kind}" for kind in ("cells", "points")}
    keys |= {f"territory.heatmap.{name}" for name in ("metric", "kind", "resolution", "cell", "cell.all")}
    keys |= {f"territory.heatmap.{name}" for name in ("per", "step", "at", "beside")}
    keys |= {f"territory.heatmap.beside.{one}" for one in (ALONE, BASELINE)}
    keys |= {f"territory.heatmap.per.{one}" for one in (WHOLE, *PER)} | {f"heatmap.title_per.{one}" for one in PER}
    keys |= {f"territory.heatmap.step.{one}" for one in (WHOLE, *STEPS)} | {f"heatmap.lead.per.{one}" for one in PER}
    keys |= {f"streamlit.{name}" for name in STREAMLIT}
    keys |= {f"error.{code}" for code in FOUND.values()} | policy_keys()
    keys |= {f"audit.finding.{code}" for code in FINDINGS} | {"cli.audit_broken", "cli.audit_sound"}
    keys |= job_keys() | health_keys() | forecast_keys() | {f"table.order.{way}" for way in ("up", "down")}
    keys |= {"overview.glossary.search", "overview.glossary.search.hint"} | audit_keys()
    keys |= replay_keys() | access_keys() | saved_view_keys() | proposal_keys() | plan_keys()
    keys |= {f"fulfilment.{kind}" for kind in ("cancelled", "refunded")} | contract_words()
    keys |= {f"today.tiers.{level}" for level in ("province", "city", "partner")}
    keys |= {f"state.{one}" for one in ("high", "low", "usual")} | {f"frame.rise.{one}" for one in ("red", "green")}
    needed = {table for fact in FACTS.values() for table in fact.needs}
    needed |= {table for metric in METRICS for table in metric.needs}
    return keys | {f"table.{table}" for table in needed | {one for spec in PAGES for one in spec.needs}}


def plan_keys() -> set[str]:
    """Words of what a plan says of its proposals."""
    steps = {f"proposal.step.{one}" for one in waterfall.STEPS}
    steps |= {f"proposal.bound.{one}" for one in waterfall.BOUNDS}
    keys = (
        steps
        | {f"proposal.reason.{reason}" for reason in (*Reason, LOSS_UNKNOWN)}
        | {f"job.stage.{one}" for one in ("plan", "save")}
    )
    keys |= {f"proposal.alternative.{one}" for one in ALTERNATIVES} | {
        f"proposal.input.{one}" for one in (*TOLD, *PRICED)
    }
    columns = ("node", "sku", "source", "quantity", "order_by", "loss_per_day", "reasons")
    return keys | {f"cli.column.{name}" for name in columns}


def proposal_keys() -> set[str]:
    """Words of proposals and of what happens to them."""
    keys = {f"proposal.state.{one}" for one in Standing} | {f"proposal.move.{one}" for one in Move}
    keys |= {f"decisions.ledger.doubt.{kind}{part}" for kind in SUBJECTS for part in ("", ".who")}
    keys |= {f"decisions.ledger.only.{one}" for one in ("all", *LEDGER_KINDS)}
    keys |= {"decisions.ledger.days", "decisions.ledger.only", "supply.plants.plant"}
    keys |= {f"decisions.ledger.{one}" for one in ("saved", "cost")}
    return keys | {f"proposal.why.{one}" for one in REASONS}


def policy_keys() -> set[str]:
    """Words of policies, and of the page that changes them."""
    keys = {f"policy.{policy.name}.{part}" for policy in POLICIES for part in ("label", "about")}
    keys |= {f"owner.{policy.owner}" for policy in POLICIES} | {f"policy.section.{one}" for one in SECTIONS}
    keys |= {f"policy.choice.{one}" for policy in POLICIES for one in policy.choices}
    keys |= {f"policy.done.{one}" for one in (State.APPROVED, State.PROPOSED)}
    keys |= {f"cli.column.{one}" for one in ("policy", "in_force", "own", "waiting")}
    keys |= {f"policy.use.{one}" for policy in POLICIES for one in policy.used_by}
    keys |= {f"policy.measure.{one}" for one in Measure if one not in (Measure.SWITCH, Measure.CHOICE)}
    keys |= {f"policy.keyed.{one}" for one in Keys} | {f"policy.criterion.{one}" for one in CRITERIA}
    keys |= {f"policy.switch.{one}" for one in ("on", "off")} | {f"policy.state.{one}" for one in State}
    keys |= {f"policy.effect.{count.__name__}" for count in COUNTS.values()}
    page = ("search", "search.hint", "section", "policy", "policy.all", "choose")
    forms = ("key", "value", "from", "note", "button", "done")
    presses = ("approve", "withdraw", "save", "ask", "discard")
    keys |= {f"admin.policies.{one}" for one in page} | {f"admin.policies.change.{one}" for one in forms}
    keys |= {f"admin.policies.reject.{one}" for one in ("reason", "button", "done")}
    return keys | {f"admin.policies.{one}{rest}" for one in presses for rest in ("", ".done")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_key_in_use_has_a_sentence(language: str) -> None:
    missing = (literal_keys() | made_keys()) - set(words(language).sentences)
    assert not sorted(missing)


def test_the_search_for_keys_finds_some() -> None:
    assert {"frame.fresh", "column.partner", "today.rows"} <= literal_keys()
    assert {"no_scope", "not_signed_in"} <= error_codes()


def test_catalogues_hold_the_same_keys() -> None:
    zh, en = (set(words(language).sentences) for language in ("zh", "en"))
    assert not sorted(zh ^ en)


def test_no_sentence_is_empty() -> None:
    for language in LANGUAGES:
        text = (ROOT / "dashboard" / "locales" / language / "LC_MESSAGES" / "waterline.po").read_text(encoding="utf-8")
        assert not re.findall(r'msgid "([^"]+)"\nmsgstr ""\n(?!")', text)
        assert "fuzzy" not in text
        assert len(re.findall(r'^msgid "', text, re.MULTILINE)) - 1 == len(words(language).sentences)


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_sentences_have_the_same_blanks() -> None:
    zh, en = words("zh").sentences, words("en").sentences
    assert not [key for key in zh if blanks(zh[key]) != blanks(en.get(key, ""))]


def test_chinese_uses_its_own_punctuation() -> None:
    wrong = re.compile(r"[\u4e00-\u9fff][,;:!?]|[,;:!?][\u4e00-\u9fff]|\([^)]*[\u4e00-\u9fff]")
    said = {key: text for key, text in words("zh").sentences.items() if key != "number.scales"}
    assert not {key: text for key, text in said.items() if wrong.search(text)}
