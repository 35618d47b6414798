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
    const html = templates.template('status/ticket')(model);
    // A mark is made of the signs as they are written, which is not the same here.
    const unmarked = (page: string): string => page.replace(/ data-mark="[^"]*"/g, '');
    expect(unmarked(html.replace(/&#(\d{3,5});/g, (_, code: string) => String.fromCodePoint(Number(code))))).toBe(unmarked(called));
  });

  it('write what is beyond Latin-1 as its number, so that a page has one byte for each sign', () => {
    const html = templates.template('review/queue')({ rows: ['<tr></tr>'], rail: [], filters: [], page });
    expect(html).toContain('Machine&#8217;s reading');
    expect(html).not.toMatch(/[^\0-\xff]/);
  });

  it('give a line of time its days, as the reader counts them', () => {
    const entries = ['2026-11-18T22:30:00Z', '2026-11-18T23:30:00Z', '2026-11-19T09:00:00Z'].map((at) => ({ at, text: at }));
    const html = templates.template('review/_timeline')({ timeline: entries, page });
    expect([...html.matchAll(/<li class="day"><time[^>]*>([^<]+)</g)].map(([, day]) => day)).toEqual(['18 Nov', '19 Nov']);
    expect(html.indexOf('>19 Nov<')).toBeLessThan(html.indexOf('2026-11-18T23:30:00Z</span>'));
  });

  it('show moments in a sentence as times, and the rest of it as it is', () => {
    const plain = Handlebars.create();
    registerHelpers(plain);
    const say = (text: string): string => plain.compile('{{timed text}}')({ text, page });
    expect(say('<b> at 2026-11-18T23:30:05.123Z, not 2026-99-99T00:00:00Z.')).toBe('&lt;b&gt; at <time datetime="2026-11-18T23:30:05.123Z" title="2026-11-18 23:30:05 UTC" data-form="exact">19 Nov, 00:30:05</time>, not 2026-99-99T00:00:00Z.');
  });

  it('say so when there is none of a name', () => {
    expect(() => templates.template('status/nothing')).toThrow('There is no template templates/status/nothing.hbs.');
    expect([templates.has('status/nothing'), templates.has('status/ticket')]).toEqual([false, true]);
  });
});
