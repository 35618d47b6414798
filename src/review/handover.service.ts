import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { shiftAt, type Shift } from '../core/promise/shift';
import { may } from '../core/policy/may';
import { Clock } from '../platform/clock';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput } from '../platform/http/errors';
import { RulebookService } from '../tickets/rulebook.service';
import type { Person } from './staff-of';

export interface HandoverNote {
  day: string;
  shift: string;
  text: string;
  version: number;
  byName: string;
  at: Date;
}

const SHOWN = 30;
const COLUMNS = `to_char(day, 'YYYY-MM-DD') as day, shift, text, version, by_name as "byName", at`;

/** What one shift tells the next. The only writer of handover. */
@Injectable()
export class HandoverService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly rulebook: RulebookService,
  ) {}

  /** The shift that is on, its note so far, and what the shifts before it left, the newest first. */
  async read(tx: EntityManager = this.source.manager): Promise<{ shift: Shift; note: HandoverNote | null; before: HandoverNote[] }> {
    const { promises } = await this.rulebook.current(tx);
    const shift = shiftAt(promises, this.clock.now());
    const notes = (await tx.query(`select ${COLUMNS} from handover where began_at <= $1 order by began_at desc, at desc limit ${SHOWN}`, [shift.beganAt])) as HandoverNote[];
    const isNow = (one: HandoverNote): boolean => one.day === shift.day && one.shift === shift.name;
    return { shift, note: notes.find(isNow) ?? null, before: notes.filter((one) => !isNow(one)) };
  }

  /**
   * Writes the note of the shift that is on, on top of the version that was read (0: none yet).
   * @throws Conflict when somebody wrote meanwhile; the detail has their text
   */
  async write(text: string, version: number, person: Person, also?: AlsoKept<HandoverNote>): Promise<HandoverNote> {
    if (!may(person.staff.role, 'write_handover')) {
      throw new Forbidden(`As ${person.staff.role} you may read the notes, not write them.`);
    }
    if (text.trim() === '') {
      throw new InvalidInput([{ field: 'text', code: 'missing', message: 'Write what the next shift has to know.' }]);
    }
    return this.transactions.run(async (tx) => {
      const { shift, note } = await this.read(tx);
      const [written] = (await tx.query(
        `insert into handover (day, shift, text, version, by_id, by_name, at, began_at) select $1, $2, $3, 1, $4, $5, $6, $7 where $8 = 0
         on conflict (day, shift) do nothing returning ${COLUMNS}`,
        [shift.day, shift.name, text.trim(), person.staff.id, person.staff.name, this.clock.now(), shift.beganAt, version],
      )) as HandoverNote[];
      const [[changed] = []] = written ? [[written]] : ((await tx.query(
        `update handover set text = $3, version = version + 1, by_id = $4, by_name = $5, at = $6 where day = $1 and shift = $2 and version = $7 returning ${COLUMNS}`,
        [shift.day, shift.name, text.trim(), person.staff.id, person.staff.name, this.clock.now(), version],
      )) as [HandoverNote[]]);
      if (!changed) {
        const now = (await this.read(tx)).note;
        throw new Conflict(now ? `${now.byName} wrote the note of this shift meanwhile.` : 'Another shift has begun: its note is empty.', { version: now?.version ?? 0, text: now?.text ?? note?.text ?? '' });
      }
      return changed;
    }, also);
  }
}
