import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { readJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const plan = z.object({
  toSend: z.number(),
  selected: z.number(),
  unchanged: z.number(),
  paidBefore: z
    .object({ records: z.number(), runs: z.array(z.string()), isSentAgain: z.boolean() })
    .nullable(),
})
const run = z.object({ run: z.string(), counts: z.record(z.string(), z.number()) })

/** Ten notes, of which a run has lost five answers: the provider has billed them and left them out. */
async function withLostAnswers(dir: string, emulator: Emulator): Promise<string> {
  await providerProject(dir, emulator)
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50, lostAfterMs: 1 } })\n",
  })
  emulator.play('missing-lines:every=2')
  await call(dir, 'run', 'notes', '--max-cost', '$1')
  await call(dir, 'resume', 'notes', '--accept')
  const { run: id, counts } = readJson(run, await call(dir, 'status', 'notes', '--json'))
  expect(counts).toEqual({ merged: 5, lost: 5 })
  return id
}

test('records whose answers a run has lost are not bought again by the next one, which says what can be done', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  const first = await withLostAnswers(folder.path, emulator)

  const planned = await call(folder.path, 'plan', 'notes')
  const words = `${planned.stdout}${planned.stderr}`.replaceAll(/\s+/g, ' ')
  expect(words).toContain(
    `5 records may have been paid in run ${first}, and their answers are not at hand: left out`,
  )
  expect(words).toContain('offpeak plan notes --pay-again says what sending them too costs')
  expect(words).toMatch(new RegExp(`Look again offpeak resume ${first}`))
  expect(readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))).toMatchObject({
    toSend: 0,
    unchanged: 5,
    paidBefore: { records: 5, runs: [first], isSentAgain: false },
  })

  const again = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(again.exit).toBe(6)
  expect(again.stderr).toContain('Nothing was sent.')
  expect(again.stderr).toContain(`offpeak resume ${first}`)
  expect((await call(folder.path, 'build', 'notes')).stderr).toContain(`may have been paid in run ${first}`)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})

test('where there is other work it is done, and what may have been paid is left out as lost', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  const first = await withLostAnswers(folder.path, emulator)
  const notes = join(folder.path, 'notes.jsonl')
  await write(folder.path, {
    'notes.jsonl': `${readFileSync(notes, 'utf8')}{"id":10,"text":"A note that came later."}\n`,
  })
  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(ran.exit).toBe(6)
  expect(ran.stdout).toMatch(/5 +lost: run/)
  const second = readJson(run, await call(folder.path, 'status', 'notes', '--json'))
  expect(second.counts).toEqual({ merged: 1, lost: 5 })
  expect(emulator.bill()).toMatchObject({ requests: 11, duplicate_requests: 0 })
  const retried = await call(folder.path, 'retry', second.run, '--status', 'lost', '--max-cost', '$1')
  expect(retried.stderr, 'it never sent them').toContain('Nothing was sent.')
  const looked = await call(folder.path, 'resume', second.run)
  expect(looked.stderr).toMatch(new RegExp(`5 answers of run ${first} are still not at the provider`))
  expect(emulator.bill()).toMatchObject({ requests: 11, duplicate_requests: 0 })
})

test('who agrees pays again, and sees before how many', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  const first = await withLostAnswers(folder.path, emulator)
  const planned = await call(folder.path, 'plan', 'notes', '--pay-again')
  const words = `${planned.stdout}${planned.stderr}`.replaceAll(/\s+/g, ' ')
  expect(words).toContain(
    `5 records may have been paid in run ${first}, and their answers are not at hand: sent again, they are paid again`,
  )
  expect(words).toContain(`First: offpeak resume ${first} looks for them again, and costs nothing`)
  expect(words).toContain('Run it offpeak run notes --pay-again --max-cost ')
  const ran = await call(folder.path, 'run', 'notes', '--pay-again', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(emulator.bill()).toMatchObject({ requests: 15 })
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(10)
  expect(readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))).toMatchObject({
    toSend: 0,
    unchanged: 10,
    paidBefore: null,
  })
})

test('a record whose request is another one now was not paid before', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  await withLostAnswers(folder.path, emulator)
  const job = join(folder.path, 'jobs/notes.job.ts')
  const text = readFileSync(job, 'utf8').replace(
    'prompt: ({ row }) => row.text',
    "prompt: ({ row }) => 'In short: ' + row.text",
  )
  rmSync(job)
  await write(folder.path, { 'jobs/notes.job.ts': text })
  expect(readJson(plan, await call(folder.path, 'plan', 'notes', '--json'))).toMatchObject({
    toSend: 10,
    paidBefore: null,
  })
})
