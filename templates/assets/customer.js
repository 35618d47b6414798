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
  // Without a connection a form stays where it is, and says so; the browser's own error page would take its place.
  function offline(form, button) {
    const place = button?.closest('p') ?? form.lastElementChild;
    let words = form.querySelector('[data-offline]');
    if (!words) {
      words = document.createElement('p');
      words.dataset.offline = '';
      words.className = 'field-error';
      words.setAttribute('role', 'alert');
      place.before(words);
    }
    words.textContent = 'There is no connection at the moment. Everything you typed is still here: send it again when you are back.';
    addEventListener('online', () => words.remove(), { once: true });
  }
  // A form that is sent is sent once; the page stays usable when the browser comes back to it.
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!navigator.onLine) { event.preventDefault(); offline(form, event.submitter); return; }
    if (form.dataset.sent && !form.hasAttribute('hx-post')) { event.preventDefault(); return; }
    form.dataset.sent = '1';
    setTimeout(() => { delete form.dataset.sent; }, 4000);
  });
  // A form of the desk that was kept while nobody was signed in carries no token: it asks for the one of whoever is signed in now.
  const kept = document.querySelector('form[data-token-wanted]');
  kept?.addEventListener('submit', (event) => {
    if (event.defaultPrevented) { return; }
    event.preventDefault();
    fetch('/desk/keys', { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(5000) })
      .then((answer) => answer.text())
      .then((text) => { const token = new DOMParser().parseFromString(text, 'text/html').querySelector('input[name="_csrf"]'); if (token?.value) { kept.append(token); } })
      // Without it the desk shows the form once more, with all that is in it.
      .catch(() => undefined)
      .finally(() => kept.submit());
  });
  // The ticket's page keeps itself up to date: parts that changed take their place, except under somebody's hands.
  const status = document.getElementById('ticket-status');
  const typedIn = (part) => part.contains(document.activeElement) || [...part.querySelectorAll('textarea, input')].some((field) => field.type === 'checkbox' || field.type === 'radio' ? field.checked !== field.defaultChecked : field.type !== 'hidden' && field.value !== field.defaultValue);
  document.addEventListener('htmx:configRequest', (event) => {
    if (event.target.id === 'ticket-poll') { event.detail.parameters.seen = [...document.querySelectorAll('[data-mark]')].map((part) => part.dataset.mark).join('.'); }
  });
  document.addEventListener('htmx:oobBeforeSwap', (event) => {
    const { target, fragment } = event.detail;
    const fresh = fragment.querySelector('[data-mark]');
    if (!fresh || !target.dataset.mark) { return; }
    const same = fresh.dataset.mark === target.dataset.mark;
    if (same || typedIn(target)) { event.detail.shouldSwap = false; }
    if (event.detail.shouldSwap) { fragment.querySelectorAll('details').forEach((each) => { each.open = [...target.querySelectorAll('details')].find((old) => old.textContent === each.textContent)?.open ?? each.open; }); }
  });
  document.addEventListener('htmx:beforeSwap', (event) => {
    if (event.target.id !== 'ticket-poll') { return; }
    const says = new DOMParser().parseFromString(event.detail.xhr.responseText, 'text/html').getElementById('ticket-says')?.textContent;
    if (!says || says === status.dataset.says) { return; }
    status.dataset.says = says;
    status.innerHTML = '<p class="notice unknown mb-4 row-flex"><span></span> <a class="btn btn-sm"></a></p>';
    status.querySelector('span').textContent = `This ticket has changed. Now: ${says}.`;
    status.querySelector('a').href = location.pathname;
    status.querySelector('a').textContent = 'Load the page again';
  });
  // Hidden errors help nobody: the place an error leads to is opened.
  const reveal = () => {
    const at = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    at?.closest?.('details')?.setAttribute('open', '');
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
