import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';

/** Holds on to what somebody works on: a renewal moves nothing and is no event, so it has no version and no line in the audit. */
@Injectable()
export class LeaseService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
  ) {}

  /** Renews the lease of who still has the ticket. @returns until when; null when this person does not have it (any more) */
  async renew(ticketId: string, staffId: string): Promise<Date | null> {
    const [rows] = (await this.source.query(
      `update ticket set lease_until = clock_timestamp() + make_interval(secs => $3), deadline_at = clock_timestamp() + make_interval(secs => $3)
       where id = $1 and taken_by = $2 and state = 'in_review' and lease_until > clock_timestamp() returning lease_until as "until"`,
      [ticketId, staffId, this.config.LEASE_MINUTES * 60],
    )) as [{ until: Date }[], number];
    return rows[0]?.until ?? null;
  }
}
