import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { readJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const plan = z.object({
  toSend: z.number(),
  unchanged: z.number(),
  changed: z.number(),
  changedParts: z.record(z.string(), z.number()),
  uncompared: z.number(),
  failsAgain: z.object({ records: z.number(), outcomes: z.record(z.string(), z.number()) }).nullable(),
})

/** Puts something else in the place of a piece of the job file. */
async function change(dir: string, before: string, after: string): Promise<void> {
  const path = 'jobs/notes.job.ts'
  const text = readFileSync(join(dir, path), 'utf8')
  expect(text).toContain(before)
  await write(dir, { [path]: text.replace(before, after) })
}

const planned = async (dir: string, ...flags: readonly string[]): Promise<z.infer<typeof plan>> =>
  readJson(plan, await call(dir, 'plan', 'notes', '--json', ...flags))

test('another limit or label buys nothing again', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  await change(folder.path, 'maxTokens: 100', "maxTokens: 400, parameters: { user: 'night' }")
  expect(await planned(folder.path)).toMatchObject({ toSend: 0, unchanged: 10, changed: 0 })
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})

test('a plan says what changed for how many records, and what is kept stays done', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  await change(folder.path, 'maxTokens: 100', 'maxTokens: 100, temperature: 0.2')
  await change(folder.path, '=> row.text,', "=> (row.id < 4 ? 'Note: ' : '') + row.text,")
  expect(await planned(folder.path)).toMatchObject({
    toSend: 10,
    changed: 10,
    changedParts: { prompt: 4, settings: 10 },
  })
  const { stdout, stderr } = await call(folder.path, 'plan', 'notes')
  const words = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
  expect(words).toContain('10 to be done again, as they changed (prompt of 4, settings of 10)')
  expect(words).toContain('offpeak run notes --keep takes what changed as done')

  expect(await planned(folder.path, '--keep')).toMatchObject({ toSend: 0, unchanged: 10 })
  const kept = await call(folder.path, 'run', 'notes', '--keep', '--max-cost', '$1')
  expect(kept.exit, kept.stderr).toBe(0)
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})

test('what was kept is done for the next plan too, next to what is new', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  await change(folder.path, '=> row.text,', "=> 'Note: ' + row.text,")
  const notes = readFileSync(join(folder.path, 'notes.jsonl'), 'utf8')
  await write(folder.path, { 'notes.jsonl': `${notes}{"id":10,"text":"A note that came later."}\n` })
  const kept = await call(folder.path, 'run', 'notes', '--keep', '--max-cost', '$1')
  expect(kept.exit, kept.stderr).toBe(0)
  expect(await planned(folder.path)).toMatchObject({ toSend: 0, unchanged: 11, changed: 0 })
  expect(emulator.bill()).toMatchObject({ requests: 11 })
})

test('an answer that was cut is not bought again at the same limit, and is at a higher one, alone', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, '=> row.text,', "=> row.text + (row.id === 7 ? ' [[length]]' : ''),")
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(6)
  expect(await planned(folder.path)).toMatchObject({
    toSend: 0,
    unchanged: 9,
    failsAgain: { records: 1, outcomes: { truncated: 1 } },
  })
  const again = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(again.exit).toBe(6)
  expect(again.stderr.replaceAll(/\s+/g, ' ')).toContain(
    '1 record ended without success before (1 cut at the same limit), and nothing has changed since: left out',
  )
  expect(emulator.bill()).toMatchObject({ requests: 10 })
  await change(folder.path, 'maxTokens: 100', 'maxTokens: 300')
  expect(await planned(folder.path)).toMatchObject({ toSend: 1, unchanged: 9, failsAgain: null })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(emulator.bill()).toMatchObject({ requests: 11 })
})

test('what an earlier version has done and nobody can compare is not bought without a word', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  {
    using state = new DatabaseSync(join(folder.path, '.offpeak/state.db'))
    state.exec("update done set fingerprint = '0123456789abcdef0123456789abcdef'")
  }
  expect(await planned(folder.path)).toMatchObject({ toSend: 0, changed: 0, uncompared: 10 })
  const left = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(left.exit).toBe(6)
  expect(left.stderr).toContain(
    'offpeak run notes --keep takes them as done; offpeak plan notes --pay-again says what asking them again costs',
  )
  expect(emulator.bill()).toMatchObject({ requests: 10 })
  expect(await planned(folder.path, '--pay-again')).toMatchObject({ toSend: 10 })
  expect(await planned(folder.path, '--keep')).toMatchObject({ toSend: 0, unchanged: 10 })
})

test('a limit is a number of requests: what is done is passed over, in the plan as in the run', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  for (const bought of [4, 8, 10]) {
    const toSend = Math.min(4, bought - (bought === 10 ? 8 : bought - 4))
    expect(await planned(folder.path, '--limit', '4')).toMatchObject({ toSend })
    const ran = await call(folder.path, 'run', 'notes', '--limit', '4', '--max-cost', '$1')
    expect(ran.exit, ran.stderr).toBe(0)
    expect(emulator.bill()).toMatchObject({ requests: bought })
  }
  expect(await planned(folder.path, '--limit', '4')).toMatchObject({ toSend: 0, unchanged: 10 })
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(10)
})

test('an answer that the sink did not take is not bought again, and is written at no cost once it does', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await change(folder.path, '...output', '...output, more: row.id === 3 ? new Map() : row.id')
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(6)
  expect(await planned(folder.path)).toMatchObject({
    toSend: 0,
    unchanged: 9,
    failsAgain: { records: 1, outcomes: { rejected: 1 } },
  })
  const again = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(again.exit).toBe(6)
  const [, run = ''] = /offpeak merge (\w+) writes/.exec(again.stderr) ?? []
  expect(emulator.bill()).toMatchObject({ requests: 10 })

  await change(folder.path, 'new Map()', '0')
  const merged = await call(folder.path, 'merge', run, '--today')
  expect(merged.exit, merged.stderr).toBe(0)
  expect(await planned(folder.path)).toMatchObject({ toSend: 0, unchanged: 10, failsAgain: null })
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})

test('what --keep takes as done stays so, also where there is nothing else to do', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  await change(folder.path, '=> row.text,', "=> 'Note: ' + row.text,")
  expect(await planned(folder.path)).toMatchObject({ toSend: 10 })
  const kept = await call(folder.path, 'run', 'notes', '--keep', '--max-cost', '$1')
  expect(kept.exit, kept.stderr).toBe(0)
  expect(await planned(folder.path)).toMatchObject({ toSend: 0, unchanged: 10, changed: 0 })
  expect(emulator.bill()).toMatchObject({ requests: 10 })
})

test('what today’s job has judged and written at no cost is done for it', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  await change(folder.path, 'summary: z.string()', 'summary: z.string().nullable()')
  expect(await planned(folder.path)).toMatchObject({ toSend: 10, changedParts: { schema: 10 } })
  const merged = await call(folder.path, 'merge', 'notes', '--today')
  expect(merged.exit, merged.stderr).toBe(0)
  expect(await planned(folder.path)).toMatchObject({ toSend: 0, unchanged: 10 })
  await change(folder.path, '=> row.text,', "=> 'Note: ' + row.text,")
  expect(await planned(folder.path)).toMatchObject({ toSend: 10, changedParts: { prompt: 10 } })
})
