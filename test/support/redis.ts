import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateRedis, type PrivateRedis } from '../../src/platform/redis-server';

/** `describe.each` over the two ways of carrying jobs; Bull is left out, as said at the start of the run, where there is no Redis. */
export const carriers: ('in-process' | 'bull')[] = process.env['TEST_REDIS_URL'] ? ['in-process', 'bull'] : ['in-process'];

/** `describe` where there is a Redis, else `describe.skip`. */
export const describeWithRedis = process.env['TEST_REDIS_URL'] ? describe : describe.skip;

/** A Redis for one spec alone: to be filled, stopped or killed without touching another spec's queue. */
export async function startRedis(): Promise<PrivateRedis> {
  const dir = mkdtempSync(join(tmpdir(), `desk-test-${process.pid}-redis-`));
  const redis = await startPrivateRedis({ dir, path: process.env['PATH'] ?? '', unpackInto: '.cache/redis', tied: true });
  if (!redis) {
    throw new Error('There is no Redis to start: guard this spec with describeWithRedis');
  }
  return {
    ...redis,
    stop: async () => {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
