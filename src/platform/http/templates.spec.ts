import { readdirSync, readFileSync } from 'node:fs';
import Handlebars from 'handlebars';
import { sampleTicketPage } from '../../../test/samples/ticket-page.sample';
import { NO_ANSWERS, answersForm } from '../../core/texts/answers-form';
import { STATES } from '../../core/ticket/states';
import { ticketPage } from '../../status/ticket-page.view';
import { Templates } from './templates';
import { registerHelpers } from './view-helpers';

describe('the templates', () => {
  const templates = new Templates();
  const page = { path: '/', me: null, csrf: 'c', theme: null, toggle: { theme: 'dark', href: '/' }, zone: 'Europe/Berlin', now: new Date('2026-11-20T12:00:00Z'), keysOff: false };

  it.each(STATES)('print the same in the state %s whether a partial is called or written into its page', (state) => {
    const plain = Handlebars.create();
    registerHelpers(plain);
    for (const file of readdirSync('templates', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.hbs'))) {
      plain.registerPartial(file.slice(0, -'.hbs'.length), plain.compile(readFileSync(`templates/${file}`, 'utf8'), { preventIndent: true }));
    }
    const input = sampleTicketPage({ state, missing: ['headers'] });
    const model = { ...answersForm(input.data.ticket.block, { ...NO_ANSWERS }, [], []), ...ticketPage(input), page };
    const called = plain.compile('{{> status/ticket}}')(model);
    expect(called.length).toBeGreaterThan(5_000);
    expect(templates.template('status/ticket')(model)).toBe(called);
  });

  it('say so when there is none of a name', () => {
    expect(() => templates.template('status/nothing')).toThrow('There is no template templates/status/nothing.hbs.');
    expect([templates.has('status/nothing'), templates.has('status/ticket')]).toEqual([false, true]);
  });
});
