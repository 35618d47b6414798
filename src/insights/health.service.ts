import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Anomalies } from '../auth/anomalies.service';
import { Carrier } from '../outbox/carrier';
import { CONFIG, type Config } from '../platform/config/config';
import { Draining } from '../platform/draining';
import { Watermark } from '../platform/database/watermark';
import { GAUGES, type Gauge } from './gauges';

/** How long the database may take to answer the question whether it is there, in milliseconds. */
const PATIENCE_MS = 2000;
/** A gauge that costs more is kept for SPARED times as long as it took: a walk over a million tickets at every scrape would be felt. */
const CHEAP_MS = 100;
const SPARED = 50;

export interface Readiness {
  status: 'ok' | 'degraded' | 'unavailable' | 'stopping';
  database: boolean;
  carrier: string;
  /** why outbound work waits (safe mode) */
  paused?: string;
  /** what is wrong with Redis */
  redis?: string | null;
}

@Injectable()
export class HealthService {
  private readonly log = new Logger('Health');
  private readonly kept = new Map<Gauge, { lines: string[]; until: number }>();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly carrier: Carrier,
    private readonly watermark: Watermark,
    private readonly draining: Draining,
    private readonly anomalies: Anomalies,
  ) {}

  /** `degraded` works, slower or with outbound work paused; `unavailable` and `stopping` should get no requests. */
  async ready(): Promise<Readiness> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    const [database, fetched] = await Promise.race([this.asked(), late.then(() => [false, true])]);
    clearTimeout(timer);
    const paused = this.watermark.paused;
    const well = this.carrier.healthy() && fetched && paused === null;
    return {
      status: this.draining.active ? 'stopping' : !database ? 'unavailable' : well ? 'ok' : 'degraded', database, carrier: this.carrier.name, ...(paused === null ? {} : { paused }),
      ...(this.carrier.complaint() === null ? {} : { redis: this.carrier.complaint() }),
    };
  }

  /** Whether the database answers, and whether the mailbox that we fetch can be reached. */
  private async asked(): Promise<[boolean, boolean]> {
    try {
      const [row] = (await this.source.query(this.config.IMAP_URL ? 'select exists (select from imap_mailbox where error is not null) as away' : 'select false as away')) as { away: boolean }[];
      return [true, !row?.away];
    } catch {
      return [false, true];
    }
  }

  /**
   * Prometheus text. A gauge that takes the database long is worked out again only after fifty times as long; one that fails is left out,
   * aloud, and takes no other with it.
   */
  async metrics(): Promise<string> {
    const told = new Set<string>();
    const parts: string[] = [];
    for (const gauge of GAUGES) {
      const lines = await this.lines(gauge);
      const head = told.has(gauge.name) ? [] : [`# HELP ${gauge.name} ${gauge.help}`, `# TYPE ${gauge.name} gauge`];
      told.add(gauge.name);
      parts.push(...head, ...lines);
    }
    const name = 'desk_anomalies';
    parts.push(`# HELP ${name} Signs of an attack within an hour, in this process; 200 raise an alarm in the log.`, `# TYPE ${name} gauge`);
    parts.push(...this.anomalies.figures().map(({ what, value }) => `${name}{what="${what}"} ${value}`));
    return `${parts.join('\n')}\n`;
  }

  private async lines(gauge: Gauge): Promise<string[]> {
    const kept = this.kept.get(gauge);
    const since = performance.now();
    if (kept && since < kept.until) {
      return kept.lines;
    }
    try {
      const rows = (await this.source.query(gauge.sql)) as { value: number | string; [label: string]: unknown }[];
      const lines = rows.map(({ value, ...labels }) => `${gauge.name}${labelled(labels)} ${Number(value)}`);
      const took = performance.now() - since;
      this.kept.set(gauge, { lines, until: took < CHEAP_MS ? 0 : since + took * SPARED });
      return lines;
    } catch (error) {
      this.log.warn(`${gauge.name} could not be worked out: ${(error as Error).message}`);
      return [];
    }
  }
}

function labelled(labels: Record<string, unknown>): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${String(value).replace(/["\\\n]/g, '_')}"`);
  return parts.length > 0 ? `{${parts.join(',')}}` : '';
}
