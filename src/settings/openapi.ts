import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';

/** The description of the API, made from the schemas that check the requests, when somebody first asks for it. */
export function serveOpenApi(app: NestFastifyApplication): void {
  let made: OpenAPIObject | undefined;
  const document = (): OpenAPIObject => (made ??= describe(app));
  SwaggerModule.setup('api/docs', app, document, { jsonDocumentUrl: 'api/openapi.json', yamlDocumentUrl: 'api/openapi.yaml', customSiteTitle: 'Unblock desk API' });
}

function describe(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Unblock desk')
    .setDescription('Tickets about blocked addresses: opened, read, decided, lifted. Errors are RFC 9457 problems; every POST may carry an Idempotency-Key.')
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
  return { ...whole, paths };
}

/** Every POST may carry the key, whether its controller reads it itself or leaves it to the interceptor. */
function offerIdempotency(post: NonNullable<OpenAPIObject['paths'][string]['post']>): void {
  const others = (post.parameters ?? []).filter((parameter) => !('name' in parameter && parameter.name === 'idempotency-key'));
  post.parameters = [
    ...others,
    { name: 'Idempotency-Key', in: 'header', required: false, description: 'The same key and body give the same answer; another body gives 422.', schema: { type: 'string', maxLength: 255 } },
  ];
}
