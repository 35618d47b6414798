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
})();
