// What people have answered to the alerts of a domain, and the buttons to answer: acknowledge, mute, end.

import {html} from '../lit/lit-html.js';
import {query} from './api.js';
import {answerText} from './facts.js';
import {store, stored} from './key.js';
import {t} from './texts.js';
import {serverNow} from './time.js';

const HOUR = 3_600_000;
const MUTE_HOURS = [1, 4, 24];
const NAME = 'epmpulse-name';

export function createAnswers(api, changed) {
  let by = stored(NAME) ?? '';
  let of = ''; // the domain of the reason and the note
  let reason = '';
  let note = '';
  let busy = false;
  let readOnly = false;

  async function send(row, method, kind, hours) {
    if (busy) {
      return;
    }
    store(NAME, by);
    busy = true;
    note = '';
    changed();
    const path = `domains/${encodeURIComponent(row.app)}/${encodeURIComponent(row.domain)}/${kind}`;
    const given = {by: by.trim() || null, reason: reason.trim() || null};
    let result;
    try {
      await (method === 'POST'
        ? api.send(method, path, {...given, until: hours ? new Date(serverNow() + hours * HOUR).toISOString() : null})
        : api.send(method, `${path}?${query(given)}`));
      result = t('recorded');
    } catch (error) {
      readOnly ||= error.status === 403;
      result = error.status ? error.message || t('server_status', {status: error.status}) : t('maybe_recorded');
    }
    busy = false;
    if (row.key === of) {
      note = readOnly ? '' : result;
    }
    changed();
  }

  function buttons(row) {
    const button = (text, ...call) =>
      html`<button type="button" class="quiet" aria-disabled=${busy ? 'true' : 'false'} @click=${() => send(row, ...call)}>${text}</button> `;
    return html`
      <p class="answer-buttons">
        ${row.acknowledged ? button(t('end_acknowledge'), 'DELETE', 'acknowledge')
          : row.state === 'failed' ? button(t('acknowledge'), 'POST', 'acknowledge') : ''}
        ${row.muted ? button(t('end_mute'), 'DELETE', 'mute')
          : MUTE_HOURS.map(hours => button(t('mute_hours', {n: hours}), 'POST', 'mute', hours))}
      </p>
      <p class="answer-fields">
        <label>${t('your_name')} <input id="answer-name" maxlength="100" autocomplete="name" .value=${by}
          @input=${event => { by = event.target.value; }}></label>
        <label>${t('reason')} <input id="answer-reason" maxlength="500" autocomplete="off" .value=${reason}
          @input=${event => { reason = event.target.value; }}></label>
      </p>`;
  }

  /** A button that was pressed may be replaced by another one: the focus must stay here, for the keyboard. */
  function keepFocus() {
    const section = document.getElementById('answers');
    if (section?.contains(document.activeElement)) {
      queueMicrotask(() => document.activeElement === document.body
        && (section.querySelector('button') ?? document.getElementById('details-close'))?.focus());
    }
  }

  return {
    /** The answers of a domain, and the buttons that fit its status. The change itself arrives with the feed. */
    view(row, now) {
      keepFocus();
      if (row.key !== of) {
        of = row.key;
        reason = note = '';
      }
      return html`
        <section id="answers" class="answers" aria-label=${t('answers')}>
          ${row.acknowledged ? html`<p class="answered" dir="auto">${answerText(t('acknowledged'), row.acknowledged, now)}</p>` : ''}
          ${row.muted ? html`<p class="answered" dir="auto">${answerText(t('muted'), row.muted, now)}</p>` : ''}
          ${readOnly ? html`<p class="note small">${t('read_only')}</p>` : buttons(row)}
          <p id="answer-note" role="status">${note}</p>
        </section>`;
    },

    clear() {
      of = reason = note = '';
      readOnly = false;
    },
  };
}
