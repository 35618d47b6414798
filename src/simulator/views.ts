import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Handlebars from 'handlebars';

/** The folder of package.json, from `src` and from `dist/src` alike. */
export function projectRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    folder = dirname(folder);
  }
  return folder;
}

/** Compiles every template of templates/simulator once; answers a function that renders a view inside the layout. */
export function loadViews(): (view: string, model: object) => string {
  const folder = join(projectRoot(), 'templates/simulator');
  const engine = Handlebars.create();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.hbs'))) {
    engine.registerPartial(file.slice(0, -4), engine.compile(readFileSync(join(folder, file), 'utf8')));
  }
  const layout = engine.compile('{{> layout}}');
  return (view, model) => layout({ ...model, view });
}
