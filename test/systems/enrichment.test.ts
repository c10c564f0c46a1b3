import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { announcement } from '../../examples/enrichment/events.ts'
import { sql } from '../../src/connectors/database/sql.ts'
import { chunkText } from '../../src/planning/tokens/chunk.ts'
import { loadTokenizer } from '../../src/planning/tokens/count-tokens.ts'
import { jsonOf } from '../cli/project.ts'
import { type EnrichmentProject, eventCount, kinds, openProject } from './enrichment-project.ts'

const both = ['run', 'summaries', 'embeddings', '--max-cost'] as const
const piecesOf = await chunker()

describe.each(kinds)('enrichment on %s', (kind) => {
  test('both jobs share one budget and lose nothing, whatever the provider does', async () => {
    const markers = new Map([
      [3, '[[invalid_json]]'],
      [5, '[[refusal]]'],
      [8, '[[server_error_once]]'],
    ])
    await using project = await openProject(kind, (n) => markers.get(n) ?? '')
    const { emulator, run, database } = project
    emulator.addFault({
      operation: 'batch',
      action: { type: 'scenario', name: 'expire-partial', fraction: 0.5, windowSeconds: 60 },
    })
    emulator.addFault({
      operation: 'batch',
      nth: 2,
      action: { type: 'scenario', name: 'line-5xx', every: 5 },
    })
    const ran = await run(...both, '$25')
    expect(ran.exit, ran.stderr).toBe(6)
    expect(emulator.bill().cost_micro_usd).toBeLessThanOrEqual(25_000_000)
    const events = await project.events()
    const needsAttention = events.filter(({ summary_model }) => summary_model === null)
    expect(needsAttention.map(({ event_id }) => event_id)).toEqual(['ev-03', 'ev-05'])
    expect(
      needsAttention.every(({ summary_en, summary_ts }) => summary_en === null && summary_ts === null),
    ).toBe(true)
    for (const [n, event] of events.entries()) {
      const { title, body } = announcement(n)
      expect(event.chunks, event.event_id).toBe(piecesOf(`${title}\n\n${body}${markers.get(n) ?? ''}`).length)
      expect(event).toMatchObject({
        has_embedding: true,
        embedding_model: 'text-embedding-3-small',
        embedding_version: '1',
        has_summary_embedding: event.summary_en !== null,
      })
    }
    expect(Math.max(...events.map(({ chunks }) => chunks))).toBeGreaterThan(2)
    expect(await largestGap(database)).toBeLessThan(1e-5)
    expect(jsonOf(await run('status', 'summaries', '--json'))).toMatchObject({
      counts: { merged: eventCount - 2 },
      needsAttention: 2,
    })

    await database((opened) =>
      opened.exec(`update events set body = split_part(body, '[[', 1) where summary_model is null`),
    )
    const mended = await run(...both, '$25')
    expect(mended.exit, mended.stderr).toBe(0)
    expect((await project.events()).every(({ summary_version }) => summary_version === '1')).toBe(true)
    const before = emulator.bill()
    const again = await run(...both, '$25')
    expect(again.exit).toBe(0)
    expect(again.stderr).toContain('summaries: Nothing to do: no records are selected. Nothing was sent.')
    for (let time = 0; time < 2; time += 1) {
      const looked = await run('run', 'summaries', '-p', 'all=true', '--max-cost', '$25')
      expect(looked.exit).toBe(0)
      expect(looked.stderr).toContain(`all ${eventCount} are done and unchanged. Nothing was sent.`)
    }
    expect(emulator.bill()).toEqual(before)
  })

  test('killed between the table and the state, a run continues and takes none of its own rows for changed', async () => {
    await using project = await openProject(kind)
    // What the dead held is free again soon.
    await project.edit('offpeak.config.ts', 'leaseMs: 10_000', 'leaseMs: 1_000')
    const killed = await project.crash('merge.sink.write.after:2', 'run', 'summaries', '--max-cost', '$25')
    expect(killed.exit).toBeNull()
    const half = await project.events()
    const written = half.filter(({ summary_ts }) => summary_ts !== null)
    expect(written.length).toBeGreaterThan(0)
    const joining = await project.crash('join.sink.write.after:1', 'run', 'embeddings', '--max-cost', '$25')
    expect(joining.exit).toBeNull()
    const resumed = await project.run('resume', '--all')
    expect(resumed.exit, resumed.stderr).toBe(0)
    const events = await project.events()
    expect(events.filter((event) => event.has_embedding && event.has_summary_embedding)).toHaveLength(
      eventCount,
    )
    // What was written before the kill is left as it was, its time included.
    for (const { event_id, summary_ts } of written)
      expect(events.find((event) => event.event_id === event_id)?.summary_ts).toBe(summary_ts)
    expect(jsonOf(await project.run('status', 'summaries', '--json'))).toMatchObject({
      counts: { merged: eventCount },
      needsAttention: 0,
    })
    expect(project.emulator.bill().duplicate_requests).toBe(0)
  })

  test('a budget is refused before it is spent, and pauses both jobs before it is exceeded', async () => {
    await using project = await openProject(kind)
    const refused = await project.run(...both, '$0.0001')
    expect(refused.exit).toBe(5)
    expect(project.emulator.bill().requests).toBe(0)
    // More than is likely, and less than one batch of summaries may need: the embeddings are done, the summaries wait.
    await project.edit('offpeak.config.ts', 'maxRequests: 8', 'maxRequests: 50')
    const costs = await Promise.all([planOf(project, 'summaries'), planOf(project, 'embeddings')])
    const capMicroUsd = Math.ceil(
      costs.reduce((sum, { cost }) => sum + (cost.likelyMicroUsd + cost.atMostOnceMicroUsd) / 2, 0),
    )
    const paused = await project.run(...both, `$${(capMicroUsd / 1e6).toFixed(6)}`)
    expect(paused.exit, paused.stderr).toBe(5)
    expect(project.emulator.bill().cost_micro_usd).toBeLessThanOrEqual(capMicroUsd)
    expect((await project.events()).every((event) => event.has_embedding && event.summary_en === null)).toBe(
      true,
    )
    const resumed = await project.run('resume', '--all', '--max-cost', '$25')
    expect(resumed.exit, resumed.stderr).toBe(0)
    expect((await project.events()).every((event) => event.has_embedding && event.summary_en !== null)).toBe(
      true,
    )

    // A new version: the plan has its price, and all is done again.
    await project.edit('jobs/summaries.job.ts', `version: '1'`, `version: '2'`)
    const planned = await planOf(project, 'summaries')
    expect(planned.toSend).toBe(eventCount)
    expect(planned.cost.likelyMicroUsd).toBeGreaterThan(0)
    const redone = await project.run('run', 'summaries', '--max-cost', '$25')
    expect(redone.exit, redone.stderr).toBe(0)
    expect((await project.events()).every(({ summary_version }) => summary_version === '2')).toBe(true)
  })
})

const plan = z.object({
  toSend: z.number(),
  cost: z.object({ likelyMicroUsd: z.number(), atMostOnceMicroUsd: z.number() }),
})

async function planOf(project: EnrichmentProject, job: string): Promise<z.infer<typeof plan>> {
  return plan.parse(jsonOf(await project.run('plan', job, '--json')))
}

async function chunker(): Promise<(text: string) => readonly string[]> {
  const tokenizer = await loadTokenizer('cl100k_base')
  return (text) => chunkText(text, { tokens: 1_500, overlap: 0.1, tokenizer })
}

/** How far an event's vector is from the mean of its chunks', scaled to length 1: the largest distance of all events. */
async function largestGap(database: EnrichmentProject['database']): Promise<number> {
  const rows = await database((opened) =>
    opened.query(sql`
      select e.embedding::real[] as whole, array_agg(c.embedding::real[] order by c.n) as parts
      from events as e join event_chunks as c using (event_id) group by e.event_id, e.embedding`),
  )
  const vectors = z.array(z.object({ whole: z.array(z.number()), parts: z.array(z.array(z.number())) }))
  const gaps = vectors.parse(rows).map(({ whole, parts }) => {
    const sums = whole.map((_, at) => parts.reduce((sum, part) => sum + (part[at] ?? 0), 0))
    const length = Math.hypot(...sums)
    return Math.hypot(...whole.map((value, at) => value - (sums[at] ?? 0) / length))
  })
  return Math.max(...gaps)
}
