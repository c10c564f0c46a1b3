import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { readJson } from '../notes-project.ts'
import { call, linesOf, providerProject, temporaryFolder, write } from '../project.ts'

const status = z.object({ run: z.string(), counts: z.record(z.string(), z.number()) })

test('an answer that only the sink did not take is not bought again, however it is named; merge writes it', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  await providerProject(folder.path, emulator)
  const path = 'jobs/notes.job.ts'
  const text = readFileSync(join(folder.path, path), 'utf8')
  const line = '({ row, output }) => ({ ...output, was: row.text.length })'
  expect(text).toContain(line)
  // What a plan makes up to rehearse the sink has another text than an answer.
  const throws =
    "({ row, output }) => { if (row.id < 4 && /note/i.test(output.summary)) throw new Error('no place'); return output }"
  await write(folder.path, { [path]: text.replace(line, throws) })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const { run, counts } = readJson(status, await call(folder.path, 'status', 'notes', '--json'))
  expect(counts).toEqual({ merged: 6, rejected: 4 })

  for (const choice of [
    ['--status', 'rejected'],
    ['--status', 'invalid,rejected'],
    ['--status', 'rejected', '--as-sent'],
  ]) {
    const refused = await call(folder.path, 'retry', run, ...choice, '--max-cost', '$1')
    expect(refused.exit).toBe(2)
    expect(refused.stderr).toContain(`offpeak merge ${run}`)
    expect(refused.stderr).toContain('nothing was sent')
  }
  for (const choice of [['--only', '1'], ['--error', 'it threw'], []]) {
    const none = await call(folder.path, 'retry', run, ...choice, '--max-cost', '$1')
    expect(none.stderr).toContain('Nothing of run')
  }
  const today = await call(folder.path, 'retry', run, '--status', 'rejected', '--today', '--max-cost', '$1')
  expect(today.stderr.replaceAll(/\s+/g, ' ')).toContain(`offpeak merge ${run}`)
  expect(emulator.bill()).toMatchObject({ requests: 10 })

  await write(folder.path, { [path]: text })
  expect((await call(folder.path, 'merge', run, '--today')).exit).toBe(0)
  const keys = linesOf(join(folder.path, 'out.jsonl'), z.looseObject({ key: z.string() })).map(
    ({ key }) => key,
  )
  expect(new Set(keys).size).toBe(10)
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})
