// Runs before the first paint: the browser's preference decides until somebody chooses. Without scripts the link "?theme=" does the same.
(() => {
  const root = document.documentElement;
  if (!root.hasAttribute('data-theme-auto')) { return; }
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    root.dataset.bsTheme = dark.matches ? 'dark' : 'light';
    // The link must lead to the other one.
    document.querySelectorAll('[data-theme-toggle]').forEach((link) => {
      const other = dark.matches ? 'light' : 'dark';
      link.href = link.getAttribute('href').replace(/theme=(light|dark)/, `theme=${other}`);
      link.setAttribute('aria-label', `Use the ${other} theme`);
      link.querySelectorAll('use').forEach((use) => use.setAttribute('href', use.getAttribute('href').replace(/#.*/, other === 'dark' ? '#i-moon' : '#i-sun')));
    });
  };
  apply();
  dark.addEventListener('change', apply);
  document.addEventListener('DOMContentLoaded', apply);
})();
