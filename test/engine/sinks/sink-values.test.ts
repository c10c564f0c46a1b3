import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call } from '../../cli/project.ts'
import { begin, carry, checkMoney, openKit, sinkRows } from '../run-kit.ts'

test('a good answer whose values no sink can hold is rejected, not bought again, and written at no cost once the job is fixed', async () => {
  const line = `line: ({ row, output }) => {
    const odd = [NaN, 'half \\ud800', 'nul \\0', new Map([[1, 2]]), { deep: [{ n: -Infinity }] }]
    return { id: row.id, ...(row.id > 0 ? { v: odd[row.id - 1] } : output) }
  }`
  await using project = await openKit({ records: 6, job: `to: { jsonl: 'out.jsonl', ${line} },` })
  const runId = await begin(project)
  await carry(project, runId)
  expect(await project.offpeak.status(runId)).toMatchObject({ counts: { merged: 1, rejected: 5 } })
  expect(project.emulator.bill()).toMatchObject({ requests: 6, duplicate_requests: 0 })
  const errors = await call(project.dir, 'errors', 'notes')
  for (const words of ['v: is NaN', 'v: holds a lone surrogate', 'v: holds a NUL', 'is a Map', 'v.deep.0.n'])
    expect(errors.stdout.replace(/\s+/g, ' ')).toContain(words)
  expect(sinkRows(project)).toHaveLength(1)

  const file = join(project.dir, 'jobs/notes.job.ts')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(line, 'line: ({ row, output }) => ({ id: row.id, ...output })'),
  )
  const merged = await call(project.dir, 'merge', runId, '--today')
  expect(merged.exit, merged.stderr).toBe(0)
  expect(await project.offpeak.status(runId)).toMatchObject({ counts: { merged: 6 } })
  expect(sinkRows(project)).toHaveLength(6)
  expect(project.emulator.bill()).toMatchObject({ requests: 6, duplicate_requests: 0 })
  await checkMoney(project, runId)
})

test('a record whose file no file system can hold is not asked for, and the others are written', async () => {
  const file = `file: ({ row }) => 'out/' + (['x'.repeat(256), 'é'.repeat(128), '../notes.jsonl/a', '\\ud800'][row.id] ?? 'y'.repeat(250) + row.id)`
  await using project = await openKit({ records: 6, job: `to: { ${file} },` })
  const runId = await begin(project)
  await carry(project, runId)
  expect(await project.offpeak.status(runId)).toMatchObject({
    state: 'done',
    counts: { merged: 2, unrenderable: 4 },
  })
  expect(project.emulator.bill()).toMatchObject({ requests: 2 })
  expect(readdirSync(join(project.dir, 'out')).toSorted()).toEqual(
    [4, 5].map((id) => 'y'.repeat(250) + String(id)),
  )
})

test('a record whose place another one has taken is rejected alone, and its run ends', async () => {
  await using project = await openKit({
    records: 3,
    job: `to: { file: ({ row }) => ['out/a', 'out/a/b', 'out/c'][row.id] },`,
  })
  const runId = await begin(project)
  await carry(project, runId)
  expect(await project.offpeak.status(runId)).toMatchObject({
    state: 'done',
    counts: { merged: 2, rejected: 1 },
  })
  expect(project.emulator.bill()).toMatchObject({ requests: 3, duplicate_requests: 0 })
})
