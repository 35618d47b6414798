import { z } from 'zod';

export const CALLS = ['lift', 'addresses', 'accounts', 'blocks', 'exceptions', 'dns', 'webhooks'] as const;
export type FaultCall = (typeof CALLS)[number];

/** What `POST /faults` takes. `error` answers `status` (500), with Retry-After where `seconds` is given. */
export const faultSchema = z.strictObject({
  call: z.enum(CALLS),
  mode: z.enum(['error', 'timeout', 'drop_answer', 'too_early', 'slow', 'reblock', 'not_owner', 'servfail']),
  times: z.int().min(1).max(1_000_000).default(1),
  seconds: z.number().min(0).max(86_400).optional(),
  status: z.int().min(400).max(599).optional(),
}).superRefine((fault, refuse) => {
  const onlyFor: Partial<Record<typeof fault.mode, FaultCall[]>> = { too_early: ['lift'], reblock: ['lift'], not_owner: ['lift'], servfail: ['dns'], drop_answer: ['lift', 'addresses', 'accounts', 'blocks', 'exceptions'] };
  const calls = fault.call === 'dns' && !['timeout', 'servfail', 'error', 'slow'].includes(fault.mode) ? [] : onlyFor[fault.mode];
  if (calls && !calls.includes(fault.call)) {
    refuse.addIssue({ code: 'custom', path: ['mode'], message: `${fault.mode} does not apply to ${fault.call}` });
  }
});
export type Fault = z.infer<typeof faultSchema>;

/** The faults that wait to happen, oldest first. They live in memory: a restart clears them. */
export class Faults {
  private waiting: Fault[] = [];

  add(fault: Fault): void {
    this.waiting.push({ ...fault });
  }

  /** The next fault of a call; used up `times` times. */
  take(call: FaultCall): Fault | undefined {
    const fault = this.waiting.find((f) => f.call === call);
    if (fault && --fault.times === 0) {
      this.waiting = this.waiting.filter((f) => f !== fault);
    }
    return fault;
  }

  list(): Fault[] {
    return this.waiting;
  }

  clear(): void {
    this.waiting = [];
  }
}
