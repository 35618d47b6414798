import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isUuid } from '../uuid';

/** The hidden field of a form that makes something; templates write it with `{{> _form-key}}`. */
export const FORM_KEY = '_key';

declare module 'fastify' {
  interface FastifyRequest {
    /** the key that the page gave to the form, where the body was read as it came; of multipart forms it is among the fields */
    formKey?: string;
  }
}

/** Takes the key out of a form before any schema looks at it: the schemas refuse fields they do not know. */
export function takeFormKey(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    const { body } = request;
    if (typeof body === 'object' && body !== null && FORM_KEY in body && !request.url.startsWith('/api/')) {
      request.formKey = String(body[FORM_KEY]);
      Reflect.deleteProperty(body, FORM_KEY);
    }
    done();
  });
}

/** The key of a form that was read; null when it came without one, or with something that no page of ours has made. */
export function formKeyOf(request: FastifyRequest): string | null {
  const key = request.formKey ?? request.readForm?.fields[FORM_KEY]?.[0];
  return key !== undefined && isUuid(key) ? key : null;
}
