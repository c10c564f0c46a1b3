import { OffpeakError } from '../../domain/errors.ts'
import { cutSql, type Sql } from './sql.ts'

export interface Statement {
  /** The query without a trailing semicolon or comment, so that it can stand in parentheses. */
  readonly query: Sql
  /** Whether it orders its rows itself, outside of any parentheses. */
  readonly ordered: boolean
}

/** One pattern per thing in SQL that may hold a semicolon, a parenthesis or a word without meaning it. */
const token =
  /(?<blank>\s+|--[^\n]*)|(?<comment>\/\*)|(?<text>[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")|(?<dollar>\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<other>[\s\S])/y

/**
 * The parts of a query that parentheses around it need: where it ends, whether it is one statement and whether it has
 * an `order by` of its own. Everything else is PostgreSQL's to judge.
 */
export function readStatement(query: Sql): Statement {
  const { text } = query
  let end = 0
  let ended = false
  let depth = 0
  let ordered = false
  let last = ''
  for (let at = 0; at < text.length;) {
    token.lastIndex = at
    const groups = token.exec(text)?.groups
    if (!groups) break
    const start = at
    at = token.lastIndex
    if (groups['blank'] !== undefined) continue
    if (groups['comment'] !== undefined) {
      at = commentEnd(text, at)
      continue
    }
    if (groups['dollar'] !== undefined) {
      const close = text.indexOf(groups['dollar'], at)
      at = close < 0 ? text.length : close + groups['dollar'].length
    }
    const found = text.slice(start, at)
    if (found === ';') {
      ended = true
      continue
    }
    if (ended) {
      throw new OffpeakError('E_SOURCE_QUERY', 'The query holds more than one statement', {
        fix: 'Leave one select.',
      })
    }
    if (found === '(') depth += 1
    if (found === ')') depth -= 1
    const word = groups['word'] === undefined ? '' : found.toLowerCase()
    if (depth === 0 && last === 'order' && word === 'by') ordered = true
    last = word
    end = at
  }
  if (end === 0) throw new OffpeakError('E_SOURCE_QUERY', 'The query is empty')
  return { query: cutSql(query, text.length - end), ordered }
}

/** The end of a block comment whose opening has been read; PostgreSQL's nest. */
function commentEnd(text: string, from: number): number {
  let depth = 1
  let at = from
  while (depth > 0 && at < text.length) {
    const open = text.indexOf('/*', at)
    const close = text.indexOf('*/', at)
    if (close < 0) return text.length
    depth += open >= 0 && open < close ? 1 : -1
    at = (open >= 0 && open < close ? open : close) + 2
  }
  return at
}

/** The tables and files that the text names after `from` and `join`, for people; what is really read only the database knows. */
export function namedTables({ text }: Sql): string {
  const names = [...text.matchAll(/\b(?:from|join)\s+('[^']+'|(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/gi)].map(
    (match) => (match[1] ?? '').replaceAll("'", ''),
  )
  return names.length === 0 ? 'a query' : [...new Set(names)].join(', ')
}
