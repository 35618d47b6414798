import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import type { Sent } from './role-desk';

interface Described { responses: Record<string, { content?: Record<string, { schema: object }> }> }
interface Description { paths: Record<string, Record<string, Described>>; components: { schemas: Record<string, object> } }

/** From OpenAPI 3.0 to JSON Schema, and stricter than either: a field that the description does not name is a fault. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) {
    return schema.map(strict);
  }
  if (typeof schema !== 'object' || schema === null) {
    return schema;
  }
  const { nullable, ...rest } = schema as Record<string, unknown>;
  const said = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, key === 'properties' ? Object.fromEntries(Object.entries(value as object).map(([name, inner]) => [name, strict(inner)])) : strict(value)]));
  const closed = said['properties'] && said['additionalProperties'] === undefined ? { ...said, additionalProperties: false } : said;
  return nullable ? { anyOf: [closed, { type: 'null' }] } : closed;
}

/**
 * What the description of the API says of an answer, held against the answer.
 * @returns for a call such as `GET /api/v1/tickets/:ref` what is wrong with its answer; null when nothing is
 */
export function answerSchemas({ paths, components }: Description): (call: string, answer: Sent) => string | null {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(strict({ $id: 'api', components }) as object);
  const made = new Map<string, ValidateFunction>();
  return (call, answer) => {
    const [method = '', path = ''] = call.split(' ');
    const content = paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]?.responses[String(answer.statusCode)]?.content;
    if (answer.statusCode === 204) {
      return content ? 'nothing was answered where something is described' : null;
    }
    const schema = content?.['application/json']?.schema;
    if (!schema) {
      return `${answer.statusCode} is not described as JSON`;
    }
    const key = JSON.stringify(schema);
    const check = made.get(key) ?? ajv.compile(JSON.parse(JSON.stringify(strict(schema)).replaceAll('"#/', '"api#/')) as object);
    made.set(key, check);
    return check(answer.json()) ? null : (check.errors ?? []).slice(0, 5).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`).join('; ');
  };
}
