import { testDatabase } from './database';

it('gives every spec a migrated database of its own', async () => {
  const [one, other] = await Promise.all([testDatabase(), testDatabase()]);
  await one.query("insert into used_token (purpose, jti, expires_at) values ('x', 'y', now())");
  expect(await one.query('select jti from used_token')).toEqual([{ jti: 'y' }]);
  expect(await other.query('select jti from used_token')).toEqual([]);
  expect((await one.query('select name from migration')).length).toBeGreaterThan(0);
  await Promise.all([one.drop(), other.drop()]);
});
