import { randomInt, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';

const pack = promisify(gzip);
/** Below one packet there is nothing to gain. */
const WORTH_IT = 1400;
const PAD_AT_MOST = 96;
/** Characters up to which packing takes less time than handing the page to another thread and hearing of it. */
const AT_ONCE = 32_768;
/** A twentieth more bytes than level 4, a third less time. */
const LEVEL = { level: 2 };
/** Node keeps a store of chance for these two: asking the system for each page takes longer than packing half of it. */
const padding = (): string => `${randomUUID()}${randomUUID()}${randomUUID()}`.slice(0, randomInt(PAD_AT_MOST));

/**
 * Pages travel packed (a third to a sixth of their size): a customer whose mail is down may sit on a slow line. Each is made longer by
 * a random comment, so that how well it packs says nothing about what else stands in it (BREACH).
 */
export function compressPages(fastify: FastifyInstance): void {
  fastify.addHook('onSend', async (request, reply, payload) => {
    const page = typeof payload === 'string' && payload.length > WORTH_IT && String(reply.getHeader('content-type')).startsWith('text/html');
    if (!page) {
      return payload;
    }
    const vary = String(reply.getHeader('vary') ?? '');
    void reply.header('vary', [vary, 'Accept-Encoding'].filter(Boolean).join(', '));
    if (request.method === 'HEAD' || reply.hasHeader('content-encoding') || !takesGzip(request.headers['accept-encoding'])) {
      return payload;
    }
    void reply.header('content-encoding', 'gzip').removeHeader('content-length');
    const padded = `${payload}<!-- ${padding()} -->`;
    return padded.length > AT_ONCE ? pack(padded, LEVEL) : gzipSync(padded, LEVEL);
  });
}

/** RFC 9110, 12.5.3: named, and not with a weight of nothing. */
export function takesGzip(accepts: string | string[] | undefined): boolean {
  return String(accepts ?? '').split(',').some((each) => /^\s*(?:gzip|x-gzip)\s*(?:;\s*q=(?!0(?:\.0*)?\s*$)[\d.]+\s*)?$/i.test(each));
}
