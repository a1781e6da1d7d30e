// Whether what the page shows is up to date, as data for alarm, title and icon. Pure but for the time that is passed.

import {clockSeconds, duration, shortTime} from './time.js';
import {t} from './texts.js';

const OUTDATED_MS = 60_000;
const OUTDATED_HIDDEN_MS = 150_000;
const GRACE_MS = 3_000;

export function createHealth(now) {
  return {
    repliedAt: now, // the last reply, or the start of the feed; like all of these times by the steady clock
    failures: 0,
    reason: '',
    asOf: null, // since when the server's database does not answer; by the server's clock
    graceUntil: 0,
    lastTick: now,

    replied(at) {
      this.repliedAt = at;
      this.failures = 0;
      this.reason = '';
    },

    lost(reason) {
      this.failures++;
      this.reason = reason;
    },

    wait(reason, ms) {
      this.failures = 0;
      this.reason = `${reason} ${t('retry_in', {for: duration(ms)})}`;
    },

    reset(at) {
      Object.assign(this, {repliedAt: at, failures: 0, reason: '', asOf: null});
    },

    /** A reply must arrive before the board counts as outdated: after sleep, or when the page is shown again. */
    startGracePeriod(at) {
      this.graceUntil = at + GRACE_MS;
    },

    tick(at) {
      if (at - this.lastTick > 5_000) {
        this.startGracePeriod(at);
      }
      this.lastTick = at;
    },

    /** When the last reply arrived, by the clock that is shown. */
    repliedTime(at, shown) {
      return shown - (at - this.repliedAt);
    },

    /**
     * {title, lines}: what is wrong; null if nothing is.
     *
     * @param at by the steady clock
     * @param shown the same moment by the clock that is shown
     */
    alarm(at, shown, hasBoard, hidden) {
      if (at < this.graceUntil) {
        return null;
      }
      const time = clockSeconds(this.repliedTime(at, shown));
      const more = [hasBoard ? t('status_of_then') : '', this.reason, t('retrying')].filter(Boolean).join(' ');
      if (this.failures > 1) {
        return this.reason ? {title: t('title_not_updated'), lines: [t('not_updated', {time}), more]}
          : {title: t('title_no_connection'), lines: [t('no_connection', {time}), more]};
      }
      if (at - this.repliedAt > (hidden ? OUTDATED_HIDDEN_MS : OUTDATED_MS)) {
        return {title: t('title_not_updated'), lines: [t('not_updated', {time}), more]};
      }
      return this.asOf === null ? null
        : {title: t('title_not_complete'), lines: [t('not_complete', {time: clockSeconds(this.asOf)}), t('no_database')]};
    },
  };
}

/**
 * The title of the page: the worst first, so that a narrow tab shows it.
 *
 * @param of the time that the page shows, if it may not be now; otherwise null
 */
export function titleOf(alarm, counts, at, of) {
  const all = counts && Object.values(counts.states).reduce((sum, n) => sum + n, 0);
  const worst = alarm ? alarm.title : !all ? '' : counts.problems.map(([name, n]) => `${n} ${t(name).toLowerCase()}`)[0]
    ?? (counts.states.done === all ? t('all_done') : t('of_done', {done: counts.states.done, all}) + ` ${t('done')}`);
  const time = of !== null && worst ? ` ${shortTime(of, at)}` : '';
  return worst ? `${worst}${time} – EPMPulse` : 'EPMPulse';
}

/** Which icon the tab shows. */
export const iconOf = (alarm, counts) => alarm ? 'icon-outdated.svg' : counts?.problems.length
  ? counts.problems[0][0] === 'failed' ? 'icon-failed.svg' : 'icon-late.svg' : 'icon.svg';
