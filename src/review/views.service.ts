import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Staff } from '../auth/principal';
import { may } from '../core/policy/may';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';
import type { QueueQuery, ViewBody } from './queue.schema';
import { addressOf } from './queue.view';

export interface SavedView {
  id: string;
  name: string;
  query: Partial<QueueQuery>;
  shared: boolean;
  /** whose it is */
  staffId: string;
  by: string;
}

const MOST = 30;
const COLUMNS = `v.id, v.name, v.query, v.shared, v.staff_id as "staffId", s.name as by from saved_view v join staff_member s on s.id = v.staff_id`;

/** One's own, then the shared ones, by name, as SQL. */
export const viewsOf = (staff: string): string => `select ${COLUMNS} where v.staff_id = ${staff} or v.shared order by v.staff_id <> ${staff}, lower(v.name), v.id limit 100`;

/** Filters of the queue under a name: one's own, and those that a lead shares with everybody. The only writer of saved_view. */
@Injectable()
export class ViewsService {
  constructor(
    private readonly source: DataSource,
    private readonly transactions: Transactions,
  ) {}

  /** One's own, then the shared ones, by name. */
  async of(staffId: string): Promise<SavedView[]> {
    return (await this.source.query(viewsOf('$1'), [staffId])) as SavedView[];
  }

  /** Keeps a view; one's own of the same name is replaced. @throws Forbidden when somebody may not share, InvalidInput when there are too many */
  async keep({ name, query, shared }: ViewBody, staff: Staff, also?: AlsoKept<SavedView>): Promise<SavedView> {
    if (shared && !may(staff.role, 'share_view')) {
      throw new Forbidden('Only a lead shares a view with everybody; you may keep it for yourself.');
    }
    const [{ n } = { n: 0 }] = (await this.source.query('select count(*)::int as n from saved_view where staff_id = $1 and name <> $2', [staff.id, name])) as { n: number }[];
    if (n >= MOST) {
      throw new InvalidInput([{ field: 'name', code: 'too_many', message: `You have ${MOST} views; remove one first.` }]);
    }
    return this.transactions.run(async (tx) => {
      const [row] = (await tx.query(
        `with kept as (insert into saved_view (id, name, query, staff_id, shared) values ($1, $2, $3, $4, $5)
           on conflict (staff_id, name) do update set query = excluded.query, shared = excluded.shared returning *)
         select ${COLUMNS.replace('saved_view v', 'kept v')}`,
        [randomUUID(), name, JSON.stringify(query), staff.id, shared],
      )) as SavedView[];
      if (!row) {
        throw new Conflict('The view was changed by somebody else meanwhile; try again.');
      }
      return row;
    }, also);
  }

  /** Removes a view. @throws NotFound for a foreign one too: unless it is shared, nobody else knows of it; Forbidden for a shared one of somebody else's */
  async remove(id: string, staff: Staff): Promise<void> {
    const [view] = isUuid(id) ? ((await this.source.query(`select ${COLUMNS} where v.id = $1`, [id])) as SavedView[]) : [];
    if (!view || (view.staffId !== staff.id && !view.shared)) {
      throw new NotFound('There is no such view.');
    }
    if (view.staffId !== staff.id && !may(staff.role, 'share_view')) {
      throw new Forbidden(`This view is shared by ${view.by}: they or a lead may remove it.`);
    }
    await this.source.query('delete from saved_view where id = $1', [id]);
  }
}

/** The same filters in any order: JSON does not keep the one in which they were chosen. */
const sorted = (address: string): string => [...new URLSearchParams(address.slice('/desk?'.length))].map((pair) => pair.join('=')).sort().join('&');

/** A view as the rail shows it. */
export function viewLink(view: SavedView, here: QueueQuery, staff: Staff) {
  const href = addressOf(view.query);
  const own = view.staffId === staff.id;
  return { id: view.id, name: view.name, href, current: sorted(href) === sorted(addressOf({ ...here, after: undefined })), shared: view.shared, by: own ? null : view.by, mayRemove: own || may(staff.role, 'share_view') };
}
