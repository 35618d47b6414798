/** A tag list as DKIM, ARC, DMARC and key records write it. A list in which a name stands twice is invalid (RFC 6376 §3.2). */
export interface TagList {
  tags: Map<string, string>;
  duplicates: string[];
}

/** Tags of "a=b; c=d" by name, first wins. Names are case-sensitive; blanks around names and values are dropped, those inside a value kept (RFC 6376 §3.2). */
export function readTags(value: string): Map<string, string> {
  return readTagList(value).tags;
}

/** The same, with the names that stand more than once. At most 200 tags. */
export function readTagList(value: string): TagList {
  const tags = new Map<string, string>();
  const duplicates: string[] = [];
  let start = 0;
  for (let count = 0; start <= value.length && count < 200; count++) {
    const semicolon = value.indexOf(';', start);
    const end = semicolon < 0 ? value.length : semicolon;
    const equals = value.indexOf('=', start);
    if (equals >= 0 && equals < end) {
      const name = value.slice(start, equals).trim();
      if (!tags.has(name)) {
        tags.set(name, value.slice(equals + 1, end).trim());
      } else {
        duplicates.push(name);
      }
    }
    if (equals < 0 || semicolon < 0) {
      break;
    }
    start = semicolon + 1;
  }
  return { tags, duplicates };
}
