import { SECOND_PERSON_CODES, type SecondPersonCode } from '../core/policy/needs-second-person';
import { may } from '../core/policy/may';
import { CATALOGUE, RULES } from '../core/rules/catalogue';
import type { Staff } from '../auth/principal';
import type { StaffRole } from '../auth/staff-member.entity';
import type { Config } from '../platform/config/config';
import { duration } from '../platform/http/view-helpers';
import { PARKED_AT_MOST, type JobLine, type KeyLine, type ParkedLine, type StaffLine } from './settings.query';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Each reason for a second person in words; a reason without words would not compile. */
const SECOND: Record<SecondPersonCode, (config: Pick<Config, 'TWO_PEOPLE_REPEATS'>) => string> = {
  hack: () => 'a hack block', repeats: ({ TWO_PEOPLE_REPEATS: times }) => `an address that was blocked ${times === 2 ? 'twice' : `${times} times`} or more in 30 days`,
  against_assessment: () => 'a lift against a reading of likely abuse', wide_exception: () => 'a filter exception wider than one sender (a lead)', wide_block: () => 'a block wider than one address or one /64 (a lead)', routed: () => 'whatever a routing rule names',
};
const ROLES: Record<StaffRole, string> = {
  reviewer: 'Reviewer', senior: 'Senior reviewer', lead: 'Lead', auditor: 'Auditor', admin: 'Admin', operator: 'Operator of the NOC',
};

interface Found {
  staff: StaffLine[];
  keys: KeyLine[];
  parked: ParkedLine[];
}

export interface SettingsModel {
  title: string;
  said: string | null;
  times: { name: string; value: string; setting: string }[];
  second: string[];
  staff: (StaffLine & { roleName: string; canDisable: boolean; canEnable: boolean; canDisconnect: boolean })[];
  signOn: string | null;
  mayChangeStaff: boolean;
  keys: (KeyLine & { canDisable: boolean })[];
  parked: ParkedLine[];
  parkedCapped: number | null;
  mayDisable: boolean;
  mayRetry: boolean;
  maySeeJobs: boolean;
  versions: { name: string; value: string }[];
}

/** What was just done, said once on top. */
const SAID = {
  disabled: 'The key is disabled. Processes that have just seen it may believe it for ten seconds more.',
  retried: 'It will be tried again within a second or two. If it fails again, it comes back here.',
  gone: 'That work is no longer parked: somebody was faster.',
  person_disabled: 'The account is disabled: its sessions have ended, and its keys are refused within ten seconds. What was done with it stays.',
  person_enabled: 'The account is enabled: its password, single sign-on and keys work again.',
  disconnected: 'The single sign-on is disconnected. Who has a password can connect it again.',
} as const;
export const SAID_CODES = Object.keys(SAID) as [keyof typeof SAID, ...(keyof typeof SAID)[]];

/** What templates/settings/settings.hbs shows. */
export function settingsView(config: Config, found: Found, { id: me, role }: Pick<Staff, 'id' | 'role'>, said: (typeof SAID_CODES)[number] | undefined): SettingsModel {
  const changesStaff = may(role, 'change_staff');
  return {
    title: 'Settings', said: said ? SAID[said] : null,
    times: [
      { name: 'A decision can be taken back for', value: config.UNDO_SECONDS > 0 ? duration(config.UNDO_SECONDS * 1000) : 'not at all', setting: 'UNDO_SECONDS' },
      { name: 'An address blocked again in 30 days waits at least', value: config.REPEAT_WAIT_HOURS.map((hours) => (hours > 0 ? duration(hours * HOUR_MS) : 'no time')).join(', then ') || 'no time', setting: 'REPEAT_WAIT_HOURS' },
      { name: 'A taken ticket goes back after', value: duration(config.LEASE_MINUTES * MINUTE_MS), setting: 'LEASE_MINUTES' },
      { name: 'After a lift the address is watched for', value: duration(config.WATCH_HOURS * HOUR_MS), setting: 'WATCH_HOURS' },
      { name: 'A customer who owes us something is reminded after', value: config.REMIND_HOURS.map((hours) => duration(hours * HOUR_MS)).join(', ') || 'never', setting: 'REMIND_HOURS' },
      { name: 'Without an answer the ticket ends after', value: duration(config.EXPIRE_DAYS * 24 * HOUR_MS), setting: 'EXPIRE_DAYS' },
      { name: 'Required fixes are waited for', value: duration(config.FIX_DAYS * 24 * HOUR_MS), setting: 'FIX_DAYS' },
    ],
    second: SECOND_PERSON_CODES.filter((code) => config.TWO_PEOPLE_FOR.includes(code)).map((code) => SECOND[code](config)),
    staff: found.staff.map((member) => ({
      ...member, roleName: ROLES[member.role], canDisable: changesStaff && !member.disabledAt && member.id !== me, canEnable: changesStaff && member.disabledAt !== null, canDisconnect: changesStaff && member.identities > 0,
    })),
    signOn: config.OIDC_ISSUER ? config.OIDC_NAME : null, mayChangeStaff: changesStaff,
    keys: found.keys.map((key) => ({ ...key, canDisable: key.disabledAt === null && may(role, 'change_keys') })),
    parked: found.parked, parkedCapped: found.parked.length >= PARKED_AT_MOST ? PARKED_AT_MOST : null,
    mayDisable: may(role, 'change_keys'), mayRetry: may(role, 'retry_job'), maySeeJobs: may(role, 'see_jobs'),
    versions: [
      { name: 'Rules of the reading', value: `catalogue ${CATALOGUE}, ${RULES.length} rules` }, { name: 'Control panel', value: config.NOC_DRIVER },
      { name: 'Outgoing mail', value: config.SMTP_URL ? 'sent by SMTP' : 'kept here (no SMTP_URL)' }, { name: 'Node', value: process.version },
    ],
  };
}

export interface JobsModel {
  title: string;
  carrier: { tone: string; icon: string; says: string };
  rows: { job: string; pending: number; late: number; running: number; parked: number; done: number; oldestDue: Date | null }[];
}

/** What templates/settings/jobs.hbs shows: one line a job. */
export function jobsView(lines: JobLine[], carrier: { name: 'bull' | 'in-process'; healthy: boolean }): JobsModel {
  const count = (job: string, state: string): number => lines.find((line) => line.job === job && line.state === state)?.count ?? 0;
  return {
    title: 'Jobs',
    carrier: carrier.name === 'in-process' ? { tone: 'unknown', icon: 'info-circle', says: 'Work is carried inside the processes: there is no REDIS_URL.' }
      : carrier.healthy ? { tone: 'good', icon: 'circle-check', says: 'Work is carried by Bull on Redis.' }
        : { tone: 'warn', icon: 'alert-triangle', says: 'Redis does not answer: work is carried inside the processes until it does.' },
    rows: [...new Set(lines.map((line) => line.job))].map((job) => {
      const due = lines.filter((line) => line.job === job).flatMap((line) => line.oldestDue ?? []);
      return {
        job, pending: count(job, 'pending'), running: count(job, 'running'), parked: count(job, 'parked'), done: count(job, 'done'),
        late: lines.filter((line) => line.job === job).reduce((sum, line) => sum + line.late, 0),
        oldestDue: due.length > 0 ? new Date(Math.min(...due.map((at) => at.getTime()))) : null,
      };
    }),
  };
}
