// Sentences about a domain, in the reader's language.

import {MINUTE, clock, elapsed, duration, instant, shortTime, typicalDuration} from './time.js';
import {t} from './texts.js';

/** At most so many names of what a domain waits for. */
const MAX_NAMES = 3;

/** What the deadline says: late, at risk; empty if it is kept. */
export function deadlineText(row, now) {
  if (row.lateNow) {
    return t('deadline_was', {time: shortTime(row.deadline, now), for: elapsed(now - row.deadline)});
  }
  if (row.late) {
    return t('done_late', {for: elapsed(row.updated - row.deadline), time: shortTime(row.deadline, now)});
  }
  return row.atRisk && row.expectedEnd !== null
    ? t('risk', {time: shortTime(row.expectedEnd, now), deadline: shortTime(row.deadline, now)}) : '';
}

function runText(row, now) {
  if (row.state === 'stale') {
    const quiet = now - (row.updated ?? row.since ?? now);
    return t('no_update_for', {for: elapsed(quiet)});
  }
  if (row.state === 'running' && row.slow && row.since !== null) {
    const typical = row.usualMs === null ? '' : typicalDuration(row.usualMs);
    return t(typical ? 'running_typically' : 'running_for', {for: elapsed(now - row.since), typical});
  }
  return row.tooShort ? t('short_run', {for: duration(row.tookMs), typical: typicalDuration(row.usualMs)}) : '';
}

export function waitingText({waitingFor, cause}) {
  if (!waitingFor.length) {
    return '';
  }
  const more = waitingFor.length - MAX_NAMES;
  return [t('waiting', {names: waitingFor.slice(0, MAX_NAMES).join(', ')}), more > 0 ? t('and_more', {n: more}) : '',
    cause && !waitingFor.includes(cause) ? t('because', {name: cause}) : ''].filter(Boolean).join(' ');
}

/** What people have answered to alerts of a domain, in a word each. */
export const answerMarks = ({acknowledged, muted}) => [acknowledged ? t('acknowledged') : '', muted ? t('muted') : ''].filter(Boolean);

/** An answer to alerts: what it is, who gave it, until when, and why. */
export function answerText(what, {by, until, reason}, now) {
  const end = instant(until);
  const text = [what, by ? t('by_key', {key: by}) : '', end === null ? '' : t('until_time', {time: shortTime(end, now)})];
  return text.filter(Boolean).join(' ') + (reason ? `: ${reason}` : '');
}

/** Everything that explains why a domain needs attention. */
export function explanation(row, now) {
  return [row.message, row.note === row.message ? '' : row.note, runText(row, now), deadlineText(row, now), waitingText(row)]
    .filter(Boolean);
}

/** When a domain is expected to be done; null if that is not known, or if it should be done by now. */
export const expectedLater = (row, now) => row.state !== 'done' && row.expectedEnd !== null && row.expectedEnd >= now + MINUTE
  ? row.expectedEnd : null;

/** A short text for the time axis: what the last update said, and what is expected. */
export function axisText(row, now) {
  return axisParts(row, now).filter(Boolean).join(' · ');
}

function axisParts(row, now) {
  const deadline = deadlineText(row, now);
  const expected = expectedLater(row, now);
  switch (row.state) {
    case 'done':
      return [runText(row, now), deadline, row.message];
    case 'running':
      return [deadline, row.message, runText(row, now), deadline || expected === null ? '' : t('until', {time: clock(expected)})];
    case 'not_started':
      return [deadline, waitingText(row) || (expected === null ? '' : t('expected_at', {time: clock(expected)}))];
    default:
      return [row.state === 'failed' ? row.message : runText(row, now), deadline];
  }
}
