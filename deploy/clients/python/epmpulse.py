#!/usr/bin/env python3
"""Posts the status of a load to EPMPulse, without ever disturbing the job that uses it.

    from epmpulse import EPMPulseClient

    client = EPMPulseClient()                       # EPMPULSE_URL and EPMPULSE_API_KEY from the environment
    with client.job("Planning", "Actual", "LOAD_001"):
        load()                                      # Loading before, OK after, Warning if it raises

or from a command line, which always exits with 0 (with --strict: with 1 if the status was not accepted):

    python3 epmpulse.py --app Planning --domain Actual --status OK --job-id LOAD_001

or around a command, which gets its input, output, signals and exit code as if it were run without this:

    python3 epmpulse.py exec --app Planning --domain Actual --job-id LOAD_001 -- load.sh --all

No call raises an exception or takes longer than `deadline` seconds. An error is in the Result and, as one line, in the
log "epmpulse". A request that may have been lost is repeated with the same Idempotency-Key, so it counts once.
If EPMPULSE_SPOOL names a folder, a status that cannot be sent is kept there and sent before the next one, with its own
timestamp and Idempotency-Key. Needs Python 3.8 or later and the package requests. Thread-safe.
"""

import argparse
import json
import logging
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from datetime import datetime, timezone
from typing import Dict, Iterable, List, NamedTuple, Optional

try:
    import requests
except ImportError:  # A missing package must not fail the job.
    requests = None

__all__ = ["EPMPulseClient", "Result", "execute", "update_status"]

log = logging.getLogger("epmpulse")

DEADLINE = 30.0  # seconds
CONNECT_AND_READ = (3.05, 10)  # seconds of one attempt
MAX_BATCH = 1000  # updates
MAX_BATCH_BYTES = 900000  # EPMPulse accepts 1 MiB
MAX_REPLY_BYTES = 4 * 1024 * 1024
MAX_LENGTHS = {"job_id": 100, "message": 200}  # characters
MAX_URL = 500  # characters
TRANSIENT = (429, 502, 503, 504)
REFUSED = (400, 409, 413, 415, 422)  # statuses of replies that say the update is wrong, not the address or the key
STATUS = "/api/v1/status"
BATCH = "/api/v1/status/batch"
LAST_LINE = 4096  # bytes of the end of standard error that are searched for its last line


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


class _Refused(Exception):
    """EPMPulse does not accept this update, now or later."""


class _Request(NamedTuple):
    """A request that may be sent several times; the server counts those with the same key as one."""

    key: str  # sorts by time
    path: str
    body: bytes

    @staticmethod
    def of(path: str, body: bytes) -> "_Request":
        now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%fZ")
        return _Request("%s-%s" % (now, uuid.uuid4().hex), path, body)


class _Spool:
    """A folder of requests that could not be sent, a file each, named by its Idempotency-Key. The shell, PowerShell and
    Java clients use the same files. Several processes may use one at the same time: each sends the files in their order
    and removes those that were accepted, so no file is sent before an earlier one was accepted."""

    SUFFIXES = {STATUS: ".json", BATCH: ".batch.json"}

    def __init__(self, folder: str):
        self._folder = folder

    def keep(self, request: _Request) -> None:
        """Raises OSError if the request cannot be kept."""
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        name = request.key + self.SUFFIXES[request.path]
        temporary = os.path.join(self._folder, ".%s.%s" % (name, uuid.uuid4().hex))
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(request.body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, os.path.join(self._folder, name))
        except OSError:
            self._unlink(temporary)
            raise

    def requests(self) -> Iterable[_Request]:
        """Those that are still there, the oldest first."""
        try:
            names = sorted(n for n in os.listdir(self._folder) if n.endswith(".json") and not n.startswith("."))
        except OSError:
            return  # There is no folder yet.
        for name in names:
            path = BATCH if name.endswith(self.SUFFIXES[BATCH]) else STATUS
            try:
                with open(os.path.join(self._folder, name), "rb") as file:
                    yield _Request(name[: -len(self.SUFFIXES[path])], path, file.read())
            except FileNotFoundError:
                continue  # Another process has sent it.
            except OSError as e:
                self.refuse(name, str(e))

    def sent(self, request: _Request) -> None:
        self._unlink(os.path.join(self._folder, self._name(request)))

    def refused(self, request: _Request, reason: str) -> None:
        self.refuse(self._name(request), reason)

    def refuse(self, name: str, reason: str) -> None:
        """Puts a file aside, so that it does not hold up those after it."""
        aside = os.path.join(self._folder, "refused", name)
        try:
            os.makedirs(os.path.dirname(aside), mode=0o700, exist_ok=True)
            os.replace(os.path.join(self._folder, name), aside)
        except FileNotFoundError:
            return
        except OSError as e:
            reason = "%s; it cannot be moved: %s" % (reason, e)
        log.warning("EPMPulse did not accept a status of the spool: %s; see %s", reason, aside)

    def _name(self, request: _Request) -> str:
        return request.key + self.SUFFIXES[request.path]

    @staticmethod
    def _unlink(path: str) -> None:
        try:
            os.unlink(path)
        except OSError:
            pass


class EPMPulseClient:
    def __init__(
        self,
        base_url: Optional[str] = None,
        api_key: Optional[str] = None,
        deadline: Optional[float] = None,
        spool: Optional[str] = None,
    ):
        """Defaults come from EPMPULSE_URL, EPMPULSE_API_KEY, EPMPULSE_DEADLINE (seconds that a call may take) and
        EPMPULSE_SPOOL (a folder; none: what cannot be sent is lost)."""
        self._url = str(base_url or os.environ.get("EPMPULSE_URL") or "").strip().rstrip("/")
        self._key = str(api_key or os.environ.get("EPMPULSE_API_KEY") or "").strip()
        self._deadline = _seconds(deadline or os.environ.get("EPMPULSE_DEADLINE")) or DEADLINE
        folder = str(spool or os.environ.get("EPMPULSE_SPOOL") or "").strip()
        self._spool = _Spool(folder) if folder else None

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
        return self._post([dict(update, epm_job_id=epm_job_id)], None, STATUS)

    def flush(self) -> Result:
        """Sends what the spool holds."""
        return self._post([], None, None)

    def batch_update(self, updates: Iterable[dict], job_id: Optional[str] = None) -> Result:
        """Posts many updates, dicts with the fields of update_status; job_id is the default of their job_id.

        Up to 1,000 are recorded all or none. More are sent in several requests, until the first that fails.
        """
        return self._post(updates, job_id, BATCH)

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
        epm_job_id: Optional[str] = None,
    ) -> Result:
        return self.update_status(app, domain, "Loading", job_id, message, epm_job_id, url)

    def complete(
        self,
        app: str,
        domain: Optional[str],
        job_id: Optional[str],
        message: Optional[str] = None,
        url: Optional[str] = None,
        epm_job_id: Optional[str] = None,
    ) -> Result:
        return self.update_status(app, domain, "OK", job_id, message, epm_job_id, url)

    def fail(
        self,
        app: str,
        domain: Optional[str],
        job_id: Optional[str],
        message: Optional[str] = None,
        url: Optional[str] = None,
        epm_job_id: Optional[str] = None,
    ) -> Result:
        return self.update_status(app, domain, "Warning", job_id, message, epm_job_id, url)

    def job(
        self,
        app: str,
        domain: Optional[str],
        job_id: Optional[str],
        url: Optional[str] = None,
        epm_job_id: Optional[str] = None,
    ) -> "_Job":
        """For `with`: posts Loading, then OK, or Warning with the text of the exception, which is raised again."""
        return _Job(self, (app, domain, job_id), {"url": url, "epm_job_id": epm_job_id})

    def _pipeline(self, apps, domain, job_id, status, message) -> Result:
        def updates():
            # A generator: wrong arguments raise later, where exceptions are caught.
            for app in [apps] if isinstance(apps, str) else apps:
                yield {"app": app, "domain": domain, "status": status, "message": message}

        return self.batch_update(updates(), job_id)

    def _post(
        self, updates: Iterable[dict], job_id: Optional[str], path: Optional[str], end: Optional[float] = None
    ) -> Result:
        """Posts in a separate thread, because no time-out of requests limits the whole call."""
        end = end or time.monotonic() + self._deadline
        results: List[Result] = []
        open_requests: List[_Request] = []

        def deliver() -> None:
            try:
                results.append(self._deliver(updates, job_id, path, end, open_requests))
            except Exception as e:  # No exception may reach the job.
                results.append(Result(False, error=self._reason(e)))

        thread = threading.Thread(target=deliver, name="epmpulse", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # No thread can be started: the interpreter is stopping, or the host has too many.
            deliver()
        else:
            thread.join(max(end - time.monotonic(), 0) + 0.5)
        result = results[0] if results else Result(False, error="no reply within %g s" % self._deadline)
        if not result.ok:
            log.warning("EPMPulse did not accept the status: %s%s", result.error, self._keep(list(open_requests)))
        return result

    def _keep(self, open_requests: List[_Request]) -> str:
        """Keeps requests that were neither accepted nor refused. Returns what the log adds to the error."""
        if self._spool is None or not open_requests:
            return ""
        try:
            for request in open_requests:
                self._spool.keep(request)
            return "; it is kept in the spool and sent before the next one"
        except OSError as e:
            return "; EPMPULSE_SPOOL: %s" % e

    def _deliver(
        self,
        updates: Iterable[dict],
        job_id: Optional[str],
        path: Optional[str],
        end: float,
        open_requests: List[_Request],
    ) -> Result:
        """Sends the spool, then the updates. Removes each request from open_requests that was accepted or refused."""
        timestamp = datetime.now(timezone.utc).isoformat(timespec="microseconds").replace("+00:00", "Z")
        items = [_encoded(dict({"timestamp": timestamp, "job_id": job_id}, **_given(update))) for update in updates]
        groups = list(_groups(items)) if path == BATCH else []
        if path == STATUS:
            open_requests.append(_Request.of(path, items[0]))
        for group in groups:
            open_requests.append(_Request.of(BATCH, b'{"updates":[' + b",".join(group) + b"]}"))
        problem = self._setup_problem()
        if problem:
            return Result(False, error=problem)
        result = self._send_spool(end)
        if not result.ok or path is None:
            return result
        if path == BATCH and not items:
            return Result(False, error="there are no updates")
        outcomes = set()
        done = 0
        while open_requests:
            where = " (updates from %d on, of %d)" % (done + 1, len(items)) if len(groups) > 1 else ""
            try:
                result = self._send(open_requests[0], end)
            except _Refused as e:
                open_requests.clear()
                return Result(False, error=str(e) + where)
            if not result.ok:
                return result._replace(error=str(result.error) + where)
            open_requests.pop(0)
            outcomes.add(result.outcome)
            done += len(groups.pop(0)) if groups else 1
        return result if len(outcomes) <= 1 else result._replace(outcome=None)

    def _send_spool(self, end: float) -> Result:
        for request in self._spool.requests() if self._spool else ():
            if time.monotonic() >= end:
                return Result(False, error="the spool could not be sent within %g s" % self._deadline)
            try:
                result = self._send(request, end)
                if not result.ok:
                    return result
                self._spool.sent(request)
            except _Refused as e:
                self._spool.refused(request, str(e))
        return Result(True)

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

    def _send(self, request: _Request, end: float) -> Result:
        """Raises _Refused if no retry can help."""
        attempt = 0
        while True:
            attempt += 1
            try:
                return self._attempt(request, end)
            except _Transient as e:
                wait = max(e.wait, random.uniform(0.5, 1.0) * min(2 ** (attempt - 1), 8))
                if time.monotonic() + wait >= end:
                    return Result(False, error="%s, %d attempts" % (self._reason(e), attempt))
                time.sleep(wait)

    def _attempt(self, request: _Request, end: float) -> Result:
        left = max(end - time.monotonic(), 0.1)
        headers = {"Content-Type": "application/json", "Idempotency-Key": request.key}
        try:
            with requests.post(
                self._url + request.path,
                data=request.body,
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
        if response.status_code in REFUSED and reply.get("success") is False:
            raise _Refused(reason)
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
    def __init__(self, client: EPMPulseClient, run: tuple, details: Dict[str, Optional[str]]):
        self._client = client
        self._run = run
        self._details = details

    def __enter__(self) -> "_Job":
        self._client.start(*self._run, **self._details)
        return self

    def __exit__(self, kind, exception, traceback) -> bool:
        if kind is None or (issubclass(kind, SystemExit) and exception.code in (None, 0)):
            self._client.complete(*self._run, **self._details)
        else:
            self._client.fail(*self._run, message=_described(kind, exception), **self._details)
        return False


def update_status(
    app: str,
    domain: Optional[str],
    status: str,
    job_id: Optional[str] = None,
    message: Optional[str] = None,
    epm_job_id: Optional[str] = None,
    url: Optional[str] = None,
) -> Result:
    """Posts one status; URL and key come from the environment."""
    return EPMPulseClient().update_status(app, domain, status, job_id, message, epm_job_id, url)


class _Command:
    """A command with the input and output of this process, which passes signals on to it. For the main thread."""

    SIGNALS = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2")

    def __init__(self, arguments: List[str], keep_last_line: bool):
        self._arguments = arguments
        self._keep_last_line = keep_last_line
        self._process: Optional[subprocess.Popen] = None
        self._copy: Optional[threading.Thread] = None
        self._end_of_errors = b""
        self._early: List[int] = []
        self._before: Dict[int, object] = {}
        self.signal: Optional[str] = None  # the last signal that was meant to end it
        self.problem: Optional[str] = None  # why it could not be started

    def start(self) -> None:
        for name in self.SIGNALS:
            number = getattr(signal, name, None)
            # Under nohup, SIGHUP stays ignored.
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._on_signal)
        try:
            self._process = subprocess.Popen(
                self._arguments, stderr=subprocess.PIPE if self._keep_last_line else None
            )
        except (OSError, ValueError) as e:
            self.problem = getattr(e, "strerror", None) or str(e)
            self._code = 127 if isinstance(e, FileNotFoundError) else 126
            return
        for number in self._early:
            self._process.send_signal(number)
        if self._keep_last_line:
            self._copy = threading.Thread(target=self._copy_errors, name="epmpulse-stderr", daemon=True)
            self._copy.start()

    def _on_signal(self, number: int, frame) -> None:
        name = signal.Signals(number).name
        if name not in ("SIGUSR1", "SIGUSR2"):
            self.signal = name
        if self._process is None:
            self._early.append(number)
        elif not (name in ("SIGINT", "SIGQUIT") and _in_terminal()):
            self._process.send_signal(number)  # A terminal has sent it to both.

    def wait(self) -> int:
        """The exit code as a shell shows it: 128 and the number of the signal that ended it."""
        if self._process is None:
            return self._code
        code = self._process.wait()
        if self._copy is not None:
            # Not for ever: a process in the background may hold standard error open.
            self._copy.join(2)
        return 128 - code if code < 0 else code

    def _copy_errors(self) -> None:
        goes_on = True
        chunk = self._process.stderr.read1(65536)
        while chunk:
            self._end_of_errors = (self._end_of_errors + chunk)[-LAST_LINE:]
            try:
                rest = memoryview(chunk)
                while goes_on and rest:
                    rest = rest[os.write(2, rest) :]
            except OSError:
                goes_on = False  # The command must not block because nobody reads.
            chunk = self._process.stderr.read1(65536)

    def restore_signals(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def last_line(self) -> str:
        lines = self._end_of_errors.decode("utf-8", "replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _in_terminal() -> bool:
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except (AttributeError, OSError):
        return False


def execute(
    command: List[str],
    app: str,
    domain: Optional[str] = None,
    job_id: Optional[str] = None,
    epm_job_id: Optional[str] = None,
    url: Optional[str] = None,
    message_from_stderr: bool = False,
    client: Optional[EPMPulseClient] = None,
) -> int:
    """Runs a command and returns its exit code; 127 if it is not found. Posts Loading while it runs, then OK, or Warning
    if it does not exit with 0 or got a signal, with its duration. With message_from_stderr the message of a Warning has
    the last line of standard error. To be called by the main thread. Delays the command's end by `deadline` seconds at
    most."""
    client = client or EPMPulseClient()
    update = {"app": app, "domain": domain, "job_id": job_id, "epm_job_id": epm_job_id, "url": url}
    began = time.monotonic()
    process = _Command(command, message_from_stderr)
    process.start()
    if process.problem:
        log.warning("%s: %s", command[0], process.problem)
    loading = threading.Thread(
        target=client._post, args=([dict(update, status="Loading")], None, STATUS), name="epmpulse-loading", daemon=True
    )
    try:
        loading.start()
    except RuntimeError:  # The host has too many threads.
        loading = None
    code = process.wait()
    ended = time.monotonic()
    if loading is not None:
        loading.join(client._deadline)
    name = os.path.basename(command[0])
    duration = _duration(ended - began)
    if code == 0 and process.signal is None:
        update.update(status="OK", message="%s ended after %s" % (name, duration))
    else:
        why = process.problem or process.last_line()
        update.update(
            status="Warning",
            message="%s ended with exit code %d%s after %s%s"
            % (name, code, " (%s)" % process.signal if process.signal else "", duration, ": " + why if why else ""),
        )
    client._post([update], None, STATUS, ended + client._deadline)
    process.restore_signals()
    return code


def _duration(seconds: float) -> str:
    """Such as 1 h 12 min, 12 min 30 s or 4 s."""
    minutes, rest = divmod(int(seconds), 60)
    hours, left = divmod(minutes, 60)
    return "%d h %d min" % (hours, left) if hours else "%d min %d s" % (minutes, rest) if minutes else "%d s" % rest


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


OPTIONS = ("--app", "--domain", "--status", "--job-id", "--message", "--epm-job-id", "--url")


def _joined(arguments: List[str]) -> List[str]:
    """Options as --option=value, because argparse takes a value that begins with a dash for an option."""
    joined = []
    rest = iter(arguments)
    for argument in rest:
        if argument in OPTIONS:
            argument += "=" + next(rest, "")
        joined.append(argument)
    return joined


def _parser(usage: str, description: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        usage=usage, description=description + " EPMPULSE_URL and EPMPULSE_API_KEY must be set.", allow_abbrev=False
    )
    parser.add_argument("--app", required=True)
    parser.add_argument("--domain", help="may be left out where the app has one")
    parser.add_argument("--job-id")
    parser.add_argument("--epm-job-id", help="id of the EPM job; EPMPulse then records its end")
    parser.add_argument("--url", help="https address of the job's log")
    return parser


def _main_exec(arguments: List[str]) -> int:
    """Runs the command also if the options before it are wrong: then nothing is posted."""
    parser = _parser(
        "epmpulse.py exec --app APP [OPTION]... -- COMMAND [ARGUMENT]... | exec --flush",
        "Runs a command, posts Loading, then OK or Warning, and exits with the command's exit code.",
    )
    parser.add_argument(
        "--message-from-stderr",
        action="store_true",
        help="add the last line of standard error to a Warning; it must hold no secret",
    )
    parser.add_argument("--flush", action="store_true", help="run no command, only send what EPMPULSE_SPOOL holds")
    if arguments == ["--flush"]:
        EPMPulseClient().flush()
        return 0
    options, command = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        options, command = arguments[:at], arguments[at + 1 :]
    try:
        given = parser.parse_args(_joined(options))
    except SystemExit as e:
        if not command:
            return int(e.code or 0)
        log.warning("EPMPulse gets no status of this command")
        process = _Command(command, False)
        process.start()
        if process.problem:
            log.warning("%s: %s", command[0], process.problem)
        return process.wait()
    if not command:
        parser.print_usage(sys.stderr)
        return 2
    return execute(
        command, given.app, given.domain, given.job_id, given.epm_job_id, given.url, given.message_from_stderr
    )


def main(arguments: Optional[List[str]] = None) -> int:
    """The command line. Returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    logging.basicConfig(format="%(message)s")
    if arguments[:1] == ["exec"]:
        return _main_exec(arguments[1:])
    parser = _parser("epmpulse.py --app APP --status STATUS [OPTION]...", "Posts a status to EPMPulse.")
    parser.add_argument("--status", required=True, help="Blank, Loading, OK or Warning")
    parser.add_argument("--message")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if the status was not accepted")
    parser.epilog = "exec runs a command: see exec --help."
    try:
        given = parser.parse_args(_joined(arguments))
    except SystemExit as e:
        return int(e.code or 0) if "--strict" in arguments else 0
    result = EPMPulseClient().update_status(
        given.app, given.domain, given.status, given.job_id, given.message, given.epm_job_id, given.url
    )
    return 1 if given.strict and not result.ok else 0


if __name__ == "__main__":
    sys.exit(main())
