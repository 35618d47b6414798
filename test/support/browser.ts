import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'];
const found = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

if (!found) {
  process.stderr.write('NO BROWSER: the journeys in a real browser are skipped. Install chromium, or name one in CHROMIUM.\n');
}

/** `describe` where there is a browser, else `describe.skip`; that it was skipped is said aloud above. */
export const describeInBrowser = found ? describe : describe.skip;

/** A headless browser that talks to this machine only. Close it in afterAll. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: found,
    headless: true,
    timeout: 120_000,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
    ],
  });
}
