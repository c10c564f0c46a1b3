import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openNotes, type ServedProject } from './served-project.ts'
import { inBrowser, useBrowser } from './watched-browser.ts'

const told = z.object({ batches: z.array(z.object({ wait: z.object({ for: z.string() }).nullable() })) })

inBrowser('what a run waits for in the dashboard', () => {
  const browser = useBrowser()
  let project: ServedProject
  beforeAll(async () => {
    // Nobody listens there.
    project = await openNotes({
      emulator: 'none',
      model: "openaiCompatible({ baseUrl: 'http://127.0.0.1:9/v1' })('gpt-4o-mini')",
    })
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('a band says in words what does not answer, how often it was tried and when next; each batch says it too', async () => {
    const run = await project.start()
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${run}`)
    await page.getByText(/batch(es)? waits?: the provider cannot be reached/).waitFor()
    await page
      .getByText(/nobody listens at 127\.0\.0\.1:9 \(ECONNREFUSED\)/)
      .first()
      .waitFor()
    await page
      .getByText(/^for .*(next try in|trying now)/)
      .first()
      .waitFor()
    await page.goto(`${project.url}/runs/${run}/batches`)
    await page.getByText('waits: network').first().waitFor()
    await page
      .getByTitle(/the provider cannot be reached: .*ECONNREFUSED/)
      .first()
      .waitFor()
    await page.goto(`${project.url}/runs/${run}/events`)
    await page.getByText('Batch 0 waits').first().waitFor()
    const { batches } = told.parse(await project.ask('GET', `/runs/${run}`))
    expect(batches.map(({ wait }) => wait?.for)).toContain('network')
  })
})
