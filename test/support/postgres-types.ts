/** A column type with values of it, as SQL; a note where a value comes back as another one. */
export interface ColumnType {
  readonly type: string
  readonly values: readonly string[]
  /** Needs an extension, or what an embedded database is built without. */
  readonly needs?: 'citext' | 'hstore' | 'ltree' | 'xml'
  /** By value: what it becomes when it is written back as it was read. */
  readonly becomes?: Readonly<Record<string, string>>
}

export const createTypes = `
  create type mood as enum ('sad', 'o''k', 'ha,"ppy');
  create domain positive as int check (value > 0);
  create domain pair as int[];
  create domain document as json;
  create domain named_document as document;
  create type address as (street text, zip int, "odd name" text);
  create type person as (name text, home address, tags text[], past address[], weight float8, data bytea);
  create type mood_range as range (subtype = mood)`

/** The types of PostgreSQL 15 that a column can have, some of its extensions, and types of an own database. */
export const columnTypes: readonly ColumnType[] = [
  { type: 'boolean', values: ['true', 'false'] },
  { type: 'smallint', values: ["'-32768'"] },
  { type: 'integer', values: ['2147483647'] },
  { type: 'bigint', values: ['9007199254740991', '9007199254740993', "'-9223372036854775808'"] },
  {
    type: 'numeric',
    values: ['1.10', '12345678901234567.8901234567', '1e-20', "'NaN'", "'-Infinity'"],
  },
  { type: 'numeric(30,10)', values: ['1.5'] },
  {
    type: 'real',
    values: ['0.1', '1e-40', "'NaN'", "'Infinity'", "'-0'"],
    becomes: { "'-0'": '0' },
  },
  {
    type: 'double precision',
    values: ['0.1', '1e300', '5e-324', "'NaN'", "'-Infinity'", "'-0'"],
    becomes: { "'-0'": '0' },
  },
  { type: 'money', values: ["'-1234.56'"] },
  { type: 'text', values: [`'é "x" \\ , {}'`, "''", "'NULL'", `E'a\\tb\\nc'`] },
  { type: 'varchar(5)', values: ["'ab'"] },
  { type: 'char(5)', values: ["'ab'"] },
  { type: 'name', values: ["'nm'"] },
  { type: '"char"', values: ["'x'"] },
  { type: 'citext', values: ["'CiTeXt'"], needs: 'citext' },
  { type: 'bytea', values: [`'\\x00ff'`, `'\\x'`] },
  { type: 'bit(4)', values: ["b'1010'"] },
  { type: 'bit varying', values: ["b'101'", "b''"] },
  { type: 'date', values: ["'2026-01-31'", "'infinity'", "'0044-03-15 BC'", "'10000-01-01'"] },
  { type: 'time', values: ["'10:00:00.123456'", "'24:00:00'"] },
  { type: 'time with time zone', values: ["'10:00:00+02'", "'24:00:00-15:59'"] },
  {
    type: 'timestamp',
    values: [
      "'2026-01-31 10:20:30.123456'",
      "'infinity'",
      "'0044-03-15 00:00:00 BC'",
      "'10000-01-01 00:00:00'",
    ],
  },
  {
    type: 'timestamp with time zone',
    values: [
      "'2026-01-31 10:20:30.5+02'",
      "'-infinity'",
      "'0044-03-15 00:00:00+00 BC'",
      "'294276-12-31 23:59:59+00'",
    ],
  },
  { type: 'interval', values: ["'1 mon -2 days 03:04:05.6'", "'30 days'", "'-1 year'", "'00:00:00.000001'"] },
  { type: 'uuid', values: ["'00000000-0000-0000-0000-00000000ABCD'"] },
  {
    type: 'json',
    values: [
      `'{"b":1,"a":[true,null,"x"]}'`,
      `'"text"'`,
      `'{"a":"\\u0000"}'`,
      `'{"a": 1.10, "a": 2}'`,
      `'{"n": 9007199254740993}'`,
      "'null'",
    ],
    becomes: {
      [`'{"a": 1.10, "a": 2}'`]: '{"a":2}',
      [`'{"n": 9007199254740993}'`]: '{"n":"9007199254740993"}',
      "'null'": 'null',
    },
  },
  {
    type: 'jsonb',
    values: [`'{"b":1,"a":[true,null,"x"]}'`, `'"text"'`, `'"5"'`, `'[1]'`, `'{"a":"\\\\u0000"}'`, "'null'"],
    becomes: { "'null'": 'null' },
  },
  { type: 'jsonpath', values: ["'$.a[*]'"] },
  { type: 'xml', values: ['\'<a b="c"/>\''], needs: 'xml' },
  { type: 'inet', values: ["'10.0.0.1/8'", "'::1'"] },
  { type: 'cidr', values: ["'10.0.0.0/8'"] },
  { type: 'macaddr', values: ["'08:00:2b:01:02:03'"] },
  { type: 'macaddr8', values: ["'08:00:2b:01:02:03:04:05'"] },
  { type: 'point', values: ["'(1,2.5)'"] },
  { type: 'line', values: ["'{1,2,3}'"] },
  { type: 'lseg', values: ["'[(1,2),(3,4)]'"] },
  { type: 'box', values: ["'(2,2),(0,0)'"] },
  { type: 'path', values: ["'((1,2),(3,4))'", "'[(1,2),(3,4)]'"] },
  { type: 'polygon', values: ["'((1,2),(3,4),(5,0))'"] },
  { type: 'circle', values: ["'<(1,2),3>'"] },
  { type: 'tsvector', values: [`'''it''''s'':1A b:2'`] },
  { type: 'tsquery', values: ["'a & !b'"] },
  { type: 'int4range', values: ["'[1,5)'", "'empty'", "'(,)'"] },
  { type: 'int8range', values: ["'[1,5)'"] },
  { type: 'numrange', values: ["'[1.10,5)'"] },
  { type: 'tsrange', values: ["'[2026-01-01,infinity)'"] },
  { type: 'tstzrange', values: ["'[2026-01-01 00:00:00+02,)'"] },
  { type: 'daterange', values: ["'[2026-01-01,2026-02-01)'"] },
  { type: 'int4multirange', values: ["'{[1,3),[4,6)}'", "'{}'"] },
  { type: 'tstzmultirange', values: ["'{[2026-01-01 00:00:00+02,2026-02-01 00:00:00+02)}'"] },
  { type: 'hstore', values: [`'"a"=>"1", "b"=>NULL'`], needs: 'hstore' },
  { type: 'ltree', values: ["'a.b'"], needs: 'ltree' },
  { type: 'oid', values: ['4294967295'] },
  { type: 'regclass', values: ["'pg_class'"] },
  { type: 'xid8', values: ["'18446744073709551615'"] },
  { type: 'pg_lsn', values: ["'16/B374D848'"] },
  { type: 'pg_snapshot', values: ["'10:20:10,14,15'"] },
  { type: 'int2vector', values: ["'1 2'"] },
  { type: 'mood', values: [`'ha,"ppy'`] },
  { type: 'mood_range', values: [`'[sad,"o''k"]'`] },
  { type: 'positive', values: ['5'] },
  { type: 'pair', values: [`'{1,2}'`] },
  { type: 'named_document', values: [`'{"b":1,"a":2}'`] },
  { type: 'address', values: [`row('a "st", (x) \\', 1, null)`, `row('', null, ' ')`] },
  {
    type: 'person',
    values: [
      `row('n', row('s,t', 1, 'o'), array['x', null], array[row('q', 1, null)::address, null], 'NaN', '\\x00ff')`,
    ],
  },
]

/** Types that no array is made of. */
const single = new Set(['int2vector', 'pair'])

/** The same in arrays: all values and a null in one, two dimensions, an empty one, and places that begin elsewhere. */
export const arrayTypes: readonly ColumnType[] = columnTypes
  .filter(({ type }) => !single.has(type))
  .map(({ type, values, needs, becomes = {} }): ColumnType => {
    const same = values.filter((value) => becomes[value] === undefined).map((value) => `${value}::${type}`)
    const [first = 'null'] = same
    const list = `array[${[...same, 'null'].join(', ')}]::${type}[]`
    return {
      type: `${type}[]`,
      values: [list, `array[[${first}], [${first}]]::${type}[]`, `'{}'`],
      ...(needs === undefined ? {} : { needs }),
    }
  })
  .concat(
    { type: 'pair[]', values: [`array['{1,2}'::pair, null]::pair[]`] },
    {
      type: 'jsonb[]',
      values: [`array['[1,2]', '[3]', '{"a":[]}']::jsonb[]`, `array['[1,2]', '[3,4]']::jsonb[]`],
    },
    { type: 'integer[]', values: [`'[2:3]={7,8}'`], becomes: { [`'[2:3]={7,8}'`]: '{7,8}' } },
  )
