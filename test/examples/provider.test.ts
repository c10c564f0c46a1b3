import { execFile } from 'node:child_process'
import { cpSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { demoKey, startService } from '../../examples/provider/service.ts'
import { call, linesOf, temporaryFolder, write } from '../cli/project.ts'
import { shellOf } from '../support/reader-shell.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/own-provider.md'), 'utf8')
const example = join(import.meta.dirname, '../../examples/provider')
const [suite = '', setting = '', ...commands] = shellOf(page).trim().split('\n')

/** The example as a project of its own, which asks this service. */
async function project(folder: string, url: string): Promise<void> {
  cpSync(example, folder, { recursive: true })
  const [, key = ''] = /ACME_API_KEY=(\S+)/.exec(setting) ?? []
  await write(folder, { '.env': `ACME_API_KEY=${key}\nACME_BASE_URL=${url}\n` })
}

/** A command of the page, as words. */
function typed(line: string): readonly string[] {
  expect(line).toMatch(/^npx offpeak /)
  return line.replaceAll("'", '').split(' ').slice(2)
}

test('what the page about providers shows stands in the example, word for word', () => {
  const excerpts = [...page.matchAll(/```typescript\n([\s\S]*?)```/g)].map(([, code = '']) => code)
  const files = globSync('**/*.ts', { cwd: example }).map((file) => readFileSync(join(example, file), 'utf8'))
  expect(excerpts.length).toBeGreaterThan(3)
  for (const excerpt of excerpts)
    expect(
      files.some((file) => file.includes(excerpt)),
      excerpt,
    ).toBe(true)
})

test('the provider of the example keeps what every provider keeps, by the command of the page', async () => {
  expect(suite).toBe('node --test conformance.ts')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['-C', 'offpeak-source', '--test-reporter=tap', ...suite.split(' ').slice(1)],
    { cwd: example },
  )
  expect(stdout).toContain('# Subtest: the language of Acme')
  expect(stdout).toMatch(/^# pass 35$/m)
  expect(stdout).toMatch(/^# fail 0$/m)
}, 300_000)

test('a job asks it by the commands of the page, and pays once', async () => {
  using folder = temporaryFolder()
  await using service = await startService()
  await project(folder.path, service.url)
  expect(setting).toContain(`ACME_API_KEY=${demoKey}`)
  for (const line of commands) {
    const called = await call(folder.path, ...typed(line))
    expect(called.exit, `${called.stdout}${called.stderr}`).toBe(0)
  }
  expect(service.batches()).toBe(1)
  const lines = linesOf(
    join(folder.path, 'subjects.jsonl'),
    z.object({ key: z.string(), output: z.object({ subject: z.string() }) }),
  )
  expect(lines.map(({ key }) => Number(key))).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
  const again = await call(folder.path, 'run', 'subjects', '--max-cost', '$1')
  expect(again.stderr).toContain('Nothing was sent')
  expect(service.batches()).toBe(1)
})

test('a plan needs no key, and names prices that come with the provider', async () => {
  using folder = temporaryFolder()
  cpSync(example, folder.path, { recursive: true })
  const plan = await call(folder.path, 'plan', 'subjects')
  expect(plan.exit, plan.stderr).toBe(0)
  expect(plan.stdout).toContain('prices as of 2026-11-30')
  const prices = await call(folder.path, 'prices')
  expect(prices.stdout).toMatch(/acme-large +acme +0\.50/)
  const check = await call(folder.path, 'prices', '--check')
  expect(check.exit, check.stderr).toBe(0)
})

test('the emulator is refused for a language that it does not speak, with what to do', async () => {
  using folder = temporaryFolder()
  cpSync(example, folder.path, { recursive: true })
  const plan = await call(folder.path, 'plan', 'subjects', '--emulator')
  expect(plan.exit).toBe(2)
  expect(plan.stderr).toContain('The emulator does not speak the language of Acme')
  expect(plan.stderr).toContain('leave out --emulator')
})

test('a delivery mode that answers at once is refused where the provider has none, and nothing is paid', async () => {
  using folder = temporaryFolder()
  await using service = await startService()
  await project(folder.path, service.url)
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
      export default defineConfig({ prices: { 'acme-large': { batch: { input: 1, output: 1 }, realtime: { input: 2, output: 2 } } } })`,
  })
  const tried = await call(folder.path, 'try', 'subjects', '-n', '1', '--yes')
  expect(tried.exit).not.toBe(0)
  expect(`${tried.stdout}${tried.stderr}`).toContain('Acme has no call that answers at once')
})
