import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PARTS, type CannedPart } from '../core/decision/canned-part';
import { Gathered } from '../platform/gathered';

/** The canned parts in force: kept in the settings, read here. */
@Injectable()
export class PartsReader {
  private readonly asked = new Gathered<null, readonly CannedPart[]>(async (round) => {
    const [row] = (await this.source.query(`select body from setting_version where name = 'parts' order by version desc limit 1`)) as { body: CannedPart[] }[];
    round.forEach(({ done }) => done(row?.body ?? PARTS));
  });

  constructor(private readonly source: DataSource) {}

  /** As they stand in the database; all who ask at the same time are told by one question. */
  kept(): Promise<readonly CannedPart[]> {
    return this.asked.ask(null);
  }
}
