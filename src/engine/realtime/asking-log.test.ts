import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { answerFile } from '../files/durable-file.ts'
import { AskingLog, askingPrefix } from './asking-log.ts'

const attempt = { id: 7, nonce: 'nonce' }
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'offpeak-asking-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const line = (of: number, text = 'ä\u2028'): Record<string, unknown> => ({ custom_id: `tag-${of}`, text })

async function assembled(log: AskingLog): Promise<readonly unknown[]> {
  const bytes = await log.assemble()
  const text = await readFile(answerFile(folder, { ...attempt, fetches: 0 }, 'output'))
  expect(text.length).toBe(bytes)
  return text
    .toString('utf8')
    .split('\n')
    .slice(0, -1)
    .map((entry) => JSON.parse(entry) as unknown)
}

test('answers that came in any order and from several claims are put together in the order of their lines', async () => {
  {
    await using log = await AskingLog.open(folder, attempt, 2)
    await Promise.all([log.ask(3), log.ask(1), log.ask(0)])
    await Promise.all([log.answer(3, line(3), false), log.answer(1, line(1), false)])
  }
  await using log = await AskingLog.open(folder, attempt, 10)
  expect([log.has(3), log.has(1), log.has(0), log.has(2)]).toEqual([true, true, false, false])
  expect(log.unanswered).toEqual([0])
  await log.answer(0, line(0, 'unsure'), true)
  await log.ask(2)
  await log.answer(2, line(2), false)
  expect(log.unanswered).toEqual([])
  expect(log.counts).toEqual({ answered: 3, unsure: 1 })
  expect(log.unsure).toEqual(new Set([0]))
  expect(await assembled(log)).toEqual([line(0, 'unsure'), line(1), line(2), line(3)])
  await log.remove()
  expect(await readdir(folder)).toEqual(['7-nonce.output.jsonl'])
})

test('what was turned away is owed nothing and may be asked again', async () => {
  {
    await using log = await AskingLog.open(folder, attempt, 1)
    await log.ask(0)
    await log.free(0)
    await log.ask(1)
    await log.free(1)
    await log.ask(1)
  }
  await using log = await AskingLog.open(folder, attempt, 2)
  expect(log.unanswered).toEqual([1])
})

test.for(['{"line":0,"answer":{"custom', '{"ask":', '{"line":0,"answer":{"a":1}', '\u0000\u0000'])(
  'a torn last line is no answer: %s',
  async (torn) => {
    {
      await using log = await AskingLog.open(folder, attempt, 1)
      await log.ask(0)
    }
    await appendFile(join(folder, `${askingPrefix(attempt)}1.jsonl`), torn)
    await using log = await AskingLog.open(folder, attempt, 2)
    expect(log.unanswered).toEqual([0])
    expect(await assembled(log)).toEqual([])
  },
)

test('a claim that was overtaken cannot change what its successor has read', async () => {
  await using overtaken = await AskingLog.open(folder, attempt, 1)
  await overtaken.ask(0)
  await using successor = await AskingLog.open(folder, attempt, 2)
  await successor.answer(0, line(0, 'unsure'), true)
  await overtaken.answer(0, line(0, 'late'), false)
  expect(await assembled(successor)).toEqual([line(0, 'unsure')])
})

test('the files of other attempts are left alone', async () => {
  await using other = await AskingLog.open(folder, { id: 77, nonce: 'nonce' }, 1)
  await other.ask(0)
  await using log = await AskingLog.open(folder, attempt, 1)
  expect(log.unanswered).toEqual([])
  await log.remove()
  expect(await readdir(folder)).toEqual(['77-nonce.asking-1.jsonl', '77-nonce.asking-1.jsonl.room'])
})
