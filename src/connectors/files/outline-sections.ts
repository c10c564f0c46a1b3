import type { Token, Tokens } from 'marked'
import { withoutEntities } from './entities.ts'
import { frontMatterLength } from './front-matter.ts'

/** A heading of an outline with what lies under it. */
export interface OutlineSection {
  /** Counted from 1 over all headings of the level. */
  readonly n: number
  /** The place in the outline, such as `3.2`; a single title of the whole document is not counted. */
  readonly number: string
  /** The heading as plain text, without its code. */
  readonly title: string
  /** A code that begins the heading, such as `L012` in `L012: Joins`; null without one. */
  readonly code: string | null
  /** The title for file names and addresses, unique in the outline. */
  readonly slug: string
  readonly level: number
  /** The titles of the headings above, the topmost first. */
  readonly path: readonly string[]
  /** The heading one level above: counted from 1 over all of its level. */
  readonly module: { readonly index: number; readonly title: string; readonly code: string | null } | null
  /** The Markdown under the heading, with deeper headings. */
  readonly body: string
  /** The items of the lists under the heading, as plain text. */
  readonly notes: readonly string[]
  /** Where the section begins and ends in the file, in characters. */
  readonly start: number
  readonly end: number
}

/** A splitter of Markdown into its block tokens; `raw` of each is the very text. */
export type Lex = (markdown: string) => readonly Token[]

interface Heading {
  readonly title: string
  readonly code: string | null
  readonly level: number
  readonly at: number
  readonly bodyAt: number
  /** Tokens up to the next heading. */
  readonly blocks: Token[]
}

const codePattern = /^([A-Z]+\d+)\s*[:.)\u2013\u2014-]\s+(.+)$/u

/** All headings of a level as sections, in the order of the text. Lines in code blocks are no headings. */
export function outlineSections(source: string, level: number, lex: Lex): readonly OutlineSection[] {
  const { text, toSource } = normalised(source)
  const headings = readHeadings(text, lex)
  const above: (Heading & { readonly index: number })[] = []
  const counts: number[] = []
  const rootLevel = firstCounted(headings, level)
  const position = Array.from({ length: 7 }, () => 0)
  const slugs = new Map<string, number>()
  const sections: OutlineSection[] = []
  for (const [at, heading] of headings.entries()) {
    while ((above.at(-1)?.level ?? 0) >= heading.level) above.pop()
    counts[heading.level] = (counts[heading.level] ?? 0) + 1
    position[heading.level] = (position[heading.level] ?? 0) + 1
    position.fill(0, heading.level + 1)
    if (heading.level === level) {
      const next = headings.findIndex((one, place) => place > at && one.level <= level)
      const inside = headings.slice(at, next === -1 ? undefined : next)
      const end = headings[next]?.at ?? text.length
      const module = above.find((one) => one.level === level - 1)
      sections.push({
        n: counts[level] ?? 1,
        number: position.slice(rootLevel, level + 1).join('.'),
        title: heading.title,
        code: heading.code,
        slug: unique(slugOf(heading.title), slugs),
        level,
        path: above.map(({ title }) => title),
        module: module ? { index: module.index, title: module.title, code: module.code } : null,
        body: text.slice(heading.bodyAt, end).trim(),
        notes: inside.flatMap(({ blocks }) => blocks.flatMap(listItems)),
        start: toSource(heading.at),
        end: toSource(end),
      })
    }
    above.push({ ...heading, index: counts[heading.level] ?? 1 })
  }
  return sections
}

/** Line ends as the lexer wants them, and the way back to the places in the file. */
function normalised(source: string): { readonly text: string; readonly toSource: (at: number) => number } {
  const cuts: number[] = []
  const mark = source.startsWith('\uFEFF') ? 1 : 0
  const text = source.slice(mark).replace(/\r\n?/g, (end, at: number) => {
    if (end === '\r\n') cuts.push(at - cuts.length)
    return '\n'
  })
  return {
    text,
    toSource(at) {
      let [low, high] = [0, cuts.length]
      while (low < high) {
        const middle = (low + high) >> 1
        if ((cuts[middle] ?? 0) < at) low = middle + 1
        else high = middle
      }
      return at + low + mark
    },
  }
}

function readHeadings(text: string, lex: Lex): readonly Heading[] {
  const headings: Heading[] = []
  let at = frontMatterLength(text)
  for (const token of lex(text.slice(at))) {
    if (isHeading(token)) {
      const whole = plainText(token.tokens).replace(/\s+/g, ' ').trim()
      const [, code = null, title = whole] = codePattern.exec(whole) ?? []
      headings.push({ title, code, level: token.depth, at, bodyAt: at + token.raw.length, blocks: [] })
    } else headings.at(-1)?.blocks.push(token)
    at += token.raw.length
  }
  return headings
}

/** The topmost level that is counted: a heading that stands alone above all others is the title of the whole. */
function firstCounted(headings: readonly Heading[], level: number): number {
  for (let at = 1; at < level; at++) {
    const own = headings.filter((heading) => heading.level === at)
    if (own.length > 1 || (own.length === 1 && headings[0]?.level !== at)) return at
  }
  return level
}

function listItems(token: Token): readonly string[] {
  if (!isList(token)) return []
  return token.items.flatMap((item) => [
    plainText(item.tokens.filter((part) => part.type !== 'list'))
      .replace(/\s+/g, ' ')
      .trim(),
    ...item.tokens.flatMap(listItems),
  ])
}

function isHeading(token: Token): token is Tokens.Heading {
  return token.type === 'heading'
}

function isList(token: Token): token is Tokens.List {
  return token.type === 'list'
}

/** The words of inline Markdown: no markup, no tags, no addresses. */
function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'html') return ''
      if (token.type === 'br' || token.type === 'space') return ' '
      if ('tokens' in token && token.tokens) return plainText(token.tokens)
      const text = 'text' in token && typeof token.text === 'string' ? token.text : ''
      // In code, and behind a backslash, an ampersand is one.
      return token.type === 'codespan' || token.type === 'escape' ? text : withoutEntities(text)
    })
    .join('')
}

const slugCharacters = 80

/** A title as a word for file names and addresses. */
export function slugOf(title: string): string {
  const slug = title
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .slice(0, slugCharacters)
    // Half of a character that was cut is none.
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/^-+|-+$/g, '')
  return slug === '' ? 'section' : slug
}

/** `taken` has the next number to try for each, as there may be thousands of one title. */
function unique(slug: string, taken: Map<string, number>): string {
  let again = taken.get(slug) ?? 1
  let name = again === 1 ? slug : `${slug}-${again}`
  while (taken.has(name)) {
    again += 1
    name = `${slug}-${again}`
  }
  taken.set(slug, again + 1)
  if (name !== slug) taken.set(name, 2)
  return name
}

const maxNesting = 100

/** What may stand before the text of a line: blanks, quotes and the marks of list items. */
const containers = /^(?:[ \t]|>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t]))+/gm

/**
 * The line of the first block that is nested deeper than 100 quotes or list items; null without one. A lexer needs time by
 * the square of that depth, and more stack than there is.
 */
export function tooDeepLine(markdown: string): number | null {
  for (const { 0: run, index } of markdown.matchAll(containers)) {
    const marks = run.replace(/[ \t\d]/g, '').length
    // A list item lies at least two columns behind the one that it is in.
    if (marks > maxNesting || (marks > 0 && run.length > 2 * maxNesting + 3 * marks))
      return markdown.slice(0, index).split(/\r\n?|\n/).length
  }
  return null
}
