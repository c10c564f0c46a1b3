import { expect, test } from 'vitest'
import type { Row, RowPage } from '../../../../../src/server/contract/row.ts'
import { type ReadRows, RowWindow } from './row-window.ts'

function row(seq: number): Row {
  return {
    key: `key-${seq}`,
    seq,
    outcome: 'merged',
    reason: null,
    output: { text: 'x'.repeat(1_000) },
    text: null,
    inputTokens: 1,
    outputTokens: 1,
    costUsd: 0,
    tries: 1,
    batch: 0,
    score: null,
    sameAs: null,
  }
}

/** A server with rows of these places, and what it was asked. */
function server(seqs: () => readonly number[], matching: number | null = null) {
  const asked: { cursor: string | null; limit: number; answers: boolean }[] = []
  const read: ReadRows = ({ cursor, limit, answers }) => {
    asked.push({ cursor, limit, answers })
    const rest = seqs().filter((seq) => cursor === null || seq > Number(cursor))
    const page: RowPage = {
      items: rest.slice(0, limit).map(row),
      nextCursor: rest.length > limit ? String(rest[limit - 1]) : null,
      matching: matching ?? seqs().length,
      answersKept: true,
    }
    return Promise.resolve(page)
  }
  return { asked, read }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, seq) => seq)

/** Waits until nothing is read any more. */
async function settled(window: RowWindow): Promise<void> {
  for (let before = -1; before !== window.version();) {
    before = window.version()
    for (let turn = 0; turn < 50; turn++) await Promise.resolve()
  }
}

test('of a whole list any place is asked for at once, and only what is in sight is kept', async () => {
  const { asked, read } = server(() => upTo(100_000))
  const window = new RowWindow({ read, answers: false, whole: true, span: () => null })
  window.open()
  window.show(0, 30)
  await settled(window)
  expect(window.length).toBe(100_000)
  window.show(99_970, 100_000)
  await settled(window)
  expect(window.row(99_999)?.key).toBe('key-99999')
  expect(asked).toHaveLength(2)
  for (let at = 0; at < 100_000; at += 1_000) {
    window.show(at, at + 30)
    await settled(window)
  }
  expect(window.loaded().length).toBeLessThanOrEqual(40 * 200)
})

test('a list with gaps is not taken for a whole one', async () => {
  const { read } = server(() => upTo(1_000).filter((seq) => seq % 2 === 1))
  const window = new RowWindow({ read, answers: false, whole: true, span: () => null })
  window.open()
  window.show(0, 30)
  await settled(window)
  expect(window.row(3)?.seq).toBe(7)
  expect(window.length).toBe(500)
})

test('in a filtered list a far row is reached with long strides, and read with its answer', async () => {
  const seqs = upTo(10_000).filter((seq) => seq % 3 === 0)
  const { asked, read } = server(() => seqs)
  const window = new RowWindow({ read, answers: true, whole: false, span: () => null })
  window.open()
  window.show(0, 30)
  await settled(window)
  window.show(3_000, 3_030)
  await settled(window)
  expect(window.row(3_010)?.seq).toBe(seqs[3_010])
  expect(asked.filter(({ answers }) => !answers).every(({ limit }) => limit === 500)).toBe(true)
  expect(asked.length).toBeLessThan(12)
  window.show(3_300, 3_340)
  await settled(window)
  expect(window.length).toBe(seqs.length)
  expect(window.row(seqs.length - 1)?.seq).toBe(9_999)
  expect(window.row(seqs.length)).toBeUndefined()
})

test('it reads only while somebody looks, and what was asked before counts no more', async () => {
  const { asked, read } = server(() => upTo(10))
  const window = new RowWindow({ read, answers: false, whole: false, span: () => null })
  window.show(0, 30)
  expect(asked).toHaveLength(0)
  window.open()()
  window.open()
  await settled(window)
  expect(asked).toHaveLength(2)
  expect(window.length).toBe(10)
})

test('a page without rows is not the end', async () => {
  let page = 0
  const read: ReadRows = () =>
    Promise.resolve({
      items: page < 3 ? [] : [row(9)],
      nextCursor: page++ < 3 ? String(page) : null,
      matching: null,
      answersKept: true,
    })
  const window = new RowWindow({ read, answers: false, whole: false, span: () => null })
  window.open()
  window.show(0, 30)
  await settled(window)
  expect(window.row(0)?.seq).toBe(9)
  expect(window.length).toBe(1)
})

test('when the run continues, what is in sight is read again, and rows that are gone do not stay', async () => {
  let seqs = upTo(250)
  const { read } = server(() => seqs)
  const window = new RowWindow({ read, answers: false, whole: false, span: () => null })
  window.open()
  window.show(0, 30)
  await settled(window)
  seqs = seqs.slice(100)
  window.refresh()
  await settled(window)
  expect(window.row(0)?.seq).toBe(100)
  expect(window.length).toBe(150)
  expect(window.changed).toBe(false)
})

test('a filtered list that was empty is read again, and one that has become empty is so', async () => {
  let seqs = upTo(0)
  const { read } = server(() => seqs)
  const window = new RowWindow({ read, answers: false, whole: false, span: () => 100 })
  window.open()
  window.show(0, 30)
  await settled(window)
  expect(window.length).toBe(0)
  for (const count of [3, 0, 5, 260]) {
    seqs = upTo(count)
    window.refresh()
    expect(window.begun).toBe(true)
    await settled(window)
    expect(window.row(count - 1)?.seq).toBe(count > 0 && count < 200 ? count - 1 : undefined)
    expect(window.length).toBe(count)
  }
})

test('a long filtered list stays as it is until somebody asks', async () => {
  let seqs = upTo(5_000)
  const { read } = server(() => seqs)
  const window = new RowWindow({ read, answers: false, whole: false, span: () => null })
  window.open()
  window.show(4_000, 4_030)
  await settled(window)
  seqs = seqs.slice(10)
  window.refresh()
  await settled(window)
  expect(window.changed).toBe(true)
  expect(window.row(4_000)?.seq).toBe(4_000)
  window.refreshAll()
  await settled(window)
  expect(window.row(4_000)?.seq).toBe(4_010)
  expect(window.changed).toBe(false)
})

test('a failure stops it until it is tried again, and long texts are cut', async () => {
  const { read } = server(() => upTo(10))
  let broken = true
  const window = new RowWindow({
    read: (wish) => (broken ? Promise.reject(new Error('away')) : read(wish)),
    answers: true,
    whole: true,
    span: () => null,
  })
  window.open()
  window.show(0, 10)
  await settled(window)
  expect(window.error?.message).toBe('away')
  broken = false
  window.retry()
  await settled(window)
  expect(window.error).toBeNull()
  expect(window.row(2)?.output).toEqual({ text: 'x'.repeat(400) })
})

test('a far row of a filtered list is looked for where it should lie, and both ends are known', async () => {
  const seqs = upTo(1_000_000).filter((seq) => seq % 3 !== 0)
  const { asked, read } = server(() => seqs)
  const window = new RowWindow({ read, answers: true, whole: false, span: () => 1_000_000 })
  window.open()
  window.show(0, 30)
  await settled(window)
  const end = window.length
  window.show(end - 30, end)
  await settled(window)
  expect(window.row(end - 1)?.seq).toBe(seqs.at(-1))
  expect(window.isExact(end - 1)).toBe(true)
  for (let top = end - 30; top > end - 2_000; top -= 20) {
    window.show(top, top + 30)
    await settled(window)
    expect(window.row(top)?.seq).toBe(seqs[top])
  }
  expect(asked.length).toBeLessThan(40)
  window.show(300_000, 300_030)
  await settled(window)
  expect(window.isExact(300_010)).toBe(false)
  expect(window.row(300_010)?.seq).toBeCloseTo(seqs[300_010] ?? 0, -3)
  window.show(0, 30)
  await settled(window)
  expect(window.row(5)?.seq).toBe(seqs[5])
  expect(window.isExact(5)).toBe(true)
})

test('where what matches lies thick in one place and thin in another, both ends are found all the same', async () => {
  const seqs = upTo(200_000).filter((seq) => (seq < 20_000 ? seq % 2 === 0 : seq % 997 === 0))
  const { asked, read } = server(() => seqs)
  const window = new RowWindow({ read, answers: false, whole: false, span: () => 200_000 })
  window.open()
  window.show(0, 30)
  await settled(window)
  const end = window.length
  for (let top = end - 30; top > end - 700; top -= 25) {
    window.show(top, top + 30)
    await settled(window)
    expect(window.row(top + 29)?.seq).toBe(seqs[top + 29])
  }
  expect(asked.length).toBeLessThan(60)
})
