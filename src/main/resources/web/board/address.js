// What the address of the page says: view, time, domain, filter. Pure, so that back and shared links work alike.

import {instant} from './time.js';

export const VIEWS = ['tonight', 'nights', 'runs', 'wall'];

/** States that can be filtered. */
export const STATES = ['failed', 'stale', 'late', 'at_risk', 'running', 'not_started', 'done'];

/** As addresses of earlier versions named them. */
const FORMER = {warning: 'failed', loading: 'running', ok: 'done', blank: 'not_started'};

/** Reads the part after the question mark. */
export function readAddress(search) {
  const query = new URLSearchParams(search);
  const text = name => (query.get(name) ?? '').trim();
  const view = query.has('wall') ? 'wall' : text('view');
  const status = text('status').toLowerCase();
  const named = FORMER[status] ?? status;
  return {
    view: VIEWS.includes(view) ? view : 'tonight',
    at: instant(query.get('at')),
    domain: query.get('domain') ?? '',
    app: query.get('app') ?? '',
    status: STATES.includes(named) ? named : '',
    q: text('q'),
    lang: text('lang'),
  };
}

/** The part after the path; empty for the page as it opens. */
export function writeAddress({view, at, domain, app, status, q, lang}) {
  const query = new URLSearchParams();
  const set = (name, value) => value && query.set(name, value);
  set('view', view === 'tonight' ? '' : view);
  set('at', at === null ? '' : new Date(at).toISOString().replace('.000Z', 'Z'));
  set('domain', domain);
  set('app', app);
  set('status', status);
  set('q', q);
  set('lang', lang);
  // A slash and a colon need no escape here, and addresses are read by people.
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return text ? `?${text}` : '';
}

/** App and domain of a name such as "FCCS/Journals"; the first slash separates them. */
export function splitName(name) {
  const slash = name.indexOf('/');
  return slash < 1 ? null : {app: name.slice(0, slash), domain: name.slice(slash + 1)};
}

/** The address in the browser. */
export function createLocation(changed) {
  let now = readAddress(location.search);
  const set = (change, push) => {
    const next = {...now, ...change};
    const url = writeAddress(next) || location.pathname;
    if (push && writeAddress(next) !== writeAddress(now)) {
      history.pushState(null, '', url);
    } else {
      history.replaceState(null, '', url);
    }
    now = next;
    changed(now);
  };
  addEventListener('popstate', () => {
    now = readAddress(location.search);
    changed(now);
  });
  return {
    get now() {
      return now;
    },
    /** Opens something: back returns. */
    go: change => set(change, true),
    /** Opens what a link of the page names. */
    open: search => set(readAddress(search), true),
    /** While a filter is typed. */
    replace: change => set(change, false),
    href: change => writeAddress({...now, ...change}) || location.pathname,
  };
}
