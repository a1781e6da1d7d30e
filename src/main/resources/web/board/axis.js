// The geometry of the time axis. Pure: times in, percent out.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR];
const SHORTEST = 2 * HOUR;

/**
 * The axis from the start of the window until after now, the expected ends, and the deadlines that are near: a far one
 * would make everything else small.
 *
 * @param most how many ticks there is room for
 */
export function axisOf({starts, ends}, rows, now, most = 12) {
  const latest = (name, limit) => rows.reduce((last, row) => row[name] !== null && row[name] <= limit ? Math.max(last, row[name]) : last, 0);
  const end = Math.max(now, starts + SHORTEST, latest('expectedEnd', now + 24 * HOUR));
  let to = Math.max(end, latest('deadline', end + Math.max(HOUR, (end - starts) / 4)));
  to += (to - starts) * 0.02;
  to = ends > now ? Math.min(to, ends) : to;
  const span = to - starts;
  const step = STEPS.find(each => span / each <= most) ?? Math.ceil(span / most / HOUR) * HOUR;
  return {from: starts, to, ticks: ticks(starts, to, step), x: at => percent((at - starts) / span)};
}

const percent = part => Math.round(Math.max(0, Math.min(1, part)) * 10_000) / 100;

/** Full hours of the local day, so that a clock change moves no tick off the hour. */
function ticks(from, to, step) {
  const first = new Date(from);
  first.setMinutes(0, 0, 0);
  if (step > HOUR) {
    first.setHours(Math.floor(first.getHours() / (step / HOUR)) * (step / HOUR));
  }
  const list = [];
  for (let at = first.getTime(); at < to; at += step) {
    if (at >= from) {
      list.push(at);
    }
  }
  return list;
}

/**
 * The bars of a domain: its runs in the window, the current one, and as a dashed one what is expected.
 *
 * @param runs {started, completed, state} of the window, in any order
 */
export function barsOf(row, runs, axis, now) {
  const bars = [];
  const add = (state, from, to, expected = false) => {
    if (to > axis.from && from < axis.to) {
      const x = axis.x(from);
      bars.push({state, x, width: Math.max(0.3, axis.x(to) - x), expected});
    }
  };
  const running = row.state === 'running' || row.state === 'stale';
  const known = new Set();
  for (const {started, completed, state} of runs) {
    if (completed !== null) {
      known.add(completed);
      add(state, started ?? completed, completed);
    }
  }
  if (running) {
    add(row.state, row.since, now);
  } else if ((row.state === 'done' || row.state === 'failed') && !known.has(row.updated)) {
    add(row.state, row.tookMs === null ? row.updated : row.updated - row.tookMs, row.updated);
  }
  if (row.expectedEnd !== null && row.expectedEnd > now) {
    const from = running || row.usualMs === null ? now : Math.max(now, row.expectedEnd - row.usualMs);
    add(row.state, from, row.expectedEnd, true);
  }
  return bars;
}

/** The points of a line of durations in a box; the last ones at the right. */
export function sparkline(durations, width, height, most = 20) {
  const last = durations.slice(-most);
  if (last.length < 2) {
    return '';
  }
  const [low, high] = [Math.min(...last), Math.max(...last)];
  // A band that is not wider than a tenth of the durations shall look flat.
  const scale = Math.max(high - low, high * 0.2, 1);
  const middle = (high + low) / 2;
  const step = width / (most - 1);
  const left = width - step * (last.length - 1);
  const place = (value, i) => [left + i * step, height / 2 - (value - middle) / scale * (height - 3)];
  return last.map((value, i) => place(value, i).map(part => Math.round(part * 10) / 10).join(',')).join(' ');
}
