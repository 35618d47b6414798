import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { COMMAND_LINE } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { StaffIdentities } from '../auth/staff-identities.service';
import type { StaffRole } from '../auth/staff-member.entity';
import { StaffService } from '../auth/staff.service';
import { withDatabase } from './database';
import { options } from './options';

const ROLES = ['reviewer', 'senior', 'lead', 'auditor', 'admin', 'operator'] as const satisfies StaffRole[];
const email = z.email('must be an address');
const role = z.enum(ROLES, `must be one of ${ROLES.join(', ')}`);
const password = z.string().min(12, 'must have 12 characters or more, on stdin');
const text = z.string('is missing').trim().min(1, 'is missing').max(300);

interface Verb<T extends z.ZodType = z.ZodType> {
  usage: string;
  options: T;
  run(source: DataSource, given: z.output<T>): Promise<number>;
}
const verb = <T extends z.ZodType>(usage: string, given: T, run: Verb<T>['run']): Verb => ({ usage, options: given, run: (source, values) => run(source, given.parse(values)) });
const accounts = (source: DataSource) => new StaffService(source, new AuditService());
const identities = (source: DataSource) => new StaffIdentities(source, new AuditService());
const forAccount = z.object({ email });

const VERBS: Record<string, Verb> = {
  create: verb(`--email EMAIL --name NAME --role ${ROLES.join('|')}, with the password on stdin`, z.object({ email, name: text, role, password }), async (source, given) => {
    if (await accounts(source).byEmail(given.email)) {
      return say(`There is a member of staff with the address ${given.email} already.`);
    }
    process.stdout.write(`${(await accounts(source).create(given)).id}\n`);
    return 0;
  }),
  role: verb(`--email EMAIL --role ${ROLES.join('|')}`, z.object({ email, role }), async (source, given) => orNobody(given, await accounts(source).give(given, given.role, COMMAND_LINE))),
  password: verb('--email EMAIL, with the new password on stdin', z.object({ email, password }), async (source, given) => orNobody(given, await accounts(source).setPassword(given, given.password, COMMAND_LINE))),
  disable: verb('--email EMAIL', forAccount, async (source, given) => orNobody(given, await accounts(source).able(given, false, COMMAND_LINE))),
  enable: verb('--email EMAIL', forAccount, async (source, given) => orNobody(given, await accounts(source).able(given, true, COMMAND_LINE))),
  connect: verb('--email EMAIL --issuer ISSUER --subject SUBJECT', z.object({ email, issuer: text, subject: text }), async (source, given) => {
    const member = await accounts(source).byEmail(given.email);
    const isTheirs = member && (await identities(source).connect(member.id, { iss: given.issuer, sub: given.subject }, COMMAND_LINE));
    return isTheirs === false ? say('This subject is another member of staff already: take it away there first (staff disconnect).') : orNobody(given, member !== null);
  }),
  disconnect: verb('--email EMAIL', forAccount, async (source, given) => {
    const member = await accounts(source).byEmail(given.email);
    if (member) {
      process.stdout.write(`${await identities(source).disconnect(member.id, COMMAND_LINE)} taken away\n`);
    }
    return orNobody(given, member !== null);
  }),
};

/**
 * Who works at the desk. `staff create`, `role`, `password`, `disable` (sessions end at once, keys within ten seconds), `enable`, and `connect` and `disconnect` for single sign-on.
 * A password comes from stdin, or from --password. Each change is a line of the audit.
 * @returns 2 for a wrong call, 1 when there is no such person, or one who is in the way
 */
export async function staffCommand(args: string[]): Promise<number> {
  const { values, rest } = options(args);
  const found = Object.hasOwn(VERBS, rest[0] ?? '') ? VERBS[rest[0] ?? ''] : undefined;
  if (!found) {
    process.stderr.write(`Usage: ${Object.entries(VERBS).map(([name, { usage }]) => `staff ${name} ${usage}`).join('\n       ')}\n`);
    return 2;
  }
  const given = { ...values, ...(found.usage.includes('stdin') ? { password: values['password'] ?? (process.stdin.isTTY ? '' : (await readAll()).trim()) } : {}) };
  const parsed = found.options.safeParse(given);
  if (!parsed.success) {
    process.stderr.write(`${parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ')}\nUsage: staff ${rest[0]} ${found.usage}\n`);
    return 2;
  }
  return withDatabase((source) => found.run(source, parsed.data));
}

function orNobody(given: { email: string }, isKnown: boolean): number {
  return isKnown ? 0 : say(`There is no member of staff with the address ${given.email}.`);
}

function say(why: string): number {
  process.stderr.write(`${why}\n`);
  return 1;
}

async function readAll(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
