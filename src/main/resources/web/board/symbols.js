// Symbols, and the word that always stands beside each.

import {html} from '../lit/lit-html.js';
import {KINDS, kindOfProblem} from './derive.js';
import {fullTime, shortTime} from './time.js';
import {t} from './texts.js';

/** A symbol of the sheet in index.html. */
export const symbol = kind => html`<svg class="symbol" viewBox="0 0 16 16" aria-hidden="true"><use href="#symbol-${kind}"></use></svg>`;

/** Symbol and word of a state. */
export const badge = state =>
  html`<span class="badge" data-kind=${KINDS[state]}>${symbol(KINDS[state])}<span>${t(state)}</span></span>`;

/** The symbol of a problem. */
export const problemSymbol = problem => symbol(problem === 'failed' ? 'Warning' : problem === 'stale' ? 'Stale' : 'Late');

/** Symbol and word of a problem, such as "Late". */
export const problemBadge = problem =>
  html`<span class="badge" data-kind=${kindOfProblem(problem)}>${problemSymbol(problem)}<span>${t(problem)}</span></span>`;

/** A time with the full one as its tooltip; nothing if it is unknown. */
export const timeOf = (at, now) => at === null ? '' :
  html`<time datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${shortTime(at, now)}</time>`;

/** A link to another site. */
export const externalLink = (url, text) => html`<a href=${url} target="_blank" rel="noopener noreferrer">${text}</a>`;
