import * as fc from 'fast-check'
import { arrayTypes, columnTypes } from './postgres-types.ts'

/** A type of a source with values of it, as that source writes them. */
export interface TypedValues {
  readonly type: string
  /** Expressions of the source's SQL, or what stands in its file. */
  readonly given: fc.Arbitrary<string>
  /** A type of PostgreSQL that holds what a row has of it; of a type of PostgreSQL itself left out. */
  readonly postgres?: string
}

const digits = (most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 1, maxLength: most })
const sign = fc.constantFrom('', '-')
const joined = (...parts: readonly (fc.Arbitrary<string> | string)[]): fc.Arbitrary<string> =>
  fc
    .tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part)))
    .map((texts) => texts.join(''))
const whole = (min: bigint, max: bigint): fc.Arbitrary<string> =>
  fc.oneof(fc.bigInt({ min, max }), fc.constantFrom(min, max)).map(String)
const bits = (count: bigint): fc.Arbitrary<string> => whole(-(2n ** (count - 1n)), 2n ** (count - 1n) - 1n)
const isPlain = (value: number): boolean => !Object.is(value, -0)
const double = fc.double().filter(isPlain).map(String)
const float = fc.float().filter(isPlain).map(String)
const two = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, '0'))
const day = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10))
const clock = joined(two(23), ':', two(59), ':', two(59), '.', digits(6))
const hex = fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('hex'))
/** PostgreSQL holds no NUL. */
const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
const jsonText = fc
  .jsonValue({ stringUnit: 'grapheme-ascii', maxDepth: 2, noUnicodeString: true })
  .filter((value) => value !== null)
  .map((value) =>
    JSON.stringify(value, (_, item: unknown) =>
      typeof item === 'number' ? Math.trunc(item % 1e9) + 0 : item,
    ),
  )

const quoted = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  value.map((one) => `'${one.replaceAll("'", "''")}'`)
const cast = (value: fc.Arbitrary<string>, type: string): fc.Arbitrary<string> =>
  quoted(value).map((one) => `cast(${one} as ${type})`)
const bytes = hex.map((one) => `unhex('${one}')`)

/** Texts of which PostgreSQL makes any value of a type; of all others those of its own page have to do. */
const postgresTexts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  smallint: bits(16n),
  integer: bits(32n),
  bigint: bits(64n),
  numeric: joined(sign, digits(30), '.', digits(20)),
  'numeric(30,10)': joined(sign, digits(20), '.', digits(10)),
  real: float,
  'double precision': double,
  text,
  citext: text,
  bytea: joined('\\x', hex),
  date: day,
  time: clock,
  'time with time zone': joined(clock, '+', two(14)),
  timestamp: joined(day, ' ', clock),
  'timestamp with time zone': joined(day, ' ', clock, '-', two(14)),
  interval: joined(sign, digits(3), ' mon ', sign, digits(3), ' days ', sign, clock),
  uuid: fc.uuid(),
  inet: fc.oneof(fc.ipV4(), fc.ipV6()),
  int8range: joined('[', digits(5), ',9', digits(5), '00000)'),
  json: jsonText,
  jsonb: jsonText,
}

const inArrays = (one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .array(fc.option(one), { maxLength: 4 })
    .map(
      (items) =>
        `{${items.map((item) => (item === null ? 'NULL' : `"${item.replaceAll(/["\\]/g, String.raw`\$&`)}"`)).join(',')}}`,
    )

/** The types of columns of PostgreSQL, each once. */
export const postgresValues: readonly TypedValues[] = Map.groupBy(
  [...columnTypes, ...arrayTypes],
  ({ type }) => type,
)
  .entries()
  .map(([type, same]): TypedValues => {
    const listed = same
      .flatMap(({ values, becomes = {} }) => values.filter((value) => becomes[value] === undefined))
      .map((value) => `${value}::${type}`)
    const any = postgresTexts[type]
    const of = type.endsWith('[]') ? postgresTexts[type.slice(0, -2)] : undefined
    const more = any ?? (of && inArrays(of))
    const page = fc.constantFrom(...listed)
    return { type, given: more === undefined ? page : fc.oneof(page, cast(more, type)) }
  })
  .toArray()

const inParquet: readonly TypedValues[] = [
  { type: 'integer', given: cast(bits(32n), 'integer'), postgres: 'integer' },
  { type: 'bigint', given: cast(bits(64n), 'bigint'), postgres: 'bigint' },
  { type: 'ubigint', given: cast(whole(0n, 2n ** 64n - 1n), 'ubigint'), postgres: 'numeric' },
  {
    type: 'decimal',
    given: cast(joined(sign, digits(29), '.', digits(9)), 'decimal(38,9)'),
    postgres: 'numeric',
  },
  { type: 'float', given: cast(float, 'float'), postgres: 'double precision' },
  { type: 'double', given: cast(double, 'double'), postgres: 'double precision' },
  { type: 'boolean', given: fc.boolean().map(String), postgres: 'boolean' },
  { type: 'varchar', given: cast(text, 'varchar'), postgres: 'text' },
  { type: 'blob', given: bytes, postgres: 'bytea' },
  { type: 'date', given: cast(day, 'date'), postgres: 'date' },
  { type: 'time', given: cast(clock, 'time'), postgres: 'time' },
  { type: 'timestamp', given: cast(joined(day, ' ', clock), 'timestamp'), postgres: 'timestamp' },
  {
    type: 'timestamp_ns',
    given: cast(
      joined('2', digits(1), '26-01-31 ', clock, digits(3)).map((one) => one.replace(/^2./, '20')),
      'timestamp_ns',
    ),
    postgres: 'text',
  },
  {
    type: 'timestamptz',
    // Two hours before the year 1 PostgreSQL has no such text of the time.
    given: cast(
      joined(
        day.filter((one) => one !== '0001-01-01'),
        ' ',
        clock,
        '+02',
      ),
      'timestamptz',
    ),
    postgres: 'timestamptz',
  },
  {
    type: 'interval',
    given: cast(joined(two(14), ' months ', two(99), ' days ', digits(3), ' seconds'), 'interval'),
    postgres: 'text',
  },
  { type: 'uuid', given: cast(fc.uuid(), 'uuid'), postgres: 'uuid' },
  { type: 'enum', given: cast(fc.constantFrom('a', "it's"), "enum('a', 'it''s')"), postgres: 'text' },
  { type: 'json', given: cast(jsonText, 'json'), postgres: 'jsonb' },
  {
    type: 'decimal[]',
    given: fc
      .array(fc.option(joined(sign, digits(7), '.', digits(2))), { maxLength: 4 })
      .map((items) => `[${items.map((item) => item ?? 'null').join(', ')}]::decimal(9,2)[]`),
    postgres: 'numeric[]',
  },
  {
    type: 'struct',
    given: fc
      .tuple(clock, joined(sign, digits(2), '.', digits(2)))
      .map(([t, d]) => `{'t': time '${t}', 'd': ${d}::decimal(4, 2)}`),
    postgres: 'jsonb',
  },
  {
    type: 'map',
    given: fc
      .tuple(joined(digits(2), '.', digits(2)), bits(16n))
      .map(([k, v]) => `map {${k}::decimal(4, 2): [${v}]}`),
    postgres: 'jsonb',
  },
]

/** The types of values.md by the heading of their source. */
export const otherValues: Readonly<Record<string, readonly TypedValues[]>> = {
  SQLite: [
    { type: 'integer', given: bits(64n), postgres: 'bigint' },
    {
      type: 'real',
      given: fc.oneof(
        double.filter((one) => Number.isFinite(Number(one))),
        fc.constantFrom('9e999', '-9e999'),
      ),
      postgres: 'double precision',
    },
    {
      type: 'numeric',
      given: fc.oneof(bits(64n), joined(sign, digits(9), '.', digits(5))),
      postgres: 'numeric',
    },
    { type: 'boolean', given: fc.boolean().map(String), postgres: 'integer' },
    { type: 'text', given: quoted(text), postgres: 'text' },
    { type: 'date', given: quoted(day), postgres: 'date' },
    { type: 'blob', given: hex.map((one) => `x'${one}'`), postgres: 'bytea' },
    { type: 'no type', given: fc.oneof(quoted(text), bits(53n)), postgres: 'text' },
    {
      type: 'any',
      given: fc.oneof(
        fc.constant('null'),
        quoted(text.filter((one) => one.trim() === '' || Number.isNaN(Number(one)))),
      ),
      postgres: 'text',
    },
  ],
  DuckDB: [
    ...inParquet,
    { type: 'hugeint', given: cast(bits(128n), 'hugeint'), postgres: 'numeric' },
    { type: 'timetz', given: cast(joined(clock, '+', two(14)), 'timetz'), postgres: 'timetz' },
    {
      type: 'bit',
      given: cast(fc.string({ unit: fc.constantFrom('0', '1'), minLength: 1, maxLength: 20 }), 'bit'),
      postgres: 'bit varying',
    },
    {
      type: 'union',
      given: cast(bits(32n), 'integer').map((one) => `union_value(n := ${one})`),
      postgres: 'integer',
    },
  ],
  // Bytes that are valid UTF-8 are text, as older writers do not say which they are.
  Parquet: inParquet.map((kind) =>
    kind.type === 'blob'
      ? { ...kind, given: kind.given.filter((one) => !/'(?:..)*00/.test(one)), postgres: 'text' }
      : kind,
  ),
  'JSON lines': [
    { type: 'text', given: text.map((one) => JSON.stringify(one)), postgres: 'text' },
    {
      type: 'whole number',
      given: fc.oneof(
        fc.maxSafeInteger().map((one) => String(one + 0)),
        bits(80n),
      ),
      postgres: 'numeric',
    },
    {
      type: 'fraction',
      given: fc.double({ noNaN: true, min: -1e15, max: 1e15 }).filter(isPlain).map(String),
      postgres: 'double precision',
    },
    { type: 'boolean', given: fc.boolean().map(String), postgres: 'boolean' },
    { type: 'null', given: fc.constant('null'), postgres: 'text' },
    {
      type: 'list',
      given: fc.array(jsonText, { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      postgres: 'jsonb',
    },
    {
      type: 'object',
      given: fc
        .array(jsonText, { maxLength: 3 })
        .map((items) => `{${items.map((item, at) => `"k${at}":${item}`).join(',')}}`),
      postgres: 'jsonb',
    },
  ],
  CSV: [
    {
      type: 'cell',
      given: fc.oneof(
        digits(20),
        joined(sign, digits(3), '.', digits(3)),
        fc.constantFrom('', 'true', ' a ', 'a"b', '=1+1', "'", 'é'),
      ),
      postgres: 'text',
    },
    { type: 'quoted cell', given: text.map((one) => `"${one.replaceAll('"', '""')}"`), postgres: 'text' },
  ],
}
