// Reads many changed files of one kind and prints how each ended, and the most memory that it took in MiB.
// A process of its own, so that a crash and memory are its own: node -C offpeak-source read-mutated.ts <kind> <seed> <count>
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { constants, gzipSync, zstdCompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { files } from '../../src/connectors/files/files-source.ts'
import { parquet } from '../../src/connectors/parquet/parquet-source.ts'
import { csv } from '../../src/connectors/row-files/csv-source.ts'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import type { Source, SourceRecord } from '../../src/ports/source.ts'
import { gifOf, jpegOf, pngOf, webpOf } from './images.ts'
import { mutated, seededNumbers } from './mutations.ts'
import { pdfOf } from './pdf.ts'
import { peakMemoryBytes } from './peak-memory.ts'

interface Kind {
  /** Whole files by their names. */
  readonly whole: readonly (readonly [name: string, bytes: Buffer])[]
  /** What the format makes something of. */
  readonly tokens: readonly string[]
  readonly source: Source<unknown>
  /** What is wrong with these records of a changed file; null: nothing. */
  readonly lost?: (records: readonly SourceRecord<unknown>[], bytes: Buffer) => string | null
}

const rows = 300
const json = Buffer.from(
  Array.from({ length: rows }, (_, id) => `{"id":${id},"t":"é ${id}","o":{"a":[1,2.5,null]}}\n`).join(''),
)
const lines = Array.from({ length: rows }, (_, id) => `${id},text ${id},${id * 7}\n`).join('')
const packing = { params: { [constants.ZSTD_c_checksumFlag]: 1 } }

/** Every line that holds something is a record or a problem. */
function linesLost(records: readonly SourceRecord<unknown>[], bytes: Buffer, header: number): string | null {
  const text = bytes.toString('latin1')
  // Packed, in UTF-16, or with other line ends.
  // oxlint-disable-next-line no-control-regex
  if (/[\0\r]|^(?:\x1f\x8b|\xff\xfe|\xfe\xff|\(\xb5)/.test(text)) return null
  const wanted =
    text.split('\n').filter((line) => line.replace(/^\xef\xbb\xbf/, '').trim() !== '').length - header
  return records.length === wanted ? null : `${records.length} records of ${wanted} lines`
}

/** What is packed with a checksum is there whole, or not at all. */
function packedLost(records: readonly SourceRecord<unknown>[]): string | null {
  const good = records.filter((record) => record.problem === undefined).length
  return good === 0 || good === rows ? null : `${good} of ${rows} rows`
}

async function parquetFiles(): Promise<Kind['whole']> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const query = `select i as id, 'text ' || i as t, [i, null] as l, {a: i, b: 'x' || i} as s, map {'k': i} as m,
    i::decimal(9, 2) as d, case when i % 3 > 0 then timestamp '2026-01-01' end as ts from range(${rows}) r(i)`
  const made: [string, Buffer][] = []
  for (const codec of ['snappy', 'zstd', 'gzip', 'uncompressed', 'brotli', 'lz4']) {
    const file = join(directory, 'made.parquet')
    await connection.run(`copy (${query}) to '${file}' (format parquet, codec '${codec}')`)
    made.push(['in.parquet', readAndRemove(file)])
  }
  connection.closeSync()
  instance.closeSync()
  return made
}

function readAndRemove(file: string): Buffer {
  const bytes = readFileSync(file)
  rmSync(file)
  return bytes
}

const kinds: Readonly<Record<string, () => Kind | Promise<Kind>>> = {
  jsonl: () => ({
    whole: [['in', json]],
    tokens: [
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      '\\u',
      '\\ud800',
      '1e999',
      '-',
      'null',
      '\n',
      '\u00ff',
      '"__proto__":1,',
      '[[[[',
    ],
    source: jsonl.rows({ file: 'in', key: 'id' }),
    lost: (records, bytes) => linesLost(records, bytes, 0),
  }),
  csv: () => ({
    whole: [['in', Buffer.from(`id,t,n\n${lines}`)]],
    tokens: [',', '\n', ';', '\t', 'id,t,n\n', '\u00ff', "'", ' ', '\\'],
    source: csv.rows({ file: 'in', key: 'id' }),
    lost: (records, bytes) => linesLost(records, bytes, 1),
  }),
  'quoted csv': () => ({
    whole: [
      [
        'in',
        Buffer.from(
          `id,t\r\n${Array.from({ length: 60 }, (_, id) => `${id},"q ""${id}"",\né"\r\n`).join('')}`,
        ),
      ],
      ['in', Buffer.from('\ufeffid,a,b\r\n1,"x\r\ny",2\r\n'.repeat(9), 'utf16le')],
    ],
    tokens: [
      '"',
      '""',
      ',',
      '\n',
      '\r',
      '\0',
      '\u00ff\u00fe',
      '\u00ef\u00bb\u00bf',
      'sep=;\n',
      ';',
      '\u001f\u008b',
      'PK\u0003\u0004',
    ],
    source: csv.rows({ file: 'in', key: 'id' }),
  }),
  gzip: () => ({
    whole: [['in', gzipSync(json)]],
    tokens: ['\u001f\u008b\u0008', '\0\0\0\0', '\u00ff'],
    source: jsonl.rows({ file: 'in', key: 'id' }),
    lost: packedLost,
  }),
  zstd: () => ({
    whole: [['in', zstdCompressSync(json, packing)]],
    tokens: ['\u0028\u00b5\u002f\u00fd', '\0\0\0\0', '\u0050\u002a\u004d\u0018'],
    source: jsonl.rows({ file: 'in', key: 'id' }),
    lost: packedLost,
  }),
  parquet: async () => ({
    whole: await parquetFiles(),
    tokens: ['PAR1', '\u00ff\u00ff\u00ff\u00ff\u000f', '\u0015\u0000', '\u0019\u001c', '\0'],
    source: parquet.rows({ file: 'in.parquet', key: 'id' }),
  }),
  pdf: () => ({
    whole: [['in.pdf', pdfOf(['one', 'two', 'three'])]],
    tokens: [
      'obj',
      'endobj',
      'stream',
      '<<',
      '>>',
      '[',
      ')',
      '/Count 99999999',
      '/Kids [2 0 R]',
      '/Length 999999999',
      '/Type /Page',
      '2 0 R',
      'xref',
      'trailer',
      'startxref',
      '/Prev 0',
      '/Filter /FlateDecode',
      '/Encrypt 1 0 R',
      '/Type /ObjStm /N 99999999',
      '99999999999999999999',
    ],
    source: files.pdf('*.pdf'),
  }),
  images: () => ({
    whole: [
      ['in.png', pngOf(20, 10)],
      ['in.jpg', jpegOf(20, 10)],
      ['in.gif', gifOf(20, 10)],
      ['in.webp', webpOf(20, 10)],
    ],
    tokens: [
      '\u00ff\u00d8',
      '\u00ff\u00c0',
      '\u00ff\u00d9',
      'IHDR',
      'IEND',
      'IDAT',
      'RIFF',
      'WEBP',
      'VP8X',
      'GIF89a',
      ',',
      ';',
      'ftypheic',
    ],
    source: files.images('*.{png,jpg,gif,webp}'),
  }),
}

/** How reading ended: what the records are, or the code of what was refused in words. */
async function outcomeOf({ source, lost }: Kind, bytes: Buffer): Promise<string> {
  try {
    await using reader = await source.open({ baseDir: directory, databaseUrl: null })
    const pages = await Array.fromAsync(reader.read({ after: null, limit: null, order: 'given', only: null }))
    const records = pages.flatMap((page) => page.records)
    const loss = lost?.(records, bytes) ?? null
    if (loss !== null) throw new Error(loss)
    return records.every((record) => record.problem === undefined) ? 'rows' : 'problems'
  } catch (thrown) {
    const words = thrown instanceof OffpeakError ? `${thrown.message} ${thrown.fix ?? ''}` : ''
    if (!(thrown instanceof OffpeakError) || /Cannot read prop|is not a function|not iterable/.test(words))
      throw thrown
    return thrown.code
  }
}

const [, , name = '', seed = '1', count = '100'] = process.argv
const directory = mkdtempSync(join(tmpdir(), 'offpeak-mutated-'))
const kind = await kinds[name]?.()
if (kind === undefined) throw new Error(`There are ${Object.keys(kinds).join(', ')}`)
const outcomes: Record<string, number> = {}
for (let turn = 0; turn < Number(count); turn += 1) {
  const random = seededNumbers(Number(seed) + turn * 7919)
  const [file = 'in', whole = Buffer.alloc(0)] = kind.whole[turn % kind.whole.length] ?? []
  const bytes = mutated(
    whole,
    kind.tokens.map((token) => Buffer.from(token, 'latin1')),
    random,
  )
  writeFileSync(join(directory, file), bytes)
  try {
    const outcome = await outcomeOf(kind, bytes)
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
  } catch (thrown) {
    const kept = join(tmpdir(), `offpeak-mutated-${name}-${turn}`)
    writeFileSync(kept, bytes)
    throw new Error(`${name}, seed ${seed}, turn ${turn}: kept as ${kept}`, { cause: thrown })
  }
  rmSync(join(directory, file))
}
rmSync(directory, { recursive: true })
console.log(JSON.stringify({ outcomes, mebibytes: peakMemoryBytes() / 2 ** 20 }))
