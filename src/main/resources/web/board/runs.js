// All runs in a range, with the filter of the page, as a table and as CSV.

import {html} from '../lit/lit-html.js';
import {repeat} from '../lit/directives/repeat.js';
import {query} from './api.js';
import {KINDS, keyOf, httpsUrl, stateOfRun} from './derive.js';
import {DAY, duration, instant} from './time.js';
import {badge, externalLink, timeOf} from './symbols.js';
import {copyButton} from './copy.js';
import {t} from './texts.js';

const PAGE = 200;
const REFRESH_MS = 30_000;
const RANGES = {window: null, week: 7, month: 30};

export function createRuns(api, changed) {
  let range = 'window';
  let of = ''; // what the list is for
  let shown = ''; // the query of the list
  let list = [];
  let cursor = null;
  let failure = null;
  let loadedAt = 0;

  const queryOf = ctx => {
    const days = RANGES[range];
    const since = days === null ? ctx.state.window.starts : Math.floor((ctx.shownNow - days * DAY) / DAY) * DAY;
    return query({since: new Date(since).toISOString(), app: ctx.address.app,
      at: ctx.past === null ? null : new Date(ctx.past).toISOString(), limit: PAGE});
  };

  async function load(wanted, more) {
    shown = wanted;
    loadedAt = Date.now();
    failure = null;
    try {
      const page = await api.data(`runs?${wanted}${more ? `&cursor=${encodeURIComponent(cursor)}` : ''}`);
      if (shown === wanted) {
        list = more ? [...list, ...page.runs] : page.runs;
        cursor = page.next;
      }
    } catch (error) {
      failure = error.message;
    }
    changed();
  }

  async function save(ctx) {
    try {
      const blob = await api.csv(`runs?${queryOf(ctx).replace(`limit=${PAGE}`, 'limit=1000')}`);
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

  return {
    clear() {
      list = [];
      of = shown = '';
      cursor = null;
    },

    view(ctx) {
      if (!ctx.state.window) {
        return html`<p class="note">${ctx.state.problem || t('loading')}</p>`;
      }
      // A window of the last 24 hours moves on all the time.
      const wanted = [range, ctx.address.app, ctx.past, ctx.state.window.rolling ? '' : ctx.state.window.starts].join();
      const old = ctx.past === null && !document.hidden && list.length <= PAGE && Date.now() - loadedAt > REFRESH_MS;
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
          ${runs.length ? '' : html`<p class="note small">${t('runs_none')}</p>`}
          ${cursor ? html`<p><button id="more-runs" type="button" @click=${() => load(shown, true)}>${t('more_runs')}</button></p>` : ''}
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
