// The short ways of the desk. Every page works without this file; nothing here knows a rule.
(() => {
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)], body = document.body;
  const writing = (element) => element instanceof HTMLElement && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) && !/^(radio|checkbox|submit|button)$/.test(element.type));

  // --- rows of the queue: one is chosen, the pointer never moves it
  const rows = () => $$('[data-row]');
  const chosen = () => $('[data-row][aria-current]');
  const whyLine = $('[data-why-line]');
  function choose(row) {
    if (!row) { return; }
    chosen()?.removeAttribute('aria-current');
    row.setAttribute('aria-current', 'true');
    row.scrollIntoView({ block: 'nearest' });
    $('.ref a', row)?.focus({ preventScroll: true });
  }
  const ordinal = (n) => n + (n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th'));
  function explain(row) {
    if (!row || !whyLine) { return; }
    const place = rows().indexOf(row) + 1;
    const bold = document.createElement('b');
    bold.textContent = `Why ${row.dataset.ref} is ${ordinal(place)} here: `;
    whyLine.replaceChildren(bold, $('.wait', row).title);
  }
  document.addEventListener('focusin', (event) => {
    const row = event.target.closest?.('[data-row]');
    if (row) { chosen()?.removeAttribute('aria-current'); row.setAttribute('aria-current', 'true'); explain(row); }
  });
  function step(by) {
    const all = rows();
    const at = all.indexOf(chosen());
    choose(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  }
  function release(row) {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = `/desk/tickets/${row.dataset.ref}/release`;
    form.append($('input[name="_csrf"]').cloneNode());
    body.append(form);
    form.submit();
  }

  // --- keys; they can be switched off (WCAG 2.1.4) and never act while somebody writes
  const keysOff = () => body.hasAttribute('data-keys-off');
  function press(key) {
    const row = chosen();
    if (rows().length > 0) {
      if (key === 'j') { step(1); return true; }
      if (key === 'k') { step(-1); return true; }
      if (key === 'x' && row) { $('.tick input', row)?.click(); return true; }
      if (key === 't' && row) { $('.take', row)?.click(); return true; }
      if (key === 'u' && row?.hasAttribute('data-mine')) { release(row); return true; }
    }
    const target = $(`[data-key="${CSS.escape(key)}"]`);
    if (!target) { return false; }
    if (target.matches('summary')) { target.parentElement.open = true; $('textarea', target.parentElement)?.focus(); }
    else if (target.matches('input[type="search"]')) { target.focus(); target.select(); }
    else { target.click(); if (target.matches('input')) { target.focus(); } }
    return true;
  }
  /** Escape closes the menu or the note that is open, unless something was typed into it; out of a field it leads back to the chosen row. */
  function leave(element) {
    const box = element.closest('details.menu[open], details[open]:has(> summary[data-key])') ?? $('details.menu[open]');
    if (box) { box.open = $$('textarea', box).some(({ value }) => value !== ''); $('summary', box).focus(); return; }
    if (writing(element)) { element.blur(); $('[data-row][aria-current] .ref a')?.focus({ preventScroll: true }); }
  }
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      const submit = $('[data-key="ctrl+enter"]');
      if (submit && (!writing(document.activeElement) || submit.form.contains(document.activeElement))) { event.preventDefault(); submit.click(); }
      return;
    }
    if (event.key === 'Escape' && !$('dialog[open]')) { leave(document.activeElement ?? body); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target) || keysOff() || $('dialog[open]')) { return; }
    if (event.key === '?') { event.preventDefault(); void showKeys(); return; }
    if (/^[a-z/]$/.test(event.key) && press(event.key)) { event.preventDefault(); }
  });

  async function showKeys() {
    const answer = await fetch('/desk/keys', { headers: { 'HX-Request': 'true' } });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const dialog = document.createElement('dialog');
    dialog.className = 'panel keys-dialog';
    dialog.setAttribute('aria-label', 'Keys');
    const close = document.createElement('button');
    close.className = 'btn';
    close.textContent = 'Close';
    close.addEventListener('click', () => dialog.close());
    dialog.append(...$('main', page).childNodes, close);
    dialog.addEventListener('close', () => dialog.remove());
    body.append(dialog);
    offerSwitch(dialog);
    dialog.showModal();
  }
  function offerSwitch(within) {
    const button = $('[data-keys-switch]', within);
    if (!button) { return; }
    const words = () => { button.textContent = keysOff() ? 'Switch them on' : 'Switch them off'; };
    button.hidden = false;
    words();
    button.addEventListener('click', () => {
      body.toggleAttribute('data-keys-off');
      document.cookie = `keys=${keysOff() ? 'off' : 'on'}; Path=/desk; Max-Age=31536000; SameSite=Lax`;
      words();
    });
  }
  offerSwitch(document);
  $('[data-keys-open]')?.addEventListener('click', (event) => { event.preventDefault(); void showKeys(); });

  // --- a finding and the lines it rests on
  const lit = () => $$('.raw .lit').forEach((line) => line.classList.remove('lit'));
  function light(finding, scroll) {
    lit();
    const fields = new Set((finding.dataset.lines || '').split(' ').map((n) => $(`#L${n}`)?.dataset.field).filter(Boolean));
    const lines = $$('.raw li').filter((line) => fields.has(line.dataset.field));
    lines.forEach((line) => line.classList.add('lit'));
    if (scroll && lines[0]) {
      const box = lines[0].closest('.stay');
      if (box && box.scrollHeight > box.clientHeight) { box.scrollTo({ top: lines[0].offsetTop - box.clientHeight / 3, behavior: 'auto' }); }
      else { lines[0].scrollIntoView({ block: 'nearest' }); }
    }
  }
  $$('.finding').forEach((finding) => {
    finding.addEventListener('mouseenter', () => light(finding, false));
    finding.addEventListener('focus', () => light(finding, false));
    finding.addEventListener('mouseleave', () => { const focus = $('.finding.focus'); if (focus) { light(focus, false); } else { lit(); } });
    finding.addEventListener('click', (event) => {
      if (!finding.dataset.lines) { return; }
      event.preventDefault();
      $$('.finding.focus').forEach((other) => other !== finding && other.classList.remove('focus'));
      finding.classList.toggle('focus');
      if (finding.classList.contains('focus')) { light(finding, true); } else { lit(); }
    });
  });

  // --- the statement: parts go in where the cursor stands, gaps are counted while typing
  const statement = $('#statement');
  const gapsLine = $('[data-gaps]');
  const gapPattern = /\[[^[\]]{1,400}\]/g;
  const isGap = (gap) => /\p{L}/u.test(gap) && !/^\[(IPv6:)?[0-9a-f:.]+\]$/i.test(gap);
  function countGaps() {
    const gaps = [...new Set((statement.value.match(gapPattern) ?? []).filter(isGap))];
    gapsLine.hidden = gaps.length === 0;
    if (gaps.length > 0) {
      $('[data-gaps-count]').textContent = String(gaps.length);
      $('[data-gaps-list]').textContent = gaps.join(', ');
    }
  }
  if (statement && gapsLine) {
    statement.addEventListener('input', countGaps);
    $$('[data-part]').forEach((button) => button.addEventListener('click', (event) => {
      event.preventDefault();
      const at = statement.selectionStart === 0 && statement.value ? statement.value.length : statement.selectionStart;
      const before = statement.value.slice(0, at).trimEnd();
      const inserted = (before ? `${before}\n\n` : '') + button.dataset.part;
      statement.value = inserted + statement.value.slice(at);
      const from = inserted.lastIndexOf(button.dataset.part);
      const gap = button.dataset.part.match(/\[[^\]]+\]/);
      statement.focus();
      if (gap) { statement.setSelectionRange(from + gap.index, from + gap.index + gap[0].length); } else { statement.setSelectionRange(inserted.length, inserted.length); }
      statement.dispatchEvent(new Event('input', { bubbles: true }));
    }));
    // Nothing that was typed is lost by a slip.
    let sent = false;
    const first = statement.value;
    statement.form.addEventListener('submit', () => { sent = true; });
    // The page keeps what is typed (live.js): what is kept is not lost with the window.
    document.addEventListener('desk:kept', () => { sent = true; });
    statement.addEventListener('input', () => { sent = false; });
    addEventListener('beforeunload', (event) => { if (!sent && statement.value !== first) { event.preventDefault(); } });
  }

  // --- a lift has no fixes before it: the choice follows the outcome unless somebody chose otherwise
  const panel = $('[data-decide]');
  if (panel) {
    const whens = $$('select[name^="when-"]', panel);
    whens.forEach((select) => {
      const { usual } = select.dataset;
      select.addEventListener('change', () => { select.dataset.touched = ''; });
      panel.addEventListener('change', (event) => {
        if (event.target.name !== 'outcome' || 'touched' in select.dataset) { return; }
        select.value = event.target.value === 'lift' && usual === 'before_lift' ? 'after_lift' : usual;
      });
    });
  }

  // --- what was decided can be taken back for some seconds; read out at 20, 10 and 5
  const undo = $('[data-undo]');
  if (undo) {
    const words = $('[data-undo-words]', undo);
    const status = $('[role="status"]', undo);
    const end = performance.now() + Number(undo.dataset.seconds) * 1000;
    status.setAttribute('aria-live', 'off');
    const timer = setInterval(() => {
      const left = Math.ceil((end - performance.now()) / 1000);
      if (left <= 0) { clearInterval(timer); undo.remove(); return; }
      status.setAttribute('aria-live', [20, 10, 5].includes(left) ? 'polite' : 'off');
      words.textContent = `Not sent yet, ${left} s`;
    }, 1000);
  }

  // --- menus close when somebody looks elsewhere
  document.addEventListener('click', (event) => $$('details.menu[open]').forEach((menu) => { if (!menu.contains(event.target)) { menu.open = false; } }));
  $('#problems')?.focus();
})();
