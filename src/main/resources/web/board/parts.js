// Parts of the page that most readers open later, if at all, and that are loaded then.

const RETRY_MS = 2_000;

const loadStyle = href => new Promise((resolve, reject) =>
  document.head.append(Object.assign(document.createElement('link'), {rel: 'stylesheet', href, onload: resolve, onerror: reject})));

/**
 * @param create by the name of each part, what returns it when its module is loaded
 * @param changed called when a part was loaded
 */
export function createParts(create, changed) {
  const parts = {};
  return {
    /** A part; null until it is loaded. */
    load(name) {
      if (!(name in parts)) {
        parts[name] = null;
        Promise.all([import(`./${name}.js`), name === 'wall' ? loadStyle('wall.css') : null])
          .then(([module]) => {
            parts[name] = create[name](module);
          }, () => setTimeout(() => delete parts[name], RETRY_MS))
          .finally(changed);
      }
      return parts[name];
    },

    /** A part that is loaded; undefined or null if it is not. */
    known: name => parts[name],
  };
}
