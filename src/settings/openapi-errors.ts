import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;

/** What an error looks like (RFC 9457), whichever call it answers. */
export const PROBLEM = {
  type: 'object' as const,
  required: ['type', 'status', 'title', 'detail', 'instance'],
  properties: {
    type: { type: 'string' }, status: { type: 'integer' }, title: { type: 'string' }, detail: { type: 'string', description: 'a sentence for a person' }, instance: { type: 'string' },
    errors: {
      type: 'array', description: 'every field that is wrong, with what would be right',
      items: { type: 'object', required: ['field', 'code', 'message'], properties: { field: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } } },
    },
    version: { type: 'integer', description: 'with 409: the version to read now' },
    changed: { type: 'array', items: { type: 'string' }, description: 'with 409: what happened since the version that was sent' },
  },
};

const SAYS: Record<string, string> = {
  400: 'Not understood: a field that is unknown or no such value. Nothing was done.', 401: 'No key, or one that is not known.', 403: 'This key, or the person behind it, may not do this.',
  404: 'There is no such thing, or not for this key.', 409: 'It has changed, or somebody else has it: what changed stands in the answer.', 422: 'Understood, but something is missing or does not fit: all of it is named.',
};

/** Adds the errors that a call can end with; what the call itself says of one stays. */
export function offerErrors(method: string, path: string, operation: Operation): void {
  const codes = ['401', '403', ...(operation.requestBody || operation.parameters?.length ? ['400'] : []), ...(path.includes('{') ? ['404'] : []), ...(method === 'get' ? [] : ['409', '422'])];
  for (const code of codes.sort()) {
    operation.responses[code] ??= { description: SAYS[code] ?? '', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } };
  }
}
