// Times in the viewer's own zone. The zone is told to the server in a cookie, so that the next page comes right at once.
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.body.dataset.zone === zone) { return; }
  document.cookie = `zone=${zone}; Path=/; Max-Age=31536000; SameSite=Lax${location.protocol === 'https:' ? '; Secure' : ''}`;
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const two = (n) => String(n).padStart(2, '0');
  const write = (at, form) => {
    const date = `${two(at.getDate())} ${months[at.getMonth()]}`;
    const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
    switch (form) {
      case 'short': return Date.now() - at < 300 * 86400000 ? date : `${months[at.getMonth()]} ${at.getFullYear()}`;
      case 'date': return `${date} ${at.getFullYear()}`;
      case 'time': return time;
      case 'seconds': return `${time}:${two(at.getSeconds())}`;
      case 'day': return `${date}, ${time}`;
      case 'exact': return `${date}, ${time}:${two(at.getSeconds())}`;
      case 'full': return `${date} ${at.getFullYear()}, ${time}`;
      default: return null;
    }
  };
  const rewrite = (within) => within.querySelectorAll('time[datetime][data-form]').forEach((element) => {
    const words = write(new Date(element.dateTime), element.dataset.form);
    if (words) { element.textContent = words; }
  });
  rewrite(document);
  document.body.addEventListener('htmx:afterSwap', (event) => rewrite(event.target));
  document.querySelectorAll('[data-zone-note]').forEach((note) => { note.textContent = `Times are in your time zone (${zone}).`; });
})();
