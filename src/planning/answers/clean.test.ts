import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { clean } from './clean.ts'

const lesson = '# Joins\n\nA join puts rows together.\n\n```sql\nselect 1\n```\n\nThe end.'

describe('clean takes away', () => {
  test.each([
    ['a fence without a language', '```\n# Joins\n\nText.\n```', '# Joins\n\nText.\n'],
    ['a fence of tildes', '~~~markdown\n# Joins\n~~~\n', '# Joins\n'],
    ['a JSON fence', '```json\n{"a":1}\n```', '{"a":1}\n'],
    ['a fence around Markdown with code in it', `\`\`\`markdown\n${lesson}\n\`\`\``, `${lesson}\n`],
    ['a longer fence around bare ones', '````md\n```\ncode\n```\n````', '```\ncode\n```\n'],
    ['an introduction', `Here is the lesson:\n\n${lesson}`, `${lesson}\n`],
    ['a willing introduction', `Sure! Here's your lesson on joins:\n\n${lesson}`, `${lesson}\n`],
    ['a mere exclamation', `Certainly!\n\n${lesson}`, `${lesson}\n`],
    ['a closing offer', `${lesson}\n\nLet me know if you would like more examples!`, `${lesson}\n`],
    ['a hope at the end', `${lesson}\n\nI hope this helps.\n`, `${lesson}\n`],
    [
      'all of them at once',
      `Sure, here is the lesson:\n\n\`\`\`markdown\n${lesson}\n\`\`\`\n\nFeel free to ask for changes.`,
      `${lesson}\n`,
    ],
  ])('%s', (_, given, expected) => {
    expect(clean(given)).toBe(expected)
  })

  test('a repeated instruction, word by word and followed by an answer', () => {
    const echoed = ['Write one lesson in Markdown, in plain words.']
    expect(clean(`${echoed[0]}\n\n${lesson}`, { echoed })).toBe(`${lesson}\n`)
    expect(clean(echoed[0] ?? '', { echoed })).toBe(echoed[0])
  })
})

describe('clean leaves alone', () => {
  test.each([
    ['a plain text', lesson],
    ['a program', '```python\nprint(1)\n```'],
    ['two code blocks, at the start and at the end', '```\na\n```\n\ntext\n\n```\nb\n```'],
    ['a block that is never closed', '```\na\nb'],
    ['a bare block inside a fence, which might end it', '```markdown\na\n```\nb\n```\nc\n```'],
    ['an introduction of nothing', 'Here is the lesson:'],
    ['a sentence that only begins so', 'Here is the lesson that history taught us: never give up.\n'],
    ['a heading', '# Sure\n\nHere is the list:\n\n- a'],
    ['an offer inside a code block', '```text\na\n\nLet me know if you see this\n'],
    ['an offer in the middle', 'A.\n\nI hope this helps was what he said.\n\nThen he left.'],
    ['nothing', ''],
  ])('%s', (_, given) => {
    expect(clean(given)).toBe(given)
  })

  test('what it is told to leave', () => {
    const given = 'Here is the lesson:\n\n```\na\n```'
    expect(clean(given, { fence: false, remarks: false })).toBe(given)
  })

  test('any text of words, lists and fenced code that begins and ends with words', () => {
    const word = fc.stringMatching(/^[a-z]{3,8}$/)
    const line = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => `Ein ${words.join(' ')}.`)
    const block = fc.oneof(
      line,
      line.map((text) => `- ${text}\n- ${text}`),
      line.map((text) => `## ${text}`),
      fc
        .tuple(fc.constantFrom('```', '~~~', '````'), fc.constantFrom('', 'js', 'markdown'), line)
        .map(([mark, language, text]) => `${mark}${language}\n${text}\n${mark}`),
    )
    fc.assert(
      fc.property(line, fc.array(block, { maxLength: 8 }), line, (first, blocks, last) => {
        const text = [first, ...blocks, last].join('\n\n')
        expect(clean(text)).toBe(text)
        expect(clean(`\`\`\`\`\`markdown\n${text}\n\`\`\`\`\``)).toBe(`${text}\n`)
        expect(clean(`Here is the text:\n\n${text}`)).toBe(`${text}\n`)
      }),
    )
  })

  test('any text at all, twice as once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('```', '~~~md', 'Sure!', 'Here is the a:', 'I hope this helps', 'x', '')),
        (lines) => {
          const once = clean(lines.join('\n'))
          expect(lines.join('\n')).toContain(once.trimEnd())
        },
      ),
    )
  })
})
