// Keys: / find, n next problem, j and k next and previous domain, Escape closes.

const isField = element => ['INPUT', 'SELECT', 'TEXTAREA'].includes(element?.tagName);

/** The element some steps after the focused one; the first or the last one if none has the focus. */
export function step(elements, focused, by) {
  if (!elements.length) {
    return null;
  }
  const index = elements.indexOf(focused);
  return index < 0 ? elements[by > 0 ? 0 : elements.length - 1] : elements[(index + by + elements.length) % elements.length];
}

export function listenToKeys() {
  const focus = (selector, by) => step([...document.querySelectorAll(selector)], document.activeElement, by)?.focus();
  const actions = {
    '/': () => document.getElementById('find')?.focus(),
    'n': () => focus('#attention-table .row-link', 1),
    'j': () => focus('#main .row-link', 1),
    'k': () => focus('#main .row-link', -1),
  };
  document.addEventListener('keydown', event => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey || isField(event.target) || document.querySelector('dialog[open]')) {
      if (event.key === 'Escape' && isField(event.target)) {
        event.target.blur();
      }
      return;
    }
    event.preventDefault();
    action();
  });
}
