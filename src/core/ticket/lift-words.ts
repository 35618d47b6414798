import { moment } from '../texts/moment';
import type { LiftFailure } from './lift-plan';

/** Why a lift came back, for the reviewer who gets it. `since`: when the block that stands in the way began. */
export function liftFailedWords(reason: LiftFailure, since: string | undefined, lastAnswer: string | null): string {
  const from = moment(since)?.text ?? 'a time that the NOC did not give';
  const said = lastAnswer ? ` It ${lastAnswer}.` : '';
  switch (reason) {
    case 'newer_block':
      return `The address was blocked again at ${from}. The decision was about the older block, so nothing was lifted.`;
    case 'no_such_block':
      return `The NOC knows no such block. It lists another one of the same kind, from ${from}. Nothing was lifted.`;
    case 'not_gone':
      return 'The NOC accepted the lift, but the block is still there.';
    case 'refused':
      return `The NOC refused the lift.${said}`;
    case 'no_answer':
      return `The NOC did not carry out the lift after several tries.${said}`;
    case 'stranded':
      return `The desk’s own work on the lift stopped (${lastAnswer ?? 'no reason was kept'}). Look at the block in the NOC before you decide again.`;
    case 'too_far_away':
      return `The NOC does not allow the lift before ${from}.`;
  }
}
