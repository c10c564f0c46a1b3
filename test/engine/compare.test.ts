import { expect, test } from 'vitest'
import { begin, carry, openKit, type KitProject } from './run-kit.ts'

/** Two runs over the same notes; every third answer of the second is refused. */
async function twoRuns(project: KitProject): Promise<readonly [string, string]> {
  const first = await begin(project)
  await carry(project, first)
  project.emulator.addFault({
    operation: 'batch',
    action: { type: 'scenario', name: 'expire-partial', fraction: 0.5, windowSeconds: 60 },
  })
  const second = await begin(project, { redo: true })
  await carry(project, second)
  return [first, second]
}

const score = 'score: { of: ({ row }) => row.id / 100 },'

test('pages over the records that both runs have, in the order of the source', async () => {
  await using project = await openKit({ job: score })
  const [a, b] = await twoRuns(project)
  const { offpeak } = project
  const all = { changedOnly: false, limit: 5 }
  const first = await offpeak.comparedRecords(a, b, { ...all, cursor: null })
  expect(first.items.map(({ key }) => key)).toEqual(['0', '1', '2', '3', '4'])
  expect(first.items[3]).toMatchObject({ scoreA: 0.03, scoreB: 0.03, preference: null })
  const second = await offpeak.comparedRecords(a, b, { ...all, cursor: first.nextCursor })
  const third = await offpeak.comparedRecords(a, b, { ...all, cursor: second.nextCursor })
  expect([...second.items, ...third.items].map(({ key }) => key)).toEqual(
    Array.from({ length: 7 }, (_, at) => String(at + 5)),
  )
  expect(third.nextCursor).toBeNull()
  const same = await offpeak.comparedRecords(a, b, { changedOnly: true, cursor: null, limit: 50 })
  expect(same.items.every((record) => record.a !== record.b)).toBe(true)
  await expect(offpeak.comparedRecords(a, b, { ...all, cursor: 'x' })).rejects.toMatchObject({
    code: 'E_USAGE',
  })
  expect((await offpeak.comparedRecords(a, a, { ...all, cursor: null })).items).toEqual([])
})

test('keeps one preference for a record and two runs, whichever is named first', async () => {
  await using project = await openKit()
  const [a, b] = await twoRuns(project)
  const { offpeak } = project
  await offpeak.prefer(a, b, '0', 'a')
  await offpeak.prefer(a, b, '1', 'tie')
  await offpeak.prefer(b, a, '2', 'a')
  expect(await offpeak.prefer(a, b, '3', 'bad')).toEqual({ preferred: { a: 1, b: 1, tie: 1, bad: 1 } })
  expect(await offpeak.prefer(a, b, '0', 'b')).toEqual({ preferred: { a: 0, b: 2, tie: 1, bad: 1 } })
  expect(await offpeak.prefer(a, b, '1', null)).toEqual({ preferred: { a: 0, b: 2, tie: 0, bad: 1 } })
  expect((await offpeak.compare(b, a, 10)).preferred).toEqual({ a: 2, b: 0, tie: 0, bad: 1 })
  const { items } = await offpeak.comparedRecords(b, a, { changedOnly: false, cursor: null, limit: 4 })
  expect(items.map(({ preference }) => preference)).toEqual(['a', null, 'a', 'bad'])
  await expect(offpeak.prefer(a, b, '99', 'a')).rejects.toMatchObject({ code: 'E_RECORD_UNKNOWN' })
  await expect(offpeak.prefer(a, a, '0', 'a')).rejects.toMatchObject({ code: 'E_USAGE' })
})

test('compares one prompt variant over two runs', async () => {
  const variants = 'variants: { short: ({ row }) => row.text, long: ({ row }) => `Tell of ${row.text}` },'
  await using project = await openKit({ job: variants })
  const [a, b] = await twoRuns(project)
  const filter = { changedOnly: false, cursor: null, limit: 50 }
  const short = await project.offpeak.comparedRecords(`${a}:short`, `${b}:short`, filter)
  const long = await project.offpeak.comparedRecords(`${a}:long`, `${b}:long`, filter)
  const keys = [...short.items, ...long.items].map(({ key }) => Number(key))
  expect(keys.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 12 }, (_, at) => at))
  expect(short.items.length).toBeGreaterThan(0)
  const { items } = await project.offpeak.comparedRecords(`${a}:short`, `${b}:long`, filter)
  expect(items).toEqual([])
  expect((await project.offpeak.compare(`${a}:short`, `${b}:short`, 200)).both).toBe(short.items.length)
  await expect(project.offpeak.prefer(`${a}:short`, `${a}:long`, '0', 'a')).rejects.toThrow(
    /no record in common/,
  )
})

test('a record costs what all of its tries cost, on each side and in all of them together', async () => {
  await using project = await openKit({
    job: "check: ({ row }) => row.id < 6 || 'never good', retry: { max: 2 },",
  })
  const { offpeak } = project
  const first = await begin(project)
  await carry(project, first)
  const second = await begin(project, { redo: true })
  await carry(project, second)
  const compared = await offpeak.compare(first, second, 10)
  expect(project.emulator.bill()).toMatchObject({ requests: 36 })
  for (const [side, runId] of [
    [compared.a, first],
    [compared.b, second],
  ] as const) {
    const { money } = await offpeak.status(runId)
    // Each batch is rounded up to a micro-dollar.
    expect(Math.abs(side.costMicroUsd - money.spentMicroUsd)).toBeLessThanOrEqual(6)
    expect((side.microUsdPerRecord ?? 0) * 12).toBeCloseTo(side.costMicroUsd, -1)
  }
})
