// Jobs that load several domains, with the state of each part.

import {html} from '../lit/lit-html.js';
import {stateOfStatus} from './derive.js';
import {duration, instant} from './time.js';
import {badge, timeOf} from './symbols.js';
import {t} from './texts.js';

/** The jobs that match the filter. */
export function matchingJobs(jobs, {app, status, q}, nameOf) {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean);
  return jobs.filter(job => {
    const text = [job.job_id, ...job.apps.flatMap(part => [part.app, nameOf(part.app), part.domain])].join('\n').toLowerCase();
    return (!app || job.apps.some(part => part.app === app)) && (!status || stateOfStatus(job) === status)
      && words.every(word => text.includes(word));
  });
}

export function jobsView(ctx) {
  const names = new Map(ctx.state.catalog.map(({app, name}) => [app, name]));
  const nameOf = app => names.get(app) ?? app;
  const jobs = ctx.past === null ? matchingJobs(ctx.state.jobs, ctx.address, nameOf) : [];
  return jobs.length === 0 ? '' : html`
    <section id="jobs" class="jobs" aria-labelledby="jobs-title">
      <h2 id="jobs-title">${t('jobs')}</h2>
      <ul class="job-list" role="list">${jobs.map(job => html`
        <li class="job-card" data-kind=${stateOfStatus(job)}>
          <header><h3 class="code"><bdi>${job.job_id}</bdi></h3>
            <p class="when">${timeOf(instant(job.started), ctx.now)} ${Number.isFinite(job.duration_sec) ? t('took', {for: duration(job.duration_sec * 1000)}) : ''}</p>
            ${badge(stateOfStatus(job))}</header>
          <ul class="parts" role="list">${job.apps.map(part => html`
            <li><span><bdi>${nameOf(part.app)}</bdi> <bdi>${part.domain}</bdi></span>${badge(stateOfStatus(part))}</li>`)}</ul>
        </li>`)}</ul>
    </section>`;
}
