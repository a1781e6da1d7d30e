// Fetches the page again every other second and exchanges the parts that changed.
'use strict';

const EVERY_MS = 2000;

async function refresh() {
  if (!document.hidden) {
    const status = document.getElementById('status');
    try {
      const reply = await fetch('/', { cache: 'no-store' });
      if (!reply.ok) {
        throw new Error(String(reply.status));
      }
      const fresh = new DOMParser().parseFromString(await reply.text(), 'text/html');
      for (const part of document.querySelectorAll('[data-part]')) {
        const next = fresh.getElementById(part.id);
        if (next && next.innerHTML !== part.innerHTML) {
          exchange(part, next);
        }
      }
      status.classList.remove('gone');
    } catch {
      status.classList.add('gone');
    }
  }
  setTimeout(refresh, EVERY_MS);
}

// A wide canvas keeps its place and the keyboard its focus.
function exchange(part, next) {
  const places = new Map();
  for (const article of part.querySelectorAll('article[id]')) {
    const canvas = article.querySelector('.canvas');
    places.set(article.id, { left: canvas.scrollLeft, focused: canvas === document.activeElement });
  }
  part.replaceChildren(...next.childNodes);
  for (const [id, place] of places) {
    const canvas = document.getElementById(id)?.querySelector('.canvas');
    if (canvas) {
      canvas.scrollLeft = place.left;
      if (place.focused) {
        canvas.focus({ preventScroll: true });
      }
    }
  }
}

setTimeout(refresh, EVERY_MS);
