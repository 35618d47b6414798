import { z } from 'zod';
import { address } from '../core/ticket/address';
import type { Block } from '../core/ticket/block';

/** What a NOC answers (contract, section 4). Unknown fields are let pass, null counts as absent: it is not ours to be strict with. */

const absent = <T extends z.ZodType>(type: T) => z.preprocess((value) => (value === null ? undefined : value), type.optional());
const time = z.string().max(40).refine((text) => /^\d{4}-\d\d-\d\d[Tt ]/.test(text) && !Number.isNaN(Date.parse(text)));
const ip = z.string().max(64).transform((text, context) => {
  const read = address(text);
  if (read === null) {
    context.addIssue('is no address');
    return z.NEVER;
  }
  return read;
});

export const heldAddress = z.object({ ip, accountId: z.string().min(1), assignedSince: absent(time), delegates: absent(z.array(z.string())) });

const account = z.object({ id: z.string().min(1), email: z.string().min(3), name: absent(z.string()), tier: absent(z.string()), language: absent(z.string()) });
export const nocAccount = account.extend({ emails: absent(z.array(z.string())) }).transform((a) => ({ ...a, emails: a.emails ?? [a.email] }));
export const accounts = z.array(account).max(1000);

const detection = z.object({
  messageId: absent(z.string()), at: time, destinationIp: absent(z.string()), score: absent(z.number()), rule: absent(z.string()), mailFrom: absent(z.string()),
  subject: absent(z.string()),
});
const traffic = z.object({ messagesLastHour: absent(z.number()), messagesLast30Days: absent(z.number()), fromOrganisationsLastDay: absent(z.number()) });
const block = z.object({
  ip, kind: z.enum(['spam', 'hack']), blockedAt: time, blockId: absent(z.string()), prefix: absent(z.string()), releaseAllowedAt: absent(time),
  // An unstated state is read as "blocked": it can never end a lift by mistake.
  state: absent(z.enum(['blocked', 'unblocking', 'unblocked'])).transform((state) => state ?? 'blocked'),
  detections: absent(z.array(detection)), detectionsTotal: absent(z.number()), traffic: absent(traffic), logs: absent(z.string()),
});
/** Blocks of other kinds than ours (phishing, ARP) are not our business; one of ours that cannot be read spoils the list. */
export const blocks = z
  .array(z.looseObject({ kind: z.string() }))
  .max(10_000)
  .transform((list) => list.filter(({ kind }) => kind === 'spam' || kind === 'hack'))
  .pipe(z.array(block))
  .transform((list): Block[] => list.sort((a, b) => Date.parse(b.blockedAt) - Date.parse(a.blockedAt)));

export const lifted = z.object({ state: z.enum(['unblocking', 'unblocked']) });
export const exception = z.object({ id: z.string(), state: z.enum(['applied', 'proposed']) });
/** What stands in a refusal; every part may be missing. */
export const refusal = z
  .object({ code: absent(z.string()), message: absent(z.string()), blockedAt: absent(time), retryAfterSeconds: absent(z.number().min(0)) })
  .catch({ code: undefined, message: undefined, blockedAt: undefined, retryAfterSeconds: undefined });
