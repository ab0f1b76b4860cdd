"""What the desk counts of its own requests, and how all figures are written for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.measuring import Figures

_METHODS = frozenset({"GET", "HEAD", "POST"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 10, 30)
_NO_ROUTE = "none"


class Measures:
    """Counts requests by the template of their route, never by their path: paths hold secrets and names."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "outreach_desk_requests", "Requests answered.", ["route", "method", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "outreach_desk_request_seconds", "Until the answer began.", ["route", "status"], buckets=_SECONDS,
            registry=self._registry,
        )  # fmt: skip

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(route, method if method in _METHODS else "other", str(status)).inc()
        self._seconds.labels(route, str(status)).observe(seconds)

    def written(self, figures: Figures) -> bytes:
        """Write everything in the text format of Prometheus."""
        counted = CollectorRegistry()
        counted.register(_Counted(figures))
        return generate_latest(counted) + generate_latest(self._registry)


class Counting:
    """Counts every request that the application answers."""

    def __init__(self, app: ASGIApp, measures: Measures) -> None:
        self._app, self._measures = app, measures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                # The router notes its route in the scope that it was handed.
                route = getattr(scope.get("route"), "path", _NO_ROUTE)
                self._measures.answered(route, scope["method"], message["status"], time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, sent)


class _Counted(Collector):
    """Figures of the database, as they were when they were asked for."""

    def __init__(self, figures: Figures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Yield each family of figures."""
        calendars = self._figures.calendars
        of = "outreach_calendar_"
        age = _gauge(f"{of}last_good_copy_age_seconds", "Since the day of its last good copy began.", "calendar")
        for one in calendars:
            if one.age is not None:
                age.add_metric([one.calendar], one.age)
        yield age
        for name, told, values in (
            ("failing", "1 when it could not be read the last time.", [float(one.fails) for one in calendars]),
            ("listings", "Listings that stand.", [one.listings for one in calendars]),
            ("problems", "Things in it that are wrong.", [one.problems for one in calendars]),
        ):
            family = _gauge(of + name, told, "calendar")
            for one, value in zip(calendars, values, strict=True):
                family.add_metric([one.calendar], value)
            yield family
        family = _gauge("outreach_findings_open", "Findings nobody decided on.", "kind", "severity")
        for labels, number in sorted(self._figures.findings.items()):
            family.add_metric(labels, number)
        yield family
        family = _gauge("outreach_deliveries", "Deliveries in the outbox.", "state")
        for state, number in sorted(self._figures.deliveries.items()):
            family.add_metric([state], number)
        yield family
        yield GaugeMetricFamily("outreach_desk_sessions", "People signed in.", value=self._figures.sessions)


def _gauge(name: str, told: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, told, labels=labels)
