// What the reader is told without looking: an announcement for screen readers, and on request a notification.

import {t} from './texts.js';

const NAME = 'epmpulse-notify';
const ANNOUNCE_MS = 5_000;
const MAX_TEXTS = 3;

/** The texts of changes: at most three, then how many more. */
export function announcement(texts) {
  const more = texts.length - MAX_TEXTS;
  return texts.slice(0, MAX_TEXTS).join('. ') + (more > 0 ? `. ${t('more_changed', {n: more})}` : '');
}

/** Announces changes in #live, at most every few seconds. */
export function createAnnouncer() {
  const pending = new Map();
  let timer = 0;
  const announce = () => {
    document.getElementById('live').textContent = announcement([...pending.values()]);
    pending.clear();
    timer = setTimeout(() => {
      timer = 0;
      pending.size && announce();
    }, ANNOUNCE_MS);
  };
  return {
    add(key, text) {
      pending.set(key, text);
      timer ||= setTimeout(announce, 300);
    },
    clear() {
      pending.clear();
      document.getElementById('live').textContent = '';
    },
  };
}

/** Notifications of new problems, if the reader has asked for them. */
export function createNotifier(changed) {
  const possible = 'Notification' in globalThis && isSecureContext;
  const stored = () => {
    try {
      return localStorage.getItem(NAME) === 'on';
    } catch {
      return false;
    }
  };
  let on = possible && Notification.permission === 'granted' && stored();
  let known = null; // problems that were shown; null before the first ones

  const store = () => {
    try {
      on ? localStorage.setItem(NAME, 'on') : localStorage.removeItem(NAME);
    } catch {
      // storage is disabled: until the page is closed
    }
  };

  return {
    possible,
    get on() {
      return on;
    },
    async toggle() {
      on = !on && await Notification.requestPermission() === 'granted';
      document.getElementById('live').textContent = !on && Notification.permission === 'denied' ? t('notify_blocked') : '';
      store();
      changed();
    },

    /** Shows those problems that are new. */
    problems(list, textOf) {
      const now = new Set(list.map(({row, problem}) => `${row.key} ${problem}`));
      const fresh = known === null ? [] : list.filter(({row, problem}) => !known.has(`${row.key} ${problem}`));
      known = now;
      if (on && fresh.length) {
        const lines = fresh.map(textOf);
        const title = lines.length === 1 ? lines[0] : `${lines[0]} ${t('and_more', {n: lines.length - 1})}`;
        new Notification(title, {body: lines.slice(1, 4).join('\n'), tag: 'epmpulse', renotify: true, icon: 'icon-failed.svg'});
      }
    },

    clear() {
      known = null;
    },
  };
}
