import type { OpenAPIObject } from '@nestjs/swagger';
import { CALLS, type Words } from './openapi-calls';
import { EXAMPLES, FIELDS, HERE, PARAMETERS } from './openapi-fields';
import { SHAPES } from './openapi-shapes';

type Operation = NonNullable<OpenAPIObject['paths'][string]['post']>;
type Schema = { description?: string; type?: string; properties?: Record<string, Schema>; items?: Schema; anyOf?: Schema[]; oneOf?: Schema[]; allOf?: Schema[] };

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
const RAW = { 'POST /api/v1/inbound-mail': { required: true, content: { 'message/rfc822': { schema: { type: 'string', format: 'binary', description: 'the mail as it came, headers and all' } } } } };

/** Says of every call what it does, what its parameters and fields mean, which key may, and what it answers, so that a stranger can write a client. */
export function sayAll(paths: OpenAPIObject['paths']): void {
  for (const [path, item] of Object.entries(paths)) {
    for (const method of METHODS) {
      const [operation, name] = [item[method], `${method.toUpperCase()} ${path}`];
      const words = CALLS[name];
      if (operation && words) {
        say(operation, name, words);
      }
    }
  }
}

function say(operation: Operation, name: string, words: Words): void {
  operation.summary = words.summary;
  operation.description = `${words.says}\n\nScope of the key: ${words.scope}.`;
  operation.tags = [tagOf(name)];
  for (const parameter of operation.parameters ?? []) {
    if ('name' in parameter) {
      parameter.description ??= PARAMETERS[`${name} ${parameter.name}`] ?? PARAMETERS[parameter.name] ?? '';
    }
  }
  const raw = RAW[name as keyof typeof RAW];
  if (raw) {
    operation.requestBody = raw as Operation['requestBody'];
  } else if (operation.requestBody && 'content' in operation.requestBody) {
    for (const media of Object.values(operation.requestBody.content)) {
      sayFields(media.schema as Schema, name);
      media.example = EXAMPLES[name];
    }
  }
  answers(operation, name, words);
}

/** The first part of the path after the version: the page groups by it. */
const tagOf = (name: string): string => /\/api\/v1\/([a-z-]+)/.exec(name)?.[1] ?? 'operation';

function sayFields(schema: Schema, name: string): void {
  for (const [field, inner] of Object.entries(schema.properties ?? {})) {
    const known = HERE[`${name} ${field}`] ?? FIELDS[field];
    if (known) {
      inner.description ??= known;
    }
    sayFields(inner, name);
  }
  [schema.items, ...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])].forEach((inner) => inner && sayFields(inner, name));
}

function answers(operation: Operation, name: string, { answer, also }: Words): void {
  const component = answer in SHAPES;
  const media = component ? { 'application/json': { schema: { $ref: `#/components/schemas/${answer}` } } } : { 'text/plain': { schema: { type: 'string' } } };
  const told = { description: component ? (SHAPES[answer]?.description ?? `The ${answer} as it is now.`) : answer, content: media };
  for (const code of Object.keys(operation.responses).filter((one) => one.startsWith('2'))) {
    operation.responses[code] = (code === '204' ? { description: 'Done; nothing is answered.' } : told) as Operation['responses'][string];
  }
  for (const [code, description] of Object.entries(also ?? {})) {
    operation.responses[code] = (code === '204' ? { description } : { ...told, description }) as Operation['responses'][string];
  }
}
