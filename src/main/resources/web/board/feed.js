// The live board: the event stream, or polling where a proxy blocks it. A hidden page asks rarely and keeps no stream open.

import {t} from './texts.js';
import {steady} from './time.js';

const POLL_MS = 2_000;
const HIDDEN_POLL_MS = 45_000;
const MAX_BACKOFF_MS = 15_000;
const REPLY_TIMEOUT_MS = 10_000;
const STREAM_TIMEOUT_MS = 20_000; // the server sends something at least every 15 s
const STREAM_RETRY_MS = 60_000;
const AS_OF = 'EPMPulse-As-Of';

/** A reply without a board; the message is for the reader. */
class ReplyError extends Error {}

/** Ignores ids: the board is fetched before each stream. */
export function parseEvent(block) {
  const event = {name: 'message', data: ''};
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*):? ?([^]*)$/.exec(line);
    if (field === 'event') {
      event.name = value;
    } else if (field === 'data') {
      event.data += value;
    }
  }
  return event;
}

/**
 * Fetches the board, then reads the event stream until it ends, and repeats. Without a stream, for instance behind a
 * proxy that blocks it, polls every two seconds. Calls the handler: board(data), changes(entries), unchanged(),
 * lost(reason), wait(reason, ms), refused(reason), and before the first three asOf(time), null if they are complete.
 */
export function startFeed(key, handler) {
  let tag = null;
  let revision = null; // of the last board
  let failures = 0;
  let timer = 0;
  let nextFetch = 0;
  let retryAfter = 0; // the earliest time of the next request
  let nextStream = 0;
  let streamWorks = false;
  let request = null;
  let stream = null;
  let stopped = false;

  /** Fetches the board; returns the delay before the next request in milliseconds. */
  async function fetchBoard(signal) {
    const headers = {'X-API-Key': key, 'Accept': 'application/json'};
    if (tag) {
      headers['If-None-Match'] = tag;
    }
    const reply = await fetch('api/v1/status', {headers, signal, cache: 'no-store', redirect: 'error'});
    if (reply.status === 304) {
      handler.asOf(reply.headers.get(AS_OF));
      handler.unchanged();
      return POLL_MS;
    }
    const body = await reply.json().catch(() => null);
    if (stopped) {
      return 0;
    }
    const reason = typeof body?.error?.message === 'string' ? body.error.message.replace(/[^.]$/, '$&.') : '';
    if (reply.status === 401 || reply.status === 403) {
      stop();
      handler.refused(reason);
      return 0;
    }
    const delay = Math.min(300, Number(reply.headers.get('Retry-After')) || 0) * 1000;
    retryAfter = steady() + delay;
    if (reply.status === 429) {
      const wait = Math.max(POLL_MS, delay);
      handler.wait(reason, wait);
      return wait;
    }
    if (!reply.ok || typeof body?.data?.apps !== 'object') {
      throw new ReplyError(reason || (reply.ok ? t('not_epmpulse') : t('server_status', {status: reply.status})));
    }
    tag = reply.headers.get('ETag');
    revision = body.data.revision;
    handler.asOf(reply.headers.get(AS_OF));
    handler.board(body.data);
    return POLL_MS;
  }

  /** Reads the changes after the fetched board until the stream ends. */
  async function readStream() {
    const controller = stream = new AbortController();
    let received = steady();
    let limit = REPLY_TIMEOUT_MS;
    const timeout = setInterval(() => steady() - received > limit && controller.abort(), 1_000);
    try {
      const reply = await fetch('api/v1/events', {
        headers: {'X-API-Key': key, 'Accept': 'text/event-stream', 'Last-Event-ID': String(revision)},
        signal: controller.signal, cache: 'no-store', redirect: 'error'});
      if (!reply.ok) {
        return;
      }
      handler.asOf(reply.headers.get(AS_OF));
      const texts = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (let part = await texts.read(); !part.done && !stopped; part = await texts.read()) {
        received = steady();
        limit = STREAM_TIMEOUT_MS;
        streamWorks = true;
        const blocks = (text + part.value).split('\n\n');
        text = blocks.pop();
        const events = blocks.map(parseEvent);
        if (events.some(event => event.name === 'reset')) {
          return;
        }
        events.filter(event => event.name === 'as-of').forEach(event => handler.asOf(JSON.parse(event.data).as_of));
        handler.changes(events.filter(event => event.name === 'status').map(event => JSON.parse(event.data)));
      }
    } catch {
      // The next request shows whether the server is available.
    } finally {
      clearInterval(timeout);
      controller.abort();
      stream = null;
    }
  }

  /** Fetches the board, then reads the stream; returns the delay before the next request in milliseconds. */
  async function fetchAndRead() {
    const started = steady();
    const timeout = setTimeout(() => request.abort(), REPLY_TIMEOUT_MS);
    let wait;
    try {
      wait = await fetchBoard(request.signal);
      failures = 0;
    } catch (error) {
      if (!stopped) {
        handler.lost(error instanceof ReplyError ? error.message : '');
      }
      return Math.min(MAX_BACKOFF_MS, POLL_MS * 2 ** failures++);
    } finally {
      clearTimeout(timeout);
    }
    if (stopped || document.hidden || revision === null || steady() < Math.max(nextStream, retryAfter)) {
      return wait;
    }
    streamWorks = false;
    await readStream();
    if (!streamWorks && !document.hidden) {
      nextStream = steady() + STREAM_RETRY_MS;
    }
    return started + wait - steady();
  }

  async function next() {
    clearTimeout(timer);
    request = new AbortController();
    const wait = await fetchAndRead();
    request = null;
    nextFetch = Math.max(steady() + wait, retryAfter);
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (!stopped && !request) {
      timer = setTimeout(next, Math.max(document.hidden && revision !== null ? HIDDEN_POLL_MS : 0, nextFetch - steady()));
    }
  }

  /** The stream may be dead, and a hidden tab must not use one of the browser's few connections. */
  function restart() {
    stream?.abort();
    nextFetch = retryAfter;
    schedule();
  }

  function stop() {
    stopped = true;
    clearTimeout(timer);
    request?.abort();
    stream?.abort();
    document.removeEventListener('visibilitychange', restart);
    removeEventListener('online', restart);
  }

  document.addEventListener('visibilitychange', restart);
  addEventListener('online', restart);
  schedule();
  return {stop};
}
