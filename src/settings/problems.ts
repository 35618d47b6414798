import type { z } from 'zod';
import { InvalidInput } from '../platform/http/errors';

export interface Told {
  field: string;
  code: string;
  message: string;
}

/** What is wrong with a form, each with its field. */
export const told = (error: z.ZodError): Told[] => error.issues.map(({ path, message }) => ({ field: path.join('.'), code: 'invalid', message }));

/** The same for a form whose fields are judged by a schema of their own. @throws InvalidInput */
export function judged<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) {
    throw new InvalidInput(told(result.error));
  }
  return result.data;
}
