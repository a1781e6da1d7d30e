// Fetches the page every two seconds and replaces the parts that changed.
'use strict';

const REFRESH_MS = 2000;

async function refresh() {
  if (!document.hidden) {
    const status = document.getElementById('status');
    try {
      const response = await fetch('/', { cache: 'no-store' });
      if (!response.ok) {
        throw new Error(String(response.status));
      }
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-part]')) {
        const next = fresh.getElementById(part.id);
        if (next && next.innerHTML !== part.innerHTML) {
          replacePart(part, next);
        }
      }
      status.classList.remove('disconnected');
    } catch {
      status.classList.add('disconnected');
    }
  }
  setTimeout(refresh, REFRESH_MS);
}

// Keeps the scroll position and the keyboard focus.
function replacePart(part, next) {
  const positions = new Map();
  for (const article of part.querySelectorAll('article[id]')) {
    const canvas = article.querySelector('.canvas');
    positions.set(article.id, { left: canvas.scrollLeft, focused: canvas === document.activeElement });
  }
  part.replaceChildren(...next.childNodes);
  for (const [id, position] of positions) {
    const canvas = document.getElementById(id)?.querySelector('.canvas');
    if (canvas) {
      canvas.scrollLeft = position.left;
      if (position.focused) {
        canvas.focus({ preventScroll: true });
      }
    }
  }
}

setTimeout(refresh, REFRESH_MS);
