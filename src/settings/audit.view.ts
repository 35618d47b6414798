import { CHANGES_SHOWN, type ChangeLine, type ChangesAsked } from './audit.query';

type Says = (line: ChangeLine) => string;
const text = (line: ChangeLine, key: string): string => (typeof line.detail[key] === 'string' || typeof line.detail[key] === 'number' ? String(line.detail[key]) : '');
const whom = (line: ChangeLine): string => line.staff ?? (text(line, 'name') || 'somebody');
const where = (line: ChangeLine): string => line.endpoint ?? (text(line, 'url') || 'an endpoint that is gone');
const quoted = (words: string): string => (words ? `: “${words}”` : '');
const ROUTES: Record<string, string> = { routing: 'Routing', promises: 'Promises', parts: 'Canned parts' };

/** What the audit says of the desk, by what it is about, and each event in words. An event that is not here is told by its own name, among all. */
const ABOUT: { kind: string; name: string; icon: string; says: Record<string, Says> }[] = [
  { kind: 'people', name: 'People', icon: 'users', says: {
    staff_created: (line) => `Account made for ${whom(line)}, ${text(line, 'role')}`,
    staff_disabled: (line) => `Account of ${whom(line)} disabled`,
    staff_enabled: (line) => `Account of ${whom(line)} enabled`,
    staff_role_changed: (line) => `${whom(line)} is ${text(line, 'role')} now, was ${text(line, 'was')}`,
    staff_password_set: (line) => `New password for ${whom(line)}; their sessions ended`,
    sign_on_connected: (line) => `Single sign-on connected for ${whom(line)}: ${text(line, 'subject') || 'a subject'} at ${text(line, 'issuer') || 'the issuer'}`,
    sign_on_disconnected: (line) => `Single sign-on disconnected for ${whom(line)}`,
    skills_changed: (line) => `${whom(line)} takes other queues now: ${Array.isArray(line.detail['queues']) && line.detail['queues'].length > 0 ? line.detail['queues'].join(', ') : 'all of them'}`,
  } },
  { kind: 'keys', name: 'Keys', icon: 'key', says: {
    api_key_created: (line) => `API key “${text(line, 'name')}” made, scope ${text(line, 'scope')}${line.staff ? `, acts as ${line.staff}` : ''}`,
    api_key_disabled: (line) => `API key “${text(line, 'name')}” disabled`,
  } },
  { kind: 'settings', name: 'Settings', icon: 'settings', says: {
    setting_saved: (line) => `${ROUTES[text(line, 'setting')] ?? text(line, 'setting')} saved as version ${text(line, 'version')}${quoted(text(line, 'why'))}`,
  } },
  { kind: 'webhooks', name: 'Webhooks', icon: 'send', says: {
    webhook_endpoint_added: (line) => `Endpoint added: ${where(line)}`,
    webhook_endpoint_enabled: (line) => `Endpoint enabled: ${where(line)}`,
    webhook_endpoint_disabled: (line) => `Endpoint disabled${text(line, 'answered') ? `, since it answered ${text(line, 'answered')}` : ''}: ${where(line)}`,
    webhook_key_added: (line) => `A second key for ${where(line)}`,
    webhook_key_retired: (line) => `A key retired at ${where(line)}`,
    webhook_tested: (line) => `A test sent to ${where(line)}`,
    webhook_replayed: () => 'A delivery sent once more',
  } },
  { kind: 'incidents', name: 'Incidents', icon: 'flag', says: {
    incident_made: (line) => `Incident opened${quoted(text(line, 'title'))}`,
    incident_decided: (line) => `Incident decided for ${text(line, 'tickets')} tickets${quoted(text(line, 'title'))}`,
    incident_stopped: (line) => `Incident stopped for ${text(line, 'tickets')} tickets`,
    incident_ended: () => 'Incident ended',
  } },
  { kind: 'work', name: 'Mail and work', icon: 'mail', says: {
    mail_released: (line) => `A mail was read again${quoted(text(line, 'note'))}`,
    mail_dismissed: (line) => `A mail was dismissed${quoted(text(line, 'note'))}`,
    mail_refused: () => 'An account said that a mail is not theirs',
    mail_stopped: () => 'An address takes no mail: no more is sent there',
    mail_stop_lifted: () => 'Mail to an address is sent again',
    job_retried: (line) => `Parked work was tried again: ${text(line, 'job')}`,
  } },
  { kind: 'data', name: 'Data', icon: 'trash', says: {
    account_erased: (line) => `An account was erased, with ${text(line, 'tickets')} tickets${quoted(text(line, 'why'))}`,
    audit_forgotten: (line) => `Lines of the audit older than ${text(line, 'months')} months were let go`,
    tickets_shared: (line) => `Contacts of account ${text(line, 'account')} see each other's tickets`,
    tickets_kept_apart: (line) => `Contacts of account ${text(line, 'account')} see their own tickets only`,
  } },
];

export const CHANGE_KINDS = ABOUT.map(({ kind }) => kind) as [string, ...string[]];

/** The events of a kind; undefined for all, known here or not. */
export const eventsOf = (kind: string | undefined): string[] | undefined => ABOUT.filter((about) => about.kind === kind).map(({ says }) => Object.keys(says))[0];

interface Query extends Pick<ChangesAsked, 'by' | 'before'> {
  kind?: string;
}

/** What templates/settings/audit.hbs shows. */
export function auditView(found: ChangeLine[], sealedUntil: Date | null, query: Query) {
  const rows = found.slice(0, CHANGES_SHOWN);
  const href = (changed: Partial<Query>): string => {
    const asked = Object.entries({ kind: query.kind, by: query.by, ...changed }).filter((pair): pair is [string, string] => pair[1] !== undefined);
    return `/desk/audit${asked.length > 0 ? `?${new URLSearchParams(asked).toString()}` : ''}`;
  };
  return {
    title: 'Audit', sealedUntil,
    kinds: [{ name: 'All', href: href({ kind: undefined }), current: !query.kind }, ...ABOUT.map(({ kind, name }) => ({ name, href: href({ kind }), current: query.kind === kind }))],
    rows: rows.map((line) => {
      const about = ABOUT.find(({ says }) => says[line.event]);
      return {
        at: line.at, icon: about?.icon ?? 'info-circle', says: about?.says[line.event]?.(line) ?? line.event.replaceAll('_', ' '), event: line.event,
        by: line.byName, byHref: line.byKind === 'reviewer' && line.byId && !query.by ? href({ by: line.byId }) : null,
      };
    }),
    person: query.by ? { name: rows[0]?.byName ?? 'this person', href: href({ by: undefined }) } : null,
    older: found.length > CHANGES_SHOWN ? href({ before: rows.at(-1)?.id }) : null, newest: query.before ? href({}) : null,
  };
}
