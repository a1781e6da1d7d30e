// The last nights: a line of cells for each domain, one for each night, as it ended.

import {html, svg} from '../lit/lit-html.js';
import {guard} from '../lit/directives/guard.js';
import {repeat} from '../lit/directives/repeat.js';
import {keyOf} from './derive.js';
import {day, dateText, fullTime, instant, weekday, serverNow} from './time.js';
import {copyButton} from './copy.js';
import {symbol} from './symbols.js';
import {t} from './texts.js';

export const NIGHTS = 30;

/** With more domains the windows of a month are too much; the days of the history are small. */
const MAX_WINDOWED = 500;

/** With more domains only those with a failure or a delay are shown. */
const MAX_LINES = 120;

/** Height and kind of the bar of each result; the height makes the colour unnecessary. */
const CELLS = {failed: ['Warning', 16], late: ['Late', 12], stale: ['Stale', 10], done: ['OK', 8], open: ['Loading', 8], none: ['Blank', 2]};

/** What a night shows of a domain that ended like this. */
export const resultOf = ({state, deadline_state: deadline}) => state === 'failed' ? 'failed'
  : deadline === 'late' ? 'late' : state === 'stale' || state === 'done' ? state : state === 'not_started' ? 'none' : 'open';

/** The nights of windows, the earliest first: {columns: [{at, label}], cells: Map of results}. */
export function nightsOfWindows(windows) {
  const columns = windows.map(({data, at}) => ({at, starts: instant(data.starts), label: day(instant(data.starts))}));
  const cells = new Map();
  windows.forEach(({data}, i) => data.domains.forEach(entry => {
    const key = keyOf(entry.app, entry.domain);
    const results = cells.get(key) ?? new Array(windows.length).fill('none');
    results[i] = resultOf(entry);
    cells.set(key, results);
  }));
  return {columns, cells};
}

/** The same of calendar days: the reply of /api/v1/history/days. */
export function nightsOfDays({days, apps}) {
  const columns = days.map(date => ({at: Math.min(serverNow(), Date.parse(`${date}T23:59:59Z`)), label: dateText(date)}));
  const cells = new Map();
  for (const [app, domains] of Object.entries(apps)) {
    for (const [domain, {ok, warning}] of Object.entries(domains)) {
      cells.set(keyOf(app, domain), days.map((date, i) => warning[i] > 0 ? 'failed' : ok[i] > 0 ? 'done' : 'none'));
    }
  }
  return {columns, cells};
}

export function createNights(loader, changed) {
  let windows = [];
  let loading = false;
  let wanted = ''; // the start of the shown window
  let of = ''; // the window whose earlier ones are known
  let shownAll = false;

  /** Loads the windows once; a past night does not change. */
  async function load(ctx) {
    wanted = String(ctx.state.window.starts);
    if (of !== wanted) {
      windows = [];
    }
    if (loading || of === wanted) {
      return;
    }
    loading = true;
    of = wanted;
    await loader.nights(NIGHTS, (data, at) => {
      if (of !== wanted) {
        return false;
      }
      windows = [{data, at}, ...windows];
      changed();
      return true;
    });
    loading = false;
    changed();
  }

  /** The night of the shown window is the last one, from the rows. */
  function withCurrent(ctx) {
    const {window} = ctx.state;
    const domains = ctx.allRows.map(row => ({app: row.app, domain: row.domain, state: row.state, deadline_state: row.deadlineState}));
    return nightsOfWindows([...windows, {data: {starts: new Date(window.starts).toISOString(), domains}, at: ctx.past}]);
  }

  return {
    clear() {
      windows = [];
      wanted = of = '';
      shownAll = false;
    },

    view(ctx) {
      const {window, days} = ctx.state;
      if (!window) {
        return html`<p class="note">${ctx.state.problem || t('loading')}</p>`;
      }
      const windowed = !window.rolling && ctx.all <= MAX_WINDOWED;
      if (windowed) {
        load(ctx);
      }
      const nights = windowed ? withCurrent(ctx) : days ? nightsOfDays(days) : null;
      return nights ? grid(ctx, nights, windowed && loading) : html`<p class="note">${t('loading')}</p>`;
    },
  };

  function grid(ctx, {columns, cells}, partial) {
    const notable = ctx.rows.filter(row => cells.get(row.key)?.some(result => result === 'failed' || result === 'late'));
    const few = ctx.rows.length > MAX_LINES && !shownAll;
    const rows = few ? notable : ctx.rows;
    return html`
      <section id="nights" class="nights" aria-labelledby="nights-title">
        <div class="section-head"><h2 id="nights-title">${t(columns.length === 1 ? 'last_night' : 'nights_title', {n: columns.length})}</h2>
          <p class="legend">${[['failed', 'Warning'], ['late', 'Late'], ['stale', 'Stale'], ['done', 'OK'], ['running', 'Loading'], ['no_run', 'Blank']].map(([name, kind]) =>
            html`<span class="count" data-kind=${kind}>${symbol(kind)}<span>${t(name)}</span></span>`)}</p>
          <p class="help-line" role="status">${partial ? t('nights_loading', {n: columns.length, all: NIGHTS}) : ''}</p>
          ${copyButton('nights-table')}</div>
        <div class="scroll"><table id="nights-table">
          <thead><tr><th scope="col">${t('domain')}</th><th scope="col" class="night-head">
            <div class="night-days">${columns.map((column, i) => html`<a class="go" title=${t('night_open', {day: fullTime(column.at ?? ctx.now)})}
              href=${ctx.href({view: 'tonight', at: column.at})}><span class=${columns.length > 3 && (i < 2 || (columns.length - 1 - i) % 5) ? 'sr-only' : ''}>${column.label}</span></a>`)}</div></th>
            <th scope="col">${t('summary')}</th></tr></thead>
          <tbody>${repeat(rows, row => row.key, row => guard([cells.get(row.key)?.join(), columns.length, ctx.address],
            () => line(row, cells.get(row.key) ?? [], columns, ctx)))}</tbody>
        </table></div>
        ${few ? html`<p class="note small">${t('nights_some', {n: ctx.rows.length - rows.length})}
          <button type="button" @click=${() => {
            shownAll = true;
            changed();
          }}>${t('nights_all', {n: ctx.rows.length})}</button></p>` : ''}
      </section>`;
  }
}

/** "27 OK, 2 Failed", without zeros. */
export function summaryOf(results) {
  return [['failed', 'failed'], ['late', 'late'], ['stale', 'stale'], ['done', 'done'], ['open', 'running'], ['none', 'no_run']]
    .map(([result, name]) => [results.filter(each => each === result).length, t(name)])
    .filter(([count]) => count).map(part => part.join(' ')).join(', ');
}

function line(row, results, columns, ctx) {
  return html`
    <tr class="domain" data-key=${row.key}>
      <th scope="row"><a class="go row-link" href=${ctx.href({domain: row.key})}><bdi>${row.appName}</bdi> · <bdi class="name">${row.domain}</bdi></a></th>
      <td class="night-cells"><svg viewBox="0 0 ${columns.length * 10} 16" preserveAspectRatio="none" aria-hidden="true">
        ${results.map((result, i) => {
          const [kind, height] = CELLS[result];
          return svg`<rect data-kind=${kind} x=${i * 10 + 1} width="8" y=${16 - height} height=${height}><title>${t('night_of',
            {day: columns[i].starts ? weekday(columns[i].starts) : columns[i].label, state: t(result === 'none' ? 'no_run' : result === 'open' ? 'running' : result)})}</title></rect>`;
        })}</svg></td>
      <td class="night-text">${summaryOf(results)}</td>
    </tr>`;
}
