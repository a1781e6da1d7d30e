// All runs in a range, with the filter of the page, as a table and as CSV.

import {html} from '../lit/lit-html.js';
import {repeat} from '../lit/directives/repeat.js';
import {query} from './api.js';
import {KINDS, keyOf, httpsUrl, stateOfRun} from './derive.js';
import {DAY, duration, instant, steady} from './time.js';
import {badge, externalLink, timeOf} from './symbols.js';
import {asCsv, copyButton} from './copy.js';
import {t} from './texts.js';

const PAGE = 200;
const MOST_AT_ONCE = 1_000;
const MOST_SAVED = 500; // pages, fewer than a key may read in a minute
const REFRESH_MS = 30_000;
const COLUMNS = ['app', 'domain', 'job_id', 'status', 'started', 'completed', 'duration_sec', 'message', 'url'];
const RANGES = {window: null, week: 7, month: 30};

export function createRuns(api, changed) {
  let range = 'window';
  let of = ''; // what the list is for
  let shown = ''; // the query of the list
  let list = [];
  let pages = 1; // of the list
  let cursor = null;
  let failure = null;
  let loadedAt = 0;
  let request = 0; // the number of the last one
  let loading = 0; // the number of that whose reply is awaited; 0 for none

  const queryOf = ctx => {
    const days = RANGES[range];
    const since = days === null ? ctx.state.window.starts : Math.floor((ctx.shownNow - days * DAY) / DAY) * DAY;
    return query({since: new Date(since).toISOString(), app: ctx.address.app,
      at: ctx.past === null ? null : new Date(ctx.past).toISOString()});
  };

  /** Loads the pages that are shown, or one more. */
  async function load(wanted, more) {
    const own = ++request;
    loading = own;
    shown = wanted;
    loadedAt = steady();
    failure = null;
    let page = null;
    let failed = null;
    try {
      page = await api.data(`runs?${wanted}&limit=${more ? PAGE : pages * PAGE}${more ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
    } catch (error) {
      failed = error.message;
    }
    if (loading === own) {
      loading = 0;
      failure = failed;
      if (page) {
        list = more ? [...list, ...page.runs] : page.runs;
        pages = more ? pages + 1 : pages;
        cursor = page.next;
      }
      changed();
    }
  }

  async function save(ctx) {
    try {
      const all = await api.pages(`runs?${queryOf(ctx)}&limit=${MOST_AT_ONCE}`, 'runs', MOST_SAVED);
      const rows = all.filter(run => matches(run, ctx.address, ctx.stale));
      const csv = asCsv([[...COLUMNS, 'state'], ...rows.map(run => [...COLUMNS.map(name => run[name]), t(stateOfRun(run, ctx.stale))])]);
      const blob = new Blob([csv], {type: 'text/csv;charset=utf-8'});
      const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(blob), download: 'runs.csv'});
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    } catch (error) {
      failure = error.message;
      changed();
    }
  }

  const matches = (run, {status, q}, stale) => (!status || stateOfRun(run, stale) === status)
    && q.toLowerCase().split(/\s+/).every(word => [run.app, run.domain, run.job_id, run.message].join('\n').toLowerCase().includes(word));

  function forget() {
    list = [];
    pages = 1;
    cursor = null;
  }

  return {
    clear() {
      forget();
      of = shown = '';
      loading = 0;
    },

    view(ctx) {
      if (!ctx.state.window) {
        return html`<p class="note">${ctx.state.problem || t('loading')}</p>`;
      }
      // A window of the last 24 hours moves on all the time.
      const wanted = [range, ctx.address.app, ctx.past, ctx.state.window.rolling ? '' : ctx.state.window.starts].join();
      const old = ctx.past === null && !document.hidden && !loading && pages * PAGE <= MOST_AT_ONCE && steady() - loadedAt > REFRESH_MS;
      if (wanted !== of) {
        forget();
      }
      if (wanted !== of || old) {
        of = wanted;
        load(queryOf(ctx), false);
      }
      const runs = list.filter(run => matches(run, ctx.address, ctx.stale));
      return html`
        <section id="runs" class="runs" aria-labelledby="runs-title">
          <div class="section-head"><h2 id="runs-title">${t('runs_title')}</h2>
            <label for="range">${t('range')}</label>
            <select id="range" @change=${event => {
              range = event.target.value;
              changed();
            }}>${Object.keys(RANGES).map(name => html`<option value=${name} ?selected=${name === range}>${t(`range_${name}`)}</option>`)}</select>
            <button type="button" class="quiet" @click=${() => save(ctx)}>${t('csv')}</button>
            ${copyButton('runs-table')}</div>
          ${failure === null ? '' : html`<p class="error">${t('unavailable', {reason: failure})}</p>`}
          <div class="scroll"><table id="runs-table" class="cards">
            <thead><tr><th scope="col">${t('status')}</th><th scope="col">${t('domain')}</th><th scope="col">${t('started')}</th>
              <th scope="col">${t('ended')}</th><th scope="col">${t('duration')}</th><th scope="col">${t('message')}</th><th scope="col">${t('job')}</th></tr></thead>
            <tbody>${repeat(runs, run => runLine(run, ctx))}</tbody>
          </table></div>
          ${runs.length || failure !== null ? '' : html`<p class="note small">${t(loading ? 'loading' : 'runs_none')}</p>`}
          ${cursor ? html`<p><button id="more-runs" type="button" @click=${() => loading || load(shown, true)}>${t('more_runs')}</button></p>` : ''}
        </section>`;
    },
  };
}

const runLine = (run, ctx) => html`
  <tr class="domain" data-kind=${KINDS[stateOfRun(run, ctx.stale)]} data-key=${keyOf(run.app, run.domain)}>
    <td>${badge(stateOfRun(run, ctx.stale))}</td>
    <th scope="row"><a class="go row-link" href=${ctx.href({domain: keyOf(run.app, run.domain)})}><bdi>${run.app}</bdi> · <bdi class="name">${run.domain}</bdi></a></th>
    <td class="when" data-label=${t('started')}>${timeOf(instant(run.started), ctx.shownNow)}</td>
    <td class="when" data-label=${t('ended')}>${timeOf(instant(run.completed), ctx.shownNow)}</td>
    <td class="when" data-label=${t('duration')}><bdi>${Number.isFinite(run.duration_sec) ? duration(run.duration_sec * 1000) : ''}</bdi></td>
    <td class="message" dir="auto">${run.message ?? ''}</td>
    <td data-label=${t('job')}><bdi class="code">${run.job_id ?? ''}</bdi> ${httpsUrl(run.url) ? externalLink(run.url, t('log')) : ''}</td>
  </tr>`;
