import { readReference } from '../ticket/reference';
import type { BlockKind, Claim } from '../ticket/block';
import { plainWords } from './read-time';

export interface FoundClaim {
  /** null when the text does not say */
  kind: BlockKind | null;
  claim: Claim | null;
  /** ticket references that the text names. They route nothing by themselves. */
  references: string[];
}

const SEARCHED = 50_000;

/** What each side of a question sounds like in English, German, French and Spanish; without accents, each hit counts once. */
const SPAM = [
  /\bspam/, /\b(?:junk|bulk|unsolicited|newsletter|mailing|e-?mails?|mail ?server|smtp|port 25|message-id|mails?)\b/, /\b(?:versand|nachrichten|rundschreiben|mailversand)\b/,
  /\b(?:courriels?|messagerie|pourriel|envois?)\b/, /\b(?:correos?|boletin|mensajes?)\b/,
];
const HACK = [
  /\b(?:hack\w*|intrusion|attack(?:s|ed|ing)?|brute[ -]?force|port ?scan\w*|scann?(?:s|ed|ing)?|ddos|dos attack|botnet|malware|exploit\w*|flood)\b/,
  /\b(?:angriff\w*|gehackt|anti-?hack|eingebrochen|schadsoftware|einbruch)\b/, /\b(?:piratage|pirate|attaques?|balayage|logiciel malveillant|intrusion)\b/,
  /\b(?:ataques?|hackead[oa]|pirate[oa]do|escaneo|intrusion)\b/, /\b(?:load ?test|pentest|penetration test|lasttest|vulnerability scan)\b/,
];
const FIXED = [
  /\b(?:fixed|resolved|solved|cleaned(?: up)?|removed|patched|repaired|corrected|closed the|changed (?:the|all|his|her|our) passwords?|no longer|remediated|reinstalled|disabled|deleted|secured)\b/,
  /\b(?:behoben|bereinigt|entfernt|gelost|geschlossen|repariert|gepatcht|geandert|abgestellt|beseitigt|korrigiert|abgeschaltet|geloscht|zuruckgesetzt)\b/,
  /\b(?:corrige[es]?|resolu[es]?|nettoye[es]?|supprime[es]?|repare[es]?|desactive[es]?|change[es]? (?:le|les|son) mots? de passe|regle[es]?|securise[es]?)\b/,
  /\b(?:corregid[oa]s?|resuelt[oa]s?|solucionad[oa]s?|eliminad[oa]s?|limpiad[oa]s?|reparad[oa]s?|desactivad[oa]s?|cambiad[oa]s?|cerrad[oa]s?|arreglad[oa]s?|subsanad[oa]s?|hemos (?:corregido|eliminado|cerrado|limpiado))\b/,
];
const MISTAKE = [
  /\b(?:mistake\w*|false[ -]positives?|legitimate|wrong(?:ly)?|in error|by error|erroneous\w*|incorrect\w*|not spam|no spam|(?:no|not an) attacks?|are not spammers?|never sent spam|unjustified|misclassified)\b/,
  /\b(?:fehler|fehlalarm|irrtum\w*|falschlich\w*|zu unrecht|legitim\w*|kein spam|kein angriff|keine spammer|fehlerkennung|berechtigt\w*)\b/,
  /\b(?:erreur|faux[ -]positifs?|a tort|legitimes?|pas (?:du|un|de) spam|pas une attaque|injustifie[es]?)\b/,
  /\b(?:error|falsos? positivos?|equivocacion|por equivocacion|legitim[oa]s?|no es spam|no (?:es|fue) un ataque|no son spam|injustificad[oa])\b/,
];

/** What a mail says it is about: kind of block, mistake or fixed, references. The subject weighs double. */
export function findClaim(subject: string, text: string): FoundClaim {
  const head = plainWords(subject.slice(0, 1000));
  const body = plainWords(text.slice(0, SEARCHED));
  const hits = (patterns: RegExp[]): number => patterns.filter((pattern) => pattern.test(body)).length + 2 * patterns.filter((pattern) => pattern.test(head)).length;
  return { kind: more(hits(SPAM), 'spam', hits(HACK), 'hack'), claim: more(hits(MISTAKE), 'mistake', hits(FIXED), 'fixed'), references: findReferences(`${subject}\n${text.slice(0, SEARCHED)}`) };
}

/** References such as UB-7K3Q-92X4 in a text, each once, as we write them. */
export function findReferences(text: string): string[] {
  return [...new Set([...text.matchAll(/\bUB-?[0-9A-Z]{4}-?[0-9A-Z]{4}\b/gi)].flatMap((match) => readReference(match[0]) ?? []))];
}

/** The side that is heard more; "mistake" and "spam" decide a draw in their favour only when they are heard at all. */
function more<A, B>(first: number, a: A, second: number, b: B): A | B | null {
  return first === 0 && second === 0 ? null : second > first ? b : a;
}
