// Everything about one domain, in a dialog with an address of its own: ?domain=FCCS/Journals.

import {html, svg} from '../lit/lit-html.js';
import {createAnswers} from './answers.js';
import {query} from './api.js';
import {splitName} from './address.js';
import {httpsUrl, rowOf, stateOfRun, stateOfStatus} from './derive.js';
import {answerText, expectedLater, explanation} from './facts.js';
import {clock, duration, instant, shortTime, typicalDuration, steady, fullTime} from './time.js';
import {badge, externalLink, symbol, timeOf} from './symbols.js';
import {t} from './texts.js';

const REFRESH_MS = 15_000;

/** The text of each kind of answer in the history. */
const ANSWERS = {acknowledge: 'acknowledged', mute: 'muted', unacknowledge: 'acknowledge_ended', unmute: 'mute_ended'};

export function createDomainView(api, changed) {
  const answers = createAnswers(api, changed);
  let name = '';
  let of = ''; // name and time of the data
  let data = null;
  let updates = null;
  let missing = '';
  let fetchedAt = 0;

  async function fetch(ctx, wanted) {
    const id = splitName(ctx.address.domain);
    of = wanted;
    fetchedAt = steady();
    const at = ctx.past === null ? null : new Date(ctx.past).toISOString();
    const path = id && `domains/${encodeURIComponent(id.app)}/${encodeURIComponent(id.domain)}?${query({at})}`;
    const [next, history] = id ? await Promise.all([api.data(path).catch(error => error),
      api.optional(`history?${query({...id, until: at, limit: 10})}`)]) : [new Error(), null];
    if (of === wanted) {
      const since = instant(next.details?.since);
      missing = !(next instanceof Error) ? '' : !id || next.status === 404 && since === null ? t('not_found', {name})
        : since === null ? '' : t('no_data_at', {time: fullTime(ctx.past), since: fullTime(since)});
      data = next instanceof Error ? (missing ? null : data) : next;
      updates = history?.entries ?? updates;
      changed();
    }
  }

  return {
    /** A change of this domain has arrived. */
    changedKey(key) {
      if (key === name) {
        fetchedAt = Math.min(fetchedAt, steady() - REFRESH_MS + 1_000);
      }
    },

    clear() {
      data = updates = null;
      name = of = '';
      answers.clear();
    },

    view(ctx) {
      const wanted = `${ctx.address.domain} ${ctx.past}`;
      if (ctx.address.domain !== name) {
        name = ctx.address.domain;
        data = updates = null;
        missing = '';
      }
      if (name && ctx.state.hasBoard && (wanted !== of || ctx.past === null && steady() - fetchedAt > REFRESH_MS)) {
        fetch(ctx, wanted);
      }
      return name ? content(ctx) : '';
    },
  };

  function content(ctx) {
    const row = ctx.allRows.find(({key}) => key === name);
    return html`
      <div class="details-body">
        <header>
          <h2 id="details-title"><span class="sr-only">${t('details')}: </span><bdi>${row?.appName ?? name}</bdi>${row ? html` · <bdi>${row.domain}</bdi>` : ''}</h2>
          <button id="details-close" type="button" @click=${ctx.closeDomain}>${t('close')}</button>
        </header>
        ${ctx.alarm ? html`<p class="error">${ctx.alarm.lines[0]}</p>` : ''}
        ${missing ? html`<p class="note">${missing}</p>` : ''}
        ${row ? now(row, ctx) : ''}
        ${row && ctx.past === null ? answers.view(row, ctx.shownNow) : ''}
        ${data ? about(data, ctx) : missing ? '' : html`<p class="note" role="status">${t('loading')}</p>`}
      </div>`;
  }

  function now(row, ctx) {
    const lines = explanation(row, ctx.shownNow);
    // A deadline at risk is explained with the expected end.
    const expected = row.atRisk ? null : expectedLater(row, ctx.shownNow);
    return html`
      <p class="details-state" data-kind=${row.kind}>${badge(row.state)} ${timeOf(row.since, ctx.shownNow)}
        ${row.late || row.atRisk ? html`<span class="late-text">${symbol('Late')} ${t(row.late ? 'late' : 'at_risk')}</span>` : ''}
        ${expected === null ? '' : html`<span>${t('expected_at', {time: shortTime(expected, ctx.shownNow)})}</span>`}</p>
      ${lines.map(text => html`<p class="details-reason" dir="auto">${text}</p>`)}`;
  }

  function about({rule, trend, upstream, downstream, runs, window}, ctx) {
    const fact = (label, value) => value ? html`<dt>${label}</dt><dd>${value}</dd>` : '';
    const deadline = instant(rule.next_deadline);
    const usual = instant(trend.usual_end);
    const days = ctx.state.days?.apps?.[data.app]?.[data.domain];
    const count = list => list.filter(n => n > 0).length;
    return html`
      <dl class="facts-list">
        ${fact(t('deadline'), rule.by && html`${rule.by}${deadline === null || shortTime(deadline, ctx.shownNow) === rule.by ? ''
          : html` (${t('next')} ${timeOf(deadline, ctx.shownNow)})`}`)}
        ${fact(t('usual_end'), usual === null ? '' : clock(usual))}
        ${fact(t('owner'), rule.owner && html`<bdi>${rule.owner}</bdi>`)}
        ${fact(t('runbook'), httpsUrl(rule.runbook) && externalLink(rule.runbook, rule.runbook))}
        ${fact(t('after'), upstream.length ? others(upstream, ctx, window) : '')}
        ${fact(t('before'), downstream.length ? others(downstream, ctx, window) : '')}
      </dl>
      ${days ? html`<p class="details-days">${t('last_days', {n: days.ok.length, ok: count(days.ok), failed: count(days.warning),
        none: days.ok.filter((n, i) => !n && !days.warning[i]).length})}</p>` : ''}
      ${trendChart(trend)}
      ${runs.length ? html`<h3>${t('last_runs')}</h3><div class="scroll" tabindex="0" role="region" aria-label=${t('last_runs')}><table class="details-runs">
        <thead><tr><th scope="col">${t('status')}</th><th scope="col">${t('started')}</th><th scope="col">${t('ended')}</th>
          <th scope="col">${t('duration')}</th><th scope="col">${t('message')}</th></tr></thead>
        <tbody>${runs.slice(0, 10).map(run => html`<tr><td>${badge(stateOfRun({...data, ...run}, ctx.stale))}</td>
          <td>${timeOf(instant(run.started), ctx.shownNow)}</td><td>${timeOf(instant(run.completed), ctx.shownNow)}</td>
          <td>${Number.isFinite(run.duration_sec) ? duration(run.duration_sec * 1000) : ''}</td>
          <td dir="auto">${run.message ?? ''} ${httpsUrl(run.url) ? externalLink(run.url, t('log')) : ''}</td></tr>`)}</tbody></table></div>` : ''}
      <h3>${t('last_updates')}</h3>
      ${updates?.length ? html`<ol id="details-list" role="list">${updates.map(entry => update(entry, ctx))}</ol>`
        : html`<p class="note small">${updates ? t('no_updates') : t('loading')}</p>`}`;
  }

  /** What it waits for, or what waits for it, with the state of each. */
  function others(list, ctx, window) {
    return html`<ul class="others" role="list">${list.map(entry => {
      const row = rowOf({app: entry.app, domain: entry.domain, appName: entry.app}, null, entry, instant(window.starts), ctx.shownNow);
      return html`<li><a class="go" href=${ctx.href({domain: row.key})}><bdi>${row.key}</bdi></a> ${badge(row.state)}</li>`;
    })}</ul>`;
  }

  function update(entry, ctx) {
    const source = {api: 'posted', epm: 'from_epm', site: 'from_route'}[entry.source];
    return html`
      <li class="entry">${badge(stateOfStatus(entry))} ${timeOf(instant(entry.updated), ctx.shownNow)}
        <span class="message" dir="auto">${entry.kind
          ? answerText(ANSWERS[entry.kind] ? t(ANSWERS[entry.kind]) : entry.kind, entry, ctx.shownNow) : entry.message ?? ''}</span>
        <span class="entry-facts">${entry.job_id ? html`${t('job')} <bdi class="code">${entry.job_id}</bdi> · ` : ''}${Number.isFinite(entry.duration_sec)
          ? html`${t('took', {for: duration(entry.duration_sec * 1000)})} · ` : ''}${source ? html`<bdi>${t(source, {route: entry.route ?? ''})}</bdi>` : entry.source}
          ${entry.key ? html`<bdi>${t('by_key', {key: entry.key})}</bdi>` : ''}
          ${entry.outcome === 'superseded' ? html`<span class="superseded">${t('superseded')}</span>` : ''}</span></li>`;
  }
}

/** Bars of the durations, the last at the right, with a line at the typical one. */
function trendChart({durations_sec: durations, usual_sec: usual}) {
  if (durations.length < 2) {
    return '';
  }
  const top = Math.max(...durations, usual ?? 0, 1);
  const text = t('trend', {n: durations.length, from: typicalDuration(Math.min(...durations) * 1000), to: typicalDuration(Math.max(...durations) * 1000)});
  return html`
    <h3>${t('trend_title')}</h3>
    <p class="trend-text">${text}${usual === null ? '' : html`, ${t('typically', {for: typicalDuration(usual * 1000)})}`}</p>
    <svg class="trend" viewBox="0 0 ${durations.length * 12} 48" preserveAspectRatio="none" role="img" aria-label=${text}>
      ${durations.map((sec, i) => svg`<rect x=${i * 12 + 2} width="8" y=${48 - 46 * sec / top} height=${46 * sec / top}><title>${duration(sec * 1000)}</title></rect>`)}
      ${usual === null ? '' : svg`<line x1="0" x2=${durations.length * 12} y1=${48 - 46 * usual / top} y2=${48 - 46 * usual / top}/>`}
    </svg>`;
}
