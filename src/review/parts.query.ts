import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PARTS, type CannedPart } from '../core/decision/canned-part';

/** The canned parts in force: kept in the settings, read here. */
@Injectable()
export class PartsReader {
  constructor(private readonly source: DataSource) {}

  async kept(): Promise<readonly CannedPart[]> {
    const [row] = (await this.source.query(`select body from setting_version where name = 'parts' order by version desc limit 1`)) as { body: CannedPart[] }[];
    return row?.body ?? PARTS;
  }
}
