import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import Handlebars from 'handlebars';
import type { MailTemplate } from './mail-templates';

export interface RenderedMail {
  subject: string;
  text: string;
  html: string;
}

/** @param language of the reader, an IETF tag; English where there is no folder of that name, or the mail is not in it */
export type RenderMail = (template: MailTemplate, model: object, language?: string | null) => RenderedMail;

/**
 * Reads templates/mail once. A partial is a file that begins with "_"; it is called by its path without ".hbs"
 * (`mail/_page.html`). HTML is escaped, text and subject are not: they are wrapped and freed of line breaks instead.
 * Another language is a folder (`mail/de/received.text.hbs`) with the three files of each mail that it has, and partials of its own
 * (`mail/de/_page.html`); a mail that it lacks goes out in English, whole.
 * @param folder the templates folder
 */
export function mailRenderer(folder: string): RenderMail {
  const house = Handlebars.create();
  const files = readdirSync(join(folder, 'mail'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.hbs')).map((file) => file.split(sep).join('/'));
  const compiled = new Map(files.map((file) => {
    const plain = !file.endsWith('.html.hbs');
    const template = house.compile<object>(readFileSync(join(folder, 'mail', file), 'utf8'), { noEscape: plain, knownHelpersOnly: true });
    return [file.slice(0, -'.hbs'.length), template] as const;
  }));
  compiled.forEach((template, name) => /(?:^|\/)_/.test(name) && house.registerPartial(`mail/${name}`, template));
  const render = (name: string, model: object): string => {
    const template = compiled.get(name);
    if (!template) {
      throw new Error(`There is no template mail/${name}.hbs`);
    }
    return template(model);
  };
  return (template, model, language) => {
    const name = [...tags(language)].map((tag) => `${tag}/${template}`).find((each) => PARTS.every((part) => compiled.has(`${each}.${part}`))) ?? template;
    const subject = render(`${name}.subject`, model).replace(/\s+/g, ' ').trim();
    const all = { ...model, subject };
    return { subject, html: render(`${name}.html`, all), text: wrapped(render(`${name}.text`, all)) };
  };
}

const PARTS = ['subject', 'text', 'html'];

/** "pt-BR" is looked for as pt-br, then as pt. What is no tag names no folder. */
function tags(language: string | null | undefined): string[] {
  const tag = /^[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2}$/i.exec(language ?? '')?.[0].toLowerCase();
  return tag ? [tag, ...(tag.includes('-') ? [tag.split('-', 1)[0] ?? tag] : [])] : [];
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
