/* Small words to write JSON Schemas with (OpenAPI 3.0: what may be null is `nullable`). */

export const text = (description?: string) => ({ type: 'string', ...(description ? { description } : {}) });
export const maybe = (description: string) => ({ type: 'string', nullable: true, description });
export const time = (description: string, nullable = false) => ({ type: 'string', format: 'date-time', description: `${description} (RFC 3339, UTC)`, ...(nullable ? { nullable } : {}) });
export const whole = (description: string) => ({ type: 'integer', description });
export const yesNo = (description: string) => ({ type: 'boolean', description });
export const oneOf = (values: readonly string[], description?: string) => ({ type: 'string', enum: values, ...(description ? { description } : {}) });
export const list = (items: object, description?: string) => ({ type: 'array', items, ...(description ? { description } : {}) });
export const shape = (properties: Record<string, object>, more: object = {}) => ({ type: 'object', properties, ...more });
export const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
export const orNull = (name: string) => ({ nullable: true, allOf: [ref(name)] });

/** An object of which every field is always there, but for those that are named. */
export const full = (properties: Record<string, object>, { description, optional = [] }: { description?: string; optional?: string[] } = {}) =>
  shape(properties, { required: Object.keys(properties).filter((name) => !optional.includes(name)), ...(description ? { description } : {}) });
