import type { Guide } from './guide';

/** What a person goes by, and what software does. */
export const HOW_WE_DECIDE: Guide = {
  title: 'How we decide',
  lead: 'A filter blocks by itself, within seconds. A person decides whether the block stays. This is what they go by.',
  sections: [
    {
      id: 'mistake', heading: '“It was a mistake”',
      paragraphs: [
        'We compare what you send with what our filter wrote down: the Message-ID, the time, the address, the subject. A message that is in the alert, came from your address and was wanted by its recipients speaks for you.',
        'A passed SPF, DKIM or DMARC alone clears nobody: more than half of today’s unwanted mail passes SPF. And a fault in them alone does not make mail unwanted.',
      ],
    },
    {
      id: 'fixed', heading: '“I fixed it”',
      paragraphs: ['A block ends when its cause is gone. We look for three things: the cause, what was done and when, and a sign that it worked, such as a quiet log or a cleaned queue. What we can look up ourselves, we look up.'],
    },
    {
      id: 'proof', heading: 'How far a point is proven',
      points: [
        '**Checked by us**: it stands in our own record, or we looked it up.',
        '**Fits our record**: somebody else wrote it, and it agrees with what we know.',
        '**Only the headers say so**: nobody else can confirm it. Anybody can write headers.',
        '**Differs from our record**: we saw something else.',
      ],
    },
    {
      id: 'again', heading: 'Blocked again',
      paragraphs: ['An address that is blocked again within 30 days takes two people. From the third block on we ask what changes, so that it does not happen once more, and the lift waits longer after each block; your ticket shows until when. None of this holds where our filter was wrong.'],
    },
    {
      id: 'machine', heading: 'What a machine does, and what it does not',
      paragraphs: [
        'Software reads headers, looks up DNS and sorts what it found. It never decides. A person decides every lift and every refusal, with reasons in words. Some lifts need two people: blocks for attacks, and addresses that were blocked before.',
        'One thing can run by itself, when a person has chosen it: the last good check of your fixes starts the lift.',
      ],
    },
    {
      id: 'decisions', heading: 'What a decision can be',
      terms: [
        ['Lift', 'The block goes. We ask our network and tell you when it has confirmed, not before. Then we watch the address for three days.'],
        ['Fixes needed', 'A list of what to change, how, and how we see that it is done.'],
        ['A question', 'Something is unclear. Your answer brings the ticket back at once.'],
        ['Not lifted', 'With the reasons. You can appeal once, within 14 days, to another reviewer, and you can always tell us that you fixed the cause.'],
      ],
    },
  ],
};
