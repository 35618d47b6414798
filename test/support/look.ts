import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = process.env['PICTURES'];
const WIDTHS = [1440, 992, 320];
const HIGH = 900;

/**
 * What is wrong with the page in this tab, for everybody who reads it: wide and light, narrow and dark. With PICTURES=folder it also takes
 * pictures of it, at three widths, light and dark.
 * @param rules of axe-core that do not fit what is looked at, such as landmarks in a mail
 * @returns one line for each finding of axe-core, and one where something is wider than the window; none when all is well
 */
export async function look(tab: Page, name: string, { without = [] }: { without?: string[] } = {}): Promise<string[]> {
  const found: string[] = [];
  await tab.waitForLoadState();
  await tab.evaluate(AXE);
  const run = async (how: string): Promise<void> => {
    const { violations } = (await tab.evaluate(`axe.run(document, ${JSON.stringify({ resultTypes: ['violations'], rules: Object.fromEntries(without.map((rule) => [rule, { enabled: false }])) })})`)) as AxeResults;
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${name}, ${how}: ${id}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`)));
  };
  await dress(tab, 1280, 'light');
  await run('wide');
  await dress(tab, 320, 'dark');
  await run('320 px, dark');
  const wide = Number(await tab.evaluate('document.documentElement.scrollWidth - window.innerWidth'));
  if (wide > 0) {
    found.push(`${name}: ${wide} px wider than a window of 320`);
  }
  if (PICTURES) {
    for (const width of WIDTHS) {
      for (const theme of ['light', 'dark'] as const) {
        await dress(tab, width, theme);
        await tab.screenshot({ path: `${PICTURES}/${name.replace(/[^a-z0-9]+/gi, '-')}.${width}.${theme}.png`, fullPage: true });
      }
    }
  }
  await dress(tab, 1280, 'light');
  return found;
}

/** The theme as a page has it from the start: one that the server knew already does not follow the browser any more. */
async function dress(tab: Page, width: number, theme: 'light' | 'dark'): Promise<void> {
  await tab.emulateMedia({ colorScheme: theme });
  await tab.setViewportSize({ width, height: HIGH });
  await tab.evaluate(`document.documentElement.dataset.bsTheme = '${theme}'`);
  await settle(tab);
}

/** Ends what fades from one colour to the next: half way, a text can be hard to read that is not so in either. */
export async function settle(tab: Page): Promise<void> {
  await tab.evaluate('for (const animation of document.getAnimations()) { if (animation.effect?.getComputedTiming().endTime !== Infinity) { animation.finish(); } }');
}
