import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import type { MailTemplate } from './models';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

export type RenderMail = (template: MailTemplate, model: object) => RenderedMail;

/**
 * Reads templates/mail once. A partial is a file that begins with "_"; it is called by its path without ".hbs"
 * (`mail/_page.html`). HTML is escaped, text and subject are not: they are wrapped and freed of line breaks instead.
 * @param folder the templates folder
 */
export function mailRenderer(folder: string): RenderMail {
  const house = Handlebars.create();
  const files = readdirSync(join(folder, 'mail')).filter((file) => file.endsWith('.hbs'));
  const compiled = new Map(files.map((file) => {
    const plain = !file.endsWith('.html.hbs');
    const template = house.compile<object>(readFileSync(join(folder, 'mail', file), 'utf8'), { noEscape: plain, knownHelpersOnly: true });
    return [file.slice(0, -'.hbs'.length), template] as const;
  }));
  compiled.forEach((template, name) => name.startsWith('_') && house.registerPartial(`mail/${name}`, template));
  const render = (name: string, model: object): string => {
    const template = compiled.get(name);
    if (!template) {
      throw new Error(`There is no template mail/${name}.hbs`);
    }
    return template(model);
  };
  return (template, model) => {
    const subject = render(`${template}.subject`, model).replace(/\s+/g, ' ').trim();
    return { subject, html: render(`${template}.html`, { ...model, subject }), text: wrapped(render(`${template}.text`, { ...model, subject })) };
  };
}

/** Lines of at most 72 letters; what is indented by four blanks, and single long words such as links, stay whole. */
export function wrapped(text: string, width = 72): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trimEnd()] : wrapLine(line, width)));
  return `${lines.join('\n').replace(/\n{4,}/g, '\n\n\n').trim()}\n`;
}

function wrapLine(line: string, width: number): string[] {
  const hang = line.startsWith('- ') ? '  ' : '';
  const out: string[] = [];
  let now = '';
  for (const word of line.trimEnd().split(/ +/)) {
    if (now !== '' && now.length + 1 + word.length > width) {
      out.push(now);
      now = hang + word;
    } else {
      now = now === '' ? word : `${now} ${word}`;
    }
  }
  return [...out, now];
}
