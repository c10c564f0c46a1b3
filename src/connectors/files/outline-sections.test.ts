import { lexer } from 'marked'
import { describe, expect, test } from 'vitest'
import { outlineSections, type OutlineSection } from './outline-sections.ts'

const sections = (markdown: string, level: number): readonly OutlineSection[] =>
  outlineSections(markdown, level, (text) => lexer(text))

const course = `---
title: no heading
---
# Data governance

Intro.

## M0: Foundations

Why it *matters*.

### L001: What is **data**?

- first [note](https://example.org)
- second \`note\`
  - nested

\`\`\`sh
### not a heading
# neither
\`\`\`

#### Deeper

Deep text.

### L002: Owners
## M1: Quality
### L003: Owners

Owners again.
`

describe('an outline', () => {
  test('has a section for each heading of the level, with its place and what stands above', () => {
    const found = sections(course, 3)
    expect(found.map(({ n, number, code, title, slug }) => [n, number, code, title, slug])).toEqual([
      [1, '1.1', 'L001', 'What is data?', 'what-is-data'],
      [2, '1.2', 'L002', 'Owners', 'owners'],
      [3, '2.1', 'L003', 'Owners', 'owners-2'],
    ])
    expect(found[0]?.path).toEqual(['Data governance', 'Foundations'])
    expect(found[2]?.module).toEqual({ index: 2, title: 'Quality', code: 'M1' })
  })

  test('takes the text up to the next heading of the level or above, code blocks and deeper headings with it', () => {
    const [first, second] = sections(course, 3)
    expect(first?.body.startsWith('- first [note]')).toBe(true)
    expect(first?.body).toContain('### not a heading')
    expect(first?.body.endsWith('Deep text.')).toBe(true)
    expect(first?.notes).toEqual(['first note', 'second note', 'nested'])
    expect(second?.body).toBe('')
  })

  test('knows where a section lies in the file, with any line ends and a byte order mark', () => {
    for (const source of [
      course,
      course.replaceAll('\n', '\r\n'),
      `\uFEFF${course.replaceAll('\n', '\r\n')}`,
    ])
      for (const { start, end, title } of sections(source, 3)) {
        const cut = source.slice(start, end)
        expect(cut.startsWith('### L00')).toBe(true)
        expect(cut.includes(title.slice(0, 5))).toBe(true)
        expect(['## ', '###', '']).toContain(source.slice(end, end + 3))
      }
  })

  test('counts the topmost level where it is no title of the whole, and 0 for a level that is missing', () => {
    expect(sections('# A\n## A1\n# B\n### deep\n## B1\n### x', 3).map(({ number }) => number)).toEqual([
      '2.0.1',
      '2.1.1',
    ])
    expect(sections('# A\n# B', 1).map(({ number, module }) => [number, module])).toEqual([
      ['1', null],
      ['2', null],
    ])
  })

  test('reads underlined headings, and none in quotes and lists', () => {
    const found = sections('Title\n=====\n\nOne\n---\n\n> ## quoted\n\n- ## listed\n', 2)
    expect(found.map(({ title }) => title)).toEqual(['One'])
  })

  test('reads a character by its name or number as that character, but in code', () => {
    const [first] = sections(
      '## Q&amp;A&nbsp;&ndash; caf&eacute; &#8217; &#x2014; &unknown; `&amp;` \\&lt; &#0;\n\n- it&#39;s &lt;b&gt;\n',
      2,
    )
    expect(first?.title).toBe('Q&A – café ’ — &unknown; &amp; &lt; �')
    expect(first?.slug).toMatch(/^q-a-café/)
    expect(first?.notes).toEqual(["it's <b>"])
  })

  test('begins with a rule as well as with front matter', () => {
    const titles = (source: string): readonly string[] => sections(source, 2).map(({ title }) => title)
    expect(titles('---\n\n# Course\n\n## One\n\ntext\n\n---\n\n## Two\n')).toEqual(['One', 'Two'])
    expect(titles('+++\ntitle = "x"\n## no heading\n+++\n## A\n')).toEqual(['A'])
    expect(titles('\uFEFF---\r\ntitle: x\r\n---\r\n## A\r\n')).toEqual(['A'])
  })

  test('gives a name to a heading of signs only, and is empty without headings', () => {
    expect(sections('## ???', 2)[0]?.slug).toBe('section')
    expect(sections('text', 2)).toEqual([])
  })

  test.each(['## COVID19 in numbers', '## A4-paper', '## H2O: water', '## m3: small'])(
    'takes no code from %s',
    (heading) => {
      expect(sections(heading, 2)[0]?.code).toBe(null)
    },
  )
})
