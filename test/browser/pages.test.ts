import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { openNotes, type ServedProject } from './served-project.ts'
import { inBrowser, useBrowser } from './watched-browser.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const found = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      nodes: z.array(z.looseObject({ html: z.string(), failureSummary: z.string() })),
    }),
  ),
})

/** What axe finds wrong with a page as it is now. */
async function faultsOf(page: Page, rules: readonly string[] | null = null): Promise<readonly string[]> {
  await page.evaluate(`if (window.axe === undefined) { ${axe} }`)
  const only = rules === null ? '' : `, runOnly: ${JSON.stringify(rules)}`
  const { violations } = found.parse(
    await page.evaluate(`axe.run(document, { resultTypes: ['violations']${only} })`),
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .slice(0, 3)
      .map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`),
  )
}

inBrowser('every page', () => {
  const browser = useBrowser()
  let project: ServedProject
  let [done, failed] = ['', '']
  beforeAll(async () => {
    project = await openNotes()
    done = await project.start()
    await project.until(done, 'done')
    await project.ask('POST', '/emulator/faults', { scenario: 'all-failed', times: 'all' })
    failed = await project.start({ redo: true })
    await project.until(failed, 'done')
  })
  afterAll(() => project[Symbol.asyncDispose]())

  /** The pages by their addresses. */
  const addresses = (): readonly string[] => [
    '/',
    '/jobs',
    '/jobs/notes',
    '/new?job=notes',
    `/runs/${failed}`,
    `/runs/${failed}/rows`,
    `/runs/${done}/rows/3`,
    `/runs/${failed}/errors`,
    `/runs/${failed}/batches`,
    `/runs/${done}/review?source=sample`,
    `/runs/${done}/prompt?against=${failed}`,
    `/runs/${failed}/events`,
    `/compare?a=${done}&b=${failed}`,
    '/costs',
    '/emulator',
    '/docs',
    '/no-such-page',
  ]

  test('says that what the emulator answers is SIMULATED, has no fault that axe finds, and fits its window: light and dark, wide and narrow', async () => {
    const page = await browser.visit(project.link)
    await page.emulateMedia({ reducedMotion: 'reduce' })
    const faults: string[] = []
    for (const address of addresses()) {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.goto(`${project.url}${address}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await settled(page)
      if ((await page.getByRole('note', { name: 'Simulated' }).count()) !== 1)
        faults.push(`${address} does not say that it is SIMULATED`)
      await page.emulateMedia({ colorScheme: 'dark' })
      // In other colours there are the same elements.
      faults.push(...(await faultsOf(page, ['color-contrast'])).map((fault) => `${address} dark ${fault}`))
      await page.emulateMedia({ colorScheme: 'light' })
      for (const width of [1440, 390]) {
        await page.setViewportSize({ width, height: 900 })
        await settled(page)
        faults.push(...(await faultsOf(page)).map((fault) => `${address} ${width} ${fault}`))
        const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        if (Number(wide) > 0) faults.push(`${address} is ${String(wide)} pixels wider than ${width}`)
      }
    }
    expect(faults).toEqual([])
  }, 180_000)

  test('has no fault in its dialogs either, and none at the door', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${failed}`)
    await page.getByRole('button', { name: 'Retry failed…' }).click()
    await page.getByRole('button', { name: /^Send 12 requests for/ }).waitFor()
    const faults = [...(await faultsOf(page))]
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    faults.push(...(await faultsOf(page)))
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'leave' }).click()
    await page.getByLabel('Or paste a key').waitFor()
    faults.push(...(await faultsOf(page)))
    expect(faults).toEqual([])
  })

  test('is reached by its keys, and `?` lists them', async () => {
    const page = await browser.visit(project.link)
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    for (const [keys, name] of [
      ['g j', 'Jobs'],
      ['g c', 'Costs'],
      ['g m', 'Compare'],
      ['g e', 'Emulator'],
      ['n', 'New run'],
      ['g r', 'Runs'],
    ] as const) {
      for (const key of keys.split(' ')) await page.keyboard.press(key)
      await page.getByRole('heading', { name, level: 1 }).waitFor()
    }
    // A key moves in a list that is there.
    await page.locator('[data-row]').first().waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'notes', level: 1 }).waitFor()
    await page.keyboard.press('4')
    await page.getByRole('table', { name: 'Batches' }).waitFor()
    await page.keyboard.press('?')
    const dialog = page.getByRole('dialog', { name: 'Keys' })
    await dialog.getByText('emulator').waitFor()
    // Keys of the page behind do nothing meanwhile.
    await page.keyboard.press('1')
    expect(page.url()).toContain('/batches')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  test('keeps letters for a field in which somebody types', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/new?job=notes`)
    await page.getByText('Fewer records').click()
    await page.getByLabel('Only these keys').pressSequentially('gj?n')
    expect(await page.getByLabel('Only these keys').inputValue()).toBe('gj?n')
    expect(page.url()).toContain('/new')
  })

  test('shows where the focus is, keeps it inside of a dialog, and gives it back', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/runs/${failed}`)
    await page.getByRole('button', { name: 'Retry failed…' }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focused(page), 'the first is a way around the navigation').toContain('To the page')
    for (let step = 0; step < 25; step += 1) {
      expect(await isFocusSeen(page), await focused(page)).toBe(true)
      await page.keyboard.press('Tab')
    }
    const opener = page.getByRole('button', { name: 'Retry failed…' })
    await opener.focus()
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: /^Send 12 requests for/ }).waitFor()
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab')
      expect(
        await page.evaluate(
          "document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)",
        ),
        await focused(page),
      ).toBe(true)
    }
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
    expect(await focused(page)).toContain('Retry failed…')
  })

  test('looks as was chosen, also after it is loaded again', async () => {
    const page = await browser.visit(project.link)
    const canvas = (): Promise<unknown> =>
      page.evaluate('getComputedStyle(document.documentElement).colorScheme')
    await page.getByRole('button', { name: 'dark', exact: true }).click()
    expect(await canvas()).toBe('dark')
    await page.reload()
    await page.getByRole('heading', { name: 'Runs', level: 1 }).waitFor()
    expect(await canvas()).toBe('dark')
    await page.keyboard.press('d')
    expect(await canvas()).toBe('light')
    await page.getByRole('button', { name: 'auto', exact: true }).click()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await page.evaluate('document.documentElement.dataset.theme === undefined')).toBe(true)
  })

  test('shows costs as a chart, and the same figures as a table', async () => {
    const page = await browser.visit(project.link)
    await page.goto(`${project.url}/costs`)
    const figure = page.getByRole('figure').first()
    await figure.locator('canvas').waitFor()
    await figure.getByText('Figures').click()
    const figures = figure.getByRole('table')
    await figures.getByRole('columnheader').first().waitFor()
    expect(await figures.getByRole('row').count()).toBeGreaterThan(1)
    expect(await figures.innerText()).toContain('$')
  })
})

/** Waits until nothing on the page is still being read. */
async function settled(page: Page): Promise<void> {
  await page.getByText('Reading', { exact: true }).first().waitFor({ state: 'detached' })
  await page.evaluate(
    'Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => 0)))',
  )
}

function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.outerHTML.slice(0, 200)')
}

/** Whether what has the focus is drawn otherwise than without it. */
function isFocusSeen(page: Page): Promise<boolean> {
  return page.evaluate(`(() => {
    const element = document.activeElement
    if (element === document.body) return true
    const look = (of) => { const { outline, boxShadow, borderColor, background } = getComputedStyle(of); return [outline, boxShadow, borderColor, background].join() }
    const box = element.getBoundingClientRect()
    return box.width > 0 && box.height > 0 && getComputedStyle(element).outlineStyle !== 'none' || look(element).includes('inset')
  })()`)
}
