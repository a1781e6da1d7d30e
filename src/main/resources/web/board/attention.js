// What needs attention: one table in the order of the configuration, so that no row moves when another one changes.

import {html} from '../lit/lit-html.js';
import {guard} from '../lit/directives/guard.js';
import {repeat} from '../lit/directives/repeat.js';
import {problemOf} from './derive.js';
import {answerMarks, explanation} from './facts.js';
import {externalLink, problemBadge, timeOf} from './symbols.js';
import {copyButton} from './copy.js';
import {t} from './texts.js';

/** {row, problem} of the rows that need attention. */
export function problemsOf(rows) {
  const problems = [];
  for (const row of rows) {
    const problem = problemOf(row);
    if (problem) {
      problems.push({row, problem});
    }
  }
  return problems;
}

export function attention(ctx) {
  return html`
    <section id="attention" class="attention" aria-labelledby="attention-title">
      <div class="section-head"><h2 id="attention-title">${t('attention')}</h2>
        ${ctx.problems.length ? copyButton('attention-table') : ''}</div>
      ${ctx.problems.length ? table(ctx) : html`<p class="note small">${ctx.past === null || ctx.state.window ? none(ctx) : ''}</p>`}
    </section>`;
}

function none(ctx) {
  const hidden = ctx.isFiltered ? ctx.allProblems.length : 0;
  return hidden ? t('attention_hidden', {n: hidden}) : t('attention_none');
}

function table(ctx) {
  return html`
    <div class="scroll"><table id="attention-table" class="cards">
      <thead><tr><th scope="col">${t('status')}</th><th scope="col">${t('domain')}</th><th scope="col">${t('what')}</th>
        <th scope="col">${t('since')}</th><th scope="col">${t('last_ok')}</th><th scope="col">${t('failed_days')}</th>
        <th scope="col">${t('contact')}</th><th scope="col">${t('job')}</th></tr></thead>
      <tbody>${repeat(ctx.problems, ({row}) => row.key, problem => guard(
        [problem.row, problem.problem, ctx.minute, ctx.state.days, ctx.address], () => line(problem, ctx)))}</tbody>
    </table></div>`;
}

/** Days with a failure, of the last ones; null if they are not known. */
export function failedDays(days, {app, domain}) {
  const warnings = days?.apps?.[app]?.[domain]?.warning;
  return Array.isArray(warnings) ? {n: warnings.filter(count => count > 0).length, all: warnings.length} : null;
}

function line({row, problem}, ctx) {
  const days = failedDays(ctx.state.days, row);
  return html`
    <tr class="domain" data-kind=${problem === 'failed' ? 'Warning' : 'Stale'} data-key=${row.key} data-problem=${problem}>
      <td>${problemBadge(problem)}${answerMarks(row).map(mark => html` <span class="answered">${mark}</span>`)}</td>
      <th scope="row"><a class="go row-link" href=${ctx.href({domain: row.key})}><bdi>${row.appName}</bdi> · <bdi class="name">${row.domain}</bdi></a></th>
      <td class="message" dir="auto">${explanation(row, ctx.shownNow).map((text, i) => html`${i ? '; ' : ''}<bdi>${text}</bdi>`)}</td>
      <td class="when" data-label=${t('since')}>${row.state === 'not_started' ? '' : timeOf(row.since, ctx.shownNow)}</td>
      <td class="when" data-label=${t('last_ok')}>${timeOf(row.lastOk, ctx.shownNow)}</td>
      <td class="when" data-label=${t('failed_days')}><bdi>${days ? t('of_days', days) : ''}</bdi></td>
      <td data-label=${t('contact')}><bdi>${row.owner}</bdi> ${row.runbook ? externalLink(row.runbook, t('runbook')) : ''}</td>
      <td data-label=${t('job')}><bdi class="code">${row.jobId}</bdi> ${row.url ? externalLink(row.url, t('log')) : ''}</td>
    </tr>`;
}
