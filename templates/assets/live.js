// What others do, as they do it. Nothing moves by itself: rows change in their place, what is gone keeps its place, what is new is announced.
// Without this file the pages are as they were when they were loaded.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const queue = $('[data-queue]');
  const ticket = $('[data-ticket]');
  const live = $('[data-live]');
  if (!live || !(queue || ticket)) { return; }
  const announce = (words) => { const place = $('[data-live-words]', live); if (place.textContent !== words) { place.textContent = words; } live.classList.add('on'); };

  // --- the queue
  const countPicked = () => { const bar = $('[data-picked]'); const n = document.querySelectorAll('[name=pick]:checked').length; if (bar && n > 0) { bar.textContent = `With ${n} chosen:`; } };
  document.addEventListener('change', ({ target }) => { if (target.name === 'pick') { countPicked(); } });
  countPicked();
  const news = new Set();
  let asked = new Set();
  let asking = null;
  let many = false;
  function say() {
    announce(many ? 'Many changes: show' : `${news.size} ${news.size === 1 ? 'change' : 'changes'}: show`);
  }
  /** A word more or less in one row would move the columns of all: they stay as wide as they are, until the window has another width. */
  function holdColumns() {
    const table = $('.tickets');
    const heads = table?.tHead ? [...table.tHead.rows[0].cells] : [];
    if (heads.length === 0 || table.hasAttribute('data-held') || getComputedStyle(table).display !== 'table') { return; }
    const widths = heads.map((head) => head.getBoundingClientRect().width);
    heads.forEach((head, i) => { head.style.width = `${widths[i]}px`; });
    table.setAttribute('data-held', '');
    addEventListener('resize', () => { heads.forEach((head) => { head.style.width = ''; }); table.removeAttribute('data-held'); }, { once: true });
  }
  function replace(row, html) {
    const made = document.createElement('template');
    made.innerHTML = html;
    const fresh = made.content.querySelector('tr');
    if (!fresh) { return; }
    for (const time of made.content.querySelectorAll('time')) { const old = row.querySelector(`time[datetime="${time.dateTime}"]`); if (old) { time.textContent = old.textContent; } }
    if (row.hasAttribute('aria-current')) { fresh.setAttribute('aria-current', 'true'); }
    const tick = $('.tick input', fresh);
    if (tick && $('.tick input', row)?.checked) { tick.checked = true; }
    const focused = row.contains(document.activeElement) ? document.activeElement : null;
    row.replaceWith(fresh);
    if (focused) { ($(focused.matches('.take') ? '.take' : '.ref a', fresh) ?? $('.ref a', fresh))?.focus({ preventScroll: true }); }
  }
  async function ask() {
    asking = null;
    const refs = [...asked];
    asked = new Set();
    const address = new URLSearchParams(location.search);
    ['after', 'said'].forEach((name) => address.delete(name));
    address.set('refs', refs.join(','));
    const answer = await fetch(`/desk/rows?${address}`, { headers: { accept: 'application/json' } });
    if (!answer.ok) { return; }
    const { rows, counts } = await answer.json();
    for (const [name, count] of Object.entries(counts)) { const place = $(`[data-count="${name}"]`); if (place) { place.textContent = count; } }
    holdColumns();
    for (const ref of refs) {
      const row = document.getElementById(`row-${ref}`);
      if (row && rows[ref]) { replace(row, rows[ref]); }
      else if (row && !row.classList.contains('gone')) { row.classList.add('gone'); row.title = 'No longer in this queue'; news.add(ref); }
      else if (!row && rows[ref]) { news.add(ref); }
    }
    if (news.size > 0) { say(); }
  }
  function changedInQueue(refs) {
    if (!refs) { many = true; say(); return; }
    refs.forEach((ref) => asked.add(ref));
    asking ??= setTimeout(() => void ask().catch(() => undefined), 150);
  }
  // Nobody looks: then nothing can move under a pointer, and whoever comes back finds the queue as it is.
  document.addEventListener('visibilitychange', () => { if (!document.hidden && queue && (news.size > 0 || many) && !$('[name=pick]:checked')) { location.reload(); } });

  // --- a ticket: its page says that it is open, keeps what is typed, and hears who else is there
  const panel = $('[data-decide]');
  let typedAt = 0;
  let dirty = false;
  panel?.addEventListener('input', () => {
    const began = Date.now() - typedAt > 20_000;
    typedAt = Date.now();
    dirty = true;
    if (began) { void beat(); }
  });
  panel?.addEventListener('change', () => { dirty = true; });
  // What waits for its window to undo must not be kept over what was sent.
  let sent = false;
  panel?.addEventListener('submit', () => { sent = true; });
  const token = () => $('input[name="_csrf"]')?.value ?? '';
  function post(fields, keepalive) {
    return fetch(`/desk/tickets/${ticket.dataset.ticket}/here`, { method: 'POST', keepalive, body: fields, headers: { 'x-csrf-token': token(), accept: 'application/json' } });
  }
  /** Who has the ticket now, where the page says it: what the head was loaded with is not true any more. */
  function hold(place, holder) {
    const words = document.createElement('span');
    words.className = 'now';
    words.title = words.textContent = holder === 'you' ? 'You have it' : `${holder || 'Nobody'} has it`;
    place.dataset.holder = holder;
    place.replaceChildren(words);
    const release = $('[data-release]');
    if (release) { release.hidden = holder !== 'you'; }
  }
  async function beat() {
    if (sent) { return; }
    const fields = new URLSearchParams(panel && dirty ? new FormData(panel) : {});
    fields.set('doing', Date.now() - typedAt < 30_000 ? 'typing' : 'looking');
    if (panel && dirty) { fields.set('draft', '1'); dirty = false; }
    const answer = await post(fields, false).catch(() => null);
    if (!answer?.ok || sent) { dirty = dirty || fields.has('draft'); return; }
    const { version, yours, leaseUntil, holder, there } = await answer.json();
    if (fields.has('draft')) { document.dispatchEvent(new Event('desk:kept')); }
    const place = $('[data-there]');
    if (place && place.textContent !== (there ?? '')) { place.textContent = there ?? ''; place.title = there ?? ''; }
    const lease = $('[data-lease]');
    if (lease && leaseUntil && yours) { lease.textContent = new Date(leaseUntil).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: document.body.dataset.zone || 'UTC' }); }
    const lost = $('[data-lost]');
    if (lost) { lost.hidden = yours; }
    const has = $('[data-holder]');
    if (has && has.dataset.holder !== (yours ? 'you' : (holder ?? ''))) { hold(has, yours ? 'you' : (holder ?? '')); }
    if (version !== Number(ticket.dataset.version)) { announce('Changed: show'); }
  }
  if (ticket) {
    void beat();
    setInterval(() => { if (!document.hidden || panel) { void beat(); } }, 15_000);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) { void beat(); } });
    addEventListener('pagehide', () => void post(new URLSearchParams({ doing: 'gone' }), true).catch(() => undefined));
    live.addEventListener('click', (event) => {
      if (!dirty) { return; }
      event.preventDefault();
      void beat().finally(() => { location.href = live.href; });
    });
  }

  // --- the stream; it comes back by itself, and what happened meanwhile is not told: the page says so
  let broken = false;
  const stream = new EventSource('/desk/live');
  stream.addEventListener('ready', () => {
    if (broken && queue) { changedInQueue(null); } else if (broken) { void beat(); }
    broken = false;
    document.body.dataset.listening = 'yes';
  });
  stream.addEventListener('changed', (event) => {
    const { refs } = JSON.parse(event.data);
    if (queue) { changedInQueue(refs); } else if (!refs || refs.includes(ticket.dataset.ticket)) { void beat(); }
  });
  stream.addEventListener('over', () => { stream.close(); announce('You are signed out: sign in'); });
  stream.addEventListener('error', () => { broken = true; });
})();
