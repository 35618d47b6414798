import { address } from '../../core/ticket/address';
import { loadNocConfig } from '../../platform/config/config';
import { options } from '../options';
import { Caller } from './ask';
import { exceptionChecks, liftChecks } from './lift-checks';
import { readChecks } from './read-checks';
import { Report } from './report';

interface Io { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

const USAGE = 'Usage: noc-check --ip ADDRESS [--url URL] [--token TOKEN] [--lift ADDRESS] [--wait SECONDS] [--exception] [--json]\n'
  + '  --ip         an address of yours, better a blocked one; nothing is changed\n'
  + '  --lift       an address whose block may really be lifted: only then lifts are tried\n'
  + '  --exception  orders an exception of one minute for a sender that cannot be\n'
  + '  --url, --token default to NOC_URL and NOC_TOKEN\n';

/** `noc-check`: whether a NOC keeps the contract (docs/noc.md, part 4). @returns 0 all holds, 1 something does not, 2 a wrong call, 3 the NOC cannot be reached */
export async function nocCheckCommand(args: string[], { stdout, stderr }: Io): Promise<number> {
  const { values, rest } = options(args, ['json', 'exception']);
  const settings = loadNocConfig();
  const [url, token] = [values['url'] ?? settings.NOC_URL, values['token'] ?? settings.NOC_TOKEN];
  const [ip, lift] = [address(values['ip'] ?? values['lift'] ?? ''), values['lift'] === undefined ? undefined : address(values['lift'])];
  const seconds = Number(values['wait'] ?? 120);
  const unknown = Object.keys(values).filter((name) => !['ip', 'url', 'token', 'lift', 'wait', 'exception', 'json'].includes(name));
  if (!url || !URL.canParse(url) || !token || !ip || lift === null || !(seconds > 0) || rest.length + unknown.length > 0) {
    stderr.write(USAGE);
    return 2;
  }
  const [caller, report] = [new Caller(url, token), new Report()];
  const isThere = await readChecks(caller, report, ip);
  if (isThere && lift) {
    await liftChecks(caller, report, lift, seconds);
  } else if (isThere) {
    report.skip('lift', 'A lift is carried out.', 'nothing is lifted without --lift ADDRESS');
  }
  if (isThere && values['exception']) {
    await exceptionChecks(caller, report, ip);
  }
  report.general(caller);
  stdout.write(values['json'] ? `${JSON.stringify({ url, failed: report.failed, results: report.results })}\n` : report.text(url));
  return !isThere ? 3 : report.failed > 0 ? 1 : 0;
}
