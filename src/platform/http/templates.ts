import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import Handlebars from 'handlebars';
import { ROOT } from '../root';
import { registerHelpers } from './view-helpers';

type Template = Handlebars.TemplateDelegate;
type Program = hbs.AST.Program;
type Statement = hbs.AST.Statement & { program?: Program; inverse?: Program; body?: hbs.AST.Statement[] };

const FOLDER = join(ROOT, 'templates');

/**
 * All .hbs files, each a template and a partial under its path: `review/queue`, `{{> review/_row}}`. Read at the start, compiled when first used.
 * A partial that is called with nothing of its own is compiled into its page: calling one costs more than most of them print.
 */
export class Templates {
  private readonly handlebars = Handlebars.create();
  private readonly texts = new Map<string, string>();
  private readonly parsed = new Map<string, Program>();
  private readonly compiled = new Map<string, Template>();

  constructor() {
    registerHelpers(this.handlebars);
    for (const file of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hbs'))) {
      const name = file.split(sep).join('/').slice(0, -'.hbs'.length);
      this.texts.set(name, readFileSync(join(FOLDER, file), 'utf8'));
      this.handlebars.registerPartial(name, (context: unknown, options?: Handlebars.RuntimeOptions) => this.template(name)(context, options));
    }
  }

  has(name: string): boolean {
    return this.texts.has(name);
  }

  /** @throws Error for a name without a file */
  template(name: string): Template {
    const known = this.compiled.get(name);
    if (known) {
      return known;
    }
    if (!this.texts.has(name)) {
      throw new Error(`There is no template templates/${name}.hbs.`);
    }
    const made = this.compile(this.program(name, []));
    this.compiled.set(name, made);
    return made;
  }

  /** A text or a parsed one. Every helper is known by its name, so that a plain word is looked up in the model and nowhere else. */
  compile(template: string | Program): Template {
    const knownHelpers = Object.fromEntries(Object.keys(this.handlebars.helpers).map((name) => [name, true]));
    // Indenting what a partial prints would change texts in <textarea> and <pre>. What stands alone on its line has lost the rest of it when it was parsed.
    return this.handlebars.compile(template, { preventIndent: true, ignoreStandalone: true, knownHelpers, knownHelpersOnly: true });
  }

  /** @param within the templates that this one is being written into: one that calls itself stays a call */
  private program(name: string, within: string[]): Program {
    const known = this.parsed.get(name);
    if (known) {
      return known;
    }
    const program = this.handlebars.parse(this.texts.get(name) ?? '');
    this.writePartialsInto(program, [...within, name]);
    this.parsed.set(name, program);
    return program;
  }

  private writePartialsInto(program: Program, within: string[]): void {
    program.body = program.body.flatMap((statement: Statement) => {
      if (statement.type === 'ContentStatement') {
        const content = statement as hbs.AST.ContentStatement;
        content.value = inOneByte(content.value);
      }
      for (const inner of [statement.program, statement.inverse]) {
        if (inner) {
          this.writePartialsInto(inner, within);
        }
      }
      const name = plainPartial(statement);
      return name !== null && this.texts.has(name) && !within.includes(name) ? [...indentOf(statement), ...this.program(name, within).body] : [statement];
    });
  }
}

/** A single sign beyond Latin-1 makes V8 keep the whole page in two bytes a sign: twice to copy, to look through and to collect, and a long way to UTF-8. */
const inOneByte = (html: string): string => html.replace(/[^\0-\xff]/gu, (sign) => `&#${sign.codePointAt(0)};`);

/** What stood before a partial on its line, which parsing took away from the text. */
function indentOf(statement: hbs.AST.Statement): hbs.AST.Statement[] {
  const { indent, loc } = statement as hbs.AST.PartialStatement;
  return indent ? [{ type: 'ContentStatement', value: indent, original: indent, loc } as unknown as hbs.AST.ContentStatement] : [];
}

/** The name of a partial that is called as `{{> its/name}}` and with nothing else; else null. */
function plainPartial(statement: hbs.AST.Statement): string | null {
  if (statement.type !== 'PartialStatement') {
    return null;
  }
  const { name, params, hash } = statement as hbs.AST.PartialStatement;
  return name.type === 'PathExpression' && params.length === 0 && (hash?.pairs ?? []).length === 0 ? (name as hbs.AST.PathExpression).original : null;
}
