// The texts in the reader's language; English where a language has no text.

import {texts as english} from '../text/en.js';

let texts = english;

/** Loads the texts of a language, such as "de" or "de-CH". The server sends English for one it does not have. */
export async function loadTexts(wanted) {
  const [main] = /^[a-z]{2,3}(?![a-z])/.exec(wanted.toLowerCase()) ?? ['en'];
  try {
    const file = main === 'en' ? {texts: english, language: 'en'} : await import(`../text/${main}.js`);
    texts = {...english, ...file.texts};
    return file.language;
  } catch {
    return 'en'; // the file did not arrive
  }
}

/** The text with this name, with its values. */
export function t(name, values) {
  const text = texts[name] ?? name;
  return values ? text.replace(/\{(\w+)\}/g, (all, value) => values[value] ?? '') : text;
}
