import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { PARTS, type CannedPart } from '../core/decision/canned-part';
import { Gathered } from '../platform/gathered';

/** The canned parts in force: kept in the settings, read here. */
@Injectable()
export class PartsReader {
  private readonly asked = new Gathered<null, readonly CannedPart[]>(async (round) => {
    const parts = await stored(this.source.manager);
    round.forEach(({ done }) => done(parts));
  });

  constructor(private readonly source: DataSource) {}

  /** As they stand in the database; all who ask at the same time are told by one question, unless they ask within a transaction of theirs. */
  kept(tx?: EntityManager): Promise<readonly CannedPart[]> {
    return tx ? stored(tx) : this.asked.ask(null);
  }
}

async function stored(tx: EntityManager): Promise<readonly CannedPart[]> {
  const [row] = (await tx.query(`select body from setting_version where name = 'parts' order by version desc limit 1`)) as { body: CannedPart[] }[];
  return row?.body ?? PARTS;
}
