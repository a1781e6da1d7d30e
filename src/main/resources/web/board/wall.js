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

const MAX_AXIS_ROWS = 60;

/** The least width and height that the tile of a problem needs, with its gap, in rem: wall.css makes no smaller ones. */
const TILE = {axis: [26.5, 4], full: [26.5, 4], short: [17.5, 4]};

/** Font sizes in pixels: the smallest, and how many times larger each next one is. */
const SMALLEST = 8;
const STEP = 1.03;

const stepsTo = size => Math.ceil(Math.log(size / SMALLEST) / Math.log(STEP));

/** Names and times in the far distance: a line must be at least this part of the height of the screen. */
const readable = () => stepsTo(Math.max(12, innerHeight / 66));

const largest = () => stepsTo(Math.max(24, innerHeight / 24));

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
        : ctx.past !== null && !ctx.state.window ? html`<p class="note">${ctx.state.problem || t('loading')}</p>`
        : ctx.allProblems.length ? html`<p class="note">${t('attention_hidden', {n: ctx.allProblems.length})}</p>`
        : html`<p class="wall-ok" data-kind="OK">${symbol('OK')} ${t('wall_ok')}</p>`}
      ${level === 'axis' ? axisView(ctx) : level === 'names' ? ''
        : html`<ul class="wall-apps" role="list">${byApp(ctx.allRows).map(({name, rows}) =>
          html`<li><b><bdi>${name}</bdi></b> ${appCounts(rows)}</li>`)}</ul>`}` : html`<p class="note">${t('loading')}</p>`}`;
}

/** How many times as large the content could be; below 1 if it does not fit. */
function roomOf(element) {
  const {clientHeight, scrollHeight, clientWidth, scrollWidth} = element;
  if (scrollHeight > clientHeight || scrollWidth > clientWidth) {
    return Math.min(clientHeight / scrollHeight, clientWidth / scrollWidth);
  }
  return clientHeight / Math.max(1, element.lastElementChild.getBoundingClientRect().bottom);
}

/** Whether so many tiles are too many in a readable size, without a look at the page. */
function tooMany(tiles, level) {
  if (!TILE[level]) {
    return false;
  }
  const rem = SMALLEST * STEP ** readable();
  const [width, height] = TILE[level];
  return Math.ceil(tiles / Math.max(1, Math.floor(innerWidth / rem / width))) * height * rem > innerHeight;
}

export function createWall() {
  let level = '';
  let size = 0; // steps from the smallest
  let fitted = '';

  const root = document.documentElement;

  function setSize(steps) {
    size = steps;
    root.style.fontSize = `${SMALLEST * STEP ** steps}px`;
  }

  /**
   * Sets the largest type that fits; false if none does. Each try makes the browser lay out the whole page, so the next
   * one is guessed from the room that is left.
   */
  function fit(element, least, first) {
    let [fits, tooLarge] = [least - 1, largest() + 1];
    let next = Math.min(Math.max(first, least), tooLarge - 1);
    while (fits + 1 < tooLarge) {
      setSize(next);
      const room = roomOf(element);
      const steps = Math.log(room) / Math.log(STEP) / 2;
      if (room < 1) {
        tooLarge = next;
        next = Math.max(fits + 1, next - Math.max(1, Math.round(-steps)));
      } else {
        fits = next;
        next = Math.min(tooLarge - 1, next + Math.max(1, Math.round(steps)));
        if (room < STEP - 0.01) {
          break;
        }
      }
    }
    setSize(Math.max(fits, 0));
    return fits >= least;
  }

  /** Renders the first level that is readable, and sets its size. */
  function fitLevel(ctx, element) {
    const last = LEVELS.at(-1);
    const tries = LEVELS.slice(ctx.all > MAX_AXIS_ROWS || !ctx.state.window ? 1 : 0)
      .filter(each => !tooMany(ctx.problems.length, each));
    for (const each of tries) {
      const least = each === 'names' || each === last ? 0 : readable();
      const first = each === level ? size : least;
      if (each !== level) {
        level = each;
        render(content(ctx, level), element);
      }
      if (fit(element, least, first)) {
        return;
      }
    }
  }

  return {
    /** Renders the wall into an element, at the first level that is readable. */
    show(ctx, element) {
      const shape = [innerWidth, innerHeight, ctx.problems.length, ctx.all, Boolean(ctx.state.window), ctx.alarm?.lines.length,
        Object.values(ctx.counts).join()].join('|');
      level ||= LEVELS[1];
      render(content(ctx, level), element);
      if (shape === fitted && roomOf(element) >= 1) {
        return;
      }
      fitted = shape;
      fitLevel(ctx, element);
      if (level === 'axis') {
        // How many labels the axis has depends on the size.
        render(content(ctx, level), element);
      }
    },

    leave() {
      root.style.fontSize = '';
      fitted = '';
    },
  };
}
