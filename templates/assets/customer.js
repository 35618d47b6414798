// Small comforts of the customer's pages; every page works without them.
(() => {
  document.documentElement.classList.add('js');
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-copy]');
    if (!button) { return; }
    const words = button.querySelector('[data-copy-label]') ?? button;
    const before = words.textContent;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      words.textContent = 'Copied';
    } catch {
      words.textContent = 'Select and copy by hand';
    }
    setTimeout(() => { words.textContent = before; }, 2000);
  });
  // What could not be fetched says so where the answer would have been. Nothing that was typed is touched.
  const failed = (event) => {
    const target = event.detail.target;
    if (target?.id === 'reading') {
      document.getElementById('reading-status').textContent = event.detail.xhr?.status === 429
        ? 'That was often. We read again in a while; you can send the form as it is.'
        : 'We cannot read it at this moment. You can send the form as it is.';
    } else if (target?.id?.endsWith('-result')) {
      target.textContent = 'We could not look it up. Please try again in a moment.';
    }
  };
  ['htmx:responseError', 'htmx:sendError', 'htmx:timeout'].forEach((name) => document.addEventListener(name, failed));
  // A form that is sent is sent once; the page stays usable when the browser comes back to it.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sent && !form.hasAttribute('hx-post')) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  // Hidden errors help nobody: the place an error leads to is opened.
  const reveal = () => {
    const at = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    at?.closest?.('details')?.setAttribute('open', '');
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
