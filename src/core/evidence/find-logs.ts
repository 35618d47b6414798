/** The beginnings of lines that programs write into logs: syslog, ISO times, web servers, kernel. */
const LOG = /^\W{0,3}(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) {1,2}\d{1,2} \d\d:\d\d:\d\d |\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d|\[?\d\d\/\w{3}\/\d{4}:\d\d:\d\d|[\d.:a-f]{3,45} \S+ \S+ \[\d\d\/|\[ {0,6}\d+\.\d{6}\]|\w[\w.-]{0,60}\[\d{1,7}\]: )/i;

const LINES = 20_000;

/** Log lines that were pasted into a text, at least two. Null when there are none. */
export function findLogs(text: string): string | null {
  const lines = text.slice(0, 1024 * 1024).split(/\r\n|\r|\n/, LINES).filter((line) => LOG.test(line));
  return lines.length > 1 ? lines.join('\n') : null;
}
