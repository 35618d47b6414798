// F13: the application is killed (SIGKILL) in the middle of mails that come in, then the database too, and both are started again. Whatever was
// answered with 250 must be a ticket, once; what was not answered is sent again, as a mail server would, and must not become a second one.
import { setTimeout as sleep } from 'node:timers/promises';
import { messageId } from './letters.mjs';
import { note, say, tell } from './figures.mjs';
import { until } from './mail.mjs';

const CLIENTS = 16;

export async function killed(bench, quick) {
  const { world, driver } = bench;
  const [mails, rounds] = quick ? [300, 2] : [1_000, 6];
  const desk = await world.desk('mail_killed');
  const numbers = [];
  let answered = 0;
  let app = await bench.app(desk);
  for (let round = 0; round < rounds; round++) {
    numbers.push(...(await bench.prepare(mails)));
    const sending = driver.run({ port: app.mailPort, clients: CLIENTS, seconds: 60 });
    // Each round at another moment: while mails are taken, and while they are read.
    await until('some of them to be stored', async () => (await stored(desk)) >= numbers.length - mails + Math.round((mails * (round % 3 + 1)) / 4));
    await sleep(37 * (round % 4));
    await app.kill();
    const { sent, untaken } = await sending;
    answered += sent.length;
    if (round % 2 === 1) {
      await desk.close();
      await world.killPostgres();
      await desk.open();
    }
    app = await bench.app(desk);
    await missing(desk, sent.map(([n]) => messageId(1, n)));
    if (untaken.length > 0) {
      await bench.prepare(untaken);
      const again = await driver.run({ port: app.mailPort, clients: CLIENTS, seconds: 60 });
      answered += again.answers;
      if (again.untaken.length > 0) {
        throw new Error(`F13: ${again.untaken.length} mails were not taken after the restart: ${JSON.stringify(again.statuses)}`);
      }
    }
    say(`F13: round ${round + 1} of ${rounds}: ${sent.length} answered before the kill, ${untaken.length} sent again`);
  }
  // A worker that was killed holds its row for ten seconds; then another takes it.
  await until('every mail to be read and every ticket to be in the queue', async () =>
    (await desk.query(`select (select count(*) from inbound_mail where state = 'stored')::int + (select count(*) from ticket where state <> 'queued')::int as n`))[0].n === 0);
  const [found] = await desk.query(
    `select (select count(*)::int from unnest($1::text[]) sent(id) where not exists (select from inbound_mail m where m.message_id = sent.id and m.state = 'ticket')) as missing,
       (select count(*)::int from (select message_id from inbound_mail where state = 'ticket' group by message_id having count(*) > 1) d) as doubled,
       (select count(*)::int from ticket) - $2::int as surplus, (select count(*)::int from inbound_mail where state not in ('ticket', 'duplicate')) as others,
       (select count(*)::int from inbound_mail where state = 'duplicate') as duplicates`, [numbers.map((n) => messageId(1, n)), numbers.length],
  );
  note(`F13: ${numbers.length} mails, ${answered} answers, the application killed ${rounds} times, PostgreSQL with it ${Math.floor(rounds / 2)} times; ${found.duplicates} came twice with the same bytes and are marked so`);
  tell('mail', 'F13.missing', 'mails', [found.missing], { goal: 0, less: true });
  tell('mail', 'F13.doubled', 'mails', [found.doubled], { goal: 0, less: true });
  if (found.missing + found.doubled + Math.abs(found.surplus) + found.others > 0) {
    throw new Error(`F13: not every mail is exactly one ticket: ${JSON.stringify(found)}`);
  }
  await app.stop();
  await desk.close();
}

const stored = async (desk) => (await desk.query('select count(*)::int as n from inbound_mail'))[0].n;

/** Right after the restart: what was answered is there, read or not. By its bytes, since a mail that was not read has no Message-ID yet. */
async function missing(desk, ids) {
  const rows = await desk.query(`select substring(convert_from(substring(raw from 1 for 4000), 'LATIN1') from 'Message-ID: <([^>]+)>') as id from inbound_mail`);
  const there = new Set(rows.map(({ id }) => id));
  const lost = ids.filter((id) => !there.has(id));
  if (lost.length > 0) {
    throw new Error(`F13: ${lost.length} answered mails are not stored, such as ${lost[0]}`);
  }
}
