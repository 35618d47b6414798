import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The icons that pages use, by their names in @tabler/icons. A name that is not here stops the first page that wants it. */
export const ICONS = new Set([
  'alert-triangle', 'arrow-back-up', 'arrow-right', 'arrows-sort', 'arrows-diff', 'ban', 'bug', 'building', 'calendar', 'check', 'chevron-down', 'chevron-left',
  'chevron-right', 'chevron-up', 'circle-check', 'circle-x', 'clipboard-list', 'clock', 'copy', 'download', 'external-link', 'eye', 'file', 'filter', 'flag',
  'help-circle', 'history', 'hourglass', 'inbox', 'info-circle', 'key', 'keyboard', 'link', 'lock', 'logout', 'mail', 'mail-exclamation', 'message', 'minus',
  'moon', 'note', 'paperclip', 'pencil', 'player-pause', 'player-track-next', 'plus', 'refresh', 'repeat', 'search', 'send', 'settings', 'shield-check',
  'sun', 'tool', 'trash', 'upload', 'user', 'users', 'x',
]);

/** All of them as one SVG sprite: `<use href="/assets/icons.svg#i-check">`. */
export function iconSprite(): string {
  const folder = dirname(require.resolve('@tabler/icons/outline/check.svg'));
  const symbols = [...ICONS].map((name) => {
    const paths = readFileSync(join(folder, `${name}.svg`), 'utf8').match(/<path[^>]*\/>/g) ?? [];
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${paths.filter((path) => !path.includes('stroke="none"')).join('')}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}
