import { z } from 'zod';
import { address } from '../core/ticket/address';

/** The shapes of the contract, section 3, that several doors take. Unknown fields are refused everywhere. */

const MB = 1024 * 1024;

/** Text that PostgreSQL can keep: no NUL, no half characters. Who must send such bytes sends them as base64. */
export const text = (max: number) =>
  z
    .string()
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !value.includes('\u0000') && !/\p{Surrogate}/u.test(value), 'holds a NUL or half a character; send such bytes as base64 in "message"');

export const time = z.string().max(40).refine((value) => /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value)), {
  error: 'must be a time with its zone, such as 2026-11-20T08:41:07Z',
});

export const ip = z
  .string()
  .max(64)
  .transform((value, context) => {
    const found = address(value);
    if (found === null) {
      context.addIssue({ code: 'custom', message: 'must be an IPv4 or IPv6 address, such as 203.0.113.5 or 2001:db8::25' });
      return z.NEVER;
    }
    return found;
  });

const base64 = z
  .string()
  .max(Math.ceil((25 * MB * 4) / 3) + 4, 'must be at most 25 MB')
  .refine((value) => /^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(value), 'must be base64');

export const kind = z.enum(['spam', 'hack'], { error: 'must be spam or hack' });
export const claim = z.enum(['mistake', 'fixed'], { error: 'must be mistake or fixed' });

const detection = z.strictObject({
  messageId: text(998).optional(), at: time, destinationIp: text(64).optional(), score: z.number().optional(), rule: text(200).optional(), mailFrom: text(998).optional(),
  subject: text(2000).optional(),
});

const traffic = z.strictObject({ messagesLastHour: z.number().optional(), messagesLast30Days: z.number().optional(), fromOrganisationsLastDay: z.number().optional() });

export const block = z.strictObject({
  ip, kind, blockedAt: time, blockId: text(200).optional(), prefix: text(64).optional(), releaseAllowedAt: time.optional(),
  state: z.enum(['blocked', 'unblocking', 'unblocked']).optional(), detections: z.array(detection).max(1000).optional(), detectionsTotal: z.number().int().min(0).optional(),
  traffic: traffic.optional(), logs: text(MB).optional(),
});

export const email = text(254).refine((value) => /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/.test(value), 'must be one e-mail address, such as ops@example.org');

export const account = z.strictObject({ id: text(200).min(1, 'must not be empty'), email, name: text(300).optional(), tier: text(100).optional(), language: text(35).optional() });

const item = z.enum(['ip', 'block_time', 'headers', 'remediation', 'explanation', 'logs']);

export const evidence = z.strictObject({
  blockTime: text(200).optional(),
  headers: text(MB).optional(),
  messageIds: z.array(text(998)).max(100).optional(),
  messageId: text(998).optional(),
  message: base64.optional(),
  samples: z.array(base64).max(20, 'must be at most 20').optional(),
  remediation: text(200_000).optional(),
  explanation: text(200_000).optional(),
  logs: text(2 * MB).optional(),
  queueInspected: z.boolean().optional(),
  cannotSupply: z.array(z.strictObject({ item, because: text(2000).min(1, 'must say why') })).max(10).optional(),
});
