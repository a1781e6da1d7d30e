// The board: what the API says, kept up to date.
//
//   feed (stream, else polling) -> News -> board (cards and rows) -> page
//   ask (a single request) -> past, why, jobs -> page
//
// Text from the API is only ever set as textContent or as an attribute that is no address, so it stays text.

const POLL_MS = 2_000;
const SLOWEST_MS = 15_000; // between two tries while nothing answers
const ANSWER_MS = 10_000;
const SILENT_MS = 20_000; // a stream says something at least every 15 s
const NO_STREAM_MS = 60_000; // between two tries while there is no stream
const OLD_MS = 60_000;
const ANNOUNCE_MS = 5_000;
const DAYS_MS = 600_000; // between two questions about the last days
const JOBS_MS = 5_000;
const JOBS_SHOWN = 12;

const byId = id => document.getElementById(id);
const page = Object.fromEntries(
  ['alarm', 'app', 'apps', 'as-of', 'board', 'clear', 'filter', 'find', 'foot', 'forget', 'jobs', 'job-list', 'key',
    'key-form', 'key-problem', 'key-send', 'news', 'note', 'rollup', 'service-zone', 'shown', 'status', 'why', 'why-alarm',
    'why-close', 'why-days', 'why-list', 'why-note', 'why-reason', 'why-title', 'zone'].map(id => [id, byId(id)]));
const clone = template => byId(template).content.firstElementChild.cloneNode(true);

// Even a write that changes nothing costs: with a thousand rows these checks keep the page quick.
function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function hide(node, hidden) {
  if (node.hidden !== hidden) {
    node.hidden = hidden;
  }
}

/** Sets a text, and hides what has none. */
function say(node, text, into = node) {
  hide(node, !text);
  setText(into, text ?? '');
}

// Times

const clockFormat = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit'});
const secondsFormat = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const dayFormat = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
const dateFormat = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', timeZone: 'UTC'});
const fullFormat = timeZone => new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'long', timeZone});

/** The service's zone: UTC until it is known. */
const serviceZone = {
  use(name) {
    try {
      this.full = fullFormat(name);
      this.day = new Intl.DateTimeFormat('en-CA', {timeZone: name, year: 'numeric', month: '2-digit', day: '2-digit'});
      setText(page['service-zone'], name);
    } catch {
      // a zone that this browser does not know
    }
  },
};
serviceZone.use('UTC');
const readersFull = fullFormat();

/** The reader's and, on a second line, the service's. */
function fullTime(at) {
  const [here, there] = [readersFull.format(at), serviceZone.full.format(at)];
  return here === there ? here : `${here}\n${there} at the service`;
}

function instant(text) {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : at;
}

function shortTime(at) {
  return (new Date(at).toDateString() === new Date().toDateString() ? clockFormat : dayFormat).format(at);
}

function showTime(node, at) {
  hide(node, at === null);
  if (at !== null) {
    node.dateTime = new Date(at).toISOString();
    node.dataset.full = fullTime(at);
    setText(node, shortTime(at));
  }
}

const UNITS = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];

/** "3 min 20 s", "2 h 5 min", "4 d 2 h". */
function span(ms) {
  const sec = Math.max(0, Math.round(ms / 1000));
  const first = Math.max(0, UNITS.findIndex(([, size]) => sec >= size));
  return UNITS.slice(sec ? first : -1).slice(0, 2)
    .map(([unit, size], i) => [Math.floor(i ? sec % UNITS[first][1] / size : sec / size), unit])
    .filter(([count], i) => count || !i)
    .map(part => part.join(' ')).join(' ');
}

function took({duration_sec: sec}) {
  return Number.isFinite(sec) ? `took ${span(sec * 1000)}` : '';
}

/** "just now", "20 min ago", "2 h ago": the exact time stands beside it. */
function ago(ms) {
  return ms < 60_000 ? 'just now' : `${span(ms).replace(/ (s|min|h|d) .*/, ' $1')} ago`;
}

/** How long something has been going on; seconds would only flicker. */
function ongoing(ms) {
  return ms < 60_000 ? 'under 1 min' : span(Math.floor(ms / 60_000) * 60_000);
}

// The kinds of status

/** In the order in which they are shown. */
const KINDS = ['Warning', 'Stale', 'Loading', 'OK', 'Blank'];

const kindOf = entry =>
  entry.status === 'Loading' && entry.stale ? 'Stale' : KINDS.includes(entry.status) ? entry.status : 'Blank';

function draw(symbolParent, kind) {
  symbolParent.querySelector('use').setAttribute('href', `#symbol-${kind}`);
}

function showBadge(badge, kind, word) {
  draw(badge, kind);
  setText(badge.lastElementChild, word);
}

/** "1 failed", "3 running", …; what there is none of is left out. */
function counts(rows) {
  const of = Object.fromEntries(KINDS.map(kind => [kind, 0]));
  for (const row of rows) {
    of[row.kind]++;
  }
  return [['Warning', of.Warning, 'failed'], ['Stale', of.Stale, 'stale'], ['Loading', of.Loading, 'running'],
    ['OK', of.OK, 'OK'], ['Blank', of.Blank, 'blank']].filter(([, count]) => count > 0);
}

function showCounts(node, list) {
  const text = list.map(([, count, word]) => `${count} ${word}`);
  const dot = '\u00a0· '; // stays at the end of a line
  if (node.textContent === text.join(dot)) {
    return;
  }
  node.replaceChildren(...list.flatMap(([kind], i) => {
    const count = clone('count');
    count.dataset.kind = kind;
    draw(count, kind);
    count.lastElementChild.textContent = text[i];
    return i ? [dot, count] : [count];
  }));
}

// Rows and cards

const stillness = matchMedia('(prefers-reduced-motion: reduce)');

/** One domain: its entry and its list item, touched only where something changed. */
class Row {
  constructor(app, domain, place) {
    this.app = app;
    this.domain = domain;
    this.place = place;
    this.element = clone('domain-row');
    const find = selector => this.element.querySelector(selector);
    this.part = Object.fromEntries(
      ['badge', 'when', 'age', 'alert', 'message', 'reason', 'job', 'took', 'usual', 'strip', 'progress', 'why']
        .map(name => [name, find(`.${name}`)]));
    this.part.time = find('time');
    this.part.jobId = find('.job bdi');
    find('.name bdi').textContent = domain;
    this.part.why.querySelector('.unseen').textContent = ` ${app} ${domain}`;
    this.element.addEventListener('click', event => {
      // Who marks a message to copy it does not ask why.
      if (event.target.closest('.why') || !event.target.closest('time') && getSelection().isCollapsed) {
        why.open(this);
      }
    });
    this.element.addEventListener('animationend', () => this.element.classList.remove('changed'));
  }

  /** Takes the API's entry; false if it says nothing new. */
  update(entry) {
    const json = JSON.stringify(entry);
    if (json === this.json) {
      return false;
    }
    const first = !this.json;
    this.json = json;
    this.entry = entry;
    this.kind = kindOf(entry);
    this.updated = instant(entry.updated);
    this.started = entry.status === 'Loading' ? instant(entry.started) : null;
    this.since = this.started ?? this.updated;
    this.words = [this.app, this.domain, entry.status, entry.job_id, entry.message, entry.reason]
      .filter(Boolean).join('\n').toLowerCase();
    this.paint();
    this.tick(Date.now());
    if (!first && !stillness.matches) {
      this.element.classList.add('changed');
    }
    return true;
  }

  paint() {
    const {entry, part} = this;
    this.element.dataset.kind = this.kind;
    this.element.classList.toggle('overdue', entry.overdue === true);
    showBadge(part.badge, this.kind, String(entry.status));
    showTime(part.time, this.since);
    say(part.message, entry.message);
    say(part.reason, entry.reason);
    say(part.job, entry.job_id, part.jobId);
    say(part.took, took(entry));
    this.paintDays();
  }

  paintDays() {
    const days = past.of(this);
    this.part.strip.toggleAttribute('hidden', !days); // no such property in SVG
    if (days && days.text !== this.days?.text) {
      this.part.strip.setAttribute('aria-label', days.summary);
      this.part.strip.setAttribute('viewBox', `0 0 ${days.kinds.length * 4 - 1} 12`);
      this.part.strip.firstElementChild.textContent = days.text;
      this.part.strip.querySelectorAll('path').forEach(path => path.setAttribute('d', bars(days.kinds, path.dataset.kind)));
    }
    this.days = days;
  }

  /** Brings everything up to date that changes with time alone. */
  tick(now) {
    const {entry, part} = this;
    if (this.since === null) {
      setText(part.age, 'not heard of yet');
    } else {
      setText(part.time, shortTime(this.since));
      // Of a stale load the warning says it.
      setText(part.age, this.kind === 'Stale' ? '' : entry.status === 'Loading' ? `for ${ongoing(now - this.since)}`
        : ago(now - this.since));
    }
    say(part.alert, this.warning(now));
    this.tickProgress(now);
  }

  tickProgress(now) {
    const {entry, part} = this;
    const usual = entry.usual_sec * 1000;
    const runs = entry.status === 'Loading' && this.started !== null && usual > 0;
    hide(part.progress, !runs);
    if (!runs) {
      say(part.usual, Number.isFinite(entry.usual_sec) ? `usually ${span(usual)}` : '');
      return;
    }
    const gone = Math.max(0, now - this.started);
    const eta = instant(entry.eta);
    say(part.usual, `${ongoing(gone)} of usually ${span(usual)}${eta > now ? `, about ${shortTime(eta)}` : ''}`);
    part.progress.firstElementChild.style.transform = `scaleX(${Math.min(1, gone / usual).toFixed(3)})`;
  }

  /** What is wrong with a load that still runs. */
  warning(now) {
    if (this.kind === 'Stale') {
      // A run that began long ago may have been heard of since.
      const news = this.updated !== null && now - this.updated < (now - this.since) / 2;
      return news ? `Stale: running for ${ongoing(now - this.since)}, last news ${ago(now - this.updated)}`
        : `Stale: no news for ${ongoing(now - (this.updated ?? this.since))}`;
    }
    const eta = instant(this.entry.eta);
    return !this.entry.overdue ? '' : eta === null ? 'Overdue' : `Overdue: was expected ${shortTime(eta)}`;
  }

  matches({app, status, q}) {
    return (!app || app === this.app)
      && (!status || status === this.kind || status === this.entry.status)
      && q.toLowerCase().split(/\s+/).every(word => this.words.includes(word));
  }
}

/** One app and its rows. */
class Card {
  constructor(app) {
    this.app = app;
    this.rows = new Map();
    this.element = clone('app-card');
    const link = this.element.querySelector('a');
    link.href = `?${new URLSearchParams({app})}`;
    link.firstElementChild.textContent = app;
    link.title = 'Only this app';
    link.addEventListener('click', event => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        filter.set({...filter.now, app: filter.now.app === app ? '' : app}, true);
      }
    });
    this.list = this.element.querySelector('ul');
    this.tally = this.element.querySelector('.tally');
  }

  /** Worst first, else as configured. */
  settle() {
    const rows = [...this.rows.values()]
      .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.place - b.place);
    arrange(this.list, rows.map(row => row.element));
    this.failed = rows.some(row => row.kind === 'Warning');
    showCounts(this.tally, counts(rows));
  }
}

/** Puts elements into this order: moves only those that have to, and lets them glide. */
function arrange(parent, elements) {
  if (parent.children.length === elements.length && elements.every((element, i) => parent.children[i] === element)) {
    return;
  }
  const glide = !stillness.matches && !document.hidden && parent.children.length <= 40;
  const before = new Map(glide ? [...parent.children].map(child => [child, child.getBoundingClientRect()]) : []);
  const focused = document.activeElement;
  let next = parent.firstElementChild;
  for (const element of elements) {
    if (element === next) {
      next = next.nextElementSibling;
    } else {
      parent.insertBefore(element, next);
    }
  }
  while (next) {
    const gone = next;
    next = next.nextElementSibling;
    gone.remove();
  }
  if (focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({preventScroll: true});
  }
  for (const [child, was] of before) {
    const is = child.getBoundingClientRect();
    const [x, y] = [was.left - is.left, was.top - is.top];
    if (child.isConnected && (x || y) && was.width && is.width) {
      child.animate([{transform: `translate(${x}px, ${y}px)`}, {transform: 'none'}], {duration: 350, easing: 'ease-out'});
    }
  }
}

// The last days

/** By height, so that the colour is not needed. */
const HEIGHTS = {Warning: 12, OK: 7, Blank: 2};

function bars(kinds, kind) {
  return kinds.map((of, i) => of === kind ? `M${i * 4} 12h3v-${HEIGHTS[kind]}h-3z` : '').join('');
}

const past = {
  data: null,
  asked: 0,

  async ask() {
    this.asked = Date.now();
    const data = await ask('history/days?days=30');
    if (Array.isArray(data?.days)) {
      this.data = data;
      serviceZone.use(data.timezone);
      board.rows().forEach(row => row.paint());
      wall.fit();
    }
  },

  /** How each day went, and the same in words; null if that is not known. */
  of({app, domain, entry, updated}) {
    const days = this.data?.days;
    const {ok, warning} = this.data?.apps?.[app]?.[domain] ?? {};
    if (!Array.isArray(ok) || !Array.isArray(warning)) {
      return null;
    }
    const kinds = days.map((day, i) => warning[i] > 0 ? 'Warning' : ok[i] > 0 ? 'OK' : 'Blank');
    // What was heard since the days were asked for.
    const heardToday = updated !== null && serviceZone.day.format(updated) === days.at(-1);
    if (heardToday && (entry.status === 'Warning' || entry.status === 'OK' && kinds.at(-1) === 'Blank')) {
      kinds[kinds.length - 1] = entry.status;
    }
    return {kinds, ...this.words(kinds, days)};
  },

  words(kinds, days) {
    const failed = days.filter((day, i) => kinds[i] === 'Warning').map(day => dateFormat.format(Date.parse(day)));
    const count = kind => kinds.filter(of => of === kind).length;
    const list = on => `last ${days.length} days: ` + [[count('OK'), 'OK'], [failed.length, `failed${on}`],
      [count('Blank'), 'without a run']].filter(([n]) => n).map(part => part.join(' ')).join(', ');
    return {summary: list(''), text: list(failed.length ? ` (${failed.join(', ')})` : '')};
  },

  tick(now) {
    if (status.known && !document.hidden && now - this.asked > DAYS_MS) {
      this.ask();
    }
  },

  clear() {
    this.data = null;
    this.asked = 0;
  },
};

// Why: the last updates of a domain

const SOURCES = {api: 'posted', epm: 'from the EPM pod'};

function pastEntry(entry) {
  const element = clone('past-entry');
  const find = selector => element.querySelector(selector);
  const kind = kindOf(entry);
  element.dataset.kind = kind;
  showBadge(find('.badge'), kind, String(entry.status));
  showTime(find('time'), instant(entry.updated));
  say(find('.message'), entry.message);
  say(find('.job'), entry.job_id, find('.job bdi'));
  say(find('.took'), took(entry));
  setText(find('.source'), SOURCES[entry.source] ?? String(entry.source));
  say(find('.key'), entry.key, find('.key bdi'));
  say(find('.late'), entry.outcome === 'superseded' ? 'came too late to be shown' : '');
  return element;
}

const why = {
  row: null,
  timer: 0,

  open(row) {
    this.row = row;
    const [app, domain] = page['why-title'].querySelectorAll('bdi');
    app.textContent = row.app;
    domain.textContent = row.domain;
    page['why-list'].replaceChildren();
    say(page['why-note'], 'Asking for the last updates…');
    this.show();
    page.why.showModal();
    this.ask();
  },

  /** What the board itself knows about it. */
  show() {
    const {row} = this;
    say(page['why-reason'], [row.warning(Date.now()), row.entry.reason].filter(Boolean).join('. '));
    say(page['why-days'], row.days?.text.replace('last', 'Last'));
  },

  async ask() {
    clearTimeout(this.timer);
    this.timer = 0;
    const {row} = this;
    const data = await ask(`history?${new URLSearchParams({app: row.app, domain: row.domain, limit: 10})}`);
    if (row !== this.row) {
      return;
    }
    const entries = data?.entries;
    if (Array.isArray(entries)) {
      page['why-list'].replaceChildren(...entries.map(pastEntry));
      say(page['why-note'], entries.length ? '' : 'Nothing was heard of it yet.');
    } else {
      say(page['why-note'], 'The last updates cannot be read at the moment.');
    }
  },

  changed(row) {
    if (row === this.row) {
      this.show();
      this.timer ||= setTimeout(() => this.ask(), 1_000);
    }
  },

  closed() {
    clearTimeout(this.timer);
    this.timer = 0;
    page['why-list'].replaceChildren();
    this.row?.part.why.focus({preventScroll: true});
    this.row = null;
  },

  listen() {
    page['why-close'].addEventListener('click', () => page.why.close());
    page.why.addEventListener('close', () => this.closed());
    page.why.addEventListener('click', event => event.target === page.why && page.why.close());
  },
};

// Jobs over several domains

class JobCard {
  constructor(id) {
    this.element = clone('job-card');
    this.element.querySelector('h3 bdi').textContent = id;
  }

  update(job) {
    const json = JSON.stringify(job);
    if (json === this.json) {
      return;
    }
    this.json = json;
    this.job = job;
    this.kind = kindOf(job);
    this.words = [job.job_id, ...job.apps.flatMap(part => [part.app, part.domain])].join('\n').toLowerCase();
    const find = selector => this.element.querySelector(selector);
    this.element.dataset.kind = this.kind;
    showBadge(find('header .badge'), this.kind, String(job.status));
    showTime(find('time'), instant(job.started));
    say(find('.took'), took(job));
    find('ul').replaceChildren(...job.apps.map(part => this.part(part)));
  }

  part({app, domain, status}) {
    const element = clone('job-part');
    const [appName, domainName] = element.querySelectorAll('bdi');
    appName.textContent = app;
    domainName.textContent = domain;
    element.dataset.kind = kindOf({status});
    showBadge(element.querySelector('.badge'), element.dataset.kind, String(status));
    return element;
  }

  matches({app, status, q}) {
    return (!app || this.job.apps.some(part => part.app === app))
      && (!status || status === this.kind)
      && q.toLowerCase().split(/\s+/).every(word => this.words.includes(word));
  }
}

const jobs = {
  cards: new Map(),
  asked: 0,
  timer: 0,

  soon() {
    this.timer ||= setTimeout(() => this.ask(), Math.max(0, this.asked + JOBS_MS - Date.now()));
  },

  async ask() {
    this.asked = Date.now();
    const data = await ask('jobs?limit=100');
    this.timer = 0;
    if (Array.isArray(data?.jobs)) {
      this.show(data.jobs.filter(job => job.apps?.length > 1).slice(0, JOBS_SHOWN));
    }
  },

  show(list) {
    const before = this.cards;
    this.cards = new Map(list.map(job => [job.job_id, before.get(job.job_id) ?? new JobCard(job.job_id)]));
    list.forEach(job => this.cards.get(job.job_id).update(job));
    const cards = [...this.cards.values()].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    arrange(page['job-list'], cards.map(card => card.element));
    this.filter();
  },

  filter() {
    let any = false;
    for (const card of this.cards.values()) {
      const match = card.matches(filter.now);
      hide(card.element, !match);
      any ||= match;
    }
    hide(page.jobs, !any);
  },

  clear() {
    this.cards.clear();
    page['job-list'].replaceChildren();
    page.jobs.hidden = true;
  },
};

// The wall: a screen that nobody touches

const wall = {
  on: new URLSearchParams(location.search).has('wall'),

  /** As large as the board can be without scrolling. */
  fit() {
    if (!this.on) {
      return;
    }
    const root = document.documentElement;
    let [fits, tooLarge] = [12, 48];
    while (tooLarge - fits > 0.5) {
      const size = (fits + tooLarge) / 2;
      root.style.fontSize = `${size}px`;
      if (root.scrollHeight > innerHeight || root.scrollWidth > innerWidth) {
        tooLarge = size;
      } else {
        fits = size;
      }
    }
    root.style.fontSize = `${fits}px`;
  },

  /** Where the browser can do that. */
  stayAwake() {
    if (this.on && !document.hidden) {
      navigator.wakeLock?.request('screen').catch(() => {});
    }
  },

  start() {
    document.documentElement.classList.toggle('wall', this.on);
    addEventListener('resize', () => this.fit());
    document.addEventListener('visibilitychange', () => this.stayAwake());
    this.stayAwake();
  },
};

// The board

/** All cards. A feed calls show() with all, or change() for each domain, then settle(). */
const board = {
  cards: new Map(),
  dirty: new Set(),

  rows() {
    return [...this.cards.values()].flatMap(card => [...card.rows.values()]);
  },

  change(app, domain, entry) {
    let card = this.cards.get(app);
    if (!card) {
      card = new Card(app);
      this.cards.set(app, card);
    }
    let row = card.rows.get(domain);
    const before = row?.entry;
    if (!row) {
      row = new Row(app, domain, card.rows.size);
      card.rows.set(domain, row);
    }
    if (row.update(entry)) {
      this.dirty.add(card);
      jobs.soon();
      why.changed(row);
      if (before) {
        announcer.changed(row, before);
      }
    }
  },

  show(apps) {
    for (const [app, domains] of Object.entries(apps)) {
      for (const [domain, entry] of Object.entries(domains)) {
        this.change(app, domain, entry);
      }
    }
    for (const [app, card] of this.cards) {
      for (const domain of card.rows.keys()) {
        if (!Object.hasOwn(apps[app] ?? {}, domain)) {
          card.rows.delete(domain);
          this.dirty.add(card);
        }
      }
      if (card.rows.size === 0) {
        this.cards.delete(app);
        this.dirty.add(card);
      }
    }
    this.settle();
  },

  /** Brings order, counts and filter up to date after changes. */
  settle() {
    this.dirty.forEach(card => card.settle());
    this.dirty.clear();
    // Only failures move an app: resorted by every load it would be hard to read.
    const cards = [...this.cards.values()];
    arrange(page.apps, [...cards.filter(card => card.failed), ...cards.filter(card => !card.failed)]
      .map(card => card.element));
    filter.apply();
    status.show();
    wall.fit();
  },

  clear() {
    this.cards.clear();
    this.dirty.clear();
    page.apps.replaceChildren();
  },

  tick() {
    const now = Date.now();
    this.rows().forEach(row => row.tick(now));
    wall.fit();
  },
};

// Filter: in the address, so that it can be kept and shared

const filter = {
  now: {app: '', status: '', q: ''},

  read() {
    const query = new URLSearchParams(location.search);
    const status = (query.get('status') ?? '').toLowerCase();
    this.now = {
      app: query.get('app') ?? '',
      status: KINDS.find(kind => kind.toLowerCase() === status) ?? '',
      q: (query.get('q') ?? '').trim(),
    };
    page.find.value = this.now.q;
    this.apply();
  },

  set(wanted, remember) {
    this.now = wanted;
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(wanted)) {
      value ? query.set(name, value) : query.delete(name);
    }
    const address = query.size ? `?${query}` : location.pathname;
    remember ? history.pushState(null, '', address) : history.replaceState(null, '', address);
    this.apply();
  },

  apply() {
    this.offerApps();
    page.status.value = this.now.status;
    let shown = 0;
    let all = 0;
    for (const card of board.cards.values()) {
      let any = false;
      for (const row of card.rows.values()) {
        const match = row.matches(this.now);
        hide(row.element, !match);
        any ||= match;
        shown += match;
        all++;
      }
      hide(card.element, !any);
    }
    jobs.filter();
    const filtering = Object.values(this.now).some(Boolean);
    page.clear.hidden = !filtering;
    setText(page.shown, filtering ? `${shown} of ${all} domains` : '');
    if (status.known) {
      say(page.note, all === 0 ? 'No apps are configured.' : shown === 0 ? 'No domain matches the filter.' : '');
    }
  },

  offerApps() {
    const {app} = this.now;
    const known = [...board.cards.keys()];
    const apps = app && !known.includes(app) ? [...known, app] : known;
    const offered = [...page.app.options].slice(1);
    if (apps.length !== offered.length || apps.some((name, i) => offered[i].value !== name)) {
      page.app.replaceChildren(page.app.options[0], ...apps.map(name => new Option(name, name)));
    }
    page.app.value = app;
  },

  listen() {
    page.filter.addEventListener('input', () => this.set(
      {app: page.app.value, status: page.status.value, q: page.find.value.trim()}));
    page.filter.addEventListener('submit', event => event.preventDefault());
    page.clear.addEventListener('click', () => {
      page.find.value = '';
      this.set({app: '', status: '', q: ''});
      page.find.focus();
    });
    addEventListener('popstate', () => this.read());
  },
};

// What is told about the whole board

/** Tells screen readers what changed: three changes at a time, every few seconds at most. */
const announcer = {
  waiting: new Map(),
  timer: 0,

  changed(row, before) {
    const {entry} = row;
    if (row.element.hidden || page.apps.hidden
      || (entry.status === before.status && entry.stale === before.stale && entry.overdue === before.overdue)) {
      return;
    }
    const what = row.kind === 'Stale' ? 'Loading, stale' : entry.overdue ? 'Loading, overdue' : entry.status;
    const why = row.kind === 'Warning' ? entry.reason ?? entry.message : null;
    this.waiting.set(row, `${row.app} ${row.domain}: ${what}${why ? `, ${why}` : ''}`);
    this.timer ||= setTimeout(() => this.speak(), 300);
  },

  speak() {
    const texts = [...this.waiting.values()];
    this.waiting.clear();
    const more = texts.length - 3;
    page.news.textContent = texts.slice(0, 3).join('. ') + (more > 0 ? `. ${more} more changed.` : '');
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.waiting.size) {
        this.speak();
      }
    }, ANNOUNCE_MS);
  },

  clear() {
    this.waiting.clear();
    page.news.textContent = '';
  },
};

/** Roll-up, title, and whether what is shown can be believed. */
const status = {
  known: false, // whether there is a board to show
  answered: Date.now(), // when the server last answered, or the page began to ask
  failures: 0,
  reason: '',
  quietUntil: 0,
  lastTick: Date.now(),

  fresh() {
    this.answered = Date.now();
    this.failures = 0;
    this.reason = '';
    this.show();
  },

  show() {
    const list = this.known ? counts(board.rows()) : [];
    showCounts(page.rollup, list);
    const alarm = this.alarm();
    if (page.alarm.dataset.text !== alarm.join()) {
      page.alarm.dataset.text = alarm.join();
      page.alarm.replaceChildren(...alarm.map(text => Object.assign(document.createElement('p'), {textContent: text})));
      setText(page['why-alarm'], alarm[0] ?? '');
      wall.fit();
    }
    document.body.classList.toggle('doubtful', alarm.length > 0);
    setText(page['as-of'], this.known ? `as of ${secondsFormat.format(this.answered)}` : '');
    const [worst] = list;
    const all = list.length === 1 && worst[0] === 'OK' ? 'All OK' : worst && `${worst[1]} ${worst[2]}`;
    const title = alarm.length ? alarm[0].replace(/ (to EPMPulse )?since .*/, '') : all;
    // Nothing is asked for a hidden tab, so its title says how old it is.
    const then = title && document.hidden ? ` at ${shortTime(this.answered)}` : '';
    document.title = title ? `${title}${then} – EPMPulse` : 'EPMPulse';
  },

  alarm() {
    if (!feed || document.hidden || Date.now() < this.quietUntil) {
      return [];
    }
    const since = `since ${secondsFormat.format(this.answered)}`;
    const shown = this.known ? 'The board shows what was known then.' : '';
    const more = [shown, this.reason, 'Trying again by itself.'].filter(Boolean).join(' ');
    if (this.failures > 1) {
      return [`No connection to EPMPulse ${since}`, more];
    }
    return Date.now() - this.answered > OLD_MS ? [`Not up to date ${since}`, more] : [];
  },

  tick() {
    const now = Date.now();
    if (now - this.lastTick > 5_000) {
      this.waitForAnswer(); // the computer slept
    }
    this.lastTick = now;
    this.show();
  },

  /** Gives the server a moment before old data is called so. */
  waitForAnswer() {
    this.quietUntil = Date.now() + 3_000;
  },
};

// Asking the API

/** Asks for more than the feed tells; null if there is no such answer. */
async function ask(path) {
  const asked = key.value;
  if (!asked) {
    return null;
  }
  try {
    const reply = await fetch(`api/v1/${path}`, {
      headers: {'X-API-Key': asked, 'Accept': 'application/json'},
      signal: AbortSignal.timeout(ANSWER_MS),
      cache: 'no-store',
      redirect: 'error',
    });
    const body = reply.ok ? await reply.json() : null;
    return asked === key.value ? body?.data ?? null : null; // nothing of a key that was forgotten
  } catch {
    return null;
  }
}

// The feed

/** A reply that is no board; the message is for the reader. */
class Refusal extends Error {}

/** An event of the stream; its id is not needed: the board is asked for before each stream. */
function parseEvent(block) {
  const event = {name: 'message', data: ''};
  for (const line of block.split('\n')) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === 'event') {
      event.name = value;
    } else if (field === 'data') {
      event.data += value;
    }
  }
  return event;
}

/**
 * Asks for the board, then reads the stream of what changes for as long as it lasts, and so on. While there is no stream,
 * as where a proxy lets none through, asks every two seconds. Tells the news: board(data), changes(entries), same() if
 * nothing changed, lost(reason), wait(reason) and refused(reason).
 */
function following(key, news) {
  let tag = null;
  let revision = null; // of the board that came last
  let failures = 0;
  let timer = 0;
  let notBefore = 0;
  let toldToWait = 0; // until when the server does not want to be asked
  let noStreamBefore = 0;
  let streams = false; // whether the stream that was tried last has said anything
  let request = null;
  let reading = null;
  let stopped = false;

  /** Asks once; returns for how long to wait, in milliseconds. */
  async function ask(signal) {
    const headers = {'X-API-Key': key, 'Accept': 'application/json'};
    if (tag) {
      headers['If-None-Match'] = tag;
    }
    const reply = await fetch('api/v1/status', {headers, signal, cache: 'no-store', redirect: 'error'});
    if (reply.status === 304) {
      news.same();
      return POLL_MS;
    }
    const body = await reply.json().catch(() => null);
    if (stopped) {
      return 0;
    }
    const reason = typeof body?.error?.message === 'string' ? body.error.message.replace(/[^.]$/, '$&.') : '';
    if (reply.status === 401 || reply.status === 403) {
      stop();
      news.refused(reason);
      return 0;
    }
    const retryAfter = Math.min(300, Number(reply.headers.get('Retry-After')) || 0) * 1000;
    toldToWait = Date.now() + retryAfter;
    if (reply.status === 429) {
      const wait = Math.max(POLL_MS, retryAfter);
      news.wait(reason, wait);
      return wait;
    }
    if (!reply.ok || typeof body?.data?.apps !== 'object') {
      throw new Refusal(reason || (reply.ok ? 'What answers is not EPMPulse.' : `The answer was ${reply.status}.`));
    }
    tag = reply.headers.get('ETag');
    revision = body.data.revision;
    news.board(body.data);
    return POLL_MS;
  }

  /** Reads what changes after the board that was asked for last, as long as it can. */
  async function read() {
    const stream = reading = new AbortController();
    let heard = Date.now();
    let limit = ANSWER_MS;
    const watch = setInterval(() => Date.now() - heard > limit && stream.abort(), 1_000);
    try {
      const reply = await fetch('api/v1/events', {
        headers: {'X-API-Key': key, 'Accept': 'text/event-stream', 'Last-Event-ID': String(revision)},
        signal: stream.signal, cache: 'no-store', redirect: 'error'});
      if (!reply.ok) {
        return;
      }
      const texts = reply.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = '';
      for (let part = await texts.read(); !part.done && !stopped; part = await texts.read()) {
        heard = Date.now();
        limit = SILENT_MS;
        streams = true;
        const blocks = (text + part.value).split('\n\n');
        text = blocks.pop();
        const events = blocks.map(parseEvent);
        if (events.some(event => event.name === 'reset')) {
          return;
        }
        news.changes(events.filter(event => event.name === 'status').map(event => JSON.parse(event.data)));
      }
    } catch {
      // Whatever it was: the next answer tells whether there is anybody.
    } finally {
      clearInterval(watch);
      stream.abort();
      reading = null;
    }
  }

  /** Asks, then reads if it can; returns for how long to wait, in milliseconds. */
  async function askAndRead() {
    const asked = Date.now();
    const limit = setTimeout(() => request.abort(), ANSWER_MS);
    let wait;
    try {
      wait = await ask(request.signal);
      failures = 0;
    } catch (error) {
      if (!stopped) {
        news.lost(error instanceof Refusal ? error.message : '');
      }
      return Math.min(SLOWEST_MS, POLL_MS * 2 ** failures++);
    } finally {
      clearTimeout(limit);
    }
    if (stopped || document.hidden || revision === null || Date.now() < Math.max(noStreamBefore, toldToWait)) {
      return wait;
    }
    streams = false;
    await read();
    if (!streams && !document.hidden) {
      noStreamBefore = Date.now() + NO_STREAM_MS;
    }
    return asked + wait - Date.now();
  }

  async function next() {
    clearTimeout(timer);
    request = new AbortController();
    const wait = await askAndRead();
    request = null;
    notBefore = Math.max(Date.now() + wait, toldToWait);
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (!stopped && !document.hidden && !request) {
      timer = setTimeout(next, Math.max(0, notBefore - Date.now()));
    }
  }

  /** A stream may have died unseen, and a hidden tab must not hold one of the browser's few connections. */
  function seen() {
    reading?.abort();
    notBefore = toldToWait;
    schedule();
  }

  function stop() {
    stopped = true;
    clearTimeout(timer);
    request?.abort();
    reading?.abort();
    document.removeEventListener('visibilitychange', seen);
    removeEventListener('online', seen);
  }

  document.addEventListener('visibilitychange', seen);
  addEventListener('online', seen);
  schedule();
  return {stop};
}

// The key

let feed = null;

const key = {
  NAME: 'epmpulse-key',
  value: '',

  stored() {
    try {
      return sessionStorage.getItem(this.NAME);
    } catch {
      return null; // storage is switched off: the key is asked for again after a reload
    }
  },

  store(value) {
    try {
      value ? sessionStorage.setItem(this.NAME, value) : sessionStorage.removeItem(this.NAME);
    } catch {
      // as above
    }
  },

  /** The key behind #key=, which is taken out of the address at once. */
  fromAddress() {
    const match = /^#(?:.*&)?key=([^&]*)/.exec(location.hash);
    if (!match) {
      return null;
    }
    history.replaceState(null, '', location.pathname + location.search);
    try {
      return decodeURIComponent(match[1]).trim();
    } catch {
      return match[1].trim();
    }
  },

  use(value) {
    this.leave();
    if (!/^[\x21-\x7e]+$/.test(value)) {
      this.ask(value ? 'That is no key: a key has no spaces and only plain letters, digits and signs.' : '');
      return;
    }
    this.store(value);
    this.value = value;
    status.answered = Date.now();
    feed = following(value, news);
    page.forget.hidden = false;
    if (page['key-form'].hidden) {
      say(page.note, 'Asking for the status…');
    } else {
      setText(page['key-problem'], '');
      this.checking(true);
    }
  },

  ask(problem) {
    this.leave();
    page.note.hidden = page.apps.hidden = page.filter.hidden = page.foot.hidden = page.forget.hidden = true;
    page['key-form'].hidden = false;
    this.checking(false);
    setText(page['key-problem'], problem);
    page.key.toggleAttribute('aria-invalid', Boolean(problem));
    page.key.focus();
  },

  checking(now) {
    page['key-send'].disabled = now;
    setText(page['key-send'], now ? 'Checking…' : 'Show the board');
  },

  /** Forgets the key and everything that was seen with it. */
  leave() {
    feed?.stop();
    feed = null;
    this.store(null);
    this.value = '';
    status.known = false;
    status.failures = 0;
    status.reason = '';
    page.why.close();
    board.clear();
    jobs.clear();
    past.clear();
    announcer.clear();
    status.show();
  },

  listen() {
    page['key-form'].addEventListener('submit', event => {
      event.preventDefault();
      this.use(page.key.value.trim());
    });
    page.forget.addEventListener('click', () => this.ask('The key is forgotten.'));
    addEventListener('hashchange', () => {
      const given = this.fromAddress();
      if (given !== null) {
        this.use(given);
      }
    });
  },
};

/** What the feed says. */
const news = {
  board(data) {
    const first = !status.known;
    status.known = true;
    status.fresh();
    if (first) {
      const asked = !page['key-form'].hidden;
      page['key-form'].hidden = true;
      key.checking(false);
      page.key.value = '';
      page.apps.hidden = page.filter.hidden = page.foot.hidden = false;
      if (asked) {
        page.board.focus({preventScroll: true});
      }
    }
    board.show(data.apps);
    if (first) {
      page.news.textContent = page.rollup.textContent;
      past.ask();
    }
  },

  changes(entries) {
    for (const {app, domain, ...entry} of entries) {
      board.change(app, domain, entry);
    }
    if (entries.length) {
      board.settle();
    }
    status.fresh();
  },

  same() {
    status.fresh();
  },

  lost(reason) {
    status.failures++;
    status.reason = reason;
    this.hold(reason || 'Nothing answers.');
    status.show();
  },

  wait(reason, ms) {
    status.failures = 0;
    status.reason = `${reason} Waiting ${span(ms)}.`;
    this.hold(status.reason);
    status.show();
  },

  refused(reason) {
    key.ask(`This key was not accepted. ${reason}`);
  },

  /** Says why there is no board yet. */
  hold(reason) {
    if (!page['key-form'].hidden) {
      setText(page['key-problem'], reason);
    }
  },
};

// Start

page.zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
wall.start();
filter.listen();
why.listen();
key.listen();
filter.read();
document.addEventListener('visibilitychange', () => {
  status.waitForAnswer();
  status.show();
});
setInterval(() => {
  status.tick();
  past.tick(Date.now());
}, 1_000);
setInterval(() => document.hidden || board.tick(), 5_000);
document.addEventListener('keydown', event => {
  // What shows on focus or hover can be dismissed.
  if (event.key === 'Escape' && document.activeElement?.localName === 'time') {
    document.activeElement.blur();
  }
});
key.use(key.fromAddress() ?? key.stored() ?? '');
