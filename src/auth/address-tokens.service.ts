import { Inject, Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { CONFIG, type Config } from '../platform/config/config';

/** Local parts are folded to lower case on their way, so the alphabet has one case only (RFC 4648 §6, lower case). */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const DAY = 86_400_000;
const MAC_BYTES = 10;
/** `unblock`: answers on a ticket. `bounce`: what came back. `test`: test messages of a customer. */
type Box = 'unblock' | 'bounce' | 'test';

/** Mail addresses that only we can make: `unblock+<name>.<token>@…`. The token is keyed and ends; it routes and proves nothing else. */
@Injectable()
export class AddressTokens {
  private readonly key: Buffer;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'SECRET' | 'MAIL_DOMAIN'>) {
    this.key = createHmac('sha256', config.SECRET).update('mail addresses').digest();
  }

  /** The address for `name` (lower-case letters, digits, hyphens) that works until the end of the day of `until`. */
  address(box: Box, name: string, until: Date): string {
    const days = Buffer.alloc(2);
    days.writeUInt16BE(Math.floor(until.getTime() / DAY));
    const plain = name.toLowerCase();
    return `${box}+${plain}.${base32(Buffer.concat([days, this.mac(box, plain, days)]))}@${this.config.MAIL_DOMAIN}`;
  }

  /** The name behind one of our addresses, `dead` for one that was never made by us or has ended, null for any other address. */
  read(address: string, now: Date): { box: Box; name: string } | 'dead' | null {
    const match = /^(unblock|bounce|test)\+([a-z0-9-]{1,40})\.([a-z2-7]{20})@([^@]+)$/.exec(address.trim().toLowerCase());
    if (!match || match[4] !== this.config.MAIL_DOMAIN.toLowerCase()) {
      return null;
    }
    const [, box, name = '', token = ''] = match as unknown as [string, Box, string, string];
    const bytes = unbase32(token);
    const days = bytes.subarray(0, 2);
    const genuine = timingSafeEqual(bytes.subarray(2, 2 + MAC_BYTES), this.mac(box, name, days));
    return genuine && days.readUInt16BE() >= Math.floor(now.getTime() / DAY) ? { box, name } : 'dead';
  }

  private mac(box: string, name: string, days: Buffer): Buffer {
    return createHmac('sha256', this.key).update(`${box}+${name}`).update(days).digest().subarray(0, MAC_BYTES);
  }
}

/** 12 bytes are 20 letters; the last one carries four spare bits. */
function base32(bytes: Buffer): string {
  let bits = 0n;
  for (const byte of bytes) {
    bits = (bits << 8n) | BigInt(byte);
  }
  bits <<= 4n;
  return Array.from({ length: 20 }, (_, i) => ALPHABET.charAt(Number((bits >> BigInt(95 - 5 * i)) & 31n))).join('');
}

function unbase32(text: string): Buffer {
  let bits = 0n;
  for (const letter of text) {
    bits = (bits << 5n) | BigInt(ALPHABET.indexOf(letter));
  }
  return Buffer.from((bits >> 4n).toString(16).padStart(24, '0'), 'hex');
}
