import { quote } from './quote';
import type { Hit, Rule } from './rule';

export const automaticMailSaysSo: Rule = {
  id: 'automatic-mail-says-so',
  asks: 'Is it an automatic answer or a bounce?',
  cites: 'RFC 3834 §5',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ reading }) => {
    const hits: Hit[] = [];
    const field = reading.first('auto-submitted') ?? reading.first('x-autoreply') ?? reading.first('x-autorespond');
    if (field && (field.key !== 'auto-submitted' || /^auto-(?:replied|notified)/i.test(field.value))) {
      hits.push({ code: 'auto-reply', says: { field: field.name, value: field.value }, evidence: [quote(field)] });
    }
    // A daemon often writes no address, only its name.
    const from = reading.from[0]?.address.toLowerCase() ?? reading.first('from')?.value.toLowerCase().slice(0, 100) ?? '';
    if (reading.returnPath?.isNull && /^(?:mailer-daemon|postmaster)(?:@|\s|$)/.test(from)) {
      hits.push({ code: 'backscatter-suspect', says: { from }, evidence: [...(reading.returnPath.field ? [quote(reading.returnPath.field)] : []), ...reading.all('from').map(quote)] });
    }
    return hits;
  },
};
