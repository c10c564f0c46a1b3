import { expect, test } from 'vitest'
import { z } from 'zod'
import { carry } from '../engine/run-kit.ts'
import { openServed } from './server-kit.ts'

const page = z.object({
  items: z.array(z.object({ key: z.string(), output: z.object({ summary: z.string() }).nullable() })),
  matching: z.number().nullable(),
  nextCursor: z.string().nullable(),
})
const started = z.looseObject({ status: z.looseObject({ run: z.string() }) })

test('rows are found by what they answer, and ordered by a field of it, page by page', async () => {
  await using project = await openServed({ records: 12 })
  const made = await project.ask('POST', '/api/v1/jobs/notes/runs', { body: { maxCost: '$1' } })
  const { run } = started.parse(made.json).status
  await carry(project, run)
  const rows = async (query: string): Promise<z.output<typeof page>> => {
    const answer = await project.ask('GET', `/api/v1/runs/${run}/rows?answers=true&${query}`)
    expect(answer.status, answer.text).toBe(200)
    return page.parse(answer.json)
  }
  const summaryOf = ({ output }: z.output<typeof page>['items'][number]): string => output?.summary ?? ''
  const all = (await rows('limit=50')).items.map(summaryOf)
  expect(all).toHaveLength(12)

  const word = all[4]?.slice(0, 12).toUpperCase() ?? ''
  const found = await rows(`limit=50&answer=${encodeURIComponent(word)}`)
  expect(found.items.map(summaryOf).toSorted()).toEqual(
    all.filter((summary) => summary.toUpperCase().includes(word)).toSorted(),
  )

  const ordered: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { items, nextCursor }: z.output<typeof page> = await rows(
      `limit=5&sort=-output.summary${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    ordered.push(...items.map(summaryOf))
    cursor = nextCursor
  }
  expect(ordered.toSorted()).toEqual(all.toSorted())
  expect(ordered[0], 'numbers in a text are numbers').toContain('Note 11 ')
  expect((await project.ask('GET', `/api/v1/runs/${run}/rows?sort=nothing`)).status).toBe(422)
})

test('candidates are compared over HTTP, and only for whoever may know of all of them', async () => {
  await using project = await openServed({
    records: 6,
    job: 'candidates: { now: {}, terse: { prompt: ({ row }) => row.text.slice(0, 12) } },',
  })
  for (const job of ['notes@now', 'notes@terse']) {
    const made = await project.ask('POST', `/api/v1/jobs/${job}/runs`, { body: { maxCost: '$1' } })
    await carry(project, started.parse(made.json).status.run)
  }
  const compared = await project.ask('GET', '/api/v1/compare/candidates?job=notes')
  expect(compared.json).toMatchObject({
    common: 6,
    sides: [
      { job: 'notes@now', differences: null },
      { job: 'notes@terse', records: 6 },
    ],
  })
  const one = await project.addKey({ scope: 'read', jobs: JSON.stringify(['notes', 'notes@now']) })
  expect((await project.ask('GET', '/api/v1/compare/candidates?job=notes', { key: one })).status).toBe(404)
})
