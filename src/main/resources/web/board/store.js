// Everything the page knows. Views read it; the feed and the requests write it, and say so by changed().

import {instant} from './time.js';
import {isEqual, keyOf, stateOfStatus} from './derive.js';

/** Runs of a domain that are remembered beyond those of the server's last reply. */
const MAX_RUNS = 50;

export function createStore(changed) {
  const state = {
    hasBoard: false,
    catalog: [],
    entries: new Map(),
    window: null, // {version, starts, ends, asOf, expectedEnd, usualEnd, domains: Map}
    windowOf: null, // the time in the past that it shows; null for now
    problem: '', // why the window of the past is not shown
    monthAgo: null, // {at, done, all}
    trends: new Map(),
    runs: new Map(),
    days: null,
    jobs: [],
  };

  function setAll(apps, catalog) {
    state.catalog = catalog.map(({app, display_name: name, domains}) =>
      ({app, name, domains: domains.filter(domain => Object.hasOwn(apps[app] ?? {}, domain))}));
    const next = new Map();
    for (const {app, domains} of state.catalog) {
      for (const domain of domains) {
        const key = keyOf(app, domain);
        next.set(key, same(state.entries.get(key), apps[app][domain]));
      }
    }
    state.entries = next;
    state.hasBoard = true;
  }

  /** The known object if it is equal, so that views see that nothing has changed. */
  function same(known, entry) {
    return known && isEqual(known, entry) ? known : entry;
  }

  /** Adds a run that has just ended, so that the axis shows it at once. */
  function addRun(key, before, entry) {
    const completed = instant(entry.updated);
    if (!['OK', 'Warning'].includes(entry.status) || completed === null || before?.updated === entry.updated) {
      return;
    }
    const started = Number.isFinite(entry.duration_sec) ? completed - entry.duration_sec * 1000 : null;
    const list = (state.runs.get(key) ?? []).filter(run => run.completed !== completed);
    state.runs.set(key, [...list, {started, completed, state: stateOfStatus(entry)}].slice(-MAX_RUNS));
  }

  return {
    state,

    board(data) {
      setAll(data.apps, data.catalog ?? Object.entries(data.apps).map(
        ([app, domains]) => ({app, display_name: app, domains: Object.keys(domains)})));
      changed();
    },

    /** Entries of the stream; returns what changed as {key, before, entry}. */
    changes(list) {
      const applied = [];
      for (const {app, domain, ...entry} of list) {
        const key = keyOf(app, domain);
        const before = state.entries.get(key);
        if (before && same(before, entry) !== before) {
          state.entries.set(key, entry);
          if (state.windowOf === null) {
            addRun(key, before, entry);
          }
          applied.push({key, before, entry});
        }
      }
      if (applied.length) {
        changed();
      }
      return applied;
    },

    /**
     * @param data with all domains, or with those that have changed since the window that is known
     * @param at the requested time in the past; null for now
     */
    window(data, at) {
      const before = state.windowOf === at ? state.window?.domains : null;
      const domains = new Map(data.complete === false ? before : null);
      for (const entry of data.domains) {
        const key = keyOf(entry.app, entry.domain);
        domains.set(key, same(before?.get(key), entry));
      }
      state.window = {
        version: data.version,
        starts: instant(data.starts),
        ends: instant(data.ends),
        asOf: instant(data.as_of),
        expectedEnd: instant(data.expected_end),
        usualEnd: instant(data.usual_end),
        rolling: data.ends === data.as_of,
        domains,
      };
      state.windowOf = at;
      state.problem = '';
      changed();
    },

    /** The runs of a window, instead of those known before. */
    runs(list) {
      const next = new Map();
      for (const run of list) {
        const key = keyOf(run.app, run.domain);
        const runs = next.get(key) ?? [];
        runs.push({started: instant(run.started), completed: instant(run.completed), state: stateOfStatus(run)});
        next.set(key, runs);
      }
      state.runs = next;
      changed();
    },

    trends(domains) {
      state.trends = new Map(domains.map(entry => [keyOf(entry.app, entry.domain), entry.durations_sec ?? []]));
      changed();
    },

    set(values) {
      Object.assign(state, values);
      changed();
    },

    clear() {
      Object.assign(state, {hasBoard: false, catalog: [], entries: new Map(), window: null, windowOf: null, problem: '',
        monthAgo: null, trends: new Map(), runs: new Map(), days: null, jobs: []});
      changed();
    },
  };
}
