import { normaliseMessageId } from '../core/headers/normalise-message-id';
import type { Analysis, Finding } from '../core/rules/analysis';
import { pathPicture } from '../core/rules/path-picture';
import type { Block } from '../core/ticket/block';
import { duration } from '../platform/http/view-helpers';
import { readingChip, type Tone } from './words';

const UNIT = 12;
const MOST = 48;
const firstSentence = (text: string): string => /^.{10,}?[.:](?= |$)/.exec(text)?.[0].replace(/[.:]$/, '') ?? text;
const signed = (n: number): string => (n > 0 ? `+${n}` : n < 0 ? `−${-n}` : '0');

/** A bar around the middle: to the right speaks for the claim, to the left against it. Percentages of the width. */
function bar(weight: number): { x: number; width: number; tone: Tone; text: string } {
  const width = Math.min(Math.abs(weight) * UNIT, MOST);
  return { x: weight < 0 ? 50 - width : 50, width, tone: weight > 0 ? 'good' : weight < 0 ? 'bad' : 'unknown', text: signed(weight) };
}

const has = (finding: Finding): finding is Finding & { code: string } => finding.code !== null && (finding.outcome === 'hit' || finding.outcome === 'pass');

function where(finding: Finding): string | null {
  const lines = [...new Set(finding.evidence.flatMap((quote) => quote.line ?? []))].sort((a, b) => a - b);
  return lines.length === 0 ? null : lines.length === 1 ? `Line ${lines[0]}` : `Lines ${lines.slice(0, 6).join(', ')}`;
}

export interface FindingModel {
  id: string;
  code: string;
  tells: string;
  tone: Tone;
  icon: string;
  trust: string;
  where: string | null;
  /** first line it rests on, else the filter's record or the authentication */
  href: string;
  lines: string;
  cites: string | null;
  fix: string | null;
}

/** One code can be found several times: the ids of a page must not repeat. */
function findingModels(findings: Finding[]): FindingModel[] {
  const seen = new Map<string, number>();
  return findings.filter(has).map((finding) => {
    const times = (seen.get(finding.code) ?? 0) + 1;
    seen.set(finding.code, times);
    const lines = [...new Set(finding.evidence.flatMap((quote) => quote.line ?? []))].sort((a, b) => a - b);
    const tone: Tone = finding.weighs === 'for' ? 'good' : finding.weighs === 'against' ? 'bad' : 'unknown';
    return {
      id: `f-${finding.code}${times > 1 ? `-${times}` : ''}`, code: finding.code, tells: finding.tells || finding.says, tone,
      icon: tone === 'good' ? 'circle-check' : tone === 'bad' ? 'circle-x' : 'info-circle', trust: finding.trust, where: where(finding),
      href: lines.length > 0 ? `#L${lines[0]}` : finding.evidence.some((quote) => quote.field === 'filter record') ? '#filter-record' : '#auth', lines: lines.join(' '),
      cites: finding.cites, fix: finding.fix,
    };
  });
}

/** The second column: what the machine read. It never decides. */
export function readingView(analysis: Analysis | null, block: Block, ip: string, supplied: string[], at: Date | null) {
  if (!analysis) {
    return { chip: readingChip(null, null), analysis: false as const, at, record: recordView(block, supplied, null) };
  }
  const said = analysis.findings.filter(has);
  const models = findingModels(analysis.findings);
  const weighed = said.map((finding, i) => ({ finding, id: models[i]?.id ?? '' })).filter(({ finding }) => finding.weight !== 0);
  const sum = (sign: 1 | -1) => weighed.reduce((total, { finding }) => total + (Math.sign(finding.weight) === sign ? Math.abs(finding.weight) : 0), 0);
  const unknown = analysis.findings.filter((finding) => finding.outcome === 'unknown' || finding.outcome === 'error');
  return {
    analysis: true as const, at, chip: readingChip(analysis.assessment, analysis.confidence), summary: analysis.summary, catalogue: analysis.catalogue,
    weights: weighed.sort((a, b) => Math.sign(b.finding.weight) - Math.sign(a.finding.weight) || Math.abs(b.finding.weight) - Math.abs(a.finding.weight)).map(({ finding, id }) => ({ id, label: firstSentence(finding.says || finding.tells), ...bar(finding.weight) })),
    sum: { ...bar(analysis.sum), label: `Sum, ${sum(1)} for and ${sum(-1)} against` },
    path: pathView(analysis, ip), picture: pathPicture(analysis.path),
    groups: [
      { title: 'For the claim', icon: 'circle-check', tone: 'good', findings: models.filter((m) => m.tone === 'good') },
      { title: 'Against the claim', icon: 'circle-x', tone: 'bad', findings: models.filter((m) => m.tone === 'bad') },
      { title: 'Only informs, weighs nothing', icon: 'info-circle', tone: 'unknown', findings: models.filter((m) => m.tone === 'unknown') },
    ].filter((group) => group.findings.length > 0),
    unknown: unknown.map((finding) => ({ rule: finding.rule, error: finding.outcome === 'error' })),
    record: recordView(block, supplied, analysis.message.messageId),
  };
}

/** The hops, newest first as they stand, with the edge below which only the sender speaks. */
function pathView(analysis: Analysis, ip: string) {
  const edge = analysis.path.findIndex((hop) => hop.trust === 'claimed' || hop.trust === 'contradicted');
  return analysis.path.map((hop, i) => ({
    host: hop.by ?? hop.from ?? 'a host that is not named', at: hop.at ? new Date(hop.at) : null,
    delay: delayOf(hop.delaySeconds), skew: hop.delaySeconds !== null && hop.delaySeconds < -60,
    from: hop.from, ip: hop.ip, ours: hop.claimed || hop.ip === ip, with: hop.with, line: hop.line, said: edge >= 0 && i >= edge, edge: i === edge && i > 0,
    first: i === 0, last: i === analysis.path.length - 1,
  }));
}

function delayOf(seconds: number | null): string | null {
  return seconds === null ? null : seconds < 0 ? `${duration(seconds * 1000)} ahead` : `+${duration(seconds * 1000)}`;
}

/** So that the box of one message is no bar. */
const FEW_BOXES = 10;

/** The filter's own record of the block, beside what was supplied. */
export function recordView(block: Block, supplied: string[], read: string | null) {
  const known = new Set([...supplied, ...(read ? [read] : [])].flatMap((id) => normaliseMessageId(id) ?? []));
  const detections = (block.detections ?? []).map((detection) => {
    const id = detection.messageId ? normaliseMessageId(detection.messageId) : null;
    return { ...detection, explained: id !== null && known.has(id) };
  });
  const total = Math.max(block.detectionsTotal ?? 0, detections.length);
  // The alert may count more messages than it lists.
  const boxes = Array.from({ length: Math.min(total, 20) }, (_, i) => detections[i]?.explained ?? false);
  const width = 100 / Math.max(boxes.length, FEW_BOXES);
  const explained = detections.filter((detection) => detection.explained).length;
  const scores = detections.flatMap((detection) => detection.score ?? []);
  const traffic = block.traffic;
  return {
    rules: [...new Set(detections.flatMap((detection) => detection.rule ?? []))],
    total, explained, known: detections.length > 0,
    boxes: boxes.map((box, i) => ({ x: Math.round(i * width * 10) / 10 + 0.5, width: Math.round((width - 2) * 10) / 10, explained: box })),
    boxesSay: `${explained} of ${total} alerted messages are explained`,
    score: scores.length > 0 ? { top: Math.round(Math.max(...scores) * 100) / 100, count: scores.length } : null,
    volume: traffic ? [
      traffic.messagesLastHour === undefined ? null : `${traffic.messagesLastHour.toLocaleString('en')} in the last hour`,
      traffic.messagesLast30Days === undefined ? null : `${traffic.messagesLast30Days.toLocaleString('en')} in 30 days`,
      traffic.fromOrganisationsLastDay === undefined ? null : `${traffic.fromOrganisationsLastDay} sending organisation${traffic.fromOrganisationsLastDay === 1 ? '' : 's'}`,
    ].filter(Boolean).join(', ') : null,
    detections: detections.slice(0, 100), logs: block.logs ?? null,
  };
}
