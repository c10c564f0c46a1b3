import { readFileSync } from 'node:fs'
import { openProject } from '../../src/compose/open-project.ts'
import { everything } from '../../src/compose/selection.ts'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import * as offpeak from '../../src/index.ts'
import { write } from '../cli/project.ts'
import { begin, carry, openKit } from './run-kit.ts'

const parts = z.object({ key: z.string(), summaries: z.array(z.string()) })

test('a part that is rescued joins its record with the parts that were answered before', async () => {
  await using project = await openKit({ records: 3, job: 'retry: { max: 1 },' })
  const path = join(project.dir, 'jobs/notes.job.ts')
  const text = readFileSync(path, 'utf8')
    .replace(
      'text: z.string() }) }),',
      "text: z.string() }) }).flatMap((row) => [1, 2].map((half) => ({ ...row, half }))).key('id', 'half'),",
    )
    .replace('=> row.text,', '=> `${row.half}: ${row.text}`,')
    .replace('to: {', "check: ({ row }) => (row.id === 1 && row.half === 2 ? 'too plain' : true),\n  join: {")
    .replace('({ ...output })', '({ summaries: output.map(({ summary }) => summary) })')
  await write(project.dir, { 'jobs/notes.job.ts': text })
  const modules = { offpeak, zod: { z } }
  await using first = await openProject({ cwd: project.dir, modules })
  const runId = await begin({ offpeak: first })
  expect(await carry({ offpeak: first }, runId)).toMatchObject({ needsAttention: 1 })
  await write(project.dir, { 'jobs/notes.job.ts': text.replace("'too plain' : true", 'true : true') })

  await using today = await openProject({ cwd: project.dir, modules })
  const choice = { outcomes: null, reason: null, keys: null, model: null, maxTokens: null }
  const selection = await today.rescue(runId, choice)
  const { run } = await today.start('notes', selection, 1_000_000)
  expect(await carry({ offpeak: today }, run.id)).toMatchObject({ counts: { merged: 1 }, needsAttention: 0 })
  expect(project.emulator.bill()).toMatchObject({ requests: 7 })
  const lines = readFileSync(join(project.dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')
  const joined = lines.map((line) => parts.parse(JSON.parse(line)))
  expect(joined.map(({ key }) => key).toSorted()).toEqual(['0', '1', '2'])
  expect(joined.every(({ summaries }) => summaries.length === 2)).toBe(true)
  expect(await today.status(runId)).toMatchObject({ needsAttention: 0, counts: { rescued: 1 } })
  expect(await today.plan('notes', everything)).toMatchObject({ toSend: 0, unchanged: 6 })
})
