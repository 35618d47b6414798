import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NocService } from '../noc/noc.service';
import { Watermark } from '../platform/database/watermark';

/** After a restore the NOC is asked about every address that a lift may be ordered for: only when all of it is known may orders go out again. */
@Injectable()
export class ReadBackAll implements OnApplicationBootstrap {
  constructor(
    private readonly source: DataSource,
    private readonly noc: NocService,
    private readonly watermark: Watermark,
  ) {}

  onApplicationBootstrap(): void {
    this.watermark.register(() => this.readBack());
  }

  private async readBack(): Promise<string | null> {
    const rows = (await this.source.query(`select distinct host(ip) as ip from ticket where state in ('lifting', 'second_review', 'in_review') order by 1`)) as { ip: string }[];
    for (const { ip } of rows) {
      const blocks = await this.noc.refresh(ip);
      if (!blocks.ok && blocks.error !== 'not_found') {
        return `the NOC does not tell what became of ${ip}: ${blocks.detail}`;
      }
    }
    return null;
  }
}
