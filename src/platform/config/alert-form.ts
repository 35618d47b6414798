import { readFileSync } from 'node:fs';
import { z } from 'zod';

const words = (least: number) => z.array(z.string().trim().min(2, 'holds a word that is too short').max(100, 'holds a word that is too long')).min(least, 'must name at least one').max(50, 'may name 50 at most');
const zone = z.string().refine(known, 'must be the name of a time zone, such as Europe/Berlin or UTC');

const form = z.strictObject({
  signs: words(1),
  labels: z.strictObject({ ip: words(1), blockedAt: words(1) }),
  kinds: z.strictObject({ spam: words(0), hack: words(0) }),
  zone: zone.default('UTC'),
});

/** How the provider's own alert mails look: JSON, or the path of a file that holds it (docs/mail.md has an example). */
export const alertForm = z.string().transform((text, context) => {
  const read = parsed(text);
  if (read === null) {
    context.addIssue({ code: 'custom', message: 'must be JSON, or the path of a readable file of JSON' });
    return z.NEVER;
  }
  const checked = form.safeParse(read);
  for (const issue of checked.error?.issues ?? []) {
    context.addIssue({ code: 'custom', message: `${issue.path.join('.') || 'the form'} ${issue.message}` });
  }
  return checked.success ? checked.data : z.NEVER;
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.trim().startsWith('{') ? text : readFileSync(text.trim(), 'utf8'));
  } catch {
    return null;
  }
}

function known(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
