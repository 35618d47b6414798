import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Desk } from './desk';

export interface Opened {
  context: BrowserContext;
  page: Page;
  /** what went wrong on the page: errors of scripts, of the console, and answers of 400 and above */
  problems: string[];
}

/** The desk in a browser, as people use it. */
export function deskBrowser(desk: Pick<Desk, 'url' | 'staff'>, browser: () => Browser) {
  /** A page that notes what goes wrong on it. */
  const open = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Opened> => {
    const context = await browser().newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    // No page of the desk asks anybody else for anything, whatever stands in a mail (T21).
    page.on('request', (request) => !request.url().startsWith(desk.url) && !request.url().startsWith('data:') && problems.push(`asked of others: ${request.url()}`));
    page.on('response', (response) => response.status() >= 400 && problems.push(`${response.status()} ${response.url()}`));
    return { context, page, problems };
  };
  const signIn = async (page: Page, role = 'reviewer'): Promise<void> => {
    const member = desk.staff.find((one) => one.role === role);
    await page.goto(`${desk.url}/desk/sign-in`);
    await page.fill('#email', member?.email ?? '');
    await page.fill('#password', member?.password ?? '');
    await page.press('#password', 'Enter');
    await page.waitForURL(`${desk.url}/desk`);
  };
  return {
    open, signIn,
    /** A page where somebody of this role is signed in. */
    as: async (role: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Opened> => {
      const opened = await open(options);
      await signIn(opened.page, role);
      return opened;
    },
    /** Presses Tab until what has the focus is this. */
    tabTo: async (page: Page, selector: string): Promise<void> => {
      for (let presses = 0; presses < 120; presses++) {
        if (await page.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)})`)) {
          return;
        }
        await page.keyboard.press('Tab');
      }
      throw new Error(`120 presses of Tab do not lead to ${selector}.`);
    },
    /** Clicks when the page has come whole: one without scripts is shown while it still comes, and what is clicked then may be replaced under the click. */
    press: async (page: Page, selector: string): Promise<void> => {
      await page.waitForLoadState();
      await page.click(selector);
    },
    /** What stands on the page, as somebody reads it when it has come whole. */
    read: async (page: Page, selector = 'main'): Promise<string> => {
      await page.waitForLoadState();
      return (await page.locator(selector).first().innerText()).replace(/\s+/g, ' ');
    },
    /** Waits until the page says this. */
    says: (page: Page, selector: string, words: string): Promise<unknown> => page.locator(selector, { hasText: words }).first().waitFor(),
  };
}
