import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { assetUrl } from '../platform/http/assets';
import { offerErrors, PROBLEM } from './openapi-errors';
import { SHAPES } from './openapi-shapes';
import { sayAll } from './openapi-words';

const TYPES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8', 'swagger-ui-bundle.js': 'text/javascript; charset=utf-8', 'favicon-32x32.png': 'image/png',
};

/**
 * The description of the API, made from the schemas that check the requests, and a page to read it. The library that makes it is
 * loaded when somebody first asks: most processes never need it, and it is a tenth of the start.
 */
export function serveOpenApi(app: NestFastifyApplication): void {
  let made: Promise<OpenAPIObject> | undefined;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/api/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(await (made ??= describe(app))));
  fastify.get('/api/docs', (_request, reply) => reply.type('text/html; charset=utf-8').send(page()));
  fastify.get<{ Params: { file: string } }>('/api/docs/:file', async (request, reply) => {
    const type = TYPES[request.params.file];
    if (!type) {
      return reply.code(404).type('text/plain; charset=utf-8').send('There is no such file.');
    }
    const body = await readFile(join(dirname(require.resolve('swagger-ui-dist/package.json')), request.params.file));
    return reply.type(type).header('cache-control', 'public, max-age=86400').send(body);
  });
}

const page = (): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Unblock desk API</title>
<link rel="icon" href="/api/docs/favicon-32x32.png"><link rel="stylesheet" href="/api/docs/swagger-ui.css"></head>
<body><main id="swagger-ui"></main><noscript><p>The description of the API is at <a href="/api/openapi.json">/api/openapi.json</a>.</p></noscript>
<script src="/api/docs/swagger-ui-bundle.js"></script><script src="${assetUrl('api-docs.js')}"></script></body>
</html>
`;

async function describe(app: NestFastifyApplication): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const config = new DocumentBuilder()
    .setTitle('Unblock desk')
    .setDescription(
      'Tickets about blocked addresses: opened, read, decided, lifted. A key is sent as `Authorization: Bearer …`; its scope says what it may. Errors are RFC 9457 problems with every field that is wrong; '
      + 'unknown fields are refused (400), bodies end at 36 MB (413). Every POST may carry an Idempotency-Key. Times are RFC 3339 in UTC. Lists page by `after` and `limit` (at most 200). A lift is done when `lift.state` is `confirmed`.',
    )
    .setVersion('1')
    .addBearerAuth()
    .addSecurityRequirements('bearer')
    .build();
  const whole = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema, { schemaType }) =>
      schema instanceof z.ZodType ? { schema: z.toJSONSchema(schema, { target: 'openapi-3.0', io: schemaType, unrepresentable: 'any' }) } : undefined,
  });
  // Pages are not an API.
  const paths = Object.fromEntries(Object.entries(whole.paths).filter(([path]) => /^\/(api\/v1|health|metrics)/.test(path)));
  Object.values(paths).forEach(({ post }) => post && offerIdempotency(post));
  for (const [path, { get, post, patch, delete: remove }] of Object.entries(paths).filter(([path]) => path.startsWith('/api/v1'))) {
    Object.entries({ get, post, patch, delete: remove }).forEach(([method, operation]) => operation && offerErrors(method, path, operation));
  }
  sayAll(paths);
  return { ...whole, paths, components: { ...whole.components, schemas: { ...whole.components?.schemas, ...SHAPES, Problem: PROBLEM } } } as OpenAPIObject;
}

/** Every POST may carry the key, whether its controller reads it itself or leaves it to the interceptor. */
function offerIdempotency(post: NonNullable<OpenAPIObject['paths'][string]['post']>): void {
  const others = (post.parameters ?? []).filter((parameter) => !('name' in parameter && parameter.name === 'idempotency-key'));
  post.parameters = [
    ...others,
    { name: 'Idempotency-Key', in: 'header', required: false, description: 'The same key and body give the same answer, and the work is done once, also where the process died before it answered; another body gives 422.', schema: { type: 'string', maxLength: 255 } },
  ];
}
