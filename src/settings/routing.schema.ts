import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { OWN_QUEUES } from '../core/routing/route';
import type { RoutingRule } from '../core/routing/routing-rule';

const ASSESSMENTS = ['likely_false_positive', 'mixed', 'likely_abuse', 'insufficient_evidence', 'none'] as const;
const words = (most: number) => z.array(z.string().trim().min(1).max(80)).min(1).max(most).optional();
export const MOST_RULES = 50;

/** One rule of the routing, as the API and the page send it. */
export const routingRule = z.strictObject({
  name: z.string().trim().min(1, 'give the rule a name').max(80),
  when: z.strictObject({
    kind: z.enum(['spam', 'hack']).optional(),
    claim: z.enum(['mistake', 'fixed']).optional(),
    tier: words(10),
    language: words(10),
    blocksFrom: z.number({ error: 'must be a number from 1 to 100' }).int('must be a whole number').min(1).max(100, 'blocks in 30 days: 1 to 100').optional(),
    assessment: z.array(z.enum(ASSESSMENTS)).min(1).optional(),
    filterRule: words(20),
    prefix: z.string().max(50).refine((text) => ipaddr.isValidCIDR(text), 'must be a network such as 203.0.113.0/24').optional(),
  }),
  queue: z.string().regex(/^[a-z][a-z0-9-]{1,30}$/, 'a queue is a word of small letters, digits and hyphens').refine((name) => !(OWN_QUEUES as readonly string[]).includes(name), 'this queue fills itself').nullable().default(null),
  points: z.number({ error: 'points are a number from -100 to 100' }).int('points are whole numbers').min(-100, 'points go from -100 to 100').max(100, 'points go from -100 to 100').default(0),
  secondPerson: z.boolean().default(false),
});

export const routingRules = z.array(routingRule).max(MOST_RULES, `at most ${MOST_RULES} rules`).superRefine((rules, context) => {
  rules.forEach((rule, i) => {
    if (rules.findIndex((other) => other.name.toLowerCase() === rule.name.toLowerCase()) < i) {
      context.addIssue({ code: 'custom', path: [i, 'name'], message: 'another rule has this name' });
    }
  });
}) satisfies z.ZodType<RoutingRule[]>;

const why = z.string().trim().min(3, 'say why, in a few words').max(400);
const version = z.number().int().min(0);
export const routingBody = z.strictObject({ version, rules: routingRules, why });
export const routingTry = z.strictObject({ rules: routingRules });
export const restoreBody = z.strictObject({ version, to: z.number().int().min(0), why });

/** The page sends every rule flat: `name-0`, `kind-0` …, and what to do with them. */
export const rulesForm = z.object({ version: z.coerce.number().int().min(0), count: z.coerce.number().int().min(0).max(MOST_RULES), why: z.string().max(400).default(''), do: z.string().max(20).default('save') }).catchall(z.unknown());
export type RulesForm = z.output<typeof rulesForm>;
export const restoreForm = z.object({ version: z.coerce.number().int().min(0), to: z.coerce.number().int().min(0) });

/** A rule as it is typed: nothing is judged yet, so that nothing is lost. */
export interface TypedRule {
  name: string; kind: string; claim: string; tier: string; language: string; blocks: string; assessment: string; filterRule: string; prefix: string; queue: string; points: string; second: boolean;
}

const FIELDS = ['name', 'kind', 'claim', 'tier', 'language', 'blocks', 'assessment', 'filterRule', 'prefix', 'queue', 'points'] as const;
const EMPTY: TypedRule = { name: '', kind: '', claim: '', tier: '', language: '', blocks: '', assessment: '', filterRule: '', prefix: '', queue: '', points: '0', second: false };

export function typedOf(rule: RoutingRule): TypedRule {
  const { when } = rule;
  const list = (values: readonly string[] | undefined): string => (values ?? []).join(', ');
  return {
    name: rule.name, kind: when.kind ?? '', claim: when.claim ?? '', tier: list(when.tier), language: list(when.language), blocks: when.blocksFrom === undefined ? '' : String(when.blocksFrom),
    assessment: list(when.assessment), filterRule: list(when.filterRule), prefix: when.prefix ?? '', queue: rule.queue ?? '', points: String(rule.points), second: rule.secondPerson,
  };
}

/** The rules of the form, after what was asked: moved, taken out, one more. */
export function typedRules(form: RulesForm): TypedRule[] {
  const text = (name: string): string => (typeof form[name] === 'string' ? form[name].slice(0, 1000) : '');
  const rules = Array.from({ length: form.count }, (_, i): TypedRule => ({ ...EMPTY, ...Object.fromEntries(FIELDS.map((field) => [field, text(`${field}-${i}`)])), second: text(`second-${i}`) !== '' }));
  const [act, at] = form.do.split(':');
  const i = Number(at);
  const swap = (a: number, b: number): void => {
    const [first, second] = [rules[a], rules[b]];
    if (first && second) {
      rules.splice(a, 1, second);
      rules.splice(b, 1, first);
    }
  };
  if (act === 'up') { swap(i, i - 1); }
  if (act === 'down') { swap(i, i + 1); }
  if (act === 'delete' && rules[i]) { rules.splice(i, 1); }
  if (act === 'add' && rules.length < MOST_RULES) { rules.push({ ...EMPTY }); }
  return rules;
}

/** What was typed as a rule, ready to be judged by the schema. */
export function ruleOf(typed: TypedRule): unknown {
  const list = (text: string): string[] | undefined => (text.trim() === '' ? undefined : text.split(',').map((word) => word.trim()).filter(Boolean));
  const given = <T>(value: T | undefined | '', name: string) => (value === undefined || value === '' ? {} : { [name]: value });
  return {
    name: typed.name,
    when: {
      ...given(typed.kind, 'kind'), ...given(typed.claim, 'claim'), ...given(list(typed.tier), 'tier'), ...given(list(typed.language), 'language'),
      ...(typed.blocks.trim() === '' ? {} : { blocksFrom: Number(typed.blocks) }), ...given(list(typed.assessment), 'assessment'), ...given(list(typed.filterRule), 'filterRule'), ...given(typed.prefix.trim(), 'prefix'),
    },
    queue: typed.queue.trim() === '' ? null : typed.queue.trim(), points: typed.points.trim() === '' ? 0 : Number(typed.points), secondPerson: typed.second,
  };
}
