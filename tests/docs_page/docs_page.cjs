// The documentation page in a real browser: it needs nothing but the service, its own security policy lets it work,
// and "Try it out" gets an answer with a pasted token.
//
//   node docs_page.cjs BASE_URL TOKEN_FILE SCREENSHOT    (TOKEN_FILE as `tutela demo --tokens-file` writes it)
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { chromium } = require('playwright-core');

const [base, tokensFile, screenshot] = process.argv.slice(2);
const who = process.env.TUTELA_DOCS_CALLER ?? 'trust-a dsl';
const path = process.env.TUTELA_DOCS_PATH ?? '/v1/hubs';

async function main() {
  const token = JSON.parse(fs.readFileSync(tokensFile, 'utf8')).tokens[who];
  assert.ok(token, `the tokens file has no token of "${who}"`);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
      // Nothing but this machine has an address.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  try {
    await check(await browser.newPage({ viewport: { width: 1280, height: 1400 } }), token);
  } finally {
    await browser.close();
  }
}

async function check(page, token) {
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  const asked = [];
  await page.route('**/*', (route) => {
    const url = route.request().url();
    asked.push(url);
    return url.startsWith(`${base}/`) ? route.continue() : route.abort();
  });
  page.setDefaultTimeout(20_000);
  try {
    await page.goto(`${base}/docs/`);
    await page.locator('.swagger-ui .info .title').waitFor();
    await authorize(page, token);
    await tryOut(page);
  } finally {
    await page.screenshot({ path: screenshot });
    for (const complaint of complaints) console.error(`  ${complaint}`);
  }
  assert.deepEqual(complaints, [], 'the page complained');
  assert.deepEqual(asked.filter((url) => !url.startsWith(`${base}/`)), [], 'the page asked elsewhere');
  console.log(`docs page: ${asked.length} requests, all to the service; GET ${path} answered 200 as ${who}`);
}

async function authorize(page, token) {
  await page.locator('.scheme-container .btn.authorize').click();
  const form = page.locator('.modal-ux .auth-container').first();
  await form.locator('input').first().fill(token);
  await form.locator('button.authorize').click();
  // "Logout" stands where "Authorize" stood: the token was taken.
  await form.getByRole('button', { name: 'Remove authorization' }).waitFor();
  await form.locator('button.btn-done').click();
}

async function tryOut(page) {
  const operation = page.locator('.opblock-get', { has: page.locator(`[data-path="${path}"]`) });
  await operation.locator('.opblock-summary-control').click();
  await operation.locator('.try-out__btn').click();
  await operation.locator('button.execute').click();
  const status = operation.locator('.live-responses-table .response-col_status').nth(1);
  await status.waitFor();
  assert.match((await status.innerText()).trim(), /^200\b/, 'the answer that the page shows');
  const body = await operation.locator('.live-responses-table .response-col_description').nth(1).innerText();
  assert.match(body, /"items"/, 'the answer has a page of items');
  await operation.locator('.live-responses-table').scrollIntoViewIfNeeded();
}

main().catch((error) => {
  console.error(`docs page: ${error.message}`);
  process.exit(1);
});
