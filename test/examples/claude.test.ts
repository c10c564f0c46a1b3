import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

test('the headnotes example asks Claude by another model in its one line', { timeout: 300_000 }, async () => {
  // Below the repository, where `offpeak` is this package.
  await mkdir(join(root, '.example'), { recursive: true })
  await using folder = await mkdtempDisposable(join(root, '.example', 'claude-'))
  const project = join(folder.path, 'headnotes')
  await cp(join(root, 'examples/headnotes'), project, {
    recursive: true,
    filter: (path) => !path.includes('.offpeak'),
  })
  const job = join(project, 'jobs/headnotes.job.ts')
  const text = await readFile(job, 'utf8')
  const line = "model: azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' }),"
  expect(text).toContain(line)
  await writeFile(
    job,
    text.replace(line, "model: anthropic('claude-haiku-5-5'),").replace('{ azure, ', '{ anthropic, '),
  )
  const offpeak = (...args: readonly string[]): ReturnType<typeof run> =>
    run(process.execPath, ['-C', 'offpeak-source', join(root, 'bin/offpeak.js'), ...args], { cwd: project })
  await run(process.execPath, ['-C', 'offpeak-source', 'seed.ts'], { cwd: project })
  const plan = await offpeak('plan', 'headnotes')
  expect(plan.stdout).toMatch(/anthropic \/ claude-haiku-5-5[^]*temperature: 0\.1/)
  await offpeak('run', 'headnotes', '--max-cost', '$5')
  const status = await offpeak('status', 'headnotes', '--json')
  expect(JSON.parse(String(status.stdout))).toMatchObject({
    provider: 'anthropic',
    state: 'done',
    counts: { merged: 30 },
  })
})
