import { z } from 'zod';

/** What OVHcloud's API v1 answers about blocks. All its lists and objects may gain fields; what we need must be there. */

const time = z.string().max(40).refine((text) => !Number.isNaN(Date.parse(text)));

export const ipBlocks = z.array(z.string()).max(10_000);

/** `time`: the sentence, in seconds from `date`. The record stays after the release, as `unblocked`. */
export const spamIp = z.object({ ipSpamming: z.string(), date: time, time: z.number(), state: z.enum(['blockedForSpam', 'unblocked', 'unblocking']) });

/** `time`: the seconds that are left until an unblock may be asked for. The record disappears with the block. */
export const blockedIp = z.object({ ipBlocked: z.string(), blockedSince: time, time: z.number(), state: z.enum(['blocked', 'unblocking']), logs: z.string().nullish() });

/** A sample of the messages behind a block; times are epoch seconds, Message-IDs come without brackets. */
export const spamStats = z.array(
  z.object({
    timestamp: z.number(), total: z.number(), numberOfSpams: z.number(),
    detectedSpams: z.array(z.object({ date: z.number(), destinationIp: z.string().nullish(), messageId: z.string().nullish(), spamscore: z.number().nullish() })).nullish(),
  }),
).max(1000);

export const problem = z.object({ message: z.string() }).catch({ message: '' });
export const accessToken = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().default(3600) });
export const serverTime = z.number().int().positive();
