#!/usr/bin/env python3
"""Posts the status of a load to EPMPulse, without ever disturbing the job that uses it.

    from epmpulse import EPMPulseClient

    client = EPMPulseClient()                       # EPMPULSE_URL and EPMPULSE_API_KEY from the environment
    with client.job("Planning", "Actual", "LOAD_001"):
        load()                                      # Loading before, OK after, Warning if it raises

or from a command line, which always exits with 0 (with --strict: with 1 if the status was not accepted):

    python3 epmpulse.py --app Planning --domain Actual --status OK --job-id LOAD_001

No call raises an exception or takes longer than `deadline` seconds. An error is in the Result and, as one line, in the
log "epmpulse". A request that may have been lost is repeated with the same Idempotency-Key, so it counts once.
Needs Python 3.8 or later and the package requests. Thread-safe.
"""

import argparse
import json
import logging
import os
import random
import sys
import threading
import time
import uuid
from datetime import datetime, timezone
from typing import Iterable, List, NamedTuple, Optional

try:
    import requests
except ImportError:  # A missing package must not fail the job.
    requests = None

__all__ = ["EPMPulseClient", "Result", "update_status"]

log = logging.getLogger("epmpulse")

DEADLINE = 30.0  # seconds
CONNECT_AND_READ = (3.05, 10)  # seconds of one attempt
MAX_BATCH = 1000  # updates
MAX_BATCH_BYTES = 900000  # EPMPulse accepts 1 MiB
MAX_REPLY_BYTES = 4 * 1024 * 1024
MAX_LENGTHS = {"job_id": 100, "message": 200}  # characters
MAX_URL = 500  # characters
TRANSIENT = (429, 502, 503, 504)


class Result(NamedTuple):
    """The result of a call. False if the update was not accepted."""

    ok: bool
    outcome: Optional[str] = None  # recorded, superseded or duplicate; None if the updates of a batch differ
    revision: Optional[int] = None  # of the last update of a batch
    error: Optional[str] = None  # None if ok

    def __bool__(self) -> bool:
        return self.ok


class _Transient(Exception):
    """A failure after which a retry may succeed, `wait` seconds later at the earliest."""

    def __init__(self, reason: str, wait: float = 0.0):
        super().__init__(reason)
        self.wait = wait


class EPMPulseClient:
    def __init__(self, base_url: Optional[str] = None, api_key: Optional[str] = None, deadline: Optional[float] = None):
        """Defaults come from EPMPULSE_URL, EPMPULSE_API_KEY and EPMPULSE_DEADLINE (seconds that a call may take)."""
        self._url = str(base_url or os.environ.get("EPMPULSE_URL") or "").strip().rstrip("/")
        self._key = str(api_key or os.environ.get("EPMPULSE_API_KEY") or "").strip()
        self._deadline = _seconds(deadline or os.environ.get("EPMPULSE_DEADLINE")) or DEADLINE

    def update_status(
        self,
        app: str,
        domain: Optional[str],
        status: str,
        job_id: Optional[str] = None,
        message: Optional[str] = None,
        epm_job_id: Optional[str] = None,
        url: Optional[str] = None,
    ) -> Result:
        """Posts one status: Blank, Loading, OK or Warning. url is the https address of the job's log."""
        update = {"app": app, "domain": domain, "status": status, "job_id": job_id, "message": message, "url": url}
        return self._post([dict(update, epm_job_id=epm_job_id)], None, "/api/v1/status")

    def batch_update(self, updates: Iterable[dict], job_id: Optional[str] = None) -> Result:
        """Posts many updates, dicts with the fields of update_status; job_id is the default of their job_id.

        Up to 1,000 are recorded all or none. More are sent in several requests, until the first that fails.
        """
        return self._post(updates, job_id, "/api/v1/status/batch")

    def notify_pipeline_start(self, apps: Iterable[str], domain: Optional[str], job_id: str) -> Result:
        """Marks the domain of every app as Loading."""
        return self._pipeline(apps, domain, job_id, "Loading", None)

    def notify_pipeline_complete(
        self, apps: Iterable[str], domain: Optional[str], job_id: str, success: bool, message: Optional[str] = None
    ) -> Result:
        """Marks the domain of every app as OK, or as Warning if success is false."""
        return self._pipeline(apps, domain, job_id, "OK" if success else "Warning", message)

    def start(
        self,
        app: str,
        domain: Optional[str],
        job_id: Optional[str],
        message: Optional[str] = None,
        url: Optional[str] = None,
    ) -> Result:
        return self.update_status(app, domain, "Loading", job_id, message, url=url)

    def complete(
        self,
        app: str,
        domain: Optional[str],
        job_id: Optional[str],
        message: Optional[str] = None,
        url: Optional[str] = None,
    ) -> Result:
        return self.update_status(app, domain, "OK", job_id, message, url=url)

    def fail(
        self,
        app: str,
        domain: Optional[str],
        job_id: Optional[str],
        message: Optional[str] = None,
        url: Optional[str] = None,
    ) -> Result:
        return self.update_status(app, domain, "Warning", job_id, message, url=url)

    def job(self, app: str, domain: Optional[str], job_id: Optional[str], url: Optional[str] = None) -> "_Job":
        """For `with`: posts Loading, then OK, or Warning with the text of the exception, which is raised again."""
        return _Job(self, app, domain, job_id, url)

    def _pipeline(self, apps, domain, job_id, status, message) -> Result:
        def updates():
            # A generator: wrong arguments raise later, where exceptions are caught.
            for app in [apps] if isinstance(apps, str) else apps:
                yield {"app": app, "domain": domain, "status": status, "message": message}

        return self.batch_update(updates(), job_id)

    def _post(self, updates: Iterable[dict], job_id: Optional[str], path: str) -> Result:
        """Posts in a separate thread, because no time-out of requests limits the whole call."""
        end = time.monotonic() + self._deadline
        results: List[Result] = []

        def deliver() -> None:
            try:
                results.append(self._deliver(updates, job_id, path, end))
            except Exception as e:  # No exception may reach the job.
                results.append(Result(False, error=self._reason(e)))

        thread = threading.Thread(target=deliver, name="epmpulse", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # No thread can be started: the interpreter is stopping, or the host has too many.
            deliver()
        else:
            thread.join(self._deadline + 0.5)
        result = results[0] if results else Result(False, error="no reply within %g s" % self._deadline)
        if not result.ok:
            log.warning("EPMPulse did not accept the status: %s", result.error)
        return result

    def _deliver(self, updates: Iterable[dict], job_id: Optional[str], path: str, end: float) -> Result:
        problem = self._setup_problem()
        if problem:
            return Result(False, error=problem)
        timestamp = datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
        items = [_encoded(dict({"timestamp": timestamp, "job_id": job_id}, **_given(update))) for update in updates]
        if path == "/api/v1/status":
            return self._send(path, items[0], end)
        result = Result(False, error="there are no updates")
        outcomes = set()
        done = 0
        for group in _groups(items):
            result = self._send(path, b'{"updates":[' + b",".join(group) + b"]}", end)
            if not result.ok:
                where = " (updates from %d on, of %d)" % (done + 1, len(items)) if len(group) < len(items) else ""
                return result._replace(error=str(result.error) + where)
            outcomes.add(result.outcome)
            done += len(group)
        return result if len(outcomes) <= 1 else result._replace(outcome=None)

    def _setup_problem(self) -> Optional[str]:
        if requests is None:
            return "the Python package requests is not installed"
        if not self._url.startswith(("http://", "https://")):
            return "EPMPULSE_URL must be set to the address of EPMPulse, http:// or https://"
        if not self._key:
            return "EPMPULSE_API_KEY is not set"
        if not all("!" <= c <= "~" for c in self._key):
            return "EPMPULSE_API_KEY must be visible ASCII characters"
        return None

    def _send(self, path: str, body: bytes, end: float) -> Result:
        idempotency_key = str(uuid.uuid4())
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._attempt(path, body, idempotency_key, end)
            except _Transient as e:
                wait = max(e.wait, random.uniform(0.5, 1.0) * min(2 ** (attempt - 1), 8))
                if time.monotonic() + wait >= end:
                    return Result(False, error="%s, %d attempts" % (self._reason(e), attempt))
                time.sleep(wait)

    def _attempt(self, path: str, body: bytes, idempotency_key: str, end: float) -> Result:
        left = max(end - time.monotonic(), 0.1)
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        try:
            with requests.post(
                self._url + path,
                data=body,
                headers=headers,
                auth=self._authorize,
                timeout=tuple(min(seconds, left) for seconds in CONNECT_AND_READ),
                allow_redirects=False,  # A login page with 200 is no success, and no other host may get the key.
                stream=True,
            ) as response:
                reply = _read(response, end)
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as e:
            raise _Transient(self._reason(e)) from e
        if response.status_code == 200 and reply.get("success") is True:
            return _accepted(reply.get("data"))
        reason = _refusal(response, reply)
        if response.status_code in TRANSIENT:
            raise _Transient(reason, _seconds(response.headers.get("Retry-After")) or 0.0)
        return Result(False, error=reason)

    def _authorize(self, request):
        """Used as `auth`, so that requests does not look for credentials in a .netrc."""
        request.headers["X-API-Key"] = self._key
        return request

    def _reason(self, e: Exception) -> str:
        """The exception as one line, without the key, which requests sometimes quotes."""
        text = "%s: %s" % (type(e).__name__, e) if not isinstance(e, _Transient) else str(e)
        text = " ".join(text.split())[:500]
        return text.replace(self._key, "***") if self._key else text


class _Job:
    def __init__(
        self, client: EPMPulseClient, app: str, domain: Optional[str], job_id: Optional[str], url: Optional[str]
    ):
        self._client = client
        self._run = (app, domain, job_id)
        self._url = url

    def __enter__(self) -> "_Job":
        self._client.start(*self._run, url=self._url)
        return self

    def __exit__(self, kind, exception, traceback) -> bool:
        if kind is None or (issubclass(kind, SystemExit) and exception.code in (None, 0)):
            self._client.complete(*self._run, url=self._url)
        else:
            self._client.fail(*self._run, message=_described(kind, exception), url=self._url)
        return False


def update_status(
    app: str, domain: Optional[str], status: str, job_id: Optional[str] = None, message: Optional[str] = None
) -> Result:
    """Posts one status; URL and key come from the environment."""
    return EPMPulseClient().update_status(app, domain, status, job_id, message)


def _described(kind: type, exception: BaseException) -> str:
    try:
        return "%s: %s" % (kind.__name__, exception)
    except Exception:  # The text of the job's exception cannot be read.
        return kind.__name__


def _given(update: dict) -> dict:
    return {name: value for name, value in update.items() if value is not None}


def _encoded(update: dict) -> bytes:
    """JSON in which texts are shortened to the limits of EPMPulse and are valid Unicode."""
    fields = {}
    for name, value in update.items():
        if value is not None:
            text = str(value).encode("utf-8", "replace").decode("utf-8")
            if name == "url" and not (text.startswith("https://") and len(text) <= MAX_URL):
                # A wrong address must not lose the status.
                log.warning(
                    "EPMPulse: the address of the log is left out: it must begin with https:// and have at most %d"
                    " characters",
                    MAX_URL,
                )
                continue
            if name in MAX_LENGTHS:
                text = _cut("".join(c if c.isprintable() or c > "\x9f" else " " for c in text), MAX_LENGTHS[name])
            fields[name] = text
    return json.dumps(fields, ensure_ascii=False).encode("utf-8")


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "\u2026"


def _groups(items: List[bytes]) -> Iterable[List[bytes]]:
    """The items in their order, in as few requests as possible."""
    group: List[bytes] = []
    size = 0
    for item in items:
        if group and (len(group) == MAX_BATCH or size + len(item) > MAX_BATCH_BYTES):
            yield group
            group, size = [], 0
        group.append(item)
        size += len(item) + 1
    if group:
        yield group


def _read(response, end: float) -> dict:
    """The reply as an object; empty if it is not a JSON object."""
    body = b""
    for chunk in response.iter_content(65536):
        body += chunk
        if len(body) > MAX_REPLY_BYTES or time.monotonic() > end:
            return {}
    try:
        reply = json.loads(body.decode("utf-8"))
    except ValueError:
        return {}
    return reply if isinstance(reply, dict) else {}


def _accepted(data) -> Result:
    data = data if isinstance(data, dict) else {}
    entries = data.get("updates") or [data]
    outcomes = {entry.get("outcome") for entry in entries}
    return Result(True, outcomes.pop() if len(outcomes) == 1 else None, entries[-1].get("revision"))


def _refusal(response, reply: dict) -> str:
    error = reply.get("error")
    if isinstance(error, dict):
        details = error.get("details")
        where = " (index %s)" % details["index"] if isinstance(details, dict) and "index" in details else ""
        return "%d %s: %s%s" % (response.status_code, error.get("code"), error.get("message"), where)
    return "%d, not a reply of EPMPulse: check EPMPULSE_URL" % response.status_code


def _seconds(text) -> Optional[float]:
    """None unless the text is a number above 0 and below a day."""
    try:
        seconds = float(text)
    except (TypeError, ValueError):
        return None
    return seconds if 0 < seconds < 86400 else None


def _joined(arguments: List[str]) -> List[str]:
    """Options as --option=value, because argparse takes a value that begins with a dash for an option."""
    joined = []
    rest = iter(arguments)
    for argument in rest:
        if argument in ("--app", "--domain", "--status", "--job-id", "--message", "--epm-job-id", "--url"):
            argument += "=" + next(rest, "")
        joined.append(argument)
    return joined


def _main(arguments: List[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Posts a status to EPMPulse; EPMPULSE_URL and EPMPULSE_API_KEY must be set.",
        allow_abbrev=False,
    )
    parser.add_argument("--app", required=True)
    parser.add_argument("--domain", help="may be left out where the app has one")
    parser.add_argument("--status", required=True, help="Blank, Loading, OK or Warning")
    parser.add_argument("--job-id")
    parser.add_argument("--message")
    parser.add_argument("--epm-job-id", help="id of the EPM job; EPMPulse then records its end")
    parser.add_argument("--url", help="https address of the job's log")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if the status was not accepted")
    try:
        given = parser.parse_args(_joined(arguments))
    except SystemExit as e:
        return int(e.code or 0) if "--strict" in arguments else 0
    logging.basicConfig(format="%(message)s")
    result = EPMPulseClient().update_status(
        given.app, given.domain, given.status, given.job_id, given.message, given.epm_job_id, given.url
    )
    return 1 if given.strict and not result.ok else 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
