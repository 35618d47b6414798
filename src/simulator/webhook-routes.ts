import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Faults } from './faults';
import type { Webhooks } from './webhooks';

/** Takes the desk's webhooks. The signature is the key to this door; the body is read as it came, since the signature covers its bytes. */
export function webhookRoutes(app: FastifyInstance, webhooks: Webhooks, faults: Faults): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body));

  app.post('/webhooks', async (request, reply) => {
    const fault = faults.take('webhooks');
    if (fault?.mode === 'timeout' || fault?.mode === 'slow') {
      await sleep((fault.seconds ?? 60) * 1000, undefined, { ref: false });
    }
    if (fault && fault.mode !== 'slow') {
      return reply.status(fault.status ?? 500).send({ code: 'error', message: 'The NOC is in trouble.' });
    }
    const why = webhooks.take(request.headers, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    return why ? reply.status(401).send({ code: 'unsigned', message: why }) : reply.status(204).send();
  });
}
