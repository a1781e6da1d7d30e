// Symbols, and the word that always stands beside each.

import {html} from '../lit/lit-html.js';
import {KINDS, kindOfProblem} from './derive.js';
import {fullTime, shortTime} from './time.js';
import {t} from './texts.js';

/** A symbol of the sheet in index.html. */
export const symbol = kind => html`<svg class="symbol" viewBox="0 0 16 16" aria-hidden="true"><use href="#symbol-${kind}"></use></svg>`;

/** Symbol and word: one template, because each line has it. */
const symbolAndWord = (kind, shape, word) => html`<span class="badge" data-kind=${kind}><svg class="symbol"
  viewBox="0 0 16 16" aria-hidden="true"><use href="#symbol-${shape}"></use></svg><span>${word}</span></span>`;

/** Symbol and word of a state. */
export const badge = state => symbolAndWord(KINDS[state], KINDS[state], t(state));

const shapeOfProblem = problem => problem === 'failed' ? 'Warning' : problem === 'stale' ? 'Stale' : 'Late';

/** The symbol of a problem. */
export const problemSymbol = problem => symbol(shapeOfProblem(problem));

/** Symbol and word of a problem, such as "Late". */
export const problemBadge = problem => symbolAndWord(kindOfProblem(problem), shapeOfProblem(problem), t(problem));

/** A time with the full one as its tooltip; nothing if it is unknown. */
export const timeOf = (at, now) => at === null ? '' :
  html`<time datetime=${new Date(at).toISOString()} title=${fullTime(at)}>${shortTime(at, now)}</time>`;

/** A link to another site. */
export const externalLink = (url, text) => html`<a href=${url} target="_blank" rel="noopener noreferrer">${text}</a>`;
