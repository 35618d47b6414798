import { Raw, type DataSource } from 'typeorm';
import { idsOf } from '../platform/database/ids-of';
import { Gathered } from '../platform/gathered';
import { Ticket } from './ticket.entity';

/** One text for any number of them: each text is prepared, and kept, by every connection. */
const among = (ids: string[]): ReturnType<typeof Raw> => Raw((column) => `${column} = any(${idsOf(':ids')})`, { ids });

/** Tickets by id, as they stand: whoever asks while a question is on its way shares the next one. Each asker gets an object of its own. */
export class GatherFinds extends Gathered<string, Ticket | null> {
  constructor(source: DataSource) {
    super(async (round) => {
      const found = await source.manager.find(Ticket, { where: { id: among([...new Set(round.map(({ what }) => what))]) } });
      round.forEach(({ what, done }) => {
        const one = found.find(({ id }) => id === what.toLowerCase());
        done(one ? Object.assign(new Ticket(), one) : null);
      });
    });
  }
}
