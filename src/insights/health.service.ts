import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Carrier } from '../outbox/carrier';
import { CONFIG, type Config } from '../platform/config/config';
import { GAUGES } from './gauges';

/** How long the database may take to answer the question whether it is there, in milliseconds. */
const PATIENCE_MS = 2000;

@Injectable()
export class HealthService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly carrier: Carrier,
  ) {}

  async ready(): Promise<{ status: 'ok' | 'degraded' | 'unavailable'; database: boolean; carrier: string }> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
    const [database, fetched] = await Promise.race([this.asked(), late.then(() => [false, true])]);
    clearTimeout(timer);
    return { status: database ? (this.carrier.healthy() && fetched ? 'ok' : 'degraded') : 'unavailable', database, carrier: this.carrier.name };
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

  async metrics(): Promise<string> {
    const blocks = await Promise.all(
      GAUGES.map(async (gauge) => {
        const rows = (await this.source.query(gauge.sql)) as { value: number | string; [label: string]: unknown }[];
        const lines = rows.map(({ value, ...labels }) => `${gauge.name}${labelled(labels)} ${Number(value)}`);
        return [`# HELP ${gauge.name} ${gauge.help}`, `# TYPE ${gauge.name} gauge`, ...lines].join('\n');
      }),
    );
    return `${blocks.join('\n')}\n`;
  }
}

function labelled(labels: Record<string, unknown>): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}="${String(value).replace(/["\\\n]/g, '_')}"`);
  return parts.length > 0 ? `{${parts.join(',')}}` : '';
}
