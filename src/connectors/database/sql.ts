import { OffpeakError } from '../../domain/errors.ts'

const partsOf = Symbol.for('offpeak.sql')

/** A piece of SQL with its bound values: `text` has `$1`, `$2`, … where the values belong. */
export interface Sql {
  readonly text: string
  readonly values: readonly unknown[]
}

interface Fragment extends Sql {
  readonly [partsOf]: readonly string[]
}

/**
 * SQL from a template: every `${value}` becomes a bound parameter, a nested `sql` piece is spliced in with its own
 * parameters, and nothing is ever pasted as text.
 */
export function sql(strings: TemplateStringsArray, ...inserted: readonly unknown[]): Sql {
  const parts: string[] = [strings[0] ?? '']
  const values: unknown[] = []
  inserted.forEach((value, index) => {
    const after = strings[index + 1] ?? ''
    if (isFragment(value)) {
      const [first = '', ...rest] = value[partsOf]
      parts.push((parts.pop() ?? '') + first, ...rest)
      values.push(...value.values)
      parts.push((parts.pop() ?? '') + after)
      return
    }
    if (value === undefined) {
      throw new OffpeakError('E_USAGE', `sql: value ${index + 1} is undefined`, {
        fix: 'Use null for an SQL null.',
      })
    }
    values.push(value)
    parts.push(after)
  })
  return fragment(parts, values)
}

/**
 * The guard against a query of a job file that was not made with `sql`: throws E_JOB_INVALID; `source` is what the
 * query is given to.
 */
export function requireSql(query: unknown, source: string): void {
  if (isFragment(query)) return
  const what = query === undefined ? 'missing' : `a ${typeof query}`
  throw new OffpeakError('E_JOB_INVALID', `\`query\` of ${source} is ${what}, and no query made with sql`, {
    fix: 'Write query: sql`select …`, with the sql that offpeak gives.',
  })
}

/** SQL text as it stands; for text that is ours or the database's own, never for data. */
export function rawSql(text: string): Sql {
  return fragment([text], [])
}

/** Several pieces in a row with text between them. */
export function joinSql(pieces: readonly Sql[], between: string): Sql {
  const [first, ...rest] = pieces
  if (!first) return rawSql('')
  return rest.reduce((joined, piece) => sql`${joined}${rawSql(between)}${piece}`, first)
}

/** A table or column name as a piece of SQL, quoted: `sql`select * from ${identifier('public.cases')}``. */
export function identifier(name: string): Sql {
  return rawSql(quoteIdentifier(name))
}

/** The same piece without the last `count` characters of its text, which must not hold a value. */
export function cutSql(piece: Sql, count: number): Sql {
  if (count === 0) return piece
  const parts = isFragment(piece) ? [...piece[partsOf]] : [piece.text]
  const last = parts.pop() ?? ''
  if (count > last.length) {
    throw new OffpeakError('E_SOURCE_QUERY', 'The query ends in a comment that holds a value', {
      fix: 'Remove that comment.',
    })
  }
  return fragment([...parts, last.slice(0, last.length - count)], piece.values)
}

/** One name, quoted: the only place where a name becomes SQL text. Refuses what PostgreSQL would cut or misread. */
export function quoteName(name: string): string {
  if (name === '' || name.includes('\0') || !name.isWellFormed()) {
    throw new OffpeakError('E_USAGE', `${JSON.stringify(name)} cannot be a name in SQL`)
  }
  if (Buffer.byteLength(name) > 63) {
    throw new OffpeakError(
      'E_USAGE',
      `The name "${name}" is longer than 63 bytes, which PostgreSQL would cut`,
    )
  }
  return `"${name.replaceAll('"', '""')}"`
}

/** A quoted name that may carry its schema: `cases`, `public.cases`, `"Odd.Name".cases`. */
export function quoteIdentifier(name: string): string {
  return splitName(name).map(quoteName).join('.')
}

/** `schema.table` taken apart; dots inside double quotes belong to the name. */
export function splitName(name: string): readonly string[] {
  const pieces = name.match(/"(?:[^"]|"")*"|[^."]+/g)
  if (!pieces || pieces.join('.') !== name) return [name]
  return pieces.map((piece) => (piece.startsWith('"') ? piece.slice(1, -1).replaceAll('""', '"') : piece))
}

/** One table as people write it: quoted only where it must be. The same text for the same table everywhere. */
export function tableText(schema: string, table: string): string {
  return [schema, table].map((name) => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : quoteName(name))).join('.')
}

function isFragment(value: unknown): value is Fragment {
  return typeof value === 'object' && value !== null && Array.isArray(Reflect.get(value, partsOf))
}

function fragment(parts: readonly string[], values: readonly unknown[]): Fragment {
  const text = parts.reduce((text, part, index) => (index === 0 ? part : `${text}$${index}${part}`), '')
  return Object.freeze({ text, values: Object.freeze([...values]), [partsOf]: parts })
}
