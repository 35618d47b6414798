import { In, type DataSource, type EntityTarget, type FindOptionsOrder, type FindOptionsWhere, type ObjectLiteral } from 'typeorm';
import { Gathered } from '../gathered';

/**
 * The rows that belong to one thing each: whoever asks while a question is on its way shares the next one with all who do.
 * @param key the column that names what they belong to
 * @param atMost so many things in one question
 */
export function fetchedTogether<T extends ObjectLiteral>(source: DataSource, entity: EntityTarget<T>, key: keyof T & string, order: FindOptionsOrder<T>, atMost: number): Gathered<string, T[]> {
  return new Gathered(async (round) => {
    const where = { [key]: In([...new Set(round.map(({ what }) => what))]) } as FindOptionsWhere<T>;
    const found = await source.manager.find(entity, { where, order });
    round.forEach(({ what, done }) => done(found.filter((row) => row[key] === what)));
  }, { atMost });
}
