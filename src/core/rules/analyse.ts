import type { Message } from '../headers/message';
import type { Analysis, Facts } from './analysis';
import { assess } from './assess';
import { CATALOGUE, RULES } from './catalogue';
import { evaluate } from './evaluate';
import { orderFixes } from '../fixes/order-fixes';
import { pathOf } from './path';
import { Reading } from './reading';
import { summarise } from './summary';

/**
 * The machine's reading of one message beside one claim. Pure: the same message and facts give the same analysis, byte for byte,
 * years later. It informs and never decides. Never throws: a rule that breaks is a finding with the outcome `error`.
 */
export function analyse(message: Message, facts: Facts): Analysis {
  const reading = new Reading(message, facts);
  const findings = evaluate(RULES, { message, facts, reading });
  const { assessment, confidence, sum } = assess(findings);
  const requiredFixes = orderFixes(findings.flatMap((finding) => (finding.fix === null ? [] : [finding.fix])));
  return {
    catalogue: CATALOGUE, assessment, confidence, sum, summary: summarise(assessment, findings, requiredFixes, facts.said?.claim), message: head(reading),
    path: pathOf(reading), findings, requiredFixes, facts,
  };
}

function head(reading: Reading): Analysis['message'] {
  const date = reading.date;
  return {
    messageId: reading.messageId,
    date: date ? new Date(date.at).toISOString() : null,
    from: reading.from[0]?.address ?? reading.first('from')?.value.slice(0, 400) ?? null,
    subject: reading.subject?.slice(0, 1000) ?? null,
    returnPath: reading.returnPath?.field ? (reading.returnPath.address ?? '<>') : null,
  };
}
