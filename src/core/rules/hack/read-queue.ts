/** Characters of an excerpt that are looked at. */
const LONGEST = 200_000;
const SUMS = [
  /-- \d+ (?:K|M|G)?bytes in (\d+) Requests?/i, // postqueue -p
  /^\s*Total requests:\s*(\d+)/im, // sendmail
  /^.{0,80}\bexim4? -bpc\s*\r?\n\s*(\d+)\s*$/m, // exim -bpc with its prompt
  /^.{0,80}\bpostqueue -j ?\| ?wc -l\s*\r?\n\s*(\d+)\s*$/m,
  /^messages in queue: (\d+)\s*$/m, // qmail-qstat
];
/** One message of `exim -bp`: age, size, id, sender. */
const EXIM = /^\s{0,4}\d{1,4}[smhdw]\s+[\d.]+[KMG]?\s+[0-9A-Za-z]{6}-[0-9A-Za-z]{6,11}-[0-9A-Za-z]{2,4}\s+</gm;
/** One message of `postqueue -p` whose last line with the sum was not copied: id, size, day. */
const POSTFIX = /^(?:[0-9A-F]{8,15}|[0-9A-Za-z]{10,20})[*!#]?\s+\d+\s+(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) /gm;
/** One message of `postqueue -j`. */
const JSON_LINE = /^\{"queue_name":/gm;

/** How many messages wait, where an excerpt shows the queue of Postfix, Exim or Sendmail; null where it shows none. Linear. */
export function readQueueSize(text: string): number | null {
  const excerpt = text.slice(0, LONGEST);
  if (/^\s*(?:Mail queue is empty|\S*mqueue\S* is empty|The queue is empty)\.?\s*$/im.test(excerpt)) {
    return 0;
  }
  for (const sum of SUMS) {
    const found = sum.exec(excerpt)?.[1];
    if (found !== undefined) {
      return Number(found);
    }
  }
  const listed = (excerpt.match(EXIM) ?? excerpt.match(JSON_LINE) ?? excerpt.match(POSTFIX) ?? []).length;
  return listed > 0 ? listed : null;
}
