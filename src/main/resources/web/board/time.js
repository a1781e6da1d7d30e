// Times and durations as texts. Times are milliseconds since 1970; null is unknown.

import {t} from './texts.js';

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** A reply may be a second old, and the clocks of a server and a browser differ a little. */
const TOLERATED_MS = 5_000;

/** Milliseconds of an ISO 8601 text; null if it is none. */
export function instant(text) {
  const at = typeof text === 'string' ? Date.parse(text) : NaN;
  return Number.isNaN(at) ? null : at;
}

let ahead = 0; // of the browser's clock, in milliseconds

/** The time by the server's clock, as far as it is known: the browser's may be wrong. */
export const serverNow = () => Date.now() - ahead;

/** A reply gave this time; its request was sent when the browser's clock was at `sent`. */
export function serverSaid(at, sent) {
  const now = Date.now();
  const by = at > now ? now - at : at < sent ? sent - at : 0;
  ahead = Math.abs(by) > TOLERATED_MS ? by : 0;
}

let latest = Date.now();
let setBack = 0;

/** For waiting: milliseconds of a clock that is never set back, and goes on while the computer sleeps. */
export function steady() {
  const now = Date.now();
  setBack += Math.max(0, latest - now);
  latest = now;
  return now + setBack;
}

/** So many texts of a format are kept: updates that arrive together are of the same seconds. */
const MAX_TEXTS = 200;

/** @param unit times in the same one have the same text */
const format = (options, unit = MINUTE) => {
  const formatter = new Intl.DateTimeFormat(undefined, options);
  const texts = new Map();
  return at => {
    const name = Math.floor(at / unit);
    let text = texts.get(name);
    if (text === undefined) {
      if (texts.size >= MAX_TEXTS) {
        texts.clear();
      }
      texts.set(name, text = formatter.format(at));
    }
    return text;
  };
};

export const clock = format({hour: '2-digit', minute: '2-digit'});
export const clockSeconds = format({hour: '2-digit', minute: '2-digit', second: '2-digit'}, 1_000);
export const day = format({day: 'numeric', month: 'short'});
export const weekday = format({weekday: 'short', day: 'numeric', month: 'short'});
const dayAndClock = format({day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit'});
const full = format({dateStyle: 'full', timeStyle: 'long'}, 1_000);

const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

/** The time of day; with the day if that is not today. A time of the last night needs no day. */
export function shortTime(at, now = serverNow()) {
  const near = sameDay(at, now) || Math.abs(now - at) < DAY / 2;
  return (near ? clock : dayAndClock)(at);
}

export const fullTime = at => at === null ? '' : full(at);

/** A date without a time, such as "2026-11-27", in the reader's format. */
const dateFormat = format({day: 'numeric', month: 'short', timeZone: 'UTC'});
export const dateText = date => dateFormat(Date.parse(date));

const UNITS = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]];

/** "3 min 20 s", "25 min", "2 h 5 min", "4 d 2 h": seconds only below ten minutes. */
export function duration(ms) {
  const exact = Math.max(0, Math.round(ms / 1000));
  const sec = exact < 600 ? exact : Math.floor(exact / 60) * 60;
  const first = Math.max(0, UNITS.findIndex(([, size]) => sec >= size));
  return UNITS.slice(sec ? first : -1).slice(0, 2)
    .map(([unit, size], i) => [Math.floor(i ? sec % UNITS[first][1] / size : sec / size), unit])
    .filter(([count], i) => count || !i)
    .map(part => part.join('\u00a0')).join(' ');
}

/** The largest unit only: "9 min", "2 h". */
export const roughDuration = ms => duration(ms).replace(/ .*/, '');

/** A duration that goes on, without seconds. */
export const elapsed = ms => ms < MINUTE ? t('under_minute') : duration(Math.floor(ms / MINUTE) * MINUTE);

/** A typical duration: "4 min", "1 h 26 min". */
export const typicalDuration = ms => duration(ms < MINUTE ? ms : Math.round(ms / MINUTE) * MINUTE);

export const ago = ms => ms < MINUTE ? t('just_now') : t('ago', {for: roughDuration(ms)});

/** The value of an input of type datetime-local. */
export function localInput(at) {
  const date = new Date(at - new Date(at).getTimezoneOffset() * MINUTE);
  return date.toISOString().slice(0, 16);
}

/** The same time of day some days later, or earlier if negative; a clock change does not move it. */
export function daysLater(at, days) {
  const date = new Date(at);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

/** The same time of day one month earlier; the last day of a shorter month. */
export function monthEarlier(at) {
  const date = new Date(at);
  const month = date.getMonth();
  date.setMonth(month - 1);
  if (date.getMonth() === month) {
    date.setDate(0);
  }
  return date.getTime();
}
