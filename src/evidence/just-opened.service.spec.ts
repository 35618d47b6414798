import type { Ticket } from '../tickets/ticket.entity';
import { evidenceRows } from './evidence-rows';
import { JustOpened } from './just-opened.service';

const ticket = (id: string): Ticket => ({ id }) as Ticket;
const rows = (id: string, headers = 'From: a@b.example') =>
  evidenceRows(id, { headers, message: Buffer.from('Subject: hello\r\n\r\nhello').toString('base64') }, { kind: 'customer', id: 'a', name: 'A' }, 'form', new Date(0));

describe('a ticket that was just opened', () => {
  it('is given with its evidence as it stands in the database, once', () => {
    const opened = new JustOpened();
    opened.put(ticket('1'), rows('1'));
    const given = opened.take('1');
    expect(given?.ticket).toEqual({ id: '1' });
    expect(given?.items.toSorted((a, b) => a.type.localeCompare(b.type))).toEqual([
      { id: expect.any(String) as string, ticketId: '1', type: 'headers', text: 'From: a@b.example', bytes: null, name: null, mediaType: null, size: 17, byKind: 'customer', byId: 'a', channel: 'form', receivedAt: new Date(0) },
      { id: expect.any(String) as string, ticketId: '1', type: 'message', text: null, bytes: Buffer.from('Subject: hello\r\n\r\nhello'), name: null, mediaType: 'message/rfc822', size: 23, byKind: 'customer', byId: 'a', channel: 'form', receivedAt: new Date(0) },
    ]);
    // As the database gives them: of one moment, by id.
    expect(given?.items.map(({ id }) => id)).toEqual(given?.items.map(({ id }) => id).toSorted());
    expect(opened.take('1')).toBeNull();
  });

  it('is not kept when it is large, nor when many came after it', () => {
    const opened = new JustOpened();
    opened.put(ticket('large'), rows('large', 'x'.repeat(70_000)));
    expect(opened.take('large')).toBeNull();
    Array.from({ length: 65 }, (_, i) => String(i)).forEach((id) => opened.put(ticket(id), rows(id)));
    expect(opened.take('0')).toBeNull();
    expect(opened.take('1')).not.toBeNull();
  });
});
