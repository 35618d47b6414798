// The mails that the desk is loaded with: claims of 4 to 5 KB about an address of their own each, from a customer with a domain of their own,
// signed (DKIM, RSA-2048) and allowed by SPF, so that their sender is proven by our own checks. Every other one carries the headers pasted
// into its text, the others the whole message as an attachment. What a mail of this number says, the NOC and the DNS of the bench agree with.
import { createHash, createSign } from 'node:crypto';
import { dice, headers } from './claims.mjs';

export const ACCOUNTS = 20_000;
export const DOMAIN = 'desk.example';
const WORDS = `the mail that went out from this server is what customers asked for orders invoices and answers of our support no newsletter was sent in this
week and none will be the address belongs to the shop since two years nobody else has an account there and every message is signed by our own domain
please look at the message below it was sent to one person who had written to us the day before and who has answered since`.split(/\s+/);

export const ipOf = (n) => `45.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
export const numberOf = (ip) => ip.split('.').slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
export const customerOf = (n) => n % ACCOUNTS;
export const mailboxOf = (n) => `ops@cust${customerOf(n)}.example`;
/** When the block of that number began; `begin` is when the run began. */
export const blockedAt = (n, begin) => new Date(begin - 86_400_000 - (n % 86_400) * 1_000);

function prose(roll, length) {
  const lines = [];
  for (let line = ''; length > 0; length -= line.length) {
    line = '';
    while (line.length < 70) {
      line += `${line && ' '}${WORDS[roll(WORDS.length)]}`;
    }
    lines.push(`${line}.`);
  }
  return lines.join('\r\n');
}

/** `letter(n)`: the bytes of the n-th mail. `seed` tells the runs apart; `key` signs (PEM). */
export function letters({ seed, key, begin }) {
  const roll = dice(seed);
  const parts = Array.from({ length: 128 }, () => ({ text: prose(roll, 1_200), headers: headers(roll) }));
  return (n) => {
    const { text, headers: found } = parts[n % parts.length];
    const at = blockedAt(n, begin).toISOString();
    const words = `Hello,\r\n\r\nour address ${ipOf(n)} was blocked for spam on ${at.slice(0, 10)} at ${at.slice(11, 19)} UTC. This is a mistake.\r\n\r\n${text}\r\n`;
    const boundary = `=_part_${seed}_${n}`;
    const attached = n % 2 === 1;
    const body = attached
      ? `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${words}\r\n--${boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename="blocked.eml"\r\n\r\n${found}\r\n\r\nThank you for your order.\r\n--${boundary}--\r\n`
      : `${words}\r\n${found}\r\n`;
    const fields = [
      ['From', `"Operations ${n}" <${mailboxOf(n)}>`], ['To', `unblock@${DOMAIN}`], ['Subject', `${ipOf(n)} is blocked by mistake`], ['Date', new Date(begin).toUTCString().replace('GMT', '+0000')],
      ['Message-ID', `<${messageId(seed, n)}>`], ['MIME-Version', '1.0'], ['Content-Type', attached ? `multipart/mixed; boundary="${boundary}"` : 'text/plain; charset=utf-8'],
    ];
    const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`DKIM-Signature: ${signature(fields, body, `cust${customerOf(n)}.example`, key)}\r\n${head}\r\n${body}`, 'latin1');
  };
}

export const messageId = (seed, n) => `${seed}.${n}@cust${customerOf(n)}.example`;

/** RFC 6376, relaxed/simple; the fields above are not folded and hold no double spaces, so little is left to be relaxed. */
function signature(fields, body, domain, key) {
  const hash = createHash('sha256').update(body, 'latin1').digest('base64');
  const value = `v=1; a=rsa-sha256; c=relaxed/simple; d=${domain}; s=s1; h=${fields.map(([name]) => name.toLowerCase()).join(':')}; bh=${hash}; b=`;
  const canonical = [...fields.map(([name, text]) => `${name.toLowerCase()}:${text}\r\n`), `dkim-signature:${value}`].join('');
  return `${value}${createSign('sha256').update(canonical, 'latin1').sign(key, 'base64')}`;
}
