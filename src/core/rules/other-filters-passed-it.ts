import { quote } from './quote';
import type { Rule } from './rule';

export const otherFiltersPassedIt: Rule = {
  id: 'other-filters-passed-it',
  asks: 'Did another filter on the way mark the message?',
  cites: null,
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ reading }) => {
    const marks = [['x-spam-flag', /^yes/i], ['x-spam-status', /^yes/i], ['x-spam', /^yes/i]] as const;
    for (const [key, yes] of marks) {
      const field = reading.first(key);
      if (field && yes.test(field.value.trim())) {
        return [{ code: 'filter-header-spam', says: { field: field.name, value: field.value.slice(0, 100) }, evidence: [quote(field)] }];
      }
    }
    return [];
  },
};
