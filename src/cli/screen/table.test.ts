import { expect, test } from 'vitest'
import { paintFor } from './paint.ts'
import { labelled, table } from './table.ts'
import { textWidth } from './text-width.ts'

const paint = paintFor(false)
const columns = [
  { title: 'key', value: (row: readonly [string, string]) => row[0], shrink: true },
  { title: 'count', value: (row: readonly [string, string]) => row[1], right: true },
]

test('numbers stand at their right end, and East Asian text keeps the columns', () => {
  const lines = table(
    columns,
    [
      ['東京', '7'],
      ['plain', '1,234'],
    ],
    { paint, width: 80 },
  ).split('\n')
  expect(lines.map((line) => textWidth(line))).toEqual([14, 14, 14])
  expect(lines[1]?.endsWith('    7')).toBe(true)
})

test('a table never gets wider than the terminal, and says where it cut', () => {
  const lines = table(
    columns,
    [
      ['x'.repeat(200), '1'],
      ['名'.repeat(90), '22'],
    ],
    { paint, width: 40 },
  ).split('\n')
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(40)
  expect(lines[1]).toContain('…')
})

test('a cell cannot break its line or steer the terminal', () => {
  const lines = table(columns, [['a\nb\u001b[2J\tc', '1']], { paint, width: 80 }).split('\n')
  expect(lines).toHaveLength(2)
  expect(lines[1]).toContain('a b c')
})

test('colours do not count as width', () => {
  const colored = table([{ ...columns[0]!, paint: paintFor(true).bad }, columns[1]!], [['a', '1']], {
    paint,
    width: 80,
  })
  expect(textWidth(colored.split('\n')[1] ?? '')).toBe(
    textWidth(table(columns, [['a', '1']], { paint, width: 80 }).split('\n')[1] ?? ''),
  )
})

test('labelled texts are wrapped under themselves', () => {
  expect(labelled([['Tokens', 'one two three'], null], paint, 20)).toBe(
    '  Tokens    one two\n            three',
  )
})
