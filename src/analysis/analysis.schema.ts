import { z } from 'zod';
import { block, ip, kind, text, time } from '../evidence/wire.schema';

const MB = 1024 * 1024;
const names = z.array(text(4_096)).max(200);
const records = z.record(z.string().max(512), names).default({});
/** A zone file of one claim: more names than look-ups that could ever be made would only cost time. */
const dns = z.strictObject({ ptr: records, a: records, aaaa: records, mx: records, txt: records, failed: names.optional(), asked: names.optional() });

const state = z.enum(['proven', 'broken', 'unknown']);
const word = text(200).nullable();
/** Only in facts of a stored analysis, which is run again. */
const proofs = z.strictObject({
  dkim: z.array(z.strictObject({
    domain: text(255), selector: text(255), line: z.number().int(), headers: state, body: z.enum(['proven', 'broken', 'not_checked']), why: text(2_000).optional(), result: text(100).optional(),
  })).max(20).optional(),
  arc: z.strictObject({ result: state, why: text(2_000).optional() }).nullish(),
  whole: z.strictObject({ spf: word, dkim: names, dmarc: word, arc: word, why: text(2_000).optional() }).optional(),
});

/** Facts as the analysis page gives them: everything may be left out, nothing unknown is taken. */
export const facts = z.strictObject({
  now: time.optional(),
  claim: z.strictObject({ ip: ip.optional(), kind: kind.optional(), blockedAt: time.optional(), messageId: text(998).optional() }).optional(),
  block: block.partial().nullish(),
  dns: dns.nullish(),
  trusted: z.strictObject({ authservIds: names.default([]), hosts: names.default([]), networks: names.default([]) }).optional(),
  said: z.strictObject({ claim: z.enum(['mistake', 'fixed']).optional(), remediation: text(200_000).optional(), explanation: text(200_000).optional(), logs: text(2 * MB).optional() }).optional(),
  alsoSupplied: names.optional(),
  blocklists: z.array(text(180)).max(5).optional(),
  proofs: proofs.optional(),
});
export type GivenFacts = z.output<typeof facts>;

const noSurrogates = z.string().max(36 * MB);

/** `POST /header-analyses`. Headers are taken as they come, with whatever bytes: only a whole body over the size is refused. */
export const headerAnalysis = z
  .strictObject({
    headers: noSurrogates.optional(),
    message: z.string().max(34 * MB, 'must be at most 25 MB').refine((value) => /^[A-Za-z0-9+/\r\n]*={0,2}\s*$/.test(value), 'must be base64').optional(),
    messageId: z.string().max(2_000).optional(),
    ip: ip.optional(),
    kind: kind.optional(),
    blockedAt: time.optional(),
    block: block.optional(),
    facts: facts.optional(),
  })
  .superRefine((body, context) => {
    const given = (['headers', 'message', 'messageId'] as const).filter((field) => body[field] !== undefined);
    for (const field of given.slice(1)) {
      context.addIssue({ code: 'custom', path: [field], message: `must not stand beside ${given[0] ?? ''}: one input at a time` });
    }
    for (const field of given.slice(0, 1).filter((each) => body[each]?.trim() === '')) {
      context.addIssue({ code: 'custom', path: [field], message: 'must not be empty: a header, a message or a Message-ID is needed' });
    }
    const claim = body.facts?.claim;
    const isHack = body.kind === 'hack' || claim?.kind === 'hack' || body.block?.kind === 'hack';
    if (body.headers === undefined && body.message === undefined && body.messageId === undefined && claim?.messageId === undefined && !isHack) {
      context.addIssue({ code: 'custom', path: ['headers'], message: 'one of headers (text), message (base64) or messageId is needed' });
    }
  });
export type HeaderAnalysis = z.output<typeof headerAnalysis>;
