// Links, rows and the dialog change the address of the page without loading it again.

export function listenToClicks(address, dialog) {
  document.addEventListener('click', event => {
    const link = event.target.closest('a.go');
    if (link && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      address.open(new URL(link.href).search);
    } else if (event.target === dialog) {
      address.go({domain: ''}); // the background of the dialog
    } else if (getSelection().isCollapsed && !event.target.closest('a, button, input, select')) {
      const row = event.target.closest('#main tr.domain');
      if (row && address.now.view !== 'wall') {
        address.go({domain: row.dataset.key});
      }
    }
  });

  dialog.addEventListener('cancel', event => {
    event.preventDefault();
    address.go({domain: ''});
  });

  dialog.addEventListener('close', () => {
    // A row may have been rendered again, so the browser cannot return the focus itself.
    document.querySelector(`#main [data-key="${CSS.escape(dialog.dataset.of ?? '')}"] .row-link`)?.focus({preventScroll: true});
  });
}
