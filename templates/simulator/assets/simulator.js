// Nothing here is needed: it follows the system's theme, copies a sample, and saves a click on the way to the desk.
(() => {
  const page = document.documentElement;
  page.classList.add('js');
  if (page.hasAttribute('data-theme-auto') && matchMedia('(prefers-color-scheme: dark)').matches) {
    page.dataset.bsTheme = 'dark';
    addEventListener('DOMContentLoaded', () => { document.querySelector('form[action="/theme"] [name=to]').value = 'light'; });
  }
  addEventListener('DOMContentLoaded', () => {
    document.querySelector('form[data-submit]')?.requestSubmit();
    for (const button of document.querySelectorAll('[data-copy]')) {
      button.addEventListener('click', async () => {
        const field = document.getElementById(button.dataset.copy);
        field.select();
        await navigator.clipboard?.writeText(field.value);
        button.textContent = 'Copied';
      });
    }
  });
})();
