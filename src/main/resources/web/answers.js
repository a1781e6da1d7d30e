// What people have answered to the alerts of a domain, and the buttons to answer: acknowledge, mute, end. A module of its
// own without other imports; it is loaded when somebody opens a domain.

const MUTES = [['Mute 1 h', 1], ['Mute 4 h', 4], ['Mute 24 h', 24]];
const NAME = 'epmpulse-name';
const TIMEOUT_MS = 15_000;

function element(tag, text = '', attributes = {}) {
  const created = document.createElement(tag);
  created.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => created.setAttribute(name, value));
  return created;
}

/** Who has answered, until when, and why, in the time zone of the reader. */
function describe(what, answer) {
  const until = answer.until ? ` until ${new Date(answer.until).toLocaleString()}` : '';
  const reason = answer.reason ? `: ${answer.reason}` : '';
  return `${what}${answer.by ? ` by ${answer.by}` : ''}${until}${reason}`;
}

async function failure(reply) {
  if (reply.status === 403) {
    return 'This key may only read. Sign in with a key that has the role write.';
  }
  const body = await reply.json().catch(() => null);
  return body?.error?.message ?? `Not recorded: HTTP ${reply.status}.`;
}

/**
 * Shows the answers of a domain in an element, with the buttons that fit its status. What the API says about a click is
 * shown there, too; the change itself arrives with the events.
 *
 * @param place an empty element or one of an earlier call
 * @param entry of the domain, as GET /api/v1/status has it
 * @param key the API key of the reader
 */
export function showAnswers(place, {app, domain, entry, key}) {
  const path = kind => `api/v1/domains/${encodeURIComponent(app)}/${encodeURIComponent(domain)}/${kind}`;
  const note = element('p', '', {role: 'status', class: 'help'});
  const name = element('input', '', {id: 'answers-name', maxlength: '100', autocomplete: 'name'});
  const reason = element('input', '', {id: 'answers-reason', maxlength: '500', autocomplete: 'off'});
  name.value = place.querySelector(`#${name.id}`)?.value ?? sessionStorage.getItem(NAME) ?? '';
  reason.value = place.querySelector(`#${reason.id}`)?.value ?? '';

  async function send(method, kind, until) {
    sessionStorage.setItem(NAME, name.value);
    const by = name.value.trim() || null;
    const given = {until, by, reason: reason.value.trim() || null};
    const query = new URLSearchParams(Object.entries({by, reason: given.reason}).filter(([, value]) => value));
    try {
      const reply = await fetch(method === 'DELETE' ? `${path(kind)}?${query}` : path(kind), {
        method,
        headers: {'X-API-Key': key, ...method === 'POST' && {'Content-Type': 'application/json'}},
        body: method === 'POST' ? JSON.stringify(given) : undefined,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        cache: 'no-store',
        redirect: 'error',
      });
      note.textContent = reply.ok ? 'Recorded.' : await failure(reply);
    } catch {
      note.textContent = 'EPMPulse did not answer. Look whether it was recorded before you try again.';
    }
  }

  function button(text, method, kind, hours) {
    const created = element('button', text, {type: 'button', class: 'quiet'});
    created.addEventListener('click', () => send(
      method, kind, hours ? new Date(Date.now() + hours * 3_600_000).toISOString() : null));
    return created;
  }

  const {acknowledged, muted} = entry;
  const buttons = element('p');
  if (entry.status === 'Warning' && !acknowledged) {
    buttons.append(button('Acknowledge', 'POST', 'acknowledge'), ' ');
  }
  if (acknowledged) {
    buttons.append(button('End the acknowledgement', 'DELETE', 'acknowledge'), ' ');
  }
  if (muted) {
    buttons.append(button('End the mute', 'DELETE', 'mute'));
  } else {
    MUTES.forEach(([text, hours]) => buttons.append(button(text, 'POST', 'mute', hours), ' '));
  }
  place.replaceChildren(
    element('p', [acknowledged && describe('Acknowledged', acknowledged), muted && describe('Muted', muted)]
      .filter(Boolean).join('. ')),
    buttons,
    element('label', 'Your name ', {for: name.id}), name, ' ',
    element('label', 'Reason ', {for: reason.id}), reason,
    note);
}
