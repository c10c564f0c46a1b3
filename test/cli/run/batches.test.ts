import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { callOnTerminal, jsonLines, readJson } from '../notes-project.ts'
import { call, carryUntil, providerProject, temporaryFolder } from '../project.ts'

const remote = z.object({
  id: z.string(),
  status: z.string(),
  metadata: z.record(z.string(), z.string()).nullable(),
})
const uploaded = z.looseObject({ id: z.string() })

const found = z.object({
  schema: z.literal('offpeak.batches/2'),
  accounts: z.array(
    z.object({
      jobs: z.array(z.string()),
      ours: z.array(z.looseObject({ run: z.string(), file: z.number(), state: z.string() })),
      orphans: z.array(
        z.object({ batch: z.object({ id: z.string() }), run: z.string().nullable(), adoptable: z.boolean() }),
      ),
      foreign: z.number(),
    }),
  ),
})

function batchesOf(emulator: Emulator): readonly z.output<typeof remote>[] {
  return z.array(remote).parse(emulator.state().batches)
}

/** Makes a batch past Offpeak, as another copy of the state or another program would. */
async function foreignBatch(emulator: Emulator, metadata: Readonly<Record<string, string>>): Promise<string> {
  const headers = { authorization: 'Bearer any-key' }
  const form = new FormData()
  form.set('purpose', 'batch')
  const line = {
    custom_id: 'a',
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'x' }] },
  }
  form.set('file', new Blob([`${JSON.stringify(line)}\n`]), 'theirs.jsonl')
  const file = uploaded.parse(
    await (await fetch(`${emulator.openaiBaseUrl}/files`, { method: 'POST', headers, body: form })).json(),
  )
  const made = await fetch(`${emulator.openaiBaseUrl}/batches`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({
      input_file_id: file.id,
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata,
    }),
  })
  return uploaded.parse(await made.json()).id
}

test('the list of the provider stands next to ours: ours, orphaned batches, and others only counted', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  expect((await call(folder.path, 'batches')).stdout).toMatch(/0 batches are ours · none is orphaned/)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const [own] = batchesOf(emulator)
  const orphan = await foreignBatch(emulator, { ...own?.metadata, offpeak_nonce: 'of-another-copy' })
  const foreign = await foreignBatch(emulator, { project: 'theirs' })
  const { accounts } = readJson(found, await call(folder.path, 'batches', '--json'))
  expect(accounts).toMatchObject([
    {
      jobs: ['notes'],
      ours: [{ file: 0, batch: { id: own?.id } }],
      orphans: [{ batch: { id: orphan }, adoptable: false }],
      foreign: 1,
    },
  ])
  const { stdout, stderr } = await call(folder.path, 'batches', '--job', 'notes', '--all')
  expect(stdout).toMatch(/1 batch is ours · 1 orphaned · 1 of others, left alone/)
  expect(stdout).not.toContain(foreign)
  expect(stdout).toMatch(/orphaned: no attempt of its run made it/)
  expect(stderr).toContain('offpeak batches --cancel-orphans')

  expect(await call(folder.path, 'batches', '--adopt', orphan)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('no attempt of this state has made it'),
  })
  expect(await call(folder.path, 'batches', '--adopt', foreign)).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('does not carry the mark of this state'),
  })
  expect(await call(folder.path, 'batches', '--adopt', 'batch_none')).toMatchObject({ exit: 2 })
  expect((await call(folder.path, 'batches', '--adopt', own?.id ?? '')).stderr).toContain('already')

  const declined = await callOnTerminal(folder.path, { answers: ['n'] }, 'batches', '--cancel-orphans')
  expect(declined).toMatchObject({ exit: 2, questions: [expect.stringContaining('Cancel 1 batch?')] })
  expect(declined.stderr).toContain('is billed by the provider')
  const cancelled = jsonLines(await call(folder.path, 'batches', '--cancel-orphans', '--json'))
  expect(cancelled).toMatchObject([
    { schema: 'offpeak.orphans/2', orphans: 1, cancelled: [{ batch: orphan }] },
  ])
  const states = new Map(batchesOf(emulator).map(({ id, status }) => [id, status]))
  expect(states.get(orphan)).toMatch(/^cancel/)
  expect(states.get(own?.id ?? '')).not.toMatch(/^cancel/)
  expect(states.get(foreign)).not.toMatch(/^cancel/)
  expect((await call(folder.path, 'batches', '--cancel-orphans')).stderr).toContain('over already')
})

test('a batch whose creation nobody confirmed is taken over by hand, and paid once', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  emulator.addFault({ operation: 'batches.create', when: 'after', action: { type: 'drop' } })
  emulator.addFault({
    operation: 'batches.list',
    nth: 2,
    times: 1_000,
    when: 'before',
    action: { type: 'status', status: 500 },
  })
  const left = await carryUntil(folder.path, () => batchesOf(emulator).length > 0, [
    'run',
    'notes',
    '--max-cost',
    '$1',
  ])
  expect(left.exit).toBe(7)
  emulator.clearFaults()
  const { stdout, stderr } = await call(folder.path, 'batches')
  expect(stdout).toContain('unconfirmed: this is its batch')
  const [batch] = batchesOf(emulator)
  expect(stderr).toContain(`offpeak batches --adopt ${batch?.id}`)
  const cancelled = await call(folder.path, 'batches', '--cancel-orphans')
  expect(cancelled.stderr).toContain('an attempt waits for it')
  expect((await call(folder.path, 'batches', '--adopt', batch?.id ?? '')).stderr).toMatch(
    /is file 0 of run \w+ now \(validating at the provider\)/,
  )
  expect(readJson(found, await call(folder.path, 'batches', '--json')).accounts).toMatchObject([
    { ours: [{ file: 0, state: 'created' }], orphans: [] },
  ])
  emulator.advanceClock(86_400_000)
  expect((await call(folder.path, 'resume')).exit).toBe(0)
  expect(emulator.bill()).toMatchObject({ batches: 1, requests: 10, duplicate_requests: 0 })
})
