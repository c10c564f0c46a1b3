/**
 * Takes the pictures in docs/screenshots: the headnotes example in a folder of its own, worked on by `offpeak dev`, and
 * looked at with Chromium. Everything in them has happened, on this machine and with the emulator.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { z } from 'zod'
import { openBrowser } from '../test/support/chromium.ts'
import { buildDashboard } from '../test/support/dashboard-build.ts'
import { copyExample, say } from './example-project.ts'
import { palettePng } from './palette-png.ts'

const root = join(import.meta.dirname, '..')
const place = join(root, 'docs', 'screenshots')
const cases = 2_400
const compared = 300
const scored = z.object({ key: z.string(), scoreA: z.number(), scoreB: z.number() })
/** Scores that are closer say nothing. */
const asGood = 0.1
const standing = z.object({ state: z.string(), counts: z.record(z.string(), z.number()) })

await buildDashboard()
await rm(join(root, '.example', 'court-cases'), { recursive: true, force: true })
const { folder, node } = await copyExample('headnotes', join('.example', 'court-cases'))
await writeFile(
  join(folder, 'offpeak.config.ts'),
  `import { defineConfig } from 'offpeak'

export default defineConfig({
  emulator: true,
  database: 'pglite:.offpeak/cases',
  batch: { maxRequests: 60 },
  timings: { pollEveryMs: 200 },
})
`,
)
await writeFile(
  join(folder, 'jobs', 'headnotes.job.ts'),
  `import { azure, defineJob, postgres, sql, truncate } from 'offpeak'
import { z } from 'zod'

export default defineJob({
  name: 'headnotes',
  params: z.object({ form: z.enum(['full', 'brief']).default('full') }),
  from: postgres.rows({
    query: sql\`select neutral_citation, case_name, court, full_text, headnote from court_cases\`,
    key: 'neutral_citation',
    row: z.object({
      neutral_citation: z.string(),
      case_name: z.string(),
      court: z.string(),
      full_text: z.string(),
      headnote: z.string().nullable(),
    }),
  }),
  model: azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' }),
  temperature: 0.1,
  maxTokens: 600,
  prompt: ({ row, params }) => ({
    system:
      params.form === 'full'
        ? 'You are a senior law reporter. Write the headnote of the judgment: what happened, what was decided and why.'
        : 'You are a senior law reporter. Write the headnote of the judgment in two sentences.',
    user: \`\${row.case_name}, \${row.court}\\n\\n\${truncate(row.full_text, { characters: 20_000 })}\`,
  }),
  output: z.object({ headnote: z.string().min(40), topics: z.array(z.string()).max(5), confidence: z.number().min(0).max(1) }),
  check: ({ output }) => output.headnote.length <= 400 || 'the headnote is longer than 400 characters',
  score: { of: ({ output }) => output.confidence, min: 0.05 },
  to: { table: 'court_cases', set: ({ row, output }) => ({ headnote: \`\${row.case_name}: \${output.headnote}\` }) },
  retry: { max: 1 },
  budget: { perRun: '$90' },
})
`,
)
await node('seed.ts', '--cases', String(cases))

const dev = spawn(
  process.execPath,
  [
    join(root, 'bin', 'offpeak.js'),
    'dev',
    '--no-open',
    '--json',
    '--port',
    '0',
    '--emulator-port',
    '0',
    '--speed',
    '400',
  ],
  { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
)
const exited = once(dev, 'exit')
try {
  const [line] = z.tuple([z.string()]).parse(await once(createInterface(dev.stdout), 'line'))
  const { url, link } = z.object({ url: z.string(), link: z.string() }).parse(JSON.parse(line))
  await takeAll(url, link)
} finally {
  dev.kill('SIGTERM')
  await exited
}

/** Lives through a few runs, and takes every picture in both colours. */
async function takeAll(url: string, link: string): Promise<void> {
  const ask = await asker(url, link)
  const start = async (wish: object): Promise<string> => {
    const started = await ask('POST', '/jobs/headnotes/runs', { maxCost: '$5', ...wish })
    return z.object({ status: z.object({ run: z.string() }) }).parse(started).status.run
  }
  say('Two runs with two prompts, and some trouble at the provider')
  await ask('POST', '/emulator/faults', { scenario: 'line-5xx', times: 'all' })
  const full = await start({ limit: compared, params: { form: 'full' } })
  await until(ask, full, ({ state }) => state === 'done')
  await ask('DELETE', '/emulator/faults')
  const brief = await start({ limit: compared, params: { form: 'brief' }, redo: true })
  await until(ask, brief, ({ state }) => state === 'done')
  await judge(ask, full, brief)
  say('A run over everything, stopped where half of it is done')
  await ask('POST', '/emulator/clock', { speed: 40 })
  const whole = await start({ params: { form: 'full' }, redo: true, maxCost: '$2' })
  await until(ask, whole, ({ counts: { merged = 0 } }) => merged > cases * 0.45)
  await ask('POST', '/emulator/clock', { speed: 0.01 })
  await mkdir(place, { recursive: true })
  await using browser = await openBrowser()
  const page = await browser.context.newPage()
  await page.goto(link)
  await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
  const merged = await firstKey(ask, full, 'merged')
  const pictures: Readonly<Record<string, string>> = {
    run: `/runs/${whole}`,
    rows: `/runs/${full}/rows`,
    row: `/runs/${full}/rows/${encodeURIComponent(merged)}?wide=true`,
    errors: `/runs/${full}/errors`,
    compare: `/compare?a=${full}&b=${brief}`,
    review: `/runs/${full}/review?source=review`,
    costs: '/costs?series=job',
    jobs: '/jobs/headnotes',
  }
  for (const [name, path] of Object.entries(pictures))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.goto(`${url}${path}`)
      await settle(page)
      await writeFile(join(place, `${name}-${colorScheme}.png`), palettePng(await page.screenshot()))
      say(`docs/screenshots/${name}-${colorScheme}.png`)
    }
  await ask('POST', `/runs/${whole}/cancel`, {})
}

type Ask = (method: string, path: string, body?: unknown) => Promise<unknown>

/** Asks the server as the person at this machine. */
async function asker(url: string, link: string): Promise<Ask> {
  const json = { 'content-type': 'application/json' }
  const session = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ token: link.split('#token=')[1] }),
  })
  const cookie = session.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: { ...json, cookie },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json()
  }
}

async function until(
  ask: Ask,
  run: string,
  is: (status: z.infer<typeof standing>) => boolean,
): Promise<void> {
  while (!is(standing.parse(await ask('GET', `/runs/${run}`)))) await sleep(100)
}

async function firstKey(ask: Ask, run: string, outcome: string): Promise<string> {
  const rows = await ask('GET', `/runs/${run}/rows?outcome=${outcome}&limit=1`)
  return z.object({ items: z.tuple([z.object({ key: z.string() })]) }).parse(rows).items[0].key
}

/** Prefers of forty records the answer with the better score, and neither where they are close. */
async function judge(ask: Ask, a: string, b: string): Promise<void> {
  const found = await ask('GET', `/compare/records?a=${a}&b=${b}&limit=40`)
  for (const { key, scoreA, scoreB } of z.object({ items: z.array(scored) }).parse(found).items) {
    const preference = Math.abs(scoreA - scoreB) < asGood ? 'tie' : scoreA > scoreB ? 'a' : 'b'
    await ask('POST', '/compare/preferences', { a, b, key, preference })
  }
}

/** Waits until everything that the page shows is read and drawn. */
async function settle(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.getByText('Reading', { exact: true }).first().waitFor({ state: 'detached' })
  await page.waitForLoadState('load')
  await page.evaluate(
    'document.fonts.ready.then(() => new Promise(requestAnimationFrame)).then(() => undefined)',
  )
  await sleep(400)
}
