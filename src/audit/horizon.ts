import type { EntityManager } from 'typeorm';
import type { Checkpoint } from './chain';

/**
 * Moves the horizon over the seals that are older than `months`. Whoever moves it says so in the audit.
 * @returns the last seal behind it; null where it stays
 */
export async function moveHorizon(tx: EntityManager, months: number): Promise<Checkpoint | null> {
  const [seal] = (await tx.query(
    `select s.id as seal, s.last_id as "lastId", s.hash from audit_seal s where s.id > (select seal_id from audit_horizon) and s.at < now() - make_interval(months => $1) order by s.id desc limit 1`,
    [months],
  )) as Checkpoint[];
  if (seal) {
    await tx.query('update audit_horizon set last_id = $1, seal_id = $2, hash = $3, at = now()', [seal.lastId, seal.seal, seal.hash]);
  }
  return seal ?? null;
}
