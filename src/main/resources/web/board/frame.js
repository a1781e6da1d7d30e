// What stands around every view: header, time travel, alarm, summary, filter, sign-in form, footer.

import {html} from '../lit/lit-html.js';
import {STATES, VIEWS} from './address.js';
import {clock, clockSeconds, day, daysLater, fullTime, localInput, shortTime, serverNow} from './time.js';
import {symbol} from './symbols.js';
import {t} from './texts.js';

export function header(ctx) {
  return html`
    <header class="top">
      <h1><img src="icon.svg" alt="" width="28" height="28">EPMPulse</h1>
      ${ctx.state.hasBoard ? html`
        <nav class="views" aria-label=${t('views')}>
          ${VIEWS.map(view => html`<a class="go" href=${ctx.href({view, domain: ''})}
            aria-current=${ctx.address.view === view ? 'page' : 'false'}>${t(view)}</a>`)}
        </nav>
        ${timeTravel(ctx)}` : ''}
      <div class="side">
        <p class="as-of">${ctx.state.hasBoard ? t('as_of', {time: clockSeconds(ctx.past ?? ctx.health.repliedAt)}) : ''}</p>
        ${ctx.signedIn ? html`
          ${ctx.notify.possible ? html`<button id="notify" type="button" class="quiet" aria-pressed=${ctx.notify.on ? 'true' : 'false'}
            @click=${ctx.notify.toggle}>${t(ctx.notify.on ? 'notify_on' : 'notify')}</button>` : ''}
          <button id="sign-out" class="quiet" type="button" @click=${ctx.signOut}>${t('sign_out')}</button>` : ''}
      </div>
    </header>`;
}

function timeTravel(ctx) {
  const {window} = ctx.state;
  const shown = ctx.past ?? ctx.now;
  const label = !window ? '' : window.rolling ? t('last_day')
    : t('window_since', {day: day(window.starts), time: clock(window.starts)});
  const move = days => () => {
    const at = daysLater(shown, days);
    ctx.go({at: at >= serverNow() ? null : at});
  };
  return html`
    <div class="travel" role="group" aria-label=${t('at_time')}>
      <button type="button" class="quiet" title=${t('previous_day')} aria-label=${t('previous_day')} @click=${move(-1)}>◀</button>
      <span class="window-label">${label}</span>
      <button type="button" class="quiet" title=${t('next_day')} aria-label=${t('next_day')} ?disabled=${ctx.past === null}
        @click=${move(1)}>▶</button>
      <input id="at" type="datetime-local" aria-label=${t('at_time')} max=${localInput(ctx.now)}
        .value=${document.activeElement?.id === 'at' ? document.activeElement.value : localInput(shown)}
        @change=${event => {
          const at = Date.parse(event.target.value);
          ctx.go({at: Number.isNaN(at) || at >= serverNow() ? null : at});
        }}>
      ${ctx.past === null ? '' : html`<button id="now" type="button" @click=${() => ctx.go({at: null})}>${t('now')}</button>`}
    </div>`;
}

export function alarm(ctx) {
  const lines = ctx.alarm?.lines ?? [];
  return html`
    <div id="alarm" class="alarm" role="alert" data-text=${lines.join()}>${lines.map(line => html`<p>${line}</p>`)}</div>
    ${ctx.past !== null && ctx.state.hasBoard ? html`<p class="past" role="status">${t('past', {time: fullTime(ctx.past)})}</p>` : ''}`;
}

/** The counts, each a filter. */
export function summary(ctx) {
  const {counts, all} = ctx;
  const {window, monthAgo} = ctx.state;
  const count = (name, kind, text, always) => counts[name] || always ? html`
    <a class="count go" data-kind=${kind} data-count=${name} aria-current=${ctx.address.status === name ? 'true' : 'false'}
      href=${ctx.href({status: ctx.address.status === name ? '' : name, domain: ''})}>${symbol(kind)}<span>${text}</span></a>` : '';
  const n = name => html`<b>${counts[name]}</b> ${t(name)}`;
  const usual = window?.usualEnd;
  return html`
    <section id="summary" class="summary" aria-label=${t('summary')}>
      ${count('done', 'OK', html`<b>${t('of_done', {done: counts.done, all})}</b> ${t('done')}`, true)}
      ${count('failed', 'Warning', n('failed'))}
      ${count('stale', 'Stale', n('stale'))}
      ${count('late', 'Late', n('late'))}
      ${count('at_risk', 'Late', n('at_risk'))}
      ${count('running', 'Loading', n('running'))}
      ${count('not_started', 'Blank', n('not_started'))}
      ${window ? html`<span class="end">${counts.done === all && all > 0
        ? html`<b>${t('all_done')}</b> ${window.expectedEnd === null ? '' : clock(window.expectedEnd)}`
        : ctx.end === null ? '' : html`${t('expected_end')} <b title=${fullTime(ctx.end)}>${shortTime(ctx.end, ctx.shownNow)}</b>`}
        ${usual === null || usual === undefined || window.rolling ? '' : html`<small>(${t('usually', {time: clock(usual)})})</small>`}</span>` : ''}
      ${monthAgo ? html`<span class="month-ago">${t('last_month', {day: day(monthAgo.at)})}: <b>${t('of_done', monthAgo)}</b></span>` : ''}
    </section>`;
}

export function filterForm(ctx) {
  const {address} = ctx;
  const apps = ctx.state.catalog;
  const change = () => {
    const form = document.getElementById('filter');
    ctx.replace({q: form.q.value.trim(), app: form.app.value, status: form.status.value});
  };
  const any = address.q || address.app || address.status;
  return html`
    <form id="filter" class="filter" role="search" aria-label=${t('filter')} @input=${change}
      @submit=${event => event.preventDefault()}>
      <label for="find">${t('find')}</label>
      <input id="find" name="q" type="search" autocomplete="off" spellcheck="false" dir="auto" placeholder=${t('find_hint')}
        .value=${address.q === ctx.typed.trim() ? ctx.typed : address.q}>
      <label for="app">${t('app')}</label>
      <select id="app" name="app" .value=${address.app}>
        <option value="">${t('all_apps')}</option>
        ${address.app && !apps.some(({app}) => app === address.app) ? html`<option value=${address.app}>${address.app}</option>` : ''}
        ${apps.map(({app, name}) => html`<option value=${app} ?selected=${app === address.app}>${name}</option>`)}
      </select>
      <label for="status">${t('status')}</label>
      <select id="status" name="status" .value=${address.status}>
        <option value="">${t('any_status')}</option>
        ${STATES.map(state => html`<option value=${state} ?selected=${state === address.status}>${t(state)}</option>`)}
      </select>
      <button id="clear" type="button" ?hidden=${!any} @click=${() => {
        ctx.replace({q: '', app: '', status: ''});
        document.getElementById('find').focus();
      }}>${t('show_all')}</button>
      <output id="shown" class="shown" for="find app status">${any ? t('shown', {shown: ctx.rows.length, all: ctx.all}) : ''}</output>
    </form>`;
}

export function signIn({error, checking, use}) {
  return html`
    <form id="key-form" class="key-form" @submit=${event => {
      event.preventDefault();
      use(event.target.elements.key.value.trim());
    }}>
      <h2>${t('sign_in_title')}</h2>
      <p id="key-error" class="error" role="alert">${error}</p>
      <label for="key">${t('api_key')}</label>
      <div class="key-line">
        <input id="key" name="key" type="password" autocomplete="off" spellcheck="false" autocapitalize="none" required
          aria-describedby="key-error key-help" ?aria-invalid=${Boolean(error)}>
        <button id="key-submit" type="submit" ?disabled=${checking}>${t(checking ? 'signing_in' : 'sign_in')}</button>
      </div>
      <div id="key-help" class="help">
        <p>${t('key_help')}</p>
        <p>${t('key_kept')}</p>
      </div>
    </form>`;
}

const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const footer = ctx => html`
  <footer id="foot" class="foot">
    <p>${t('times', {zone: ZONE, service: ctx.state.days?.timezone ?? 'UTC'})} ${t('keys')}</p>
  </footer>`;
