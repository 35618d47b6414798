import { fixOf } from '../fixes/catalogue';
import type { Analysis } from '../rules/analysis';
import type { Sign } from './customer-analysis';
import { readingView } from './reading';

/** A test message as it came in. */
export interface ShownTest {
  id: string;
  /** null: another mail server handed it to us, so that no live connection was seen */
  peerIp: string | null;
  receivedAt: Date;
  helo: string | null;
  protocol: string | null;
  tls: string | null;
  lines: number;
  analysis: Omit<Analysis, 'facts'>;
}

interface Line {
  sign: Sign;
  title: string;
  text: string;
}

/** One test message in the customer's words: the connection first, then what everybody reads in headers. @param ip the blocked address; null when there is no ticket yet */
export function testMessage(test: ShownTest, ip: string | null) {
  const { id, receivedAt, analysis, peerIp } = test;
  const reading = readingView({ ...analysis, facts: { now: receivedAt.toISOString(), claim: {}, block: null, dns: null, trusted: { authservIds: [], hosts: [], networks: [] } } }, { ip: peerIp ?? ip ?? '', lines: test.lines, alertTotal: 0 });
  const connection = connectionLines(test, ip);
  const good = connection.every((line) => line.sign !== 'bad') && reading.checks.every((check) => check.sign !== 'bad') && analysis.requiredFixes.every((code) => fixOf(code)?.when === 'advice');
  return { id, receivedAt, subject: analysis.message.subject, from: analysis.message.from, elsewhere: elsewhere(peerIp, ip), connection, good, ...reading, message: [] };
}

const elsewhere = (peerIp: string | null, ip: string | null): string | null => (ip !== null && peerIp !== null && peerIp !== ip ? `It came from ${peerIp}, but the block is on ${ip}. What you read here is about ${peerIp}.` : null);

/** What only a live connection shows. */
function connectionLines({ peerIp, helo, protocol, tls }: ShownTest, ip: string | null): Line[] {
  if (peerIp === null) {
    return [{ sign: 'unknown', title: 'Your server did not speak to us itself', text: 'A mail server in between handed the message over. What its headers say is read below.' }];
  }
  const address: Line = ip === null || peerIp === ip
    ? { sign: 'good', title: `It came from ${peerIp}`, text: ip === null ? '' : 'That is the blocked address.' }
    : { sign: 'bad', title: `It came from ${peerIp}, not from ${ip}`, text: 'Send it from the blocked server itself. Does the server send by another address, or through a relay?' };
  const named = helo !== null && /^[a-z0-9-]+(\.[a-z0-9-]+)+\.?$/i.test(helo) && !/^[\d.]+$/.test(helo);
  const greeting: Line = named
    ? { sign: 'good', title: `It greeted as ${helo}`, text: 'Whether that name leads to the address stands under PTR.' }
    : { sign: 'bad', title: helo === null ? 'It did not greet with a name' : `It greeted as ${helo}`, text: 'Receivers expect the full name of the server, such as mail.example.org (RFC 5321 §4.1.1.1).' };
  const encrypted: Line = tls !== null
    ? { sign: 'good', title: `The connection was encrypted (${tls})`, text: '' }
    : { sign: 'unknown', title: `The connection was not encrypted${protocol ? ` (${protocol})` : ''}`, text: 'Where we offered STARTTLS, your server did not use it. Many receivers expect it.' };
  return [address, greeting, encrypted];
}

/** How to send one from the usual mail servers, ready to copy. @param port one that a block of port 25 leaves open */
export function howToSend(email: string, host: string, port: number): { name: string; about: string; command: string }[] {
  return [
    { name: 'Any Linux, with swaks', about: 'Shows the connection. It does not pass through your mail server, so nothing signs it.', command: `swaks --to ${email} --from YOU@YOUR-DOMAIN --ehlo $(hostname -f) --server ${host}:${port} --tls-optional` },
    {
      name: 'Postfix', about: 'Your mail server sends it as it sends all mail, only by another port.',
      command: `echo '${host} smtp:[${host}]:${port}' >> /etc/postfix/transport\npostmap /etc/postfix/transport\npostconf -e 'transport_maps = hash:/etc/postfix/transport'\npostfix reload\nprintf 'Subject: Test\\n\\nHello\\n' | sendmail -f YOU@YOUR-DOMAIN ${email}`,
    },
    { name: 'Exim', about: 'A router above the others; take it out again afterwards.', command: `unblock_test:\n  driver = manualroute\n  domains = ${host}\n  transport = remote_smtp\n  route_list = * ${host}::${port}` },
    { name: 'Sendmail', about: 'In sendmail.mc, then "make -C /etc/mail" and restart.', command: `FEATURE(\`mailertable')dnl\ndefine(\`RELAY_MAILER_ARGS', \`TCP $h ${port}')dnl\n# /etc/mail/mailertable\n${host}\trelay:[${host}]` },
  ];
}
