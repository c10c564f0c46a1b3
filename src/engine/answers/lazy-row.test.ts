import { expect, test } from 'vitest'
import { withRow, withRows } from './lazy-row.ts'

test('a row is read when it is asked for and not before, and is a field like the others', () => {
  let reads = 0
  const told = withRow({ output: 'o' }, () => {
    reads += 1
    return { id: 1 }
  })
  const { output } = told
  expect([output, reads]).toEqual(['o', 0])
  expect([told.row, reads]).toEqual([{ id: 1 }, 1])
  expect({ ...told }).toEqual({ output: 'o', row: { id: 1 } })
})

test('the rows of a record are told with the first of them', () => {
  const told = withRows({ output: [1, 2] }, () => ['a', 'b'])
  expect({ ...told }).toEqual({ output: [1, 2], row: 'a', rows: ['a', 'b'] })
  expect(withRow({}, () => 'other').row).toBe('other')
})
