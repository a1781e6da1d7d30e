// Copies a table, or the row with the focus, as text with tabs and as HTML, so that a mail keeps the table, and writes
// one as CSV. Copying works without https, where navigator.clipboard is not available.

import {html} from '../lit/lit-html.js';
import {t} from './texts.js';

let next = null;

const cellText = cell => cell.innerText.replace(/\s+/g, ' ').trim();

const escaped = text => text.replace(/[&<>"]/g, char => ({'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'})[char]);

/** The texts of the cells of rows. */
export const cellsOf = rows => [...rows].map(row => [...row.cells].map(cellText));

export const asText = cells => cells.map(row => row.map(guarded).join('\t')).join('\n');

/** RFC 4180; the cells may be numbers or null. */
export const asCsv = cells => cells.map(row => row.map(cell => quoted(typeof cell === 'string' ? guarded(cell) : `${cell ?? ''}`))
  .join(',')).join('\r\n') + '\r\n';

const quoted = text => /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** A spreadsheet must not calculate what was pasted. */
const guarded = text => /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;

export const asHtml = (cells, head) => `<table>${cells.map((row, i) =>
  `<tr>${row.map(text => i < head ? `<th>${escaped(text)}</th>` : `<td>${escaped(text)}</td>`).join('')}</tr>`).join('')}</table>`;

function write(event, cells, head) {
  event.clipboardData.setData('text/plain', asText(cells));
  event.clipboardData.setData('text/html', asHtml(cells, head));
  event.preventDefault();
}

export function listenToCopy() {
  document.addEventListener('copy', event => {
    const row = document.activeElement?.closest?.('tr');
    if (next) {
      write(event, next, 1);
    } else if (row && getSelection().isCollapsed) {
      write(event, cellsOf([row]), 0);
    }
  });
}

/** Returns the number of copied rows. */
export function copyTable(table) {
  next = cellsOf(table.rows).filter(row => row.length > 1);
  try {
    return document.execCommand('copy') ? next.length - table.tHead.rows.length : 0;
  } finally {
    next = null;
  }
}

/** A button that copies the table with this id, and says so. */
export const copyButton = id => html`<button type="button" class="quiet copy" @click=${event => {
  const count = copyTable(document.getElementById(id));
  document.getElementById('live').textContent = t('copied', {n: count});
  event.target.classList.add('copied');
  setTimeout(() => event.target.classList.remove('copied'), 1_500);
}}>${t('copy')}</button>`;
