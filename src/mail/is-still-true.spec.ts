import { STATES } from '../core/ticket/states';
import { isStillTrue } from './is-still-true';
import { TICKET_MAILS } from './mail-templates';

describe('isStillTrue', () => {
  it.each([
    ['evidence-needed', 'awaiting_evidence', true],
    ['evidence-needed', 'queued', false],
    ['lifting', 'lifting', true],
    ['lifting', 'queued', false],
    ['lifted', 'lifted', true],
    ['closed', 'closed', true],
    ['received', 'queued', true],
    ['received', 'closed', false],
    ['reminder', 'awaiting_fixes', true],
    ['reminder', 'analysing', false],
    ['message', 'closed', true],
  ] as const)('%s while %s: %s', (template, state, expected) => {
    expect(isStillTrue(template, state)).toBe(expected);
  });

  it('leaves every mail a state in which it is sent', () => {
    expect(TICKET_MAILS.filter((template) => !STATES.some((state) => isStillTrue(template, state)))).toEqual([]);
  });
});
