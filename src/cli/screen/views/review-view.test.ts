import { expect, test } from 'vitest'
import { paintFor } from '../paint.ts'
import { answerView, type ShownAnswer } from './review-view.ts'

const long = Array.from({ length: 200 }, (_, at) => `Line ${at} of a long opinion.`).join('\n')
const answer: ShownAnswer = {
  run: '7k2m',
  key: '1042',
  outcome: 'review',
  reason: 'scored below 0.5',
  score: 0.25,
  row: { id: 1_042 },
  request: {
    messages: [
      { role: 'system', content: 'You are a law reporter.\nBe brief.' },
      { role: 'user', content: long },
    ],
  },
  text: JSON.stringify({ headnote: 'The appeal fails.', topics: ['appeal'] }),
  output: null,
}

function view(more: Partial<ShownAnswer>, rows: number): readonly string[] {
  return answerView({ ...answer, ...more }, '1 of 3', paintFor(false), { columns: 80, rows }).split('\n')
}

test('an answer is read as `show` has it: what was asked, then what came back', () => {
  const lines = view({}, Infinity)
  expect(lines[1]).toContain('record 1042 of run 7k2m   scored 0.25   1 of 3')
  const labels = lines.map((line) => line.slice(2, 10).trim()).filter((label) => label !== '')
  expect(labels.slice(1)).toEqual(['Is', 'System', 'User', 'Answer'])
})

test('head and answer stay on the screen, however long the question is', () => {
  const lines = view({}, 24)
  expect(lines.length).toBeLessThan(24)
  const text = lines.join('\n')
  expect(text).toContain('record 1042')
  expect(text).toContain('    "headnote": "The appeal fails."')
  expect(text).toContain('User      Line 0 of a long opinion.')
  expect(text).toMatch(/… 19\d more lines; v shows all/)
})

test('of a long answer as much is shown as goes next to the beginning of the question', () => {
  const lines = view({ text: long }, 24)
  expect(lines.length).toBeLessThan(24)
  expect(lines.join('\n')).toContain('Answer    Line 0 of a long opinion.')
  expect(lines.join('\n')).toContain('User      Line 0 of a long opinion.')
  expect(lines.filter((line) => line.includes('Line ')).length).toBeGreaterThan(12)
})

test('a short one is whole on a small screen, and keys that begin alike stay apart', () => {
  const request = { messages: [{ role: 'user', content: 'One line.' }] }
  const key = `opinions/2026/supreme-court/${'a'.repeat(40)}/0001`
  const lines = view({ request, key }, 16)
  expect(lines.join('\n')).not.toContain('v shows all')
  expect(lines[1]).toMatch(/record opinions\/2026\/sup.*…a+\/0001 of run/)
})
