"""An alert as text, page, mail and JSON in its reader's language; reports/schemas/alert.schema.json is of the last."""

from __future__ import annotations

import json

from dedupe import phrases
from dedupe.findings import Finding
from dedupe.sayings import beside, say, told
from reports import alert_wording, languages, wording
from reports.alerts import Alert
from reports.rendering.data import finding_json, in_language
from reports.rendering.harmless import mail, words
from reports.rendering.mailed import inlined
from reports.rendering.pages import page
from reports.rendering.plain import WIDTH, wrapped
from reports.rendering.tricks import noted


def subject(alert: Alert) -> str:
    """Return what stands over it."""
    titles = [finding.title for finding in alert.findings]
    return told(alert_wording.subject(titles), languages.of(alert.reader))


def text(alert: Alert) -> bytes:
    """Write the text, UTF-8, one line feed a line."""
    spoken = languages.of(alert.reader)

    def lines_of(said: str, first: str = "") -> list[str]:
        return wrapped(told(said, spoken), first)

    def about(finding: Finding) -> list[str]:
        severity = beside((wording.SHAPE[finding.severity], wording.SEVERITY[finding.severity]), " ")
        # One alone stands over the whole already.
        lines = lines_of(finding.title) if len(alert.findings) > 1 else []
        lines += lines_of(beside((severity, wording.KIND[finding.kind]), " · "), "   ")
        lines += [line for reason in finding.reasons for line in lines_of(reason.text, "   + ")]
        for side, event in zip(alert_wording.SIDES, finding.events, strict=False):
            named = say("{side}: {title}", side=side, title=noted(event.title))
            lines += ["", *lines_of(named, "   "), *lines_of(alert_wording.facts(event), "   ")]
            for listing in event.listings:
                lines += lines_of(alert_wording.listed(alert.name(listing.organisation), listing.since), "   - ")
        lines += [""] if finding.proposals else []
        lines += [line for proposal in finding.proposals for line in lines_of(proposal, "   > ")]
        return [*lines, f"   {told(alert_wording.REFERENCE, spoken)} {finding.key.id}"]

    lines = [*lines_of(subject(alert)), "", *lines_of(alert_wording.WHY)]
    for finding in alert.findings:
        lines += ["", "", *about(finding)]
    lines += ["", "", *lines_of(alert_wording.answer(alert.contact)), "-" * WIDTH]
    lines += wrapped(told(alert.disclaimer, spoken), ours=True)
    lines += wrapped(told(beside((alert.committee, alert.contact)), spoken), ours=True)
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8")


def html(alert: Alert) -> bytes:
    """Write the page, UTF-8."""
    return _page(alert, in_mail=False)


def mailed(alert: Alert) -> bytes:
    """Write the HTML part of a mail: the page, its style in the elements."""
    return inlined(_page(alert, in_mail=True), to_left=languages.right_to_left(languages.of(alert.reader).code))


def _page(alert: Alert, *, in_mail: bool) -> bytes:
    spoken = languages.of(alert.reader)
    return page("alert.html.jinja", spoken=spoken, alert=alert, subject=subject(alert), mail=mail, in_mail=in_mail)


def data(alert: Alert) -> bytes:
    """Write the JSON document, UTF-8, keys sorted."""
    spoken = languages.of(alert.reader)
    document = {
        "version": 1,
        "alert": True,
        "organisation": alert.reader.id,
        "name": told(phrases.organisation(alert.reader), spoken),
        "language": spoken.code,
        "day": alert.day.isoformat(),
        "subject": words(subject(alert)),
        "findings": [in_language(finding_json(finding), spoken) for finding in alert.findings],
        "disclaimer": told(alert.disclaimer, spoken),
    }
    return f"{json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True)}\n".encode("utf-8", "replace")
