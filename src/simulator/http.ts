import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

/** Sends a page: a view of templates/simulator inside the layout. */
export type Show = (request: FastifyRequest, reply: FastifyReply, view: string, model: { title: string; chosen?: string; [name: string]: unknown }) => FastifyReply;

/** Bad input, field by field. */
export class Refusal extends Error {
  constructor(readonly errors: { field: string; code: string; message: string }[]) {
    super(errors.map((e) => `${e.field}: ${e.message}`).join('; '));
  }
}

/** What `schema` makes of `input`; throws a `Refusal` that names each bad field (`name` where the input itself is the field). */
export function parse<T extends z.ZodType>(schema: T, input: unknown, name = ''): z.output<T> {
  const read = schema.safeParse(input ?? undefined);
  if (!read.success) {
    throw new Refusal(read.error.issues.map((issue) => ({ field: issue.path.join('.') || name, code: issue.code, message: issue.message })));
  }
  return read.data;
}

/** The `:id` of a path. */
export function idOf(request: FastifyRequest): string {
  return parse(z.object({ id: z.string() }), request.params).id;
}

/** Answers refusals with 400 and their fields; what is our own fault with 500. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    if (error instanceof Refusal) {
      return reply.status(400).send({ code: 'invalid', message: error.message, errors: error.errors });
    }
    const status = error.statusCode ?? 500;
    if (status >= 500) {
      process.stderr.write(`${request.method} ${request.url}: ${error.stack ?? error.message}\n`);
    }
    return reply.status(status).send({ code: status >= 500 ? 'error' : 'invalid', message: error.message });
  });
  app.setNotFoundHandler((request, reply) => reply.status(404).send({ code: 'not_found', message: `There is nothing at ${request.method} ${request.url.split('?')[0]}.` }));
}

/** Every route of `app` asks for the NOC's token. */
export function requireToken(app: FastifyInstance, token: string): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const expected = digest(`Bearer ${token}`);
  app.addHook('onRequest', async (request, reply) => {
    if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected)) {
      await reply.status(401).header('www-authenticate', 'Bearer').send({ code: 'unauthorised', message: 'A Bearer token is required: NOC_TOKEN.' });
    }
  });
}
