// Fetches the window and what belongs to it, when it is needed: at first, when the shown time changes, after changes of the
// live board, and from time to time.

import {ReplyFailure, query} from './api.js';
import {DAY, fullTime, instant, monthEarlier, serverNow, serverSaid, steady} from './time.js';
import {t} from './texts.js';

const WINDOW_MS = 30_000;
const HIDDEN_WINDOW_MS = 120_000;
const SELDOM_MS = 600_000;
const SOON_MS = 1_500;
const JOBS_MS = 5_000;

/** A large window costs seconds of a slow computer, so it is fetched at most for this part of the time. */
const SHARE = 20;

/** The durations of so many domains are small enough to be fetched at once. */
const MAX_TRENDS = 1_000;

const RUN_PAGES = 5;
const MAX_JOBS = 12;

/** Whether a window says anything: before the first update each deadline would be missed. */
const hasUpdates = window => Boolean(window?.domains.some(({updated}) => updated));

export function createLoader(api, store, getAt) {
  let timer = 0;
  let pending = false;
  let again = false;
  let cost = 0;
  let shownAt; // of the last request
  let extrasOf = ''; // the window whose runs are known
  let extrasAt = 0;
  let jobsAt = 0;
  let jobsTimer = 0;
  let windowAt = 0;

  const atOf = at => at === null ? null : new Date(at).toISOString();

  async function fetchWindow() {
    const at = getAt();
    const {state} = store;
    const base = at === null && state.windowOf === null ? state.window : null;
    const started = performance.now();
    shownAt = at;
    windowAt = steady();
    const sent = Date.now();
    try {
      const data = await api.data(`window?${query({at: atOf(at), after: base?.version})}`);
      if (data.complete === false && state.window !== base) {
        again = true; // what has changed is of no use without what it was before
      } else if (at === getAt()) {
        if (at === null) {
          serverSaid(instant(data.as_of) ?? sent, sent);
        }
        store.window(data, at);
        fetchExtras(at).catch(() => {});
      }
    } catch (error) {
      if (at === getAt() && at !== null) {
        store.set({window: null, windowOf: at, problem: problem(error, at)});
      }
    }
    cost = performance.now() - started;
  }

  function problem(error, at) {
    const since = error instanceof ReplyFailure ? instant(error.details?.since) : null;
    return since === null ? t('at_failed', {reason: error.message})
      : t('no_data_at', {time: fullTime(at), since: fullTime(since)});
  }

  /** Runs, durations, days and the same time last month: of each window once, then seldom. */
  async function fetchExtras(at) {
    const {window} = store.state;
    const name = `${window.rolling ? '' : window.starts} ${at}`;
    const known = name === extrasOf;
    if (known && steady() - extrasAt < SELDOM_MS) {
      return;
    }
    extrasOf = name;
    extrasAt = steady();
    const still = () => at === getAt();
    const since = new Date(window.starts).toISOString();
    const runs = await api.pages(`runs?${query({since, at: atOf(at), limit: 1000})}`, 'runs', RUN_PAGES).catch(() => null);
    if ((runs || !known) && still()) {
      store.runs(runs ?? []);
    }
    const days = await api.optional('history/days?days=30');
    if (Array.isArray(days?.days)) {
      store.set({days});
    }
    if (window.domains.size <= MAX_TRENDS) {
      const trends = await api.optional(`window?${query({trends: true, at: atOf(at)})}`);
      if (trends && still()) {
        store.trends(trends.domains);
      }
    }
    const earlier = monthEarlier(at ?? serverNow());
    const before = await api.optional(`window?${query({at: atOf(earlier)})}`);
    if (still()) {
      store.set({monthAgo: hasUpdates(before) ? {at: earlier, done: before.counts.done, all: before.domains.length} : null});
    }
  }

  async function fetch() {
    clearTimeout(timer);
    timer = 0;
    if (pending) {
      again = true;
      return;
    }
    pending = true;
    await fetchWindow();
    pending = false;
    if (again || shownAt !== getAt()) {
      again = false;
      soon();
    }
  }

  /** After a change of the live board. */
  function soon() {
    timer ||= setTimeout(fetch, Math.max(shownAt === getAt() ? SOON_MS : 0, windowAt + cost * SHARE - steady()));
  }

  function jobsSoon() {
    jobsTimer ||= setTimeout(fetchJobs, Math.max(0, jobsAt + JOBS_MS - steady()));
  }

  async function fetchJobs() {
    // A change from here on may be missing in the reply.
    jobsTimer = 0;
    jobsAt = steady();
    const data = await api.optional('jobs?limit=100');
    if (data === null && store.state.hasBoard) {
      jobsSoon();
    }
    if (Array.isArray(data?.jobs)) {
      const jobs = data.jobs.filter(job => job.apps?.length > 1).slice(0, MAX_JOBS);
      if (jobs.length || store.state.jobs.length) {
        store.set({jobs});
      }
    }
  }

  return {
    /** The shown time has changed. */
    now() {
      fetch();
    },

    changed() {
      soon();
      jobsSoon();
    },

    /** Called every second. A window of the past does not change. */
    tick(now, hidden) {
      if (getAt() === null && !timer && now - windowAt > Math.max(cost * SHARE, hidden ? HIDDEN_WINDOW_MS : WINDOW_MS)) {
        fetch();
      }
    },

    stop() {
      clearTimeout(timer);
      clearTimeout(jobsTimer);
      timer = jobsTimer = 0;
      extrasOf = '';
      windowAt = 0;
    },

    /**
     * The last nights, the latest first, as they ended: calls add(window) for each until there is no earlier one, or it
     * returns false.
     */
    async nights(most, add) {
      const {window} = store.state;
      let at = window.starts - 1_000;
      for (let i = 1; i < most; i++) {
        const data = await api.optional(`window?${query({at: atOf(at)})}`);
        if (!hasUpdates(data) || !add(data, at)) {
          return;
        }
        at = data.ends === data.as_of ? at - DAY : Math.min(instant(data.starts), at) - 1_000;
      }
    },
  };
}
