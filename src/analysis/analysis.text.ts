import type { Message } from '../core/headers/message';
import type { Analysis, Finding, PathHop } from '../core/rules/analysis';
import { fixOf } from '../core/fixes/catalogue';

type Paint = (text: string, colour: keyof typeof COLOURS) => string;
const COLOURS = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
const ASSESSMENTS: Record<Analysis['assessment'], { words: string; colour: keyof typeof COLOURS }> = {
  likely_false_positive: { words: 'Likely a false positive', colour: 'green' },
  likely_abuse: { words: 'Likely abuse', colour: 'red' },
  mixed: { words: 'Mixed', colour: 'yellow' },
  insufficient_evidence: { words: 'Not enough evidence', colour: 'yellow' },
};

/** The analysis for a terminal: verdict, path, findings by direction, fixes. Control characters of the mail never reach the terminal. */
export function asText(analysis: Analysis, message: Message, colours: boolean): string {
  const paint: Paint = (text, colour) => (colours ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text);
  const { words, colour } = ASSESSMENTS[analysis.assessment];
  const { messageId, from, subject, date, returnPath } = analysis.message;
  const head = [['Message-ID', messageId], ['From', from], ['Subject', subject], ['Date', date], ['Return-Path', returnPath]].filter(([, value]) => value !== null);
  const told = analysis.findings.filter((finding) => finding.code !== null);
  const parts = [
    `${paint(words, colour)}, ${Math.round(analysis.confidence * 100)} % sure, sum of weights ${signed(analysis.sum)}`,
    plain(analysis.summary),
    '',
    ...head.map(([name = '', value]) => `${paint((name ?? '').padEnd(12), 'dim')}${plain(value ?? '')}`),
    ...message.steps.map((step) => paint(`(${plain(step)})`, 'dim')),
    ...section('The way, newest first', pathLines(analysis.path, paint), paint),
    ...section('For the claim', told.filter((f) => f.weight > 0).flatMap((f) => lines(f, paint)), paint),
    ...section('Against it', told.filter((f) => f.weight < 0).flatMap((f) => lines(f, paint)), paint),
    ...section('Weighs nothing', told.filter((f) => f.weight === 0).flatMap((f) => lines(f, paint)), paint),
    ...section('To fix', analysis.requiredFixes.map((code) => `  ${code.padEnd(30)} ${fixOf(code)?.title ?? ''}`), paint),
    ...section('Unknown', unknown(analysis), paint),
    paint(`Catalogue ${analysis.catalogue}. The machine informs; a person decides.`, 'dim'),
  ];
  return `${parts.join('\n')}\n`;
}

function section(title: string, body: string[], paint: Paint): string[] {
  return body.length === 0 ? [] : ['', paint(title, 'bold'), ...body, ''].slice(0, -1);
}

function lines(finding: Finding, paint: Paint): string[] {
  const weight = finding.weight === 0 ? '' : signed(finding.weight);
  const direction = finding.weight > 0 ? 'green' : finding.weight < 0 ? 'red' : 'dim';
  return [
    `  ${weight === '' ? '' : `${paint(weight, direction)} `}${plain(finding.tells)} ${paint(`[${finding.code ?? ''}, ${finding.trust}]`, 'dim')}`,
    ...finding.evidence.slice(0, 3).map((quote) => paint(`       ${quote.line === null ? plain(quote.field) : `line ${quote.line}, ${plain(quote.field)}`}: ${plain(quote.text).slice(0, 160)}`, 'dim')),
  ];
}

/** The hops with a line between those that somebody credible wrote and those below: the trust boundary. */
function pathLines(path: PathHop[], paint: Paint): string[] {
  const edge = path.findIndex((hop) => hop.trust === 'claimed' || hop.trust === 'contradicted');
  return path.flatMap((hop, i) => [...(i === edge ? [paint(`  ${'-'.repeat(12)} only the sender's word from here ${'-'.repeat(12)}`, 'dim')] : []), pathLine(hop, paint)]);
}

function pathLine(hop: PathHop, paint: Paint): string {
  const time = hop.at === null ? '--:--:--' : hop.at.slice(11, 19);
  const delay = hop.delaySeconds === null ? '' : `${hop.delaySeconds < 0 ? '' : '+'}${hop.delaySeconds} s`;
  const peer = [hop.from, hop.ip === null ? null : `[${hop.ip}]`].filter(Boolean).join(' ') || 'handed in there';
  const text = `  ${String(hop.hop).padStart(2)} ${time} ${delay.padStart(8)}  ${plain(hop.by ?? '?')} from ${plain(peer)}${hop.with ? `, ${plain(hop.with)}` : ''}  (${hop.trust})`;
  return hop.claimed ? paint(`${text}  <- the claimed address`, 'cyan') : text;
}

function unknown(analysis: Analysis): string[] {
  const failed = analysis.facts.dns?.failed ?? [];
  const rules = analysis.findings.filter((finding) => finding.outcome === 'unknown' || finding.outcome === 'error').map((finding) => `  ${finding.says}`);
  return [...rules, ...(failed.length > 0 ? [`  Look-ups that failed: ${failed.join(', ')}`] : [])];
}

const signed = (value: number): string => (value > 0 ? `+${value}` : value < 0 ? `−${-value}` : '0');
/** Mail can hold escape sequences: whatever controls a terminal becomes a visible mark. Tabs of folded lines are blanks. */
// eslint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/\t+/g, ' ').replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
