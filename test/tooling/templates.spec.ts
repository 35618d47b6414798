import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

it('prints nothing unescaped in a template, except the body in a layout', () => {
  const files = readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hbs'));
  expect(files.length).toBeGreaterThan(5);
  const raw = files.flatMap((name) =>
    [...readFileSync(join('templates', name), 'utf8').matchAll(/\{\{\{.*?\}\}\}|\{\{~?&.*?\}\}/g)].map(([found]) => ({ name, found })),
  );
  expect(raw.filter(({ name, found }) => !(/^layout[^/]*\.hbs$/.test(name) && found === '{{{body}}}'))).toEqual([]);
});
