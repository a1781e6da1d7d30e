// The board: shows the status from the API and keeps it up to date.
//
//   feed.js (stream or polling), loader.js (window, runs, …) -> store.js -> derive.js -> views, by lit-html
//
// address.js holds what the reader looks at. Text from the API is only set as text or in attributes that are no addresses;
// addresses of logs and runbooks must begin with https.

import {html, render} from './lit/lit-html.js';
import {createLocation} from './board/address.js';
import {createApi} from './board/api.js';
import {attention, problemsOf} from './board/attention.js';
import {listenToCopy} from './board/copy.js';
import {countsOf, createDeriver, endOfAll, filtered, stateOfStatus} from './board/derive.js';
import {startFeed} from './board/feed.js';
import {alarm, filterForm, footer, header, signIn, summary} from './board/frame.js';
import {createHealth, iconOf, titleOf} from './board/health.js';
import {jobsView} from './board/jobs.js';
import {isKey, keyFromAddress, storedKey, storeKey} from './board/key.js';
import {listenToKeys} from './board/keyboard.js';
import {createLoader} from './board/loader.js';
import {listenToClicks} from './board/navigation.js';
import {createAnnouncer, createNotifier} from './board/notify.js';
import {createParts} from './board/parts.js';
import {createStore} from './board/store.js';
import {loadTexts, t} from './board/texts.js';
import {instant, serverNow, steady} from './board/time.js';
import {axisView, unfolded} from './board/tonight.js';

/** The page is rendered at most this often, whatever arrives. */
const RENDER_MS = 200;

/** Changes at once arrive in several parts, which are shown together. */
const GATHER_MS = 50;
const TICK_MS = 1_000;
const FULL_TICKS = 5;

const main = document.getElementById('main');
const frame = document.getElementById('frame');
const below = document.getElementById('below');
const dialog = document.getElementById('details');

let key = '';
let feed = null;
let form = null; // {error, checking} while the sign-in form is shown
let scheduled = 0;
let renderedAt = 0;
let ticks = 0;

const health = createHealth(steady());
const address = createLocation(() => {
  if (shownAt() !== store.state.windowOf || !store.state.window) {
    loader.now();
  }
  schedule(0);
});
const store = createStore(() => schedule());
const api = createApi(() => key);
const loader = createLoader(api, store, shownAt);
const deriver = createDeriver();
const announcer = createAnnouncer();
const notifier = createNotifier(() => schedule(0));

const parts = createParts({
  nights: module => module.createNights(loader, () => schedule(0)),
  runs: module => module.createRuns(api, () => schedule(0)),
  domain: module => module.createDomainView(api, () => schedule(0)),
  wall: module => module.createWall(),
}, () => schedule(0));

/** The time in the past that is shown; null for now. */
function shownAt() {
  const {at} = address.now;
  return at === null || at >= serverNow() ? null : at;
}

/** Renders soon; a hidden page has no animation frames. */
function schedule(delay = Math.max(GATHER_MS, renderedAt + RENDER_MS - steady())) {
  if (delay === 0 && scheduled) {
    clearTimeout(scheduled);
    scheduled = 0;
  }
  scheduled ||= setTimeout(() => {
    scheduled = 0;
    show();
  }, delay);
}

/** Everything the views need. */
function context() {
  const now = serverNow();
  const {state} = store;
  const past = shownAt();
  const known = state.window && state.windowOf === past ? state.window : null;
  const shownNow = past ?? now;
  const starts = known?.starts ?? shownNow - 86_400_000;
  const allRows = past !== null && !known ? []
    : deriver.rows(state.catalog, past === null ? state.entries : null, known?.domains ?? null, starts, shownNow);
  const rows = filtered(allRows, address.now, t);
  const counts = countsOf(allRows);
  const problems = ['failed', 'stale', 'late', 'at_risk'].filter(name => counts[name]).map(name => [name, counts[name]]);
  const {done, running, failed, stale, not_started: notStarted} = counts;
  return {
    state: {...state, window: known}, now, past, shownNow, allRows, rows, counts, health,
    all: allRows.length,
    minute: Math.floor(shownNow / 60_000),
    end: endOfAll(allRows, known?.expectedEnd ?? null, shownNow),
    problems: problemsOf(rows),
    allProblems: problemsOf(allRows),
    stale: new Set(allRows.filter(row => row.state === 'stale').map(row => row.key)),
    titleCounts: state.hasBoard ? {problems, states: {done, running, failed, stale, notStarted}} : null,
    alarm: feed && health.alarm(steady(), now, state.hasBoard, document.hidden),
    address: address.now,
    isFiltered: Boolean(address.now.q || address.now.app || address.now.status),
    typed: document.getElementById('find')?.value ?? '',
    signedIn: Boolean(feed) && !form,
    notify: notifier,
    href: address.href, go: address.go, replace: address.replace,
    render: () => schedule(0),
    signOut: () => showForm(t('signed_out')),
    closeDomain: () => address.go({domain: ''}),
  };
}

function show() {
  renderedAt = steady();
  const ctx = context();
  const wall = ctx.address.view === 'wall' && !form ? parts.load('wall') : null;
  document.documentElement.classList.toggle('wall', Boolean(wall));
  document.body.classList.toggle('outdated', Boolean(ctx.alarm));
  if (wall) {
    render('', frame);
    render('', below);
    wall.show(ctx, main);
  } else {
    parts.known('wall')?.leave();
    render(html`${header(ctx)}${alarm(ctx)}`, frame);
    render(form ? signIn({...form, use: useKey}) : !ctx.state.hasBoard ? html`<p id="note" class="note">${t('loading')}</p>` : view(ctx), main);
    render(form || !ctx.state.hasBoard ? '' : footer(ctx), below);
  }
  showDialog(ctx);
  showTab(ctx);
}

function view(ctx) {
  const empty = ctx.state.problem || (ctx.past !== null && !ctx.state.window ? t('loading') : ctx.all === 0 ? t('none_configured')
    : ctx.rows.length === 0 ? t('none_match') : '');
  const note = empty ? html`<p id="note" class="note">${empty}</p>` : '';
  const content = {
    tonight: () => html`${ctx.all === 0 ? '' : attention(ctx)}${note || axisView(ctx)}${jobsView(ctx)}`,
    nights: () => parts.load('nights')?.view(ctx),
    runs: () => parts.load('runs')?.view(ctx),
    wall: () => '',
  }[ctx.address.view];
  return html`${summary(ctx)}${filterForm(ctx)}<div id="view">${content() ?? html`<p class="note">${t('loading')}</p>`}</div>`;
}

function showDialog(ctx) {
  const open = Boolean(ctx.address.domain) && ctx.state.hasBoard && !form && ctx.address.view !== 'wall';
  const shown = open ? parts.load('domain') : parts.known('domain');
  render(shown?.view(open ? ctx : {...ctx, address: {...ctx.address, domain: ''}}) ?? '', dialog);
  dialog.dataset.of = open ? ctx.address.domain : dialog.dataset.of ?? '';
  const isReady = open && Boolean(shown);
  if (isReady !== dialog.open) {
    isReady ? dialog.showModal() : dialog.close();
  }
}

/** Title and icon, which are seen while the page is not. */
function showTab(ctx) {
  // What a hidden page shows may be old, and what it shows of the past is.
  const of = ctx.past ?? (document.hidden ? health.repliedTime(steady(), ctx.now) : null);
  const title = titleOf(ctx.alarm, ctx.titleCounts, ctx.now, of);
  if (document.title !== title) {
    document.title = title; // the same one would cost as much as another
  }
  const icon = iconOf(ctx.alarm, ctx.titleCounts);
  const link = document.querySelector('link[rel=icon]');
  if (link.getAttribute('href') !== icon) {
    link.href = icon;
  }
  if (ctx.past === null && ctx.state.window) {
    notifier.problems(ctx.allProblems, ({row, problem}) => `${t(problem)}: ${row.appName} ${row.domain}`);
  }
}

// The key

function showForm(error) {
  signOut();
  form = {error, checking: false};
  show();
  const field = document.getElementById('key');
  field.value = '';
  field.focus();
}

/** Removes the key and all data read with it. */
function signOut() {
  feed?.stop();
  feed = null;
  loader.stop();
  storeKey(null);
  key = '';
  health.reset(steady());
  [announcer, notifier, ...['nights', 'runs', 'domain'].map(parts.known)].forEach(each => each?.clear());
  unfolded.clear();
  store.clear();
}

function useKey(value) {
  const wasForm = form;
  signOut();
  if (!isKey(value)) {
    showForm(value ? t('not_a_key') : '');
    return;
  }
  storeKey(value);
  key = value;
  form = wasForm && {error: '', checking: true};
  feed = startFeed(value, feedHandler);
  schedule(0);
}

const changeText = ({key: name, entry}) => {
  const state = stateOfStatus(entry);
  const row = deriver.row(name);
  const what = t(state) + (state === 'running' && entry.overdue ? `, ${t('slow')}` : '');
  const reason = state === 'failed' ? entry.reason ?? entry.message : null;
  return `${row?.appName ?? ''} ${row?.domain ?? name}: ${what}${reason ? `, ${reason}` : ''}`;
};

const feedHandler = {
  board(data) {
    const first = !store.state.hasBoard;
    health.replied(steady());
    store.board(data);
    if (first) {
      const signedIn = Boolean(form);
      form = null;
      loader.now();
      show();
      if (signedIn) {
        main.focus({preventScroll: true});
      }
      document.getElementById('live').textContent = document.getElementById('summary')?.innerText ?? '';
    }
    loader.changed();
  },

  changes(entries) {
    health.replied(steady());
    const applied = store.changes(entries);
    for (const change of applied) {
      const {key: name, before, entry} = change;
      parts.known('domain')?.changedKey(name);
      if (shownAt() === null && (entry.status !== before.status || entry.stale !== before.stale || entry.overdue !== before.overdue)) {
        announcer.add(name, changeText(change));
      }
    }
    if (applied.length) {
      loader.changed();
    }
  },

  unchanged() {
    health.replied(steady());
  },

  asOf(time) {
    health.asOf = instant(time);
  },

  lost(reason) {
    health.lost(reason);
    showError(reason || t('no_reply'));
  },

  wait(reason, ms) {
    health.wait(reason, ms);
    showError(health.reason);
  },

  refused(reason) {
    showForm(t('key_refused', {reason}));
  },
};

/** Shows a failure in the sign-in form. */
function showError(error) {
  if (form) {
    form = {...form, error};
  }
  schedule(0);
}

// Events

addEventListener('hashchange', () => {
  const value = keyFromAddress();
  if (value !== null) {
    useKey(value);
  }
});

document.addEventListener('visibilitychange', () => {
  health.startGracePeriod(steady());
  stayAwake();
  schedule(0);
});

addEventListener('resize', () => schedule());

function stayAwake() {
  if (address.now.view === 'wall' && !document.hidden) {
    navigator.wakeLock?.request('screen').catch(() => {});
  }
}

function tick() {
  health.tick(steady());
  if (store.state.hasBoard) {
    loader.tick(steady(), document.hidden);
  }
  ticks++;
  if (document.hidden || ticks % FULL_TICKS === 0) {
    schedule();
  } else if (!form) {
    showAlarm();
  }
}

/** Between full renderings only the alarm and the time of the last reply change. */
function showAlarm() {
  const text = feed && health.alarm(steady(), serverNow(), store.state.hasBoard, document.hidden)?.lines.join();
  if ((text ?? '') !== (document.getElementById('alarm')?.dataset.text ?? '')) {
    schedule(0);
  }
}

listenToCopy();
listenToClicks(address, dialog);
listenToKeys();
stayAwake();
document.documentElement.lang = await loadTexts(address.now.lang || navigator.language);
document.getElementById('skip').textContent = t('skip');
setInterval(tick, TICK_MS);
useKey(keyFromAddress() ?? storedKey() ?? '');
