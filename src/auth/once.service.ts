import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** What may happen once, on whichever process: the first to say so is told true. */
@Injectable()
export class Once {
  constructor(private readonly source: DataSource) {}

  /** @param until from then on the mark may be forgotten; what it marked must be refused for its age by then */
  async first(purpose: 'launch-ticket' | 'form', key: string, until: Date): Promise<boolean> {
    const rows = (await this.source.query(`insert into used_token (purpose, jti, expires_at) values ($1, $2, $3) on conflict do nothing returning jti`, [purpose, key, until])) as unknown[];
    return rows.length === 1;
  }
}
