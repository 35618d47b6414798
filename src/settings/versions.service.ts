import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { actorOf, type Staff } from '../auth/principal';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, NotFound } from '../platform/http/errors';

export type SettingName = 'routing' | 'promises' | 'parts';

/** One save of a setting. Version 0 is what the desk began with; it is stored nowhere. */
export interface Version<T> {
  version: number;
  body: T;
  why: string;
  byName: string;
  at: Date;
}

export type VersionLine = Omit<Version<never>, 'body'>;

const UNIQUE = '23505';
const SHOWN = 30;

/** Settings with versions: every save is a new one, nothing is overwritten, and going back is a save of what once was. */
@Injectable()
export class VersionsService {
  constructor(
    private readonly source: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
  ) {}

  /** The newest version, or the one that is asked for; null when there is none yet. @throws NotFound for a version that never was */
  async read<T>(name: SettingName, version?: number): Promise<Version<T> | null> {
    const [row] = (await this.source.query(
      `select version, body, why, by_name as "byName", at from setting_version where name = $1 and ($2::int is null or version = $2) order by version desc limit 1`, [name, version ?? null],
    )) as Version<T>[];
    if (!row && version !== undefined) {
      throw new NotFound('There is no such version.');
    }
    return row ?? null;
  }

  /** Who saved what, when and why, the newest first. */
  async history(name: SettingName): Promise<VersionLine[]> {
    return (await this.source.query(`select version, why, by_name as "byName", at from setting_version where name = $1 order by version desc limit ${SHOWN}`, [name])) as VersionLine[];
  }

  /**
   * Saves on top of the version that was read.
   * @throws Conflict when somebody saved meanwhile; its detail says who, when and why
   */
  async save(name: SettingName, on: number, body: object, why: string, by: Staff, also?: AlsoKept<number>): Promise<number> {
    try {
      return await this.transactions.run(async (tx) => {
        const [{ version } = { version: 0 }] = (await tx.query('select version from setting_version where name = $1 order by version desc limit 1', [name])) as { version: number }[];
        if (version !== on) {
          throw new Conflict('conflict');
        }
        await tx.query('insert into setting_version (name, version, body, why, by_id, by_name) values ($1, $2, $3, $4, $5, $6)', [name, on + 1, JSON.stringify(body), why, by.id, by.name]);
        await this.audit.record(tx, { ticketId: null, event: 'setting_saved', by: actorOf(by), detail: { setting: name, version: on + 1, why } });
        return on + 1;
      }, also);
    } catch (error) {
      if (error instanceof Conflict || (error as { code?: string }).code === UNIQUE) {
        const [last] = await this.history(name);
        throw new Conflict(last ? `${last.byName} saved version ${last.version} meanwhile: “${last.why}”. Look at it, then save again.` : 'This was never saved: version 0 is what stands.', { version: last?.version ?? 0, by: last?.byName, at: last?.at });
      }
      throw error;
    }
  }
}
