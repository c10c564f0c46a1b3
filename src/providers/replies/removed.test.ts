import { expect, test } from 'vitest'
import { readRemoved } from './removed.ts'

test('what is deleted says so in JSON or by a 204, and nothing else does', () => {
  expect(readRemoved(undefined, { status: 204 })).toBe(true)
  expect(readRemoved({ id: 'file-1', deleted: true }, { status: 200 })).toBe(true)
  expect(readRemoved({}, { status: 200 })).toBe(true)
  for (const json of [undefined, null, '', 'ok', [], { id: 'file-1', deleted: false }])
    expect(readRemoved(json, { status: 200 })).toBeNull()
})
