import type { FastifyInstance } from 'fastify';
import { Readable } from 'node:stream';
import { TooLarge } from './errors';

/** No event that a NOC signs is longer. In bytes. */
const LIMIT = 1024 * 1024;

declare module 'fastify' {
  interface FastifyRequest {
    /** the bytes as they came, of a request that carries a signature: it covers them, and not what they parse to */
    signedBody?: Buffer;
  }
}

/** Keeps the bytes of signed requests beside what is parsed of them. */
export function keepSignedBodies(fastify: FastifyInstance): void {
  fastify.addHook('preParsing', async (request, _reply, payload) => {
    if (request.headers['webhook-signature'] === undefined) {
      return payload;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of payload as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > LIMIT) {
        throw new TooLarge('A signed event may have 1 MB.');
      }
      chunks.push(chunk);
    }
    request.signedBody = Buffer.concat(chunks);
    return Object.assign(Readable.from([request.signedBody]), { receivedEncodedLength: size });
  });
}
