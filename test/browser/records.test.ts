import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { linesOf, write } from '../cli/project.ts'
import { join } from 'node:path'
import { openNotes, type ServedProject } from './served-project.ts'
import { inBrowser, patientMs, useBrowser } from './watched-browser.ts'

const count = 24
/** Of 24 notes two are refused by a filter, two come in no form, and the answers to five wait for a person. */
const troubles: Readonly<Record<number, string>> = {
  3: '[[content_filter]]',
  9: '[[content_filter]]',
  14: '[[wrong_schema]]',
  20: '[[wrong_schema]]',
}
const job = `score: { of: ({ row }) => (row.id % 4 === 2 ? 0.2 : 0.9), min: 0.5 },
  retry: { max: 1 },`

inBrowser('records in the dashboard', () => {
  const browser = useBrowser()
  let project: ServedProject
  let run = ''
  beforeAll(async () => {
    project = await openNotes({ job, files: writeNotes })
    run = await project.start()
    await project.until(run, 'done')
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('filters of rows stand in the address, and an address has its filters', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}/rows`)
    await rowsSay(page, `of ${count}`)
    await page.getByRole('button', { name: /^State:/ }).click()
    await page.getByRole('button', { name: 'What needs attention' }).click()
    await rowsSay(page, 'of 9')
    expect(new URL(page.url()).searchParams.get('outcome')).toContain('refused')
    await page.keyboard.press('Escape')
    await page.keyboard.press('/')
    await page.keyboard.type('1')
    await rowsSay(page, 'of 3')
    expect(new URL(page.url()).searchParams.get('q')).toBe('1')
    const address = page.url()
    await page.reload()
    await rowsSay(page, 'of 3')
    expect(page.url()).toBe(address)
    await page.getByRole('button', { name: 'Clear' }).click()
    await rowsSay(page, `of ${count}`)
  })

  test('rows are sorted by a press on the head of a column, and searched by what was answered', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}/rows`)
    await rowsSay(page, `of ${count}`)
    const first = (): Promise<string | null> =>
      page.getByRole('table', { name: 'Records' }).locator('[data-at="0"]').textContent()
    await page.getByRole('button', { name: 'Sort by Key' }).click()
    await page.getByRole('columnheader', { name: 'Sort by Key' }).waitFor()
    await rowsSay(page, `of ${count}`)
    expect(new URL(page.url()).searchParams.get('sort')).toBe('key')
    await page.getByRole('button', { name: 'Sort by Key' }).click()
    await expect.poll(first).toBe(String(count - 1))
    expect(new URL(page.url()).searchParams.get('sort')).toBe('-key')
    await page.getByText(`offpeak results ${run} --sort key --desc`).waitFor()
    await page.getByLabel('Answer has').fill('no answer has this')
    await page.getByRole('heading', { name: 'No record matches' }).waitFor()
    await page.getByRole('button', { name: 'Clear', exact: true }).click()
    await rowsSay(page, `of ${count}`)
  })

  test('a record is opened next to the list with its tries and what was written, and j continues to the next', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}/rows`)
    await page.getByRole('link', { name: '14', exact: true }).click()
    const record = page.getByRole('complementary', { name: 'Record' })
    await record.getByText('try 1').waitFor()
    expect(page.url()).toContain(`/runs/${run}/rows/14`)
    await record.getByText('the answer does not fit', { exact: false }).waitFor()
    await page.keyboard.press('j')
    await page.getByRole('table', { name: 'Before and after' }).getByText('summary').waitFor()
    expect(page.url()).toContain(`/runs/${run}/rows/15`)
    await page.keyboard.press('Escape')
    await page.getByRole('table', { name: 'Before and after' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).pathname).toBe(`/runs/${run}/rows`)
  })

  test('errors stand by their cause, and sending them again says the price before the click', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}/errors`)
    await page.getByRole('heading', { name: '9 records need attention' }).waitFor()
    const group = page.getByRole('listitem').filter({ hasText: 'content_filter' }).first()
    await group.getByRole('link', { name: '3', exact: true }).waitFor()
    await group.getByRole('button', { name: 'Retry these 2…' }).click()
    const dialog = page.getByRole('dialog')
    // The same request would be refused again: nothing is offered before somebody insists.
    await dialog.getByText('nothing of their requests is another now').waitFor()
    await dialog.getByRole('button', { name: 'Send again' }).and(dialog.locator(':disabled')).waitFor()
    await dialog.getByRole('radio', { name: 'As sent' }).click()
    const send = dialog.getByRole('button', { name: /^Send 2 requests for about \$0\.\d+/ })
    await send.waitFor()
    await dialog.getByText(`offpeak retry ${run}`, { exact: false }).waitFor()
    await send.click()
    await dialog.waitFor({ state: 'detached' })
    await project.until(run, 'done')
    await page.goto(`${project.url}/runs/${run}/rows/3`)
    await page.getByText('try 2').first().waitFor()
  })

  test('answers are judged by keys alone, and what is accepted or edited is then in the sink', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}/review?source=review`)
    const queue = await held()
    expect(queue).toHaveLength(5)
    const [accepted = '', edited = '', rejected = '', last = ''] = queue
    const shown = (key: string): Promise<void> =>
      page.getByRole('article', { name: 'Review' }).getByRole('heading', { name: key, exact: true }).waitFor()
    const ready = (): Promise<void> => page.getByRole('heading', { name: 'Answer' }).waitFor()
    for (const key of queue) expect(keysInSink()).not.toContain(key)
    await shown(accepted)
    await ready()
    await page.keyboard.press('a')
    await shown(edited)
    await expect.poll(keysInSink, waiting).toContain(accepted)
    await ready()
    await page.keyboard.press('e')
    await page.getByRole('button', { name: 'Edit all of it as JSON' }).click()
    await page.getByLabel('Answer, as JSON').fill('{"summary": 5}')
    await page.keyboard.press('Control+Enter')
    await page
      .locator('[id$=about]')
      .getByText(/string/)
      .waitFor()
    expect(keysInSink(), 'what does not fit is not taken').not.toContain(edited)
    await page.getByLabel('Answer, as JSON').fill('{"summary": "Somebody wrote this."}')
    await page.keyboard.press('Control+Enter')
    await shown(rejected)
    expect(sink().find(({ key }) => key === edited)?.summary).toBe('Somebody wrote this.')
    await ready()
    await page.keyboard.press('r')
    await page.getByLabel('Why it is rejected').waitFor()
    await page.keyboard.type('made up')
    await page.keyboard.press('Enter')
    await shown(last)
    await expect.poll(given, waiting).toMatchObject({ accept: 1, edit: 1, reject: 1 })
    await page.keyboard.press('u')
    await shown(rejected)
    await expect.poll(given, waiting).toMatchObject({ accept: 1, edit: 1, reject: 0 })
    expect(keysInSink()).not.toContain(rejected)
  })

  test('two runs are compared record by record, and judged by keys that also take it back', async () => {
    const other = await project.start({ redo: true, params: { style: 'short' } })
    await project.until(other, 'done')
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/compare?a=${run}&b=${other}`)
    const record = page.getByRole('article')
    await record.getByRole('heading', { name: '0', exact: true }).waitFor()
    await page.keyboard.press('2')
    await record.getByRole('heading', { name: '1', exact: true }).waitFor()
    await page.keyboard.press('1')
    await record.getByRole('heading', { name: '4', exact: true }).waitFor()
    await page.keyboard.press('k')
    await record.getByRole('heading', { name: '1', exact: true }).waitFor()
    expect(await record.getByRole('button', { name: 'A', exact: true }).getAttribute('aria-pressed')).toBe(
      'true',
    )
    await expect.poll(() => preferred(run, other), waiting).toEqual({ a: 1, b: 1, tie: 0, bad: 0 })
    await page.keyboard.press('1')
    await expect.poll(() => preferred(run, other), waiting).toEqual({ a: 0, b: 1, tie: 0, bad: 0 })
    // What the newer run has written is not written over by a verdict about the older one.
    await page.goto(`${project.url}/runs/${run}/review?source=review`)
    await page.getByRole('heading', { name: 'Answer' }).waitFor()
    await page.keyboard.press('a')
    await page.getByText(`Run ${other} has brought a newer answer`, { exact: false }).waitFor()
  })

  async function preferred(a: string, b: string): Promise<object> {
    const compared = await project.ask('GET', `/compare?a=${a}&b=${b}`)
    return z.object({ preferred: z.record(z.string(), z.number()) }).parse(compared).preferred
  }

  const waiting = { timeout: patientMs }
  const line = z.looseObject({ key: z.string(), summary: z.string() })
  const sink = (): readonly z.infer<typeof line>[] => linesOf(join(project.dir, 'out.jsonl'), line)
  const keysInSink = (): readonly string[] => sink().map(({ key }) => key)
  const held = async (): Promise<readonly string[]> =>
    z
      .object({ items: z.array(z.object({ key: z.string() })) })
      .parse(await project.ask('GET', `/runs/${run}/review?source=review`))
      .items.map(({ key }) => key)
  const given = async (): Promise<unknown> =>
    z.object({ verdicts: z.unknown() }).parse(await project.ask('GET', `/runs/${run}/review?source=review`))
      .verdicts
})

inBrowser('a long run in the dashboard', () => {
  const browser = useBrowser()

  test('its rows are scrolled to the end, and only those in sight are elements', async () => {
    const records = 20_000
    await using project = await openNotes({ records, speed: 5_000, config: '' })
    const run = await project.start()
    await project.until(run, 'done')
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}/rows`)
    await rowsSay(page, 'of 20,000')
    const elements = (): Promise<number> =>
      page.evaluate('document.querySelectorAll("*").length').then(Number)
    const few = await elements()
    await page.keyboard.press('End')
    await page.getByRole('link', { name: String(records - 1), exact: true }).waitFor()
    expect(await elements()).toBeLessThan(few * 2)
    expect(await page.getByRole('row').count()).toBeLessThan(100)
    // And by the wheel, back over a part of it.
    const region = page.getByRole('region', { name: 'Records, scrolling' })
    await region.hover()
    for (let turns = 0; turns < 10; turns += 1) await page.mouse.wheel(0, -2_000)
    await page.getByRole('link', { name: String(records - 1), exact: true }).waitFor({ state: 'detached' })
    await page.getByText('Reading', { exact: true }).first().waitFor({ state: 'detached' })
    expect(await elements()).toBeLessThan(few * 2)
    await page.keyboard.press('Home')
    await page.getByRole('link', { name: '0', exact: true }).waitFor()
  })
})

/** Waits until the foot of the list says so many. */
function rowsSay(page: Page, words: string): Promise<void> {
  return page.getByText(new RegExp(`^\\d+ to \\d+ ${words}$`)).waitFor()
}

async function writeNotes(dir: string): Promise<void> {
  const notes = Array.from({ length: count }, (_, id) => ({
    id,
    text: `Note ${id} tells of a ship that came in at noon. ${troubles[id] ?? ''} Its master went ashore.`,
  }))
  await write(dir, {
    'notes.jsonl': notes.map((note) => `${JSON.stringify(note)}\n`).join(''),
    'jobs/notes.job.ts': `import { azure, defineJob, jsonl } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  params: z.object({ style: z.string().default('plain') }),
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: azure('gpt-4o-mini-batch'),
  maxTokens: 100,
  prompt: ({ row, params }) => (params.style === 'plain' ? row.text : \`A \${params.style} story is wanted here. \${row.text}\`),
  output: z.object({ summary: z.string() }),
  to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ ...output, was: row.text.length }) },
  budget: { perRun: '$5' },
  ${job}
})
`,
  })
}
