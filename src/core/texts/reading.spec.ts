import { sampleAnalysis, sampleFinding } from '../../../test/samples/ticket-page.sample';
import { nothingRead, readingView } from './reading';

const input = { ip: '203.0.113.45', lines: 14, alertTotal: 10 };

describe('the instant reading', () => {
  it('says in one short line what was found', () => {
    expect(readingView(sampleAnalysis(), input).status).toBe('14 lines read. Message found in the alert. Your address found. 3 fixes.');
  });

  it('shows no weight, no assessment and no accusation', () => {
    expect(JSON.stringify(readingView(sampleAnalysis(), input))).not.toMatch(/INSIDE|mixed|weight|0\.71|altered/);
  });

  it('draws the way from the first server to the last, with the border where the receiver takes over', () => {
    const { path } = readingView(sampleAnalysis(), input);
    expect(path.map((place) => (place.edge ? 'edge' : `${place.name}${place.found ? '!' : ''}`))).toEqual(['web01', 'mail.shop.example!', 'edge', 'mx1.example.net']);
    expect(path[0]).toMatchObject({ first: true, note: 'handed over with a sign-in' });
    expect(path.at(-1)).toMatchObject({ last: true, note: 'received 2 s later. Fits our record' });
  });

  it('names a server of its own when the hop before was written under another name', () => {
    const [top, below] = sampleAnalysis().path;
    const path = [{ ...top!, from: 'static-45.pool.example' }, below!];
    expect(readingView(sampleAnalysis({ path }), input).path.map((place) => place.name)).toEqual(['web01', 'mail.shop.example', 'static-45.pool.example', '', 'mx1.example.net']);
  });

  it('draws no border where the address was not found', () => {
    const path = sampleAnalysis().path.map((hop) => ({ ...hop, claimed: false }));
    expect(readingView(sampleAnalysis({ path }), input).path.some((place) => place.edge || place.found)).toBe(false);
  });

  it('tells the text of a message from its headers', () => {
    const analysis = sampleAnalysis({ path: [], findings: [], message: { messageId: null, date: null, from: null, subject: null, returnPath: null } });
    expect(readingView(analysis, input)).toEqual(nothingRead(true));
    expect(nothingRead(true).nothing).toContain('You pasted the text of the message.');
  });

  it('says of what is no text why it cannot be read', () => {
    const nothing = { messageId: null, date: null, from: null, subject: null, returnPath: null };
    const analysis = sampleAnalysis({ path: [], message: nothing, findings: [sampleFinding({ code: 'input-unreadable', says: 'Nothing could be read: This is a PDF.' })] });
    expect(readingView(analysis, input).nothing).toBe('Nothing could be read: This is a PDF.');
  });

  it('marks what is only the sender\'s word, up to the address that the receiver saw', () => {
    expect(readingView(sampleAnalysis(), input).path.map(({ name, own, edge }) => [name, own, edge])).toEqual([['web01', true, false], ['mail.shop.example', false, false], ['', false, true], ['mx1.example.net', false, false]]);
    const lower = sampleAnalysis().path.map((hop) => ({ ...hop, claimed: false }));
    expect(readingView(sampleAnalysis({ path: lower }), input).path.every(({ own }) => own)).toBe(true);
  });

  it('says when there is nothing to fix', () => {
    expect(readingView(sampleAnalysis({ requiredFixes: [], findings: [sampleFinding({ code: 'spf-authorised', outcome: 'pass' })] }), input).status).toContain('Nothing to fix that we can see.');
  });
});
