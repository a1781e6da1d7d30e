// Tonight: one line for each domain on the time axis.

import {html, svg} from '../lit/lit-html.js';
import {guard} from '../lit/directives/guard.js';
import {repeat} from '../lit/directives/repeat.js';
import {axisOf, barsOf, sparkline} from './axis.js';
import {byApp, countsOf, problemOf} from './derive.js';
import {axisText} from './facts.js';
import {clock, day, typicalDuration} from './time.js';
import {badge, symbol, timeOf} from './symbols.js';
import {copyButton} from './copy.js';
import {t} from './texts.js';

/** With more domains, those of an app that are done or have not started are folded. */
export const FOLD_ABOVE = 60;

/** More lines of an app are not shown, because nobody reads them; the filter finds a domain. */
const MAX_LINES = 300;
const MAX_FOLDED_LINES = 20;

const NO_RUNS = [];

/** Apps that the reader has unfolded. */
export const unfolded = new Set();

export function axisView(ctx) {
  const track = trackOf(innerWidth);
  const axis = axisOf(ctx.state.window ?? {starts: ctx.shownNow - 86_400_000, ends: ctx.shownNow}, ctx.rows, ctx.shownNow,
    Math.max(3, Math.min(14, Math.floor(track / 4.2))));
  const hasRoom = at => axis.x(at) / 100 * track + widthOf(tickText(at)) < track;
  const folds = ctx.all > FOLD_ABOVE && !ctx.isFiltered;
  const key = `${axis.from} ${axis.to}`;
  return html`
    <section id="axis" class="axis" aria-labelledby="axis-title">
      <div class="section-head"><h2 id="axis-title">${t('axis_title')}</h2><p class="help-line">${t('axis_help')}</p>
        ${copyButton('axis-table')}</div>
      <div class="axis-box">
        <svg class="grid" aria-hidden="true">
          ${axis.ticks.map(at => svg`<line class="tick" x1="${axis.x(at)}%" x2="${axis.x(at)}%" y1="0" y2="100%"/>`)}
          <line class="now-line" x1="${axis.x(ctx.shownNow)}%" x2="${axis.x(ctx.shownNow)}%" y1="0" y2="100%"/>
        </svg>
        <table id="axis-table">
          <thead><tr><th scope="col" class="col-name">${t('domain')}</th>
            <th scope="col" class="col-track"><span class="sr-only">${t('axis')}</span>
              <svg class="ticks" aria-hidden="true">${axis.ticks.filter(hasRoom).map(at => svg`<text x="${axis.x(at)}%" dx="0.2em" y="76%">${tickText(at)}</text>`)}</svg></th>
            <th scope="col" class="col-state">${t('status')}</th>
            <th scope="col" class="col-spark">${t('durations')}</th>
            <th scope="col" class="col-typical">${t('typical')}</th></tr></thead>
          ${repeat(byApp(ctx.rows), ({app}) => app, group => appBody(group, ctx, axis, key, folds))}
        </table>
      </div>
    </section>`;
}

/** The width of the axis beside the columns, in rem; the font of the wall is larger. */
function trackOf(width) {
  const rem = width / parseFloat(getComputedStyle(document.documentElement).fontSize);
  return rem > 75 ? rem - 54.5 : rem > 46 ? rem - 37 : rem - 2;
}

/** The width of a label of the axis, in rem. */
const widthOf = text => 0.3 + 0.46 * text.length;

const tickText = at => new Date(at).getHours() || new Date(at).getMinutes() ? clock(at) : day(at);

/** The lines of an app that are shown, and how many are not. */
export function linesOf(rows, folds, isUnfolded) {
  const folded = folds && !isUnfolded;
  const wanted = folded ? rows.filter(row => row.state === 'running' || problemOf(row) || row.atRisk) : rows;
  const shown = wanted.slice(0, folded ? MAX_FOLDED_LINES : MAX_LINES);
  return {shown, hidden: rows.length - shown.length};
}

function appBody({app, name, rows}, ctx, axis, key, folds) {
  const open = unfolded.has(app);
  const {shown, hidden} = linesOf(rows, folds, open);
  const toggle = () => {
    open ? unfolded.delete(app) : unfolded.add(app);
    ctx.render();
  };
  return html`
    <tbody class="app">
      <tr class="app-row"><th scope="rowgroup" colspan="5"><a class="go" href=${ctx.href({app: ctx.address.app === app ? '' : app})}><bdi>${name}</bdi></a>
        ${appCounts(rows)}
        ${folds && (hidden || open) ? html`<button type="button" class="quiet fold" aria-expanded=${open ? 'true' : 'false'} @click=${toggle}>
          ${open ? t('fold') : t('unfold', {n: rows.length})}</button>` : ''}</th></tr>
      ${repeat(shown, row => row.key, row => {
        const runs = ctx.state.runs.get(row.key) ?? NO_RUNS;
        const trend = ctx.state.trends.get(row.key) ?? NO_RUNS;
        return guard([row, key, ctx.minute, runs, trend, ctx.address], () => line(row, runs, trend, axis, ctx));
      })}
      ${hidden && (!folds || open) ? html`<tr class="more-rows"><td colspan="5">${t('more_rows', {n: hidden})}</td></tr>` : ''}
    </tbody>`;
}

/** The counts of an app, the worst first. */
export function appCounts(rows) {
  const counts = countsOf(rows);
  const kinds = [['failed', 'Warning'], ['stale', 'Stale'], ['late', 'Late'], ['at_risk', 'Late'], ['running', 'Loading'],
    ['not_started', 'Blank'], ['done', 'OK']];
  return html`<span class="counts">${kinds.filter(([state]) => counts[state]).map(([state, kind]) =>
    html`<span class="count" data-kind=${kind} title=${t(state)}>${symbol(kind)}<span>${counts[state]} ${t(state)}</span></span>`)}</span>`;
}

function line(row, runs, trend, axis, ctx) {
  const text = axisText(row, ctx.shownNow);
  return html`
    <tr class="domain" data-kind=${row.kind} data-key=${row.key} data-late=${row.lateNow || row.atRisk ? 'true' : 'false'}>
      <th scope="row" class="col-name"><a class="go row-link" href=${ctx.href({domain: row.key})}><bdi class="name">${row.domain}</bdi></a></th>
      <td class="col-track">${track(row, runs, axis, ctx.shownNow)}</td>
      <td class="col-state" title=${text}>${badge(row.state)} <span class="state-time">${row.state === 'not_started' ? '' : timeOf(row.since, ctx.shownNow)}</span>
        ${row.late || row.atRisk ? html`<span class="late-text">${symbol('Late')} ${t(row.late ? 'late' : 'at_risk')}</span>` : ''}
        <span class="state-text" dir="auto">${text}</span></td>
      <td class="col-spark">${spark(trend)}</td>
      <td class="col-typical">${row.usualMs === null ? '' : typicalDuration(row.usualMs)}</td>
    </tr>`;
}

/** The bars of a domain on the axis. */
export function track(row, runs, axis, now) {
  return html`<svg class="track" aria-hidden="true">
    ${barsOf(row, runs, axis, now).map(bar => svg`<rect class=${bar.expected ? 'expected' : 'bar'} data-kind=${kindOfBar(bar.state)}
      x="${bar.x}%" width="${bar.width}%" y="21%" height="58%" rx="2"/>`)}
    ${row.deadline !== null && row.deadline > axis.from && row.deadline < axis.to
      ? svg`<line class=${row.lateNow || row.atRisk ? 'deadline missed' : 'deadline'} x1="${axis.x(row.deadline)}%" x2="${axis.x(row.deadline)}%" y1="5%" y2="95%"/>` : ''}
  </svg>`;
}

const kindOfBar = state => ({done: 'OK', running: 'Loading', failed: 'Warning', stale: 'Stale'})[state] ?? 'Blank';

function spark(durations) {
  const points = sparkline(durations, 96, 18);
  return points ? html`<svg class="spark" viewBox="0 0 96 18" aria-hidden="true"><polyline points=${points}/></svg>` : '';
}
