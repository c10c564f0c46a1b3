import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { buildDashboard } from '../support/dashboard-build.ts'
import { chromiumPath, openBrowser, type Screen } from '../support/chromium.ts'

/** Tests that need a browser; skipped where there is none: install Chromium, or name it in OFFPEAK_TEST_CHROMIUM. */
export function inBrowser(name: string, tests: () => void): void {
  if (chromiumPath === null) describe.skip(`${name} (there is no browser here)`, tests)
  else describe(name, tests)
}

/** Longer than anything takes, also on a machine that does much else. */
export const patientMs = 30_000

export interface WatchedBrowser {
  readonly context: () => BrowserContext
  /** Opens a page of its own, which is closed after the test; `origin`: the only one that it may ask. */
  readonly visit: (address: string) => Promise<Page>
  /** What no page of ours does: errors, dialogs, things that its policy forbids, calls to anybody else. */
  readonly problems: string[]
}

/** Tells of whatever the policy of a page forbade, where the test hears it. */
const tellViolations = `addEventListener('securitypolicyviolation', (event) =>
  console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sourceFile + ':' + event.lineNumber))`

/** One browser for the tests of a block. After each of them, its pages have done nothing that they may not. */
export function useBrowser(screen: Partial<Screen> = {}): WatchedBrowser {
  let browser: Awaited<ReturnType<typeof openBrowser>> | null = null
  const problems: string[] = []
  const context = (): BrowserContext => {
    if (browser === null) throw new Error('the browser is not open')
    return browser.context
  }
  beforeAll(async () => {
    await buildDashboard()
    browser = await openBrowser(screen)
    browser.context.setDefaultTimeout(patientMs)
    await browser.context.addInitScript(tellViolations)
  })
  afterAll(() => browser?.[Symbol.asyncDispose]())
  afterEach(async () => {
    for (const page of context().pages().slice(1)) await page.close()
    await context().clearCookies()
    const found = problems.splice(0)
    expect(found).toEqual([])
  })
  return {
    context,
    problems,
    async visit(address) {
      const page = await context().newPage()
      watch(page, new URL(address).origin, problems)
      await page.goto(address)
      return page
    },
  }
}

function watch(page: Page, origin: string, problems: string[]): void {
  page.on('pageerror', (error) => problems.push(`error: ${error.stack ?? error.message}`))
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    const text = message.text()
    // What the server refuses, or a server that is away, is told by the pages themselves.
    if (['error', 'warning'].includes(message.type()) && !text.startsWith('Failed to load resource'))
      problems.push(`console: ${text}`)
  })
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) problems.push(`calls ${request.url()}`)
  })
}
