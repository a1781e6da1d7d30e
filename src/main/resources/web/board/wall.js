// The wall: a screen without keyboard and mouse. Everything that needs attention is on it, as large as it fits.

import {html, render} from '../lit/lit-html.js';
import {repeat} from '../lit/directives/repeat.js';
import {byApp, kindOfProblem} from './derive.js';
import {explanation} from './facts.js';
import {problemBadge, problemSymbol, symbol, timeOf} from './symbols.js';
import {appCounts, axisView} from './tonight.js';
import {alarm, summary} from './frame.js';
import {clock, weekday} from './time.js';
import {t} from './texts.js';

/** From all that is known down to a number for each app; the first that is readable is shown. */
const LEVELS = ['axis', 'full', 'short', 'names', 'apps'];

const SMALLEST = 8;
const MAX_AXIS_ROWS = 60;

/** Names and times in the far distance: a line must be at least this part of the height of the screen. */
const readable = height => Math.max(12, height / 66);

/** Failures first, then in the order of the configuration. */
const inOrder = problems => [...problems].sort((a, b) => (a.problem === 'failed' ? 0 : 1) - (b.problem === 'failed' ? 0 : 1));

function tile({row, problem}, level, now) {
  return html`
    <li class="tile domain" data-kind=${kindOfProblem(problem)} data-key=${row.key} data-problem=${problem}>
      <p class="tile-head">${problemBadge(problem)} ${row.state === 'not_started' ? '' : timeOf(row.since, now)}</p>
      <p class="tile-name"><bdi>${row.appName}</bdi> · <bdi class="name">${row.domain}</bdi></p>
      ${level === 'full' ? html`<p class="tile-text" dir="auto">${explanation(row, now).join('; ')}</p>
        ${row.owner ? html`<p class="tile-owner"><bdi>${row.owner}</bdi></p>` : ''}` : ''}
    </li>`;
}

/** A tile for each app: with the names of its domains, or only with their numbers. */
const groups = (problems, level) => byApp(problems.map(({row}) => row)).map(({app, name, rows}) => {
  const own = problems.filter(({row}) => row.app === app);
  return html`
    <li class="tile" data-kind=${own.some(({problem}) => problem === 'failed') ? 'Warning' : 'Stale'}><b><bdi>${name}</bdi></b>
      ${level === 'apps' ? appCounts(rows) : own.map(({row, problem}) => html`
        <span class="domain" data-kind=${kindOfProblem(problem)} data-problem=${problem}>${problemSymbol(problem)}\u00a0<bdi class="name">${row.domain}</bdi></span>`)}</li>`;
});

function content(ctx, level) {
  const problems = inOrder(ctx.problems);
  const shape = level === 'axis' ? 'full' : level;
  const grouped = level === 'names' || level === 'apps';
  return html`
    <h1 class="sr-only">EPMPulse</h1>
    ${alarm(ctx)}
    <header class="wall-head">${summary(ctx)}<p class="wall-clock"><b>${clock(ctx.shownNow)}</b> ${weekday(ctx.shownNow)}</p></header>
    ${ctx.state.hasBoard ? html`
      ${problems.length ? html`<ul class="tiles ${shape}" role="list" aria-label=${t('attention')}>${grouped ? groups(problems, level)
        : repeat(problems, ({row}) => row.key, problem => tile(problem, shape, ctx.shownNow))}</ul>`
        : html`<p class="wall-ok" data-kind="OK">${symbol('OK')} ${t('wall_ok')}</p>`}
      ${level === 'axis' ? axisView(ctx) : level === 'names' ? ''
        : html`<ul class="wall-apps" role="list">${byApp(ctx.allRows).map(({name, rows}) =>
          html`<li><b><bdi>${name}</bdi></b> ${appCounts(rows)}</li>`)}</ul>`}` : html`<p class="note">${t('loading')}</p>`}`;
}

export function createWall() {
  let level = 0;
  let fitted = '';

  const root = document.documentElement;

  function overflows(element) {
    return element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth;
  }

  /** The largest type that fits, in pixels; 0 if none does. */
  function fit(element, height) {
    let [fits, tooLarge] = [0, Math.max(24, height / 24)];
    root.style.fontSize = `${SMALLEST}px`;
    if (overflows(element)) {
      return 0;
    }
    fits = SMALLEST;
    while (tooLarge - fits > 0.5) {
      const size = (fits + tooLarge) / 2;
      root.style.fontSize = `${size}px`;
      overflows(element) ? tooLarge = size : fits = size;
    }
    root.style.fontSize = `${fits}px`;
    return fits;
  }

  return {
    /** Renders the wall into an element, at the first level that is readable. */
    show(ctx, element) {
      const size = `${innerWidth} ${innerHeight}`;
      const shape = [size, ctx.problems.length, ctx.all, Boolean(ctx.state.window), ctx.alarm?.lines.length,
        Object.values(ctx.counts).join()].join('|');
      render(content(ctx, LEVELS[level]), element);
      if (shape === fitted && !overflows(element)) {
        return;
      }
      fitted = shape;
      for (level = ctx.all > MAX_AXIS_ROWS || !ctx.state.window ? 1 : 0; level < LEVELS.length; level++) {
        render(content(ctx, LEVELS[level]), element);
        const fits = fit(element, innerHeight);
        if (fits >= readable(innerHeight) || level === LEVELS.length - 1 || fits && LEVELS[level] === 'names') {
          return;
        }
      }
    },

    leave() {
      root.style.fontSize = '';
      fitted = '';
    },
  };
}
