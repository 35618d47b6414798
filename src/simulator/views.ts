import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Handlebars from 'handlebars';
import { moment } from '../core/texts/moment';

/** The folder of package.json, from `src` and from `dist/src` alike. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    folder = dirname(folder);
  }
  return folder;
}

/** "28 Nov 2026, 07:50:18" in UTC, exact on hover; what is no time as it stands. */
function momentElement(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  const shown = moment(text, 'seconds');
  return shown ? `<time datetime="${shown.iso}" title="${shown.utc}">${moment(text, 'day')?.text ?? ''}, ${shown.text}</time>` : Handlebars.escapeExpression(text);
}

/** Compiles every template of templates/simulator once; answers a function that renders a view inside the layout. */
export function loadViews(): (view: string, model: object) => string {
  const folder = join(projectRoot(), 'templates/simulator');
  const engine = Handlebars.create();
  engine.registerHelper('moment', (value: unknown) => new Handlebars.SafeString(momentElement(value)));
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.hbs'))) {
    engine.registerPartial(file.slice(0, -4), engine.compile(readFileSync(join(folder, file), 'utf8')));
  }
  const layout = engine.compile('{{> layout}}');
  return (view, model) => layout({ ...model, view });
}
