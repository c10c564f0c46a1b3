import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TroubleBoard } from './trouble.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function listened(): { readonly board: TroubleBoard; readonly told: (string | null)[] } {
  const board = new TroubleBoard(() => Date.now())
  const told: (string | null)[] = []
  board.onTrouble((trouble) => told.push(trouble?.words ?? null))
  return { board, told }
}

test('what is over in a moment is not worth a word', () => {
  const { board, told } = listened()
  board.down('away', 'connection refused', 'claim')
  vi.advanceTimersByTime(500)
  board.reached('run')
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([])
})

test('a database that is away is told once, whatever else it says, and that it is back', () => {
  const { board, told } = listened()
  board.down('away', 'connection refused', 'claim')
  vi.advanceTimersByTime(1_500)
  board.down('away', 'the database system is starting up', 'claim')
  expect(board.trouble).toMatchObject({ kind: 'away', words: 'the database system is starting up' })
  board.reached('run')
  board.reached('run')
  expect(told).toEqual(['connection refused', null])
  expect(board.trouble).toBeNull()
})

test('a full disk is told until a call has found room that had found none before, whatever can be read', () => {
  const { board, told } = listened()
  board.down('full', 'the disk is full', 'claim')
  vi.advanceTimersByTime(1_500)
  board.reached('run')
  expect(board.trouble).toMatchObject({ kind: 'full' })
  board.reached('claim')
  expect(told).toEqual(['the disk is full', null])
  board.down('away', 'connection refused', 'run')
  board.reached('status')
  expect(board.trouble).toBeNull()
})

test('a wait for a lock is told when it lasts, again when it is known for whom, and that it is over', () => {
  const { board, told } = listened()
  const wait = board.wait('waiting', Date.now(), 'write')
  const other = board.wait('waiting', Date.now(), 'write')
  vi.advanceTimersByTime(3_500)
  wait.named('waiting for process 7')
  other.over()
  wait.over()
  expect(told).toEqual(['waiting', 'waiting for process 7', null])
})

test('a wait for a lock that is given up is not told as over, before the same call has come through', () => {
  const { board, told } = listened()
  const wait = board.wait('waiting', Date.now(), 'claim')
  vi.advanceTimersByTime(3_500)
  wait.givenUp()
  board.reached('run')
  expect(told).toEqual(['waiting'])
  board.reached('claim')
  expect(told).toEqual(['waiting', null])
})

test('nothing is told after the end', () => {
  const { board, told } = listened()
  board.down('away', 'connection refused', 'claim')
  board.end()
  vi.advanceTimersByTime(60_000)
  expect(told).toEqual([])
})
