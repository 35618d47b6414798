import type { Browser, Page } from 'playwright-core';
import { describeInBrowser, startBrowser } from '../support/browser';
import { startDesk, type Desk } from '../support/desk';
import { identityProvider, type IdentityProviderStub } from '../support/identity-provider';

jest.setTimeout(120_000);

const CLIENT = { id: 'unblock-desk', secret: 'a secret of the client' };

describeInBrowser('single sign-on in a browser', () => {
  let desk: Desk;
  let issuer: IdentityProviderStub;
  let browser: Browser;
  beforeAll(async () => {
    issuer = await identityProvider(CLIENT);
    desk = await startDesk({ settings: { OIDC_ISSUER: issuer.issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret, OIDC_NAME: 'Staff login' } });
    browser = await startBrowser();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await desk?.stop();
    await issuer?.close();
  });

  const at = (page: Page): string => new URL(page.url()).pathname;
  const goOn = (page: Page): Promise<void> => page.getByRole('link', { name: /^Go on as/ }).click();

  it.each([[true], [false]])('with scripts %s: is unknown, signs in with a password, says that both are one person, and comes in by the issuer from then on', async (javaScriptEnabled) => {
    const context = await browser.newContext({ javaScriptEnabled });
    const page = await context.newPage();
    const person = desk.staff.find(({ role }) => role === (javaScriptEnabled ? 'reviewer' : 'lead'));
    issuer.person = `subject-of-${person?.role}-${javaScriptEnabled}`;
    await page.goto(`${desk.url}/desk/tickets/UB-0000-0000`);
    expect(at(page)).toBe('/desk/sign-in');
    await page.getByRole('link', { name: 'Sign in with Staff login' }).click();
    await goOn(page);
    await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
    expect(await page.locator('code').textContent()).toBe(issuer.person);
    await page.getByRole('link', { name: 'Sign in with a password' }).click();
    await page.getByLabel('E-mail address').fill(person?.email ?? '');
    await page.getByLabel('Password').fill(person?.password ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('link', { name: 'Go on to Staff login' }).click();
    await goOn(page);
    await page.getByRole('heading', { name: 'Is this you?' }).waitFor();
    expect(await page.locator('main').textContent()).toContain(person?.name ?? '?');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.waitForURL(/\/desk\/tickets\/UB-0000-0000$/);
    await context.clearCookies();
    await page.goto(`${desk.url}/desk/sign-in?next=/desk/keys`);
    await page.getByRole('link', { name: 'Sign in with Staff login' }).click();
    await goOn(page);
    await page.waitForURL(/\/desk\/keys$/);
    expect(await page.locator('body').textContent()).toContain(person?.name ?? '?');
    await context.close();
  });
});
