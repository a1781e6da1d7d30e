// The API key: from the sign-in form or the fragment of the address, kept until the tab is closed.

const NAME = 'epmpulse-key';

/** A value that is kept until the tab is closed; null without one. */
export function stored(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null; // storage is disabled: a reload requires a new sign-in
  }
}

export function store(name, value) {
  try {
    value ? sessionStorage.setItem(name, value) : sessionStorage.removeItem(name);
  } catch {
    // as above
  }
}

export const storedKey = () => stored(NAME);
export const storeKey = value => store(NAME, value);

/** The key in #key=, which is removed from the address at once; null without one. */
export function keyFromAddress() {
  const match = /^#(?:.*&)?key=([^&]*)/.exec(location.hash);
  if (!match) {
    return null;
  }
  history.replaceState(null, '', location.pathname + location.search);
  try {
    return decodeURIComponent(match[1]).trim();
  } catch {
    return match[1].trim();
  }
}

export const isKey = value => /^[\x21-\x7e]+$/.test(value);
