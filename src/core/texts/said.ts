/** What pages say in answer to a customer: what is wrong beside a field, what was done, why a page is not shown. */
export const SAID = {
  forCustomers: 'This page is for customers.',
  amIBlocked: 'Am I still blocked?',
  noAddressYet: 'We know no address of your account yet.',
  noneBlocked: 'None of the addresses below is blocked by us.',
  someBlocked: (blocked: number, all: number): string => `${blocked} of ${all} ${all === 1 ? 'address is' : 'addresses are'} blocked by us.`,
  noSuchAddress: 'We know of no such address in your account.',
  oneMailAddress: 'Give one e-mail address, such as ops@example.org.',
  chooseAddressFirst: 'Choose the blocked address first.',
  launchIsOver: 'This page was used already, or it is older than ten minutes. Go back to the control panel and open it again.',
  evidenceLinkMade: 'The link is made. Copy it under “To share”: it is shown only now, and works for 7 days.',
  statusLinkMade: 'The link is made. Copy it below: it is shown only now, and works for 30 days.',
  pasteOrChoose: 'Paste something, or choose a file.',
  writeOrChoose: 'Write something first, or choose a file.',
  writeOrAdd: 'Write your answer, or add what was asked for.',
  atMost: (characters: number): string => `At most ${characters.toLocaleString('en')} characters. Attach longer text as a file.`,
  atMostBelow: (characters: number): string => `At most ${characters.toLocaleString('en')} characters. Attach longer text to a message below.`,
  whatToLookAt: 'Say in a sentence what should be looked at again.',
  noSuchFix: 'There is no such fix.',
  fixNotAsked: 'This ticket asks for no such fix.',
} as const;

/** How we see that a fix is done, by the way in which it is verified. */
export const SHOWN_BY = {
  dns: 'We look it up in DNS when you press “Check again”, and again by ourselves until it is seen.', sample: 'A test message from your server shows it within seconds.',
  statement: 'You tell us, in answer to the questions below; a person reads it.', log: 'An excerpt of your logs belongs to it.',
} as const;
