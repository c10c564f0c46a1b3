import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { runCli } from '../cli/child.ts'
import { write } from '../cli/project.ts'
import { openNotes, serveDashboard, type ServedProject } from './served-project.ts'
import { inBrowser, patientMs, useBrowser } from './watched-browser.ts'

/** A mark that a page loses when it is loaded anew. */
const mark = (page: Page): Promise<unknown> => page.evaluate('window.sameAsBefore = true')
const isMarked = (page: Page): Promise<unknown> => page.evaluate('window.sameAsBefore === true')

inBrowser('runs in the dashboard', () => {
  const browser = useBrowser()
  let project: ServedProject
  beforeAll(async () => {
    project = await openNotes()
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('the link of the terminal lets the browser in, and leaves nothing of itself in the address', async () => {
    const page = await browser.visit(project.link)
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    expect(page.url()).toBe(`${project.url}/runs`)
    expect(await page.evaluate('document.cookie'), 'no script reads the session').toBe('')
    await page.reload()
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
  })

  test('a key lets the browser in, a wrong one is told so, and leaving closes the door', async () => {
    const made = await runCli(project.dir, ['keys', 'add', 'browser', '--scope', 'read'])
    const page = await browser.visit(`${project.url}/jobs`)
    const field = page.getByLabel('Or paste a key')
    await field.fill('op_live_aaaaaaaa_wrong')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('alert').getByText('The token or the key is not valid').waitFor()
    await field.fill(made.stdout.trim())
    await page.getByRole('button', { name: 'Log in' }).click()
    // The page that was asked for in the first place.
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor()
    await page.getByText('browser, may read').first().waitFor()
    await page.goto(`${project.url}/new?job=notes`)
    expect(await page.getByRole('button', { name: 'Plan', exact: true }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'leave' }).click()
    await page.getByLabel('Or paste a key').waitFor()
  })

  test('a run is planned, agreed to by its amount, started and followed to its end', async () => {
    const page = await browser.visit(project.link)
    await project.hold()
    await page.getByRole('link', { name: 'New run' }).click()
    await page.getByRole('button', { name: 'Plan', exact: true }).click()
    const plan = page.getByRole('region', { name: 'Plan' })
    await plan.getByText('12', { exact: false }).first().waitFor()
    const run = page.getByRole('button', { name: /^Run 12 requests/ })
    expect(await run.isDisabled(), 'nothing is sent without an amount').toBe(true)
    await page.getByLabel('It may cost up to').fill('$1.50')
    expect(await run.innerText()).toContain('up to $1.50')
    await run.click()
    await page.getByRole('heading', { name: 'notes', level: 1 }).waitFor()
    await page.getByText('running', { exact: true }).first().waitFor()
    await mark(page)
    await project.release()
    await page.getByText('12 of 12 records merged').waitFor()
    await page.getByText('done', { exact: true }).first().waitFor()
    expect(await isMarked(page), 'without a reload').toBe(true)
    expect(sinkOf(project)).toHaveLength(12)
  })

  test('a run that another process starts comes into the list, and is followed', async () => {
    await project.hold()
    const page = await browser.visit(project.link)
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    await page.getByText('live', { exact: true }).first().waitFor()
    await mark(page)
    const { stdout } = await runCli(project.dir, ['run', 'notes', '--yes', '--detach', '--json', '--redo'])
    const id = /"run":"(\w+)"/.exec(stdout)?.[1] ?? ''
    await page.getByRole('row').filter({ hasText: id }).getByText('running').first().waitFor()
    await page.getByRole('link', { name: id }).click()
    await page.getByText('0 of 12 records merged').waitFor()
    await project.release()
    await page.getByText('12 of 12 records merged').waitFor()
    expect(await isMarked(page), 'without a reload').toBe(true)
  })

  test('a run is paused and continues within the amount that is agreed to', async () => {
    await project.hold()
    const page = await browser.visit(project.link)
    const id = await project.start({ redo: true })
    await page.goto(`${project.url}/runs/${id}`)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('Somebody paused it.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Resume…' }).click()
    const dialog = page.getByRole('dialog', { name: `Resume run ${id}` })
    await dialog.getByLabel('The run may cost in total').fill('$2')
    await dialog.getByRole('button', { name: 'Resume, up to $2.00' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await project.release()
    await page.getByText('12 of 12 records merged').waitFor()
    expect(await project.ask('GET', `/runs/${id}`)).toMatchObject({ money: { capMicroUsd: 2_000_000 } })
  })

  test('before a run is cancelled the page says what of it is billed', async () => {
    await project.hold()
    const page = await browser.visit(project.link)
    const id = await project.start({ redo: true })
    await page.goto(`${project.url}/runs/${id}`)
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Cancel…' }).click()
    const dialog = page.getByRole('dialog', { name: `Cancel run ${id}` })
    await dialog.getByText(/is billed, at most \$0\.\d+/).waitFor()
    await dialog.getByRole('radio', { name: 'All of it' }).check()
    await dialog.getByText(`offpeak cancel ${id}`, { exact: true }).waitFor()
    await dialog.getByRole('button', { name: 'Cancel the run' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await project.release()
    await page.getByText('cancelled', { exact: true }).first().waitFor()
  })

  test('the emulator is told to fail what comes, and the run shows it', async () => {
    const page = await browser.visit(project.link)
    await page.getByRole('link', { name: 'Emulator' }).click()
    await page.getByText('Every batch').click()
    await page.getByLabel('What happens').selectOption('all-failed')
    await page.getByRole('button', { name: 'Set' }).click()
    await page.getByRole('table', { name: 'Faults that are set' }).getByText('all-failed').waitFor()
    const id = await project.start({ redo: true })
    await page.goto(`${project.url}/runs/${id}`)
    await page.getByText('needs attention', { exact: true }).first().waitFor()
    await page.getByText('0 of 12 records merged').waitFor()
    await page
      .getByRole('link', { name: /^Errors/ })
      .getByText('12')
      .waitFor()
    await page.getByRole('link', { name: 'Emulator' }).click()
    await page.getByRole('button', { name: 'Clear all' }).click()
    await page.getByText('Nothing is set').waitFor()
  })

  test('rows that lost their answers are written again for nothing, or planned anew, from the page of the plan', async () => {
    await using texts = await openNotes({
      files: async (dir) => {
        await write(dir, {
          'jobs/texts.job.ts': `import { azure, defineJob, sqlite, sql } from 'offpeak'
export default defineJob({
  name: 'texts', maxTokens: 50, model: azure('gpt-4o-mini-batch'),
  from: sqlite.rows({ file: 'texts.db', query: sql\`select id, body from texts where digest is null\`, key: 'id' }),
  prompt: ({ row }) => String(row.body),
  to: { database: 'texts.db', table: 'texts', set: ({ output }) => ({ digest: output }) },
})
`,
        })
        using database = new DatabaseSync(join(dir, 'texts.db'))
        database.exec('create table texts (id integer primary key, body text, digest text)')
        for (let id = 1; id <= 6; id += 1)
          database.prepare('insert into texts values (?, ?, null)').run(id, `Text ${id} tells of a ship.`)
      },
    })
    const started = await texts.ask('POST', '/jobs/texts/runs', { maxCost: '$1' })
    const { run } = z.object({ status: z.object({ run: z.string() }) }).parse(started).status
    await texts.until(run, 'done')
    using database = new DatabaseSync(join(texts.dir, 'texts.db'))
    const open = (): unknown =>
      database.prepare('select count(*) as open from texts where digest is null').get()
    expect(open()).toEqual({ open: 0 })
    database.exec('update texts set digest = null where id > 2')
    const page = await browser.visit(texts.link)
    await page.goto(`${texts.url}/new?job=texts`)
    await page.getByRole('button', { name: 'Plan', exact: true }).click()
    await page.getByText('4 records are done and selected again').waitFor()
    await page.getByRole('button', { name: 'Plan to ask again' }).click()
    await page.getByRole('button', { name: 'Run 4 requests' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Plan', exact: true }).click()
    await page.getByRole('button', { name: `Write the answers of run ${run} again` }).click()
    await page.getByRole('button', { name: 'Merge again' }).click()
    await page.getByText('Done: 6 merged').waitFor()
    expect(open()).toEqual({ open: 0 })
  })

  test('a lost server is told, and its return is noticed by the page itself', async () => {
    await using first = await openNotes()
    await first.hold()
    const page = await browser.visit(first.link)
    const id = await first.start()
    await page.getByRole('link', { name: id }).click()
    await page.getByText('0 of 12 records merged').waitFor()
    // All is at the provider: a create call that is cut off would be looked for at leisure.
    for (const n of [0, 1, 2]) await page.getByRole('button', { name: `Batch ${n}: running` }).waitFor()
    await mark(page)
    // The page waits longer after each try; the test need not.
    await page.clock.install()
    await first.served.end('SIGKILL')
    const lost = page.getByRole('button', { name: /connection lost/ })
    await page.getByText('reconnecting', { exact: true }).first().waitFor()
    await letPass(page, () => lost.isVisible())
    await using again = await serveDashboard(
      first.dir,
      'serve',
      '--print-link',
      '--port',
      new URL(first.url).port,
    )
    expect(again.link).toBe(first.link)
    const live = page.getByText('live', { exact: true }).first()
    await letPass(page, () => live.isVisible())
    await first.release()
    await page.getByText('12 of 12 records merged').waitFor()
    expect(await isMarked(page), 'without a reload').toBe(true)
    expect(sinkOf(first), 'and each note is written once').toHaveLength(12)
  })
})

/** Lets the waiting of a page be over until something is so. */
async function letPass(page: Page, isSo: () => Promise<boolean>): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.clock.fastForward(30_000)
        return isSo()
      },
      { timeout: patientMs, interval: 200 },
    )
    .toBe(true)
}

function sinkOf({ dir }: ServedProject): readonly string[] {
  return readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')
}
