import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65535);

const schema = z.object({
  SIM_PORT: port.default(0),
  SIM_HOST: z.string().default('127.0.0.1'),
  SIM_DNS_PORT: port.default(0),
  SIM_STATE_DIR: z.string().min(1),
  SIM_DESK_URL: z.url().optional(),
  SIM_LIFT_SECONDS: z.coerce.number().min(0).max(86_400).default(3),
  NOC_TOKEN: z.string().min(8),
  NOC_LAUNCH_KEY: z.string().min(32),
  NOC_WEBHOOK_SECRET: z.string().min(16),
  DESK_API_KEY: z.string().optional(),
});
export type Options = z.infer<typeof schema>;

/** The simulator's settings; throws a sentence that names each bad one. An empty value counts as none. */
export function readOptions(env: Record<string, string | undefined>): Options {
  const read = schema.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!read.success) {
    throw new Error(`The simulator cannot start: ${read.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ')}`);
  }
  return read.data;
}
