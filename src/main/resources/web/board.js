// The board: shows the status from the API and keeps it up to date.
//
//   feed (event stream or polling) -> feedHandler -> board (cards and rows) -> page
//   fetchData (a single request) -> lastDays, details, jobs -> page
//
// Text from the API is only set as textContent or in attributes that are not URLs, so it cannot become markup.

const POLL_MS = 2_000;
const MAX_BACKOFF_MS = 15_000;
const REPLY_TIMEOUT_MS = 10_000;
const STREAM_TIMEOUT_MS = 20_000; // the server sends something at least every 15 s
const STREAM_RETRY_MS = 60_000;
const OUTDATED_MS = 60_000;
const ANNOUNCE_MS = 5_000;
const DAYS_MS = 600_000;
const JOBS_MS = 5_000;
const MAX_JOBS = 12;
const AS_OF = 'EPMPulse-As-Of';

const page = Object.fromEntries([...document.querySelectorAll('[id]')].map(node => [node.id, node]));
const clone = template => page[template].content.firstElementChild.cloneNode(true);

// With a thousand rows, writing unchanged values is slow.
function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function setHidden(node, hidden) {
  if (node.hidden !== hidden) {
    node.hidden = hidden;
  }
}

/** Sets a text; hides the node if the text is empty. */
function showText(node, text, into = node) {
  setHidden(node, !text);
  setText(into, text ?? '');
}

// Times

const clockFormat = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit'});
const secondsFormat = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit'});
const dayFormat = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
const dateFormat = new Intl.DateTimeFormat(undefined, {day: 'numeric', month: 'short', timeZone: 'UTC'});
const fullFormat = timeZone => new Intl.DateTimeFormat(undefined, {dateStyle: 'medium', timeStyle: 'long', timeZone});

/** The service's time zone: UTC until it is known. */
const serviceZone = {
  use(name) {
    try {
      this.full = fullFormat(name);
      this.day = new Intl.DateTimeFormat('en-CA', {timeZone: name, year: 'numeric', month: '2-digit', day: '2-digit'});
      setText(page['service-zone'], name);
    } catch {
      // unknown to this browser
    }
  },
};
serviceZone.use('UTC');
const localFull = fullFormat();

/** The time in the reader's zone and, on a second line, in the service's. */
function fullTime(at) {
  const [local, remote] = [localFull.format(at), serviceZone.full.format(at)];
  return local === remote ? local : `${local}\n${remote} (service)`;
}

function instant(text) {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : at;
}

function shortTime(at) {
  return (new Date(at).toDateString() === new Date().toDateString() ? clockFormat : dayFormat).format(at);
}

function showTime(node, at) {
  setHidden(node, at === null);
  if (at !== null) {
    node.dateTime = new Date(at).toISOString();
    node.dataset.full = fullTime(at);
    setText(node, shortTime(at));
  }
}

const UNITS = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];

/** "3 min 20 s", "2 h 5 min", "4 d 2 h". */
function duration(ms) {
  const sec = Math.max(0, Math.round(ms / 1000));
  const first = Math.max(0, UNITS.findIndex(([, size]) => sec >= size));
  return UNITS.slice(sec ? first : -1).slice(0, 2)
    .map(([unit, size], i) => [Math.floor(i ? sec % UNITS[first][1] / size : sec / size), unit])
    .filter(([count], i) => count || !i)
    .map(part => part.join(' ')).join(' ');
}

function runDuration({duration_sec: sec}) {
  return Number.isFinite(sec) ? `took ${duration(sec * 1000)}` : '';
}

function ago(ms) {
  return ms < 60_000 ? 'just now' : `${duration(ms).replace(/ (s|min|h|d) .*/, ' $1')} ago`;
}

/** A running duration, without seconds. */
function elapsedText(ms) {
  return ms < 60_000 ? 'under 1 min' : duration(Math.floor(ms / 60_000) * 60_000);
}

// The kinds of status

/** The word for each kind, in the order of display. */
const WORDS = {Warning: 'Failed', Stale: 'Stale', Loading: 'Running', OK: 'OK', Blank: 'Blank'};
const NEVER_REPORTED = 'No update yet';
const KINDS = Object.keys(WORDS);

const kindOf = entry =>
  entry.status === 'Loading' && entry.stale ? 'Stale' : KINDS.includes(entry.status) ? entry.status : 'Blank';

const wordOf = entry => entry.updated === null ? NEVER_REPORTED : WORDS[kindOf(entry)];

function setSymbol(symbolParent, kind) {
  symbolParent.querySelector('use').setAttribute('href', `#symbol-${kind}`);
}

function showBadge(badge, entry) {
  setSymbol(badge, kindOf(entry));
  setText(badge.lastElementChild, wordOf(entry));
}

/** "1 failed", "3 running" and so on, without zeros. */
function counts(rows) {
  return [...Object.entries(WORDS), ['Blank', NEVER_REPORTED]]
    .map(([kind, word]) => [kind, rows.filter(row => row.word === word).length, word === 'OK' ? word : word.toLowerCase()])
    .filter(([, count]) => count > 0);
}

function showCounts(node, list) {
  const text = list.map(([, count, word]) => `${count} ${word}`);
  const dot = '\u00a0· '; // at the end of a line
  if (node.textContent === text.join(dot)) {
    return;
  }
  node.replaceChildren(...list.flatMap(([kind], i) => {
    const count = clone('count');
    count.dataset.kind = kind;
    setSymbol(count, kind);
    count.lastElementChild.textContent = text[i];
    return i ? [dot, count] : [count];
  }));
}

// Rows and cards

const reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

class Row {
  constructor(app, domain, place) {
    this.app = app;
    this.domain = domain;
    this.place = place;
    this.element = clone('domain-row');
    const find = selector => this.element.querySelector(selector);
    this.part = Object.fromEntries(
      ['badge', 'when', 'age', 'alert', 'message', 'reason', 'job', 'took', 'typical', 'day-bars', 'progress', 'details']
        .map(name => [name, find(`.${name}`)]));
    this.part.time = find('time');
    this.part.jobId = find('.job bdi');
    find('.name bdi').textContent = domain;
    this.rename(app);
    this.element.addEventListener('click', event => {
      // Selecting text to copy it is not a click.
      if (event.target.closest('.details') || !event.target.closest('time') && getSelection().isCollapsed) {
        details.open(this);
      }
    });
    this.element.addEventListener('animationend', () => this.element.classList.remove('changed'));
  }

  /** Sets the app's name for people. */
  rename(appName) {
    this.appName = appName;
    this.part.details.querySelector('.sr-only').textContent = ` ${appName} ${this.domain}`;
    if (this.entry) {
      this.setSearchText();
    }
  }

  setSearchText() {
    const {job_id: jobId, message, reason, status} = this.entry;
    this.searchText = [this.app, this.appName, this.domain, status, this.word, jobId, message, reason]
      .filter(Boolean).join('\n').toLowerCase();
  }

  /** Shows the API's entry; false if it is unchanged. */
  update(entry) {
    const json = JSON.stringify(entry);
    if (json === this.json) {
      return false;
    }
    const first = !this.json;
    this.json = json;
    this.entry = entry;
    this.kind = kindOf(entry);
    this.word = wordOf(entry);
    this.updated = instant(entry.updated);
    this.started = entry.status === 'Loading' ? instant(entry.started) : null;
    this.since = this.started ?? this.updated;
    this.setSearchText();
    this.render();
    this.tick(Date.now());
    if (!first && !reducedMotion.matches) {
      this.element.classList.add('changed');
    }
    return true;
  }

  render() {
    const {entry, part} = this;
    this.element.dataset.kind = this.kind;
    this.element.classList.toggle('overdue', entry.overdue === true);
    showBadge(part.badge, entry);
    showTime(part.time, this.since);
    showText(part.message, entry.message);
    showText(part.reason, entry.reason);
    showText(part.job, entry.job_id, part.jobId);
    showText(part.took, runDuration(entry));
    this.showDays();
  }

  showDays() {
    const days = lastDays.of(this);
    const bars = this.part['day-bars'];
    bars.toggleAttribute('hidden', !days); // SVG has no property for it
    if (days && days.text !== this.days?.text) {
      bars.setAttribute('aria-label', days.summary);
      bars.setAttribute('viewBox', `0 0 ${days.kinds.length * 4 - 1} 12`);
      bars.firstElementChild.textContent = days.text;
      bars.querySelectorAll('path').forEach(path => path.setAttribute('d', barsPath(days.kinds, path.dataset.kind)));
    }
    this.days = days;
  }

  /** Updates everything that depends on the current time. */
  tick(now) {
    const {entry, part} = this;
    if (this.since === null) {
      setText(part.age, '');
    } else {
      setText(part.time, shortTime(this.since));
      // A stale run has a warning with the time.
      setText(part.age, this.kind === 'Stale' ? '' : entry.status === 'Loading' ? `for ${elapsedText(now - this.since)}`
        : ago(now - this.since));
    }
    showText(part.alert, this.warning(now));
    this.tickProgress(now);
  }

  tickProgress(now) {
    const {entry, part} = this;
    const typical = entry.usual_sec * 1000;
    const running = entry.status === 'Loading' && this.started !== null && typical > 0;
    setHidden(part.progress, !running);
    if (!running) {
      showText(part.typical, Number.isFinite(entry.usual_sec) ? `typically ${duration(typical)}` : '');
      return;
    }
    const elapsed = Math.max(0, now - this.started);
    const eta = instant(entry.eta);
    const end = eta > now ? `, end about ${shortTime(eta)}` : '';
    showText(part.typical, `${elapsedText(elapsed)} of typically ${duration(typical)}${end}`);
    part.progress.firstElementChild.style.transform = `scaleX(${Math.min(1, elapsed / typical).toFixed(3)})`;
  }

  /** Why a run is stale or overdue; empty if it is not. */
  warning(now) {
    if (this.kind === 'Stale') {
      // A long run may have had a recent update.
      const recent = this.updated !== null && now - this.updated < (now - this.since) / 2;
      return recent ? `Stale: running for ${elapsedText(now - this.since)}, last update ${ago(now - this.updated)}`
        : `Stale: no update for ${elapsedText(now - (this.updated ?? this.since))}`;
    }
    const eta = instant(this.entry.eta);
    return !this.entry.overdue ? '' : eta === null ? 'Overdue' : `Overdue: expected end ${shortTime(eta)}`;
  }

  matches({app, status, q}) {
    return (!app || app === this.app)
      && (!status || status === this.kind || status === this.entry.status)
      && q.toLowerCase().split(/\s+/).every(word => this.searchText.includes(word));
  }
}

class Card {
  constructor(app) {
    this.app = app;
    this.name = app;
    this.rows = new Map();
    this.element = clone('app-card');
    const link = this.element.querySelector('a');
    link.href = `?${new URLSearchParams({app})}`;
    this.title = link.firstElementChild;
    this.title.textContent = app;
    link.title = 'Show only this app';
    link.addEventListener('click', event => {
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        filter.set({...filter.now, app: filter.now.app === app ? '' : app}, true);
      }
    });
    this.list = this.element.querySelector('ul');
    this.counts = this.element.querySelector('.counts');
  }

  /** Shows the name for people. */
  rename(name) {
    if (name !== this.name) {
      this.name = name;
      this.title.textContent = name;
      this.rows.forEach(row => row.rename(name));
    }
  }

  /** Sorts by status, then in the configured order. */
  sort() {
    const rows = [...this.rows.values()]
      .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || a.place - b.place);
    reorder(this.list, rows.map(row => row.element));
    this.failed = rows.some(row => row.kind === 'Warning');
    showCounts(this.counts, counts(rows));
  }
}

/** Reorders the elements: moves as few as possible, with an animation. */
function reorder(parent, elements) {
  if (parent.children.length === elements.length && elements.every((element, i) => parent.children[i] === element)) {
    return;
  }
  const animate = !reducedMotion.matches && !document.hidden && parent.children.length <= 40;
  const before = new Map(animate ? [...parent.children].map(child => [child, child.getBoundingClientRect()]) : []);
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
    const removed = next;
    next = next.nextElementSibling;
    removed.remove();
  }
  if (focused !== document.activeElement && parent.contains(focused)) {
    focused.focus({preventScroll: true});
  }
  for (const [child, from] of before) {
    const to = child.getBoundingClientRect();
    const [x, y] = [from.left - to.left, from.top - to.top];
    if (child.isConnected && (x || y) && from.width && to.width) {
      child.animate([{transform: `translate(${x}px, ${y}px)`}, {transform: 'none'}], {duration: 350, easing: 'ease-out'});
    }
  }
}

// The last days

/** The heights make colours unnecessary. */
const HEIGHTS = {Warning: 12, OK: 7, Blank: 2};

function barsPath(kinds, kind) {
  return kinds.map((of, i) => of === kind ? `M${i * 4} 12h3v-${HEIGHTS[kind]}h-3z` : '').join('');
}

const lastDays = {
  data: null,
  fetchedAt: 0,

  async fetch() {
    this.fetchedAt = Date.now();
    const data = await fetchData('history/days?days=30');
    if (Array.isArray(data?.days)) {
      this.data = data;
      serviceZone.use(data.timezone);
      board.rows().forEach(row => row.render());
      wall.fit();
    }
  },

  /** The result of each day, and a description; null if unknown. */
  of({app, domain, entry, updated}) {
    const days = this.data?.days;
    const {ok, warning} = this.data?.apps?.[app]?.[domain] ?? {};
    if (!Array.isArray(ok) || !Array.isArray(warning)) {
      return null;
    }
    const kinds = days.map((day, i) => warning[i] > 0 ? 'Warning' : ok[i] > 0 ? 'OK' : 'Blank');
    // An update may be newer than the data.
    const updatedToday = updated !== null && serviceZone.day.format(updated) === days.at(-1);
    if (updatedToday && (entry.status === 'Warning' || entry.status === 'OK' && kinds.at(-1) === 'Blank')) {
      kinds[kinds.length - 1] = entry.status;
    }
    return {kinds, ...this.describe(kinds, days)};
  },

  describe(kinds, days) {
    const failed = days.filter((day, i) => kinds[i] === 'Warning').map(day => dateFormat.format(Date.parse(day)));
    const count = kind => kinds.filter(of => of === kind).length;
    const list = on => `last ${days.length} days: ` + [[count('OK'), 'OK'], [failed.length, `failed${on}`],
      [count('Blank'), 'without a run']].filter(([n]) => n).map(part => part.join(' ')).join(', ');
    return {summary: list(''), text: list(failed.length ? ` (${failed.join(', ')})` : '')};
  },

  tick(now) {
    if (status.hasBoard && !document.hidden && now - this.fetchedAt > DAYS_MS) {
      this.fetch();
    }
  },

  clear() {
    this.data = null;
    this.fetchedAt = 0;
  },
};

// Details: the last updates of a domain

const SOURCES = {api: 'posted', epm: 'from EPM'};

function historyEntry(entry) {
  const element = clone('history-entry');
  const find = selector => element.querySelector(selector);
  element.dataset.kind = kindOf(entry);
  showBadge(find('.badge'), entry);
  showTime(find('time'), instant(entry.updated));
  showText(find('.message'), entry.message);
  showText(find('.job'), entry.job_id, find('.job bdi'));
  showText(find('.took'), runDuration(entry));
  setText(find('.source'), SOURCES[entry.source] ?? String(entry.source));
  showText(find('.key'), entry.key, find('.key bdi'));
  showText(find('.superseded'), entry.kind ? `${entry.kind}${entry.by ? ` by ${entry.by}` : ''}` : entry.outcome === 'superseded' ? 'not shown: older than the current status' : '');
  return element;
}

const details = {
  row: null,
  timer: 0,

  open(row) {
    this.row = row;
    const [app, domain] = page['details-title'].querySelectorAll('bdi');
    app.textContent = board.nameOf(row.app);
    domain.textContent = row.domain;
    page['details-list'].replaceChildren();
    showText(page['details-note'], 'Loading the last updates…');
    this.showState();
    page['details-answers'].replaceChildren();
    page.details.showModal();
    this.fetch();
    this.showAnswers();
  },

  async showAnswers() {
    const {row} = this;
    const {showAnswers} = await import('./answers.js');
    if (row === this.row) {
      showAnswers(page['details-answers'], {app: row.app, domain: row.domain, entry: row.entry, key: key.value});
    }
  },

  showState() {
    const {row} = this;
    showText(page['details-reason'], [row.warning(Date.now()), row.entry.reason].filter(Boolean).join('. '));
    showText(page['details-days'], row.days?.text.replace('last', 'Last'));
  },

  async fetch() {
    clearTimeout(this.timer);
    this.timer = 0;
    const {row} = this;
    const data = await fetchData(`history?${new URLSearchParams({app: row.app, domain: row.domain, limit: 10})}`);
    if (row !== this.row) {
      return;
    }
    const entries = data?.entries;
    if (Array.isArray(entries)) {
      page['details-list'].replaceChildren(...entries.map(historyEntry));
      showText(page['details-note'], entries.length ? '' : 'No update yet.');
    } else {
      showText(page['details-note'], 'The last updates are unavailable.');
    }
  },

  changed(row) {
    if (row === this.row) {
      this.showState();
      this.showAnswers();
      this.timer ||= setTimeout(() => this.fetch(), 1_000);
    }
  },

  closed() {
    clearTimeout(this.timer);
    this.timer = 0;
    page['details-list'].replaceChildren();
    this.row?.part.details.focus({preventScroll: true});
    this.row = null;
  },

  listen() {
    page['details-close'].addEventListener('click', () => page.details.close());
    page.details.addEventListener('close', () => this.closed());
    page.details.addEventListener('click', event => event.target === page.details && page.details.close());
  },
};

// Jobs with several domains

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
    this.searchText = [job.job_id, ...job.apps.flatMap(part => [part.app, board.nameOf(part.app), part.domain])].join('\n').toLowerCase();
    const find = selector => this.element.querySelector(selector);
    this.element.dataset.kind = this.kind;
    showBadge(find('header .badge'), job);
    showTime(find('time'), instant(job.started));
    showText(find('.took'), runDuration(job));
    find('ul').replaceChildren(...job.apps.map(part => this.part(part)));
  }

  part({app, domain, status}) {
    const element = clone('job-part');
    const [appName, domainName] = element.querySelectorAll('bdi');
    appName.textContent = board.nameOf(app);
    domainName.textContent = domain;
    element.dataset.kind = kindOf({status});
    showBadge(element.querySelector('.badge'), {status});
    return element;
  }

  matches({app, status, q}) {
    return (!app || this.job.apps.some(part => part.app === app))
      && (!status || status === this.kind)
      && q.toLowerCase().split(/\s+/).every(word => this.searchText.includes(word));
  }
}

const jobs = {
  cards: new Map(),
  fetchedAt: 0,
  timer: 0,

  fetchSoon() {
    this.timer ||= setTimeout(() => this.fetch(), Math.max(0, this.fetchedAt + JOBS_MS - Date.now()));
  },

  async fetch() {
    this.fetchedAt = Date.now();
    const data = await fetchData('jobs?limit=100');
    this.timer = 0;
    if (Array.isArray(data?.jobs)) {
      this.show(data.jobs.filter(job => job.apps?.length > 1).slice(0, MAX_JOBS));
    }
  },

  show(list) {
    const before = this.cards;
    this.cards = new Map(list.map(job => [job.job_id, before.get(job.job_id) ?? new JobCard(job.job_id)]));
    list.forEach(job => this.cards.get(job.job_id).update(job));
    const cards = [...this.cards.values()].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
    reorder(page['job-list'], cards.map(card => card.element));
    this.filter();
  },

  filter() {
    let any = false;
    for (const card of this.cards.values()) {
      const match = card.matches(filter.now);
      setHidden(card.element, !match);
      any ||= match;
    }
    setHidden(page.jobs, !any);
  },

  clear() {
    this.cards.clear();
    page['job-list'].replaceChildren();
    page.jobs.hidden = true;
  },
};

// The wallboard: a screen without keyboard and mouse

const wall = {
  on: new URLSearchParams(location.search).has('wall'),

  /** Enlarges the board as far as it fits without scrolling. */
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

/** The feed calls setAll(), or set() for each domain and then update(). */
const board = {
  cards: new Map(),
  dirty: new Set(),

  rows() {
    return [...this.cards.values()].flatMap(card => [...card.rows.values()]);
  },

  set(app, domain, entry) {
    let card = this.cards.get(app);
    if (!card) {
      card = new Card(app);
      this.cards.set(app, card);
    }
    let row = card.rows.get(domain);
    const before = row?.entry;
    if (!row) {
      row = new Row(app, domain, card.rows.size);
      row.rename(card.name);
      card.rows.set(domain, row);
    }
    if (row.update(entry)) {
      this.dirty.add(card);
      jobs.fetchSoon();
      details.changed(row);
      if (before) {
        announcer.changed(row, before);
      }
    }
  },

  /** The name of an app for people. */
  nameOf(app) {
    return this.cards.get(app)?.name ?? app;
  },

  setAll(apps, catalog) {
    for (const {app, domains} of catalog) {
      for (const domain of domains) {
        if (Object.hasOwn(apps[app] ?? {}, domain)) {
          this.set(app, domain, apps[app][domain]);
        }
      }
    }
    this.arrange(catalog);
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
    this.update();
  },

  /** Names the apps, and puts them and their domains in the order of the configuration. */
  arrange(catalog) {
    for (const {app, display_name: name, domains} of catalog) {
      const card = this.cards.get(app);
      if (!card) {
        continue;
      }
      card.rename(name);
      this.cards.delete(app);
      this.cards.set(app, card);
      domains.forEach((domain, place) => {
        const row = card.rows.get(domain);
        if (row && row.place !== place) {
          row.place = place;
          this.dirty.add(card);
        }
      });
    }
  },

  update() {
    this.dirty.forEach(card => card.sort());
    this.dirty.clear();
    // Only failures move an app, so that the order is stable.
    const cards = [...this.cards.values()];
    reorder(page.apps, [...cards.filter(card => card.failed), ...cards.filter(card => !card.failed)]
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

// Filter: stored in the URL, so that it can be bookmarked and shared

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

  set(filter, push) {
    this.now = filter;
    const query = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(filter)) {
      value ? query.set(name, value) : query.delete(name);
    }
    const url = query.size ? `?${query}` : location.pathname;
    push ? history.pushState(null, '', url) : history.replaceState(null, '', url);
    this.apply();
  },

  apply() {
    this.updateAppOptions();
    page.status.value = this.now.status;
    let shown = 0;
    let all = 0;
    for (const card of board.cards.values()) {
      let any = false;
      for (const row of card.rows.values()) {
        const match = row.matches(this.now);
        setHidden(row.element, !match);
        any ||= match;
        shown += match;
        all++;
      }
      setHidden(card.element, !any);
    }
    jobs.filter();
    const filtering = Object.values(this.now).some(Boolean);
    page.clear.hidden = !filtering;
    setText(page.shown, filtering ? `${shown} of ${all} domains` : '');
    if (status.hasBoard) {
      showText(page.note, all === 0 ? 'No apps are configured.' : shown === 0 ? 'No domain matches the filter.' : '');
    }
  },

  updateAppOptions() {
    const {app} = this.now;
    const existing = [...board.cards.keys()];
    const apps = app && !existing.includes(app) ? [...existing, app] : existing;
    const options = [...page.app.options].slice(1);
    const names = apps.map(id => board.nameOf(id));
    if (apps.length !== options.length
      || apps.some((id, i) => options[i].value !== id || options[i].text !== names[i])) {
      page.app.replaceChildren(page.app.options[0], ...apps.map((id, i) => new Option(names[i], id)));
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

// The state of the whole board

/** Announces changes to screen readers: at most three every few seconds. */
const announcer = {
  pending: new Map(),
  timer: 0,

  changed(row, before) {
    const {entry} = row;
    if (row.element.hidden || page.apps.hidden
      || (entry.status === before.status && entry.stale === before.stale && entry.overdue === before.overdue)) {
      return;
    }
    const what = row.word + (row.kind !== 'Stale' && entry.overdue ? ', overdue' : '');
    const reason = row.kind === 'Warning' ? entry.reason ?? entry.message : null;
    this.pending.set(row, `${board.nameOf(row.app)} ${row.domain}: ${what}${reason ? `, ${reason}` : ''}`);
    this.timer ||= setTimeout(() => this.announce(), 300);
  },

  announce() {
    const texts = [...this.pending.values()];
    this.pending.clear();
    const more = texts.length - 3;
    page.live.textContent = texts.slice(0, 3).join('. ') + (more > 0 ? `. ${more} more changed.` : '');
    this.timer = setTimeout(() => {
      this.timer = 0;
      if (this.pending.size) {
        this.announce();
      }
    }, ANNOUNCE_MS);
  },

  clear() {
    this.pending.clear();
    page.live.textContent = '';
  },
};

/** Roll-up, title, and whether the board is up to date. */
const status = {
  hasBoard: false,
  repliedAt: Date.now(), // the last reply, or the start of the feed
  failures: 0,
  reason: '',
  asOf: null, // since when the server's database does not answer
  graceUntil: 0,
  lastTick: Date.now(),

  replied() {
    this.repliedAt = Date.now();
    this.failures = 0;
    this.reason = '';
    this.show();
  },

  show() {
    const list = this.hasBoard ? counts(board.rows()) : [];
    showCounts(page.rollup, list);
    const alarm = this.alarm();
    if (page.alarm.dataset.text !== alarm.join()) {
      page.alarm.dataset.text = alarm.join();
      page.alarm.replaceChildren(...alarm.map(text => Object.assign(document.createElement('p'), {textContent: text})));
      setText(page['details-alarm'], alarm[0] ?? '');
      wall.fit();
    }
    document.body.classList.toggle('outdated', alarm.length > 0);
    setText(page['as-of'], this.hasBoard ? `as of ${secondsFormat.format(this.repliedAt)}` : '');
    const [worst] = list;
    const summary = list.length === 1 && worst[0] === 'OK' ? 'All OK' : worst && `${worst[1]} ${worst[2]}`;
    const title = alarm.length ? alarm[0].replace(/ (to EPMPulse )?since .*/, '') : summary;
    // A hidden tab is not updated, so its title has the time.
    const at = title && document.hidden ? ` at ${shortTime(this.repliedAt)}` : '';
    document.title = title ? `${title}${at} – EPMPulse` : 'EPMPulse';
  },

  alarm() {
    if (!feed || document.hidden || Date.now() < this.graceUntil) {
      return [];
    }
    const since = `since ${secondsFormat.format(this.repliedAt)}`;
    const shown = this.hasBoard ? 'The board shows the status of that time.' : '';
    const more = [shown, this.reason, 'Retrying automatically.'].filter(Boolean).join(' ');
    if (this.failures > 1) {
      return [`No connection to EPMPulse ${since}`, more];
    }
    if (Date.now() - this.repliedAt > OUTDATED_MS) {
      return [`Not updated ${since}`, more];
    }
    return this.asOf === null ? [] : [`Not up to date since ${secondsFormat.format(this.asOf)}`,
      'EPMPulse has no connection to its database. The board shows the status of that time, and updates are refused until'
        + ' the database answers.'];
  },

  tick() {
    const now = Date.now();
    if (now - this.lastTick > 5_000) {
      this.startGracePeriod(); // the computer was asleep
    }
    this.lastTick = now;
    this.show();
  },

  /** Waits for a reply before the board counts as outdated. */
  startGracePeriod() {
    this.graceUntil = Date.now() + 3_000;
  },
};

// Requests

/** Fetches data that the feed does not contain; null on failure. */
async function fetchData(path) {
  const usedKey = key.value;
  if (!usedKey) {
    return null;
  }
  try {
    const reply = await fetch(`api/v1/${path}`, {
      headers: {'X-API-Key': usedKey, 'Accept': 'application/json'},
      signal: AbortSignal.timeout(REPLY_TIMEOUT_MS),
      cache: 'no-store',
      redirect: 'error',
    });
    const body = reply.ok ? await reply.json() : null;
    return usedKey === key.value ? body?.data ?? null : null; // ignored after sign-out
  } catch {
    return null;
  }
}

// The feed

/** A reply without a board; the message is for the reader. */
class ReplyError extends Error {}

/** Ignores ids: the board is fetched before each stream. */
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
 * Fetches the board, then reads the event stream until it ends, and repeats. Without a stream, for instance behind a
 * proxy that blocks it, polls every two seconds. Calls the handler: board(data), changes(entries), unchanged(),
 * lost(reason), wait(reason, ms), refused(reason), and before the first three asOf(time), null if they are complete.
 */
function startFeed(key, handler) {
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
    retryAfter = Date.now() + delay;
    if (reply.status === 429) {
      const wait = Math.max(POLL_MS, delay);
      handler.wait(reason, wait);
      return wait;
    }
    if (!reply.ok || typeof body?.data?.apps !== 'object') {
      throw new ReplyError(reason || (reply.ok ? 'The server is not EPMPulse.' : `The server sent status ${reply.status}.`));
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
    let received = Date.now();
    let limit = REPLY_TIMEOUT_MS;
    const timeout = setInterval(() => Date.now() - received > limit && controller.abort(), 1_000);
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
        received = Date.now();
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
    const started = Date.now();
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
    if (stopped || document.hidden || revision === null || Date.now() < Math.max(nextStream, retryAfter)) {
      return wait;
    }
    streamWorks = false;
    await readStream();
    if (!streamWorks && !document.hidden) {
      nextStream = Date.now() + STREAM_RETRY_MS;
    }
    return started + wait - Date.now();
  }

  async function next() {
    clearTimeout(timer);
    request = new AbortController();
    const wait = await fetchAndRead();
    request = null;
    nextFetch = Math.max(Date.now() + wait, retryAfter);
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (!stopped && !document.hidden && !request) {
      timer = setTimeout(next, Math.max(0, nextFetch - Date.now()));
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

// The key

let feed = null;

const key = {
  NAME: 'epmpulse-key',
  value: '',

  stored() {
    try {
      return sessionStorage.getItem(this.NAME);
    } catch {
      return null; // storage is disabled: a reload requires a new sign-in
    }
  },

  store(value) {
    try {
      value ? sessionStorage.setItem(this.NAME, value) : sessionStorage.removeItem(this.NAME);
    } catch {
      // as above
    }
  },

  /** The key in #key=, which is removed from the URL at once. */
  fromUrl() {
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
    this.clear();
    if (!/^[\x21-\x7e]+$/.test(value)) {
      this.showForm(value ? 'Not an API key: keys have no spaces and only ASCII characters.' : '');
      return;
    }
    this.store(value);
    this.value = value;
    status.repliedAt = Date.now();
    feed = startFeed(value, feedHandler);
    page['sign-out'].hidden = false;
    if (page['key-form'].hidden) {
      showText(page.note, 'Loading the status…');
    } else {
      setText(page['key-error'], '');
      this.setChecking(true);
    }
  },

  showForm(error) {
    this.clear();
    page.note.hidden = page.apps.hidden = page.filter.hidden = page.foot.hidden = page['sign-out'].hidden = true;
    page['key-form'].hidden = false;
    this.setChecking(false);
    setText(page['key-error'], error);
    page.key.toggleAttribute('aria-invalid', Boolean(error));
    page.key.focus();
  },

  setChecking(on) {
    page['key-submit'].disabled = on;
    setText(page['key-submit'], on ? 'Signing in…' : 'Sign in');
  },

  /** Removes the key and all data read with it. */
  clear() {
    feed?.stop();
    feed = null;
    this.store(null);
    this.value = '';
    status.hasBoard = false;
    status.failures = 0;
    status.reason = '';
    status.asOf = null;
    page.details.close();
    board.clear();
    jobs.clear();
    lastDays.clear();
    announcer.clear();
    status.show();
  },

  listen() {
    page['key-form'].addEventListener('submit', event => {
      event.preventDefault();
      this.use(page.key.value.trim());
    });
    page['sign-out'].addEventListener('click', () => this.showForm('You are signed out.'));
    addEventListener('hashchange', () => {
      const value = this.fromUrl();
      if (value !== null) {
        this.use(value);
      }
    });
  },
};

/** The catalog of a server that sends none. */
function catalogOf(apps) {
  return Object.entries(apps).map(
    ([app, domains]) => ({app, display_name: app, domains: Object.keys(domains)}));
}

const feedHandler = {
  board(data) {
    const first = !status.hasBoard;
    status.hasBoard = true;
    status.replied();
    if (first) {
      const signedIn = !page['key-form'].hidden;
      page['key-form'].hidden = true;
      key.setChecking(false);
      page.key.value = '';
      page.apps.hidden = page.filter.hidden = page.foot.hidden = false;
      if (signedIn) {
        page.board.focus({preventScroll: true});
      }
    }
    board.setAll(data.apps, data.catalog ?? catalogOf(data.apps));
    if (first) {
      page.live.textContent = page.rollup.textContent;
      lastDays.fetch();
    }
  },

  changes(entries) {
    for (const {app, domain, ...entry} of entries) {
      board.set(app, domain, entry);
    }
    if (entries.length) {
      board.update();
    }
    status.replied();
  },

  unchanged() {
    status.replied();
  },

  asOf(time) {
    status.asOf = instant(time);
  },

  lost(reason) {
    status.failures++;
    status.reason = reason;
    this.showError(reason || 'The server does not reply.');
    status.show();
  },

  wait(reason, ms) {
    status.failures = 0;
    status.reason = `${reason} Retrying in ${duration(ms)}.`;
    this.showError(status.reason);
    status.show();
  },

  refused(reason) {
    key.showForm(`Key not accepted. ${reason}`);
  },

  /** Shows a failure in the sign-in form. */
  showError(reason) {
    if (!page['key-form'].hidden) {
      setText(page['key-error'], reason);
    }
  },
};

// Start

page.zone.textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
wall.start();
filter.listen();
details.listen();
key.listen();
filter.read();
document.addEventListener('visibilitychange', () => {
  status.startGracePeriod();
  status.show();
});
setInterval(() => {
  status.tick();
  lastDays.tick(Date.now());
}, 1_000);
setInterval(() => document.hidden || board.tick(), 5_000);
document.addEventListener('keydown', event => {
  // Escape closes a tooltip.
  if (event.key === 'Escape' && document.activeElement?.localName === 'time') {
    document.activeElement.blur();
  }
});
key.use(key.fromUrl() ?? key.stored() ?? '');
