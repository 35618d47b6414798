import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NocService } from '../noc/noc.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Rounds } from '../platform/rounds';
import { LiftEnds } from './lift-ends';
import { Lifts } from './lifts';
import { WatchService } from './watch.service';

const EVERY_MS = 30_000;
/** A ticket that is being lifted and for which no job is left for so long is nobody's work. */
const STRANDED_SECONDS = 60;
/** How old our knowledge of a watched address may get before the NOC is asked, and how many are asked in one round. */
const STALE_MINUTES = 15;
const AT_ONCE = 50;

/** Looks for what no job and no event woke: lifts that lost their job (I7), and re-blocks that the NOC did not tell of. */
@Injectable()
export class RoundsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds('Lifting rounds', EVERY_MS, () => this.stranded().then(() => this.lookAfterWatched()));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly lifts: Lifts,
    private readonly ends: LiftEnds,
    private readonly watch: WatchService,
    private readonly noc: NocService,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.end();
  }

  /** Gives lifts whose job was parked, or vanished, to a person. Returns how many. */
  async stranded(): Promise<number> {
    const rows = (await this.source.query(
      `select t.id, (select o.last_error from outbox_message o where o.ticket_id = t.id and o.state = 'parked' order by o.created_at desc limit 1) as why
       from ticket t where t.state = 'lifting' and t.state_since < now() - make_interval(secs => $1)
         and not exists (select 1 from outbox_message o where o.ticket_id = t.id and o.job in ('order-lift', 'read-back-lift') and o.state in ('pending', 'running'))
       order by t.state_since limit 100`,
      [STRANDED_SECONDS],
    )) as { id: string; why: string | null }[];
    for (const { id, why } of rows) {
      const subject = await this.lifts.subject(id, null);
      const lift = subject?.liftId ? await this.lifts.take(subject.liftId) : null;
      if (subject && (lift || !subject.liftId)) {
        await this.ends.fail(subject, lift, 'stranded', undefined, why ?? 'its job is gone');
      }
    }
    return rows.length;
  }

  /** Asks the NOC about watched addresses of which nothing was heard lately: an event may have been lost. */
  async lookAfterWatched(): Promise<void> {
    const rows = (await this.source.query(
      `select distinct host(t.ip) as ip from ticket t join lift l on l.ticket_id = t.id and l.state = 'confirmed'
       where t.state = 'lifted' and t.blocked_again_at is null and l.confirmed_at > now() - make_interval(secs => $1)
         and not exists (select 1 from block b where b.ip = t.ip and b.last_seen_at > now() - make_interval(mins => $2)) limit $3`,
      [this.config.WATCH_HOURS * 3600, STALE_MINUTES, AT_ONCE],
    )) as { ip: string }[];
    for (const { ip } of rows) {
      const blocks = await this.noc.refresh(ip);
      for (const block of blocks.ok ? blocks.value.filter(({ state }) => state !== 'unblocked') : []) {
        await this.transactions.run((tx) => this.watch.blocked(tx, block));
      }
    }
  }
}
