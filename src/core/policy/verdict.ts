/** What a rule of the house says about a person and an act. `why` is a sentence for whoever is refused. */
export type Verdict = { allowed: true } | { allowed: false; code: string; why: string };

export const ALLOWED: Verdict = { allowed: true };
export const refuse = (code: string, why: string): Verdict => ({ allowed: false, code, why });
