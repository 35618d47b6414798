import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import Handlebars from 'handlebars';
import { showSigns } from './show-signs';
import { Templates } from './templates';
import { themeOf, themeToggle } from './theme';
import type { Viewer } from './viewer';

/** What every template finds under `@root.page`. */
export interface Page {
  path: string;
  me: Viewer | null;
  csrf: string;
  /** with which a form of this page that is sent twice is known again */
  formKey: string;
  theme: 'light' | 'dark' | null;
  toggle: { theme: 'light' | 'dark'; href: string };
  /** IANA name of the viewer's zone as the browser told it, else UTC */
  zone: string;
  now: Date;
  /** single-key shortcuts are switched off */
  keysOff: boolean;
}

/**
 * Renders the pages. Every .hbs file is a template and a partial under its path: `review/queue`, `{{> review/_row}}`.
 *
 * A page chooses its layout by wrapping itself: `{{#> layout title="All open"}} … {{/layout}}` (the desk) or
 * `{{#> layout-customer title="Your ticket"}} … {{/layout-customer}}`. For htmx the layouts fall away and the same
 * template gives the fragment. Forms carry `{{> _csrf}}`.
 */
@Injectable()
export class View {
  private readonly templates = new Templates();
  private readonly bare: Record<string, Handlebars.TemplateDelegate>;

  constructor() {
    const block = this.templates.compile('{{> @partial-block}}');
    this.bare = { layout: block, 'layout-customer': block };
  }

  /** Sends the whole page, or only what stands inside its layout when htmx asks. */
  render(request: FastifyRequest, reply: FastifyReply, template: string, model: object): void {
    const fragment = request.headers['hx-request'] === 'true' && request.headers['hx-boosted'] !== 'true';
    // A page shown in answer to a form has made nothing that has an address (Nest says 201 to every POST).
    if (reply.statusCode === 201) {
      void reply.status(200);
    }
    // The browser's cache must not give a fragment to a reload of the page.
    void reply
      .header('vary', 'HX-Request, Cookie')
      .type('text/html; charset=utf-8')
      .send(this.html(template, { ...model, page: pageOf(request) }, fragment));
  }

  /** The text of a template. `model.page` may be left out where no layout is wanted. */
  html(template: string, model: object, fragment = false): string {
    return showSigns(this.templates.template(template)(model, fragment ? { partials: this.bare } : {}));
  }

  /** What `html` has made, as a part of a page: it is not escaped again. */
  part(html: string): Handlebars.SafeString {
    return new Handlebars.SafeString(html);
  }

  has(template: string): boolean {
    return this.templates.has(template);
  }
}

/** What the layouts need to know about a request. */
export function pageOf(request: FastifyRequest): Page {
  const theme = themeOf(request);
  const me = request.viewer ?? null;
  return {
    path: request.url.split('?', 1)[0] ?? '/', me, csrf: me?.csrf ?? '', formKey: randomUUID(), theme, toggle: themeToggle(request.url, theme), zone: zoneOf(request), now: new Date(),
    keysOff: me?.keysOff === true || request.cookies?.['keys'] === 'off',
  };
}

function zoneOf(request: FastifyRequest): string {
  const zone = request.cookies?.['zone'];
  if (!zone || zone.length > 40) {
    return 'UTC';
  }
  return known(zone) ? zone : 'UTC';
}

const zones = new Map<string, boolean>();
function known(zone: string): boolean {
  const seen = zones.get(zone);
  if (seen !== undefined || zones.size > 1000) {
    return seen ?? false;
  }
  let valid = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    valid = false;
  }
  zones.set(zone, valid);
  return valid;
}
