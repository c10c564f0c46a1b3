import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { write } from '../cli/project.ts'
import { openServed, type ServedProject } from './server-kit.ts'

const changesOf = async ({ ask }: ServedProject): Promise<unknown> => {
  const { json } = await ask('GET', '/api/v1/session')
  return Reflect.get(Object(json), 'configChanges')
}

test('a server says that its configuration changed, until it is as it was, and no comment is a change', async () => {
  await using served = await openServed()
  const { dir } = served
  const before = readFileSync(join(dir, 'offpeak.config.ts'), 'utf8')
  expect(await changesOf(served)).toEqual([])
  await write(dir, { 'offpeak.config.ts': `// settings of notes\n${before}\n` })
  expect(await changesOf(served)).toEqual([])
  await write(dir, { 'offpeak.config.ts': before.replace('"concurrency":3', '"concurrency":33') })
  expect(await changesOf(served)).toEqual([{ file: 'offpeak.config.ts', changedAt: expect.any(Number) }])
  await write(dir, { 'offpeak.config.ts': `${before}\n\n` })
  expect(await changesOf(served)).toEqual([])
})

test('what the environment files say counts as well, also one that was not there', async () => {
  await using served = await openServed()
  await write(served.dir, {
    '.env': '# the keys\nOFFPEAK_TEST_RUN_KEY="any-key"\nOFFPEAK_TEST_SECOND_KEY=second-key\n',
  })
  expect(await changesOf(served)).toEqual([])
  await write(served.dir, { '.env.local': 'OPENAI_API_KEY=another\n' })
  expect(await changesOf(served)).toMatchObject([{ file: '.env.local' }])
})

test('another configuration is not told as another job', async () => {
  await using served = await openServed()
  const told: unknown[] = []
  using watching = served.offpeak.watchJobs((changed) => told.push(changed))
  await served.ask('GET', '/api/v1/jobs')
  const before = readFileSync(join(served.dir, 'offpeak.config.ts'), 'utf8')
  await write(served.dir, { 'offpeak.config.ts': before.replace('"concurrency":3', '"concurrency":4') })
  await expect.poll(() => changesOf(served)).toHaveLength(1)
  // A job that changes after it is told, so the one before would have been.
  await write(served.dir, { 'jobs/other.job.ts': 'export default 1 +\n' })
  await expect.poll(() => told.length, { timeout: 5_000 }).toBe(1)
  expect(watching).toBeDefined()
})
