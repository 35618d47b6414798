import { FindOperator, type DataSource, type FindManyOptions } from 'typeorm';
import { fetchedTogether } from './fetched-together';

interface Row { id: number; ticketId: string }

describe('rows that are fetched together', () => {
  it('are asked for once by all who ask meanwhile, and each gets those of their own thing in order', async () => {
    const asked: string[][] = [];
    const rows: Row[] = [{ id: 1, ticketId: 'b' }, { id: 2, ticketId: 'a' }, { id: 3, ticketId: 'b' }];
    const find = (_entity: unknown, { where, order }: FindManyOptions<Row>): Promise<Row[]> => {
      const wanted = ((where as { ticketId: FindOperator<string> }).ticketId.value as unknown) as string[];
      asked.push([...wanted]);
      expect(order).toEqual({ id: 'ASC' });
      return Promise.resolve(rows.filter((row) => wanted.includes(row.ticketId)));
    };
    const fetched = fetchedTogether<Row>({ manager: { find } } as unknown as DataSource, 'row', 'ticketId', { id: 'ASC' }, 3);
    const answers = await Promise.all(['a', 'b', 'b', 'c'].map((ticket) => fetched.ask(ticket)));
    expect(answers.map((found) => found.map(({ id }) => id))).toEqual([[2], [1, 3], [1, 3], []]);
    expect(asked).toEqual([['a', 'b'], ['c']]);
  });
});
