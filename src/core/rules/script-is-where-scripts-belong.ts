import { quote } from './quote';
import type { Hit, Rule } from './rule';

const FIELDS = ['x-php-originating-script', 'x-php-script', 'x-php-filename', 'x-source-args', 'x-source', 'x-mailer-script', 'x-script-name'] as const;

/** Only what no honest mail script does: names of files tell nothing. */
function suspicion(value: string): string | null {
  if (/eval\(\)'d code|runtime-created function|assert code/i.test(value)) {
    return 'Code that was put together at run time';
  }
  if (/(?:^|[/:\\])(?:uploads?|tmp|temp|cache|shm)[/\\][^\s]*\.(?:php\d?|phtml|pl|py|cgi)/i.test(value)) {
    return 'A script in a folder for uploads or temporary files';
  }
  return /(?:^|[/:\\])\.[a-z0-9_-][^/\\\s]*(?:[/\\][^\s]*)?\.?(?:php\d?|phtml|pl|py|cgi)\b/i.test(value) ? 'A hidden script or a script in a hidden folder' : null;
}

export const scriptIsWhereScriptsBelong: Rule = {
  id: 'script-is-where-scripts-belong',
  asks: 'Did a script send the message, and does it lie where scripts belong?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ reading }) => {
    for (const key of FIELDS) {
      const field = reading.first(key);
      if (!field || field.value === '' || (key.startsWith('x-source') && !/\.(?:php\d?|pl|py|cgi|sh)\b/i.test(field.value))) {
        continue;
      }
      const script = field.value.slice(0, 200);
      const why = suspicion(field.value);
      const origin: Hit = { code: 'script-origin', says: { field: field.name, script }, evidence: [quote(field)] };
      return why ? [origin, { code: 'script-compromised-suspect', says: { script, why }, evidence: [quote(field)] }] : [origin];
    }
    return [];
  },
};
