import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

const places: readonly string[] = [
  process.env['OFFPEAK_TEST_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The browser of this machine; null when it has none, or is told to have none, and tests that need one are skipped. */
export const chromiumPath: string | null =
  places[0] === 'none' ? null : (places.find((path) => path !== '' && existsSync(path)) ?? null)

export interface Screen {
  readonly width: number
  readonly height: number
  readonly colorScheme: 'light' | 'dark'
}

const desktop: Screen = { width: 1440, height: 900, colorScheme: 'light' }

/** Starts the browser with a profile of its own, which is gone afterwards. It calls nobody but the pages it opens. */
export async function openBrowser(
  screen: Partial<Screen> = {},
): Promise<{ readonly context: BrowserContext } & AsyncDisposable> {
  if (chromiumPath === null) throw new Error('no Chromium: install it, or name it in OFFPEAK_TEST_CHROMIUM')
  const { width, height, colorScheme } = { ...desktop, ...screen }
  const profile = mkdtempSync(join(tmpdir(), 'offpeak-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath,
    headless: true,
    viewport: { width, height },
    colorScheme,
    locale: 'en-GB',
    timezoneId: 'UTC',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
