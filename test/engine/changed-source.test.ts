import { copyFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { begin, carry, checkMoney, openKit, sinkRows } from './run-kit.ts'

const records = 900

/** A job that cuts its own source off at the end of a line, once, while a run of it is built. */
const cutsItself = `maxTokens: 400,
  prompt: ({ row }) => {
    const { existsSync, renameSync, truncateSync, readFileSync } = process.getBuiltinModule('node:fs')
    if (row.id === 3 && existsSync('cut')) {
      renameSync('cut', 'cut.done')
      truncateSync('notes.jsonl', readFileSync('notes.jsonl').indexOf('{"id":700,'))
    }
    return row.text
  },`

test('a run whose file changes while it is read pauses, loses and invents nothing, and goes on once the file is put back', async () => {
  await using kit = await openKit({
    records,
    marker: () => 'It sailed on. '.repeat(300),
    job: cutsItself.replaceAll(/'(cut|cut\.done|notes\.jsonl)'/g, "import.meta.dirname + '/../$1'"),
    settings: { batch: { maxRequests: 100 } },
  })
  const [file, copy] = [join(kit.dir, 'notes.jsonl'), join(kit.dir, 'notes.copy')]
  copyFileSync(file, copy)
  utimesSync(file, 1_000, 1_000)
  const id = await begin(kit, {}, 100_000_000)
  writeFileSync(join(kit.dir, 'cut'), '')
  const paused = await carry(kit, id)
  expect(paused).toMatchObject({ state: 'paused', pauseKind: 'job' })
  expect(paused.pauseReason).toMatch(/notes\.jsonl has changed .*offpeak resume.*offpeak cancel/)
  expect(readFileSync(file, 'utf8')).not.toContain('{"id":700,')

  copyFileSync(copy, file)
  utimesSync(file, 1_000, 1_000)
  await kit.offpeak.resume(id, null)
  expect(await carry(kit, id)).toMatchObject({ state: 'done', counts: { merged: records } })
  expect(sinkRows(kit)).toHaveLength(records)
  await checkMoney(kit, id)
})
