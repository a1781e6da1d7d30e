// What the page shows of each domain, computed from the window, the live board and the time. Pure.

import {instant} from './time.js';

/** The symbol and colour of each state. */
export const KINDS = {done: 'OK', running: 'Loading', failed: 'Warning', stale: 'Stale', not_started: 'Blank'};

const STATE_OF_STATUS = {OK: 'done', Loading: 'running', Warning: 'failed', Blank: 'not_started'};

/** The state of an entry of the API's history or runs, without a window. */
export const stateOfStatus = ({status, stale}) => stale && status === 'Loading' ? 'stale' : STATE_OF_STATUS[status] ?? 'not_started';

export const keyOf = (app, domain) => `${app}/${domain}`;

/** The state of a run: one that goes on may be that of a domain that is stale. */
export function stateOfRun(run, stale) {
  const state = stateOfStatus(run);
  return state === 'running' && stale.has(keyOf(run.app, run.domain)) ? 'stale' : state;
}

/** What the last update of a domain says within the window. */
function liveState(entry, starts) {
  if (entry.status === 'Loading') {
    return entry.stale ? 'stale' : 'running';
  }
  const updated = instant(entry.updated);
  return updated === null || updated < starts ? 'not_started' : STATE_OF_STATUS[entry.status] ?? 'not_started';
}

/** Whether the live entry of the stream is of another update than that of the window. */
function isOther(entry, inWindow) {
  return entry.status !== inWindow.status || entry.updated !== inWindow.updated || entry.job_id !== inWindow.job_id
    || entry.message !== inWindow.message;
}

function isNewer(entry, inWindow) {
  return (instant(entry.updated) ?? 0) >= (instant(inWindow.updated) ?? 0);
}

/** How a domain stands to its deadline now: the window was computed some seconds ago. */
function deadlineState(known, deadline, state, updated, now) {
  if (deadline === null) {
    return 'none';
  }
  if (known === 'met' || known === 'late') {
    return known;
  }
  if (state === 'done') {
    return updated <= deadline ? 'met' : 'late';
  }
  return now > deadline ? 'late' : known === 'at_risk' ? 'at_risk' : 'on_track';
}

/**
 * One domain.
 *
 * @param entry of the live board; null for a time in the past
 * @param inWindow entry of the window; null until it is known
 */
export function rowOf({app, domain, appName}, entry, inWindow, starts, now) {
  const live = entry !== null && (inWindow === null || isOther(entry, inWindow) && isNewer(entry, inWindow));
  const source = live ? entry : inWindow;
  const state = live || inWindow === null ? liveState(source, starts)
    : inWindow.state === 'running' && entry?.stale ? 'stale' : inWindow.state;
  const updated = instant(source.updated);
  const deadline = instant(inWindow?.deadline);
  const usualMs = Number.isFinite(source.usual_sec ?? inWindow?.usual_sec) ? (source.usual_sec ?? inWindow.usual_sec) * 1000 : null;
  const running = state === 'running' || state === 'stale';
  // The last run of a domain that has none in this window says nothing about this window.
  const earlier = state === 'not_started' && updated !== null && starts !== null && updated < starts;
  const started = earlier ? null : instant(source.started);
  const tookMs = !earlier && Number.isFinite(source.duration_sec) ? source.duration_sec * 1000 : null;
  const deadlineIs = deadlineState(inWindow?.deadline_state, deadline, state, updated, now);
  return {
    key: keyOf(app, domain),
    app,
    domain,
    appName,
    state,
    kind: KINDS[state],
    deadline,
    deadlineState: deadlineIs,
    late: deadlineIs === 'late',
    lateNow: deadlineIs === 'late' && state !== 'done',
    atRisk: deadlineIs === 'at_risk',
    slow: running && (entry?.overdue ?? source.overdue) === true,
    tooShort: state === 'done' && usualMs !== null && tookMs !== null && 2 * tookMs < usualMs,
    expectedEnd: expectedEnd(live, state, started ?? updated, usualMs, inWindow, now),
    usualEnd: instant(inWindow?.usual_end),
    waitingFor: !live && inWindow?.waiting_for || [],
    cause: live ? null : inWindow?.cause ?? null,
    message: earlier ? '' : source.message ?? '',
    note: entry?.reason ?? '',
    acknowledged: entry?.acknowledged ?? null,
    muted: entry?.muted ?? null,
    jobId: earlier ? '' : source.job_id ?? '',
    updated,
    started,
    since: running ? started ?? updated : earlier ? null : updated,
    tookMs,
    usualMs,
    lastOk: state === 'done' ? updated : instant(inWindow?.last_ok),
    url: earlier ? '' : httpsUrl(source.url),
    owner: inWindow?.owner ?? '',
    runbook: httpsUrl(inWindow?.runbook),
  };
}

function expectedEnd(live, state, began, usualMs, inWindow, now) {
  if (state === 'done') {
    return null;
  }
  if (live && (state === 'running' || state === 'stale')) {
    return usualMs === null || began === null ? null : Math.max(now, began + usualMs);
  }
  const expected = instant(inWindow?.expected_end);
  return live || expected === null ? null : Math.max(now, expected);
}

/** Only such an address becomes a link. */
export const httpsUrl = url => typeof url === 'string' && /^https:\/\/[^\s]+$/.test(url) ? url : '';

/** Why a domain needs attention, the worst first; null if it does not. */
export function problemOf(row) {
  return row.state === 'failed' ? 'failed' : row.state === 'stale' ? 'stale' : row.lateNow ? 'late'
    : row.atRisk ? 'at_risk' : row.slow ? 'slow' : row.tooShort ? 'too_short' : null;
}

/** The symbol and colour of a problem. */
export const kindOfProblem = problem => problem === 'failed' ? 'Warning' : 'Stale';

/** How many domains are in each state, and late and at risk as the API counts them. */
export function countsOf(rows) {
  const counts = {done: 0, running: 0, failed: 0, stale: 0, not_started: 0, late: 0, at_risk: 0};
  for (const row of rows) {
    counts[row.state]++;
    counts.late += row.late;
    counts.at_risk += row.atRisk;
  }
  return counts;
}

/** Whether a row has a state of the filter. */
export function hasState(row, state) {
  return !state || (state === 'late' ? row.late : state === 'at_risk' ? row.atRisk : row.state === state);
}

/** The text that "Find" looks at, in lower case. */
export function searchText(row, word) {
  return [row.app, row.appName, row.domain, row.kind, word, row.jobId, row.message, row.note, row.owner].join('\n').toLowerCase();
}

/** The rows that match the filter; wordOf gives the shown word of a state. */
export function filtered(rows, {app, status, q}, wordOf) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  if (!app && !status && !words.length) {
    return rows;
  }
  return rows.filter(row => (!app || row.app === app) && hasState(row, status)
    && (!words.length || words.every(word => searchText(row, wordOf(row.state)).includes(word))));
}

/**
 * All domains in the order of the configuration. Rows that did not change stay the same objects, and so does the list, so
 * that views can skip them.
 */
export function createDeriver() {
  let of = null; // the catalog
  let domains = new Map(); // {id, known}: each domain, and its row as it was computed last
  let list = [];

  /** Keys are made once: with thousands of domains their hashes cost more than the rows. */
  function read(catalog) {
    of = catalog;
    const next = new Map();
    for (const {app, name, domains: names} of catalog) {
      for (const domain of names) {
        const key = keyOf(app, domain);
        const before = domains.get(key);
        next.set(key, {id: {app, domain, appName: name}, known: before?.id.appName === name ? before.known : null});
      }
    }
    domains = next;
  }

  return {
    rows(catalog, entries, inWindow, starts, now) {
      if (of !== catalog) {
        read(catalog);
      }
      const rows = [];
      for (const [key, slot] of domains) {
        const entry = entries?.get(key) ?? null;
        const window = inWindow?.get(key) ?? null;
        if (!entry && !window) {
          slot.known = null;
          continue;
        }
        const {known} = slot;
        if (!known || known.entry !== entry || known.window !== window || known.starts !== starts || now >= known.until) {
          slot.known = {entry, window, starts, ...timed(slot.id, entry, window, starts, now, known?.row)};
        }
        rows.push(slot.known.row);
      }
      if (rows.length !== list.length || rows.some((row, i) => row !== list[i])) {
        list = rows;
      }
      return list;
    },

    /** The row of a name as it was computed last; undefined without one. */
    row: key => domains.get(key)?.known?.row,
  };
}

/** A row, and until when time alone does not change it. */
function timed(id, entry, window, starts, now, before) {
  const computed = rowOf(id, entry, window, starts, now);
  const row = before && isEqual(before, computed) ? before : computed;
  const deadline = row.deadline !== null && now <= row.deadline ? row.deadline + 1 : Infinity;
  const end = row.expectedEnd !== null && row.state !== 'done' ? Math.max(row.expectedEnd, now + 1_000) : Infinity;
  return {row, until: Math.min(deadline, end)};
}

/** Whether two entries have the same values; lists and objects are compared by theirs. */
export function isEqual(a, b) {
  for (const name in a) {
    if (a[name] !== b[name] && !isEqualObject(a[name], b[name])) {
      return false;
    }
  }
  return Object.keys(a).length === Object.keys(b).length;
}

const isEqualObject = (a, b) => a !== null && b !== null && typeof a === 'object' && typeof b === 'object'
  && (a.length === 0 && b.length === 0 || JSON.stringify(a) === JSON.stringify(b));

/** Domains grouped by their app, in order. */
export function byApp(rows) {
  const apps = new Map();
  for (const row of rows) {
    const group = apps.get(row.app);
    group ? group.rows.push(row) : apps.set(row.app, {app: row.app, name: row.appName, rows: [row]});
  }
  return [...apps.values()];
}

/** When all will be done; null if that is not known. */
export function endOfAll(rows, windowEnd, now) {
  if (!rows.length || rows.every(row => row.state === 'done')) {
    return null;
  }
  const live = rows.reduce((latest, row) => Math.max(latest, row.expectedEnd ?? 0), 0);
  const known = Math.max(live, windowEnd !== null && windowEnd > now ? windowEnd : 0);
  return known || null;
}
