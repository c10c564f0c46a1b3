import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Sink, SinkItem, SinkResult } from '../../ports/sink.ts'
import { openSink } from '../open-sink.ts'
import { writeWholeFile } from './whole-file.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'offpeak-files-'))
  return () => rmSync(dir, { recursive: true })
})

interface Rules {
  readonly skipExisting?: boolean
  readonly overwrite?: boolean
}

const open = (rules: Rules = {}): Promise<Sink> =>
  openSink(
    { file: ({ key }: { readonly key: string }) => `out/${key}.txt`, ...rules },
    { baseDir: dir, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
  )
const item = (file: unknown, content: unknown, key = 'a'): SinkItem => ({ key, values: { file, content } })
const write = async (
  sink: Sink,
  items: readonly SinkItem[],
  options: { readonly mark?: string; readonly redo?: boolean } = {},
): Promise<readonly SinkResult[]> => sink.write(items, { mark: null, chunk: 'c', ...options })
const read = (path: string): string => readFileSync(join(dir, path), 'utf8')

describe('a file sink', () => {
  test('writes texts as they are and everything else as JSON, and leaves nothing else behind', async () => {
    const sink = await open()
    expect(
      await write(sink, [item('out/deep/a.md', '# A'), item('out/b.json', { n: 1, big: 2n }, 'b')]),
    ).toEqual([{ kind: 'written' }, { kind: 'written' }])
    expect(read('out/deep/a.md')).toBe('# A')
    expect(read('out/b.json')).toBe('{\n  "n": 1,\n  "big": "2"\n}\n')
    expect(readdirSync(join(dir, 'out')).toSorted()).toEqual(['b.json', 'deep'])
    expect(readdirSync(join(dir, 'out/deep'))).toEqual(['a.md'])
  })

  test('says of a file that has this content already that it is the same, and replaces another', async () => {
    const sink = await open()
    await write(sink, [item('a', 'one')])
    expect(await write(sink, [item('a', 'one')])).toEqual([{ kind: 'same' }])
    expect(await write(sink, [item('a', 'two')])).toEqual([{ kind: 'written' }])
    expect(read('a')).toBe('two')
  })

  test.each([{ skipExisting: true }, { overwrite: false }])(
    'keeps what is there with %o, unless the run does it again',
    async (rules) => {
      const sink = await open(rules)
      writeFileSync(join(dir, 'a'), 'mine')
      expect(await write(sink, [item('a', 'theirs')])).toEqual([
        { kind: 'rejected', reason: 'a is there with other content, which was kept' },
      ])
      expect(read('a')).toBe('mine')
      expect(await write(sink, [item('a', 'mine')])).toEqual([{ kind: 'same' }])
      expect(await write(sink, [item('a', 'theirs')], { redo: true })).toEqual([{ kind: 'written' }])
      expect(readdirSync(dir)).toEqual(['a'])
    },
  )

  test.each([
    ['../out.txt', 'outside'],
    ['/etc/offpeak-test', 'outside'],
    ['a/../../b', 'outside'],
    ['', 'control characters'],
    ['a\u0000b', 'control characters'],
    ['a\nb', 'control characters'],
    ['.', 'outside'],
    ['folder', 'directory'],
    ['new/', 'directory'],
    ['out/../b', 'go up'],
    ['out/x/../../jobs/b', 'go up'],
    ['.offpeak/state.db', 'own directory'],
    ['deep/.OFFPEAK/state.db', 'own directory'],
    ['new/node_modules/x/index.js', 'in node_modules'],
    ['.git/config', 'in .git'],
    ['.env', 'an environment file'],
    ['deep/.env.local', 'an environment file'],
    ['offpeak.config.ts', 'a configuration'],
    ['way-in/state.db', 'own directory'],
    ['way-out/x', 'symbolic link'],
    [7, 'no path'],
    ['\ud800', 'surrogate pair'],
    ['x'.repeat(256), 'longer than the file system takes'],
    ['é'.repeat(128), 'longer than the file system takes'],
    [`new/${'x'.repeat(256)}`, 'longer than the file system takes'],
    [`new/${'x'.repeat(256)}/y`, 'longer than the file system takes'],
    [`${'x'.repeat(200)}/`.repeat(21) + 'x', 'longer than the file system takes'],
    ['folder/file/x', 'a file is where a directory on its way should be'],
    ['folder/file/new/x', 'a file is where a directory on its way should be'],
    ['loop', 'lead in a circle'],
  ])('takes no answer for the path %j', async (path, reason) => {
    mkdirSync(join(dir, 'folder'))
    writeFileSync(join(dir, 'folder/file'), '')
    symlinkSync(tmpdir(), join(dir, 'way-out'))
    symlinkSync('loop', join(dir, 'loop'))
    symlinkSync('.offpeak', join(dir, 'way-in'))
    mkdirSync(join(dir, '.offpeak'))
    const sink = await open()
    const [result, other] = await write(sink, [item(path, 'x'), item('other', 'y', 'b')])
    expect(result).toMatchObject({ kind: 'rejected', reason: expect.stringContaining(reason) })
    expect(other).toEqual({ kind: 'written' })
    await expect(sink.dryRun(item(path, 'x'))).rejects.toMatchObject({ code: 'E_SINK_VALUE' })
    expect(await sink.holds?.([item(path, 'x')])).toEqual([false])
    const named = await openSink(
      { file: () => path },
      { baseDir: dir, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
    )
    expect(await named.present?.([{ key: 'a', row: {} }])).toEqual([
      { problem: expect.stringContaining(reason) },
    ])
    expect(readdirSync(join(dir, '.offpeak'))).toEqual([])
    expect(readdirSync(dir).toSorted()).toEqual(['.offpeak', 'folder', 'loop', 'other', 'way-in', 'way-out'])
  })

  test('writes a name as long as the file system takes', async () => {
    const names = ['x'.repeat(255), `${'é'.repeat(127)}y`]
    const results = await write(
      await open(),
      names.map((name, at) => item(`new/${name}`, 'x', String(at))),
    )
    expect(results).toEqual([{ kind: 'written' }, { kind: 'written' }])
    expect(readdirSync(join(dir, 'new')).toSorted()).toEqual(names)
  })

  test('takes a path that turned out to be none while it was written for no fault of the disk', () => {
    mkdirSync(join(dir, 'folder'))
    writeFileSync(join(dir, 'file'), '')
    const directories = new Set<string>()
    for (const [path, problem] of [
      ['folder', 'it is a directory'],
      ['file/x', 'a file is where a directory on its way should be'],
      ['file/x/y', 'a file is where a directory on its way should be'],
      ['x'.repeat(256), 'its name, or one on its way, is longer than the file system takes'],
    ] as const)
      expect(writeWholeFile(join(dir, path), 'x', { replace: true, directories })).toEqual({ problem })
    expect(readdirSync(dir).toSorted()).toEqual(['file', 'folder'])
  })

  test('refuses the second of two records with one path, and a content that is none', async () => {
    const sink = await open()
    const results = await write(sink, [item('a', 'x'), item('a', 'y', 'b'), item('c', undefined, 'c')])
    expect(results.map(({ kind }) => kind)).toEqual(['written', 'rejected', 'rejected'])
    expect(read('a')).toBe('x')
  })

  test('rehearses without writing, and then names an example', async () => {
    const sink = await open()
    await sink.dryRun(item('out/a.json', {}))
    expect(readdirSync(dir)).toEqual([])
    expect(sink.describe).toBe('files such as out/a.json')
  })

  test('leaves it to the caller to look whether a row has changed', async () => {
    const sink = await open()
    expect(await write(sink, [item('a', 'x')], { mark: 'then' })).toEqual([{ kind: 'changed' }])
    expect(await write(sink, [item('a', 'x')])).toEqual([{ kind: 'written' }])
  })

  test('tells before anything is sent which files are there, and which paths cannot be', async () => {
    const records = ['a', 'b', 'c'].map((key) => ({ key, row: {} }))
    mkdirSync(join(dir, 'out'))
    writeFileSync(join(dir, 'out/a.txt'), '')
    const skipping = await open({ skipExisting: true })
    expect(await skipping.present?.(records)).toEqual(['present', 'absent', 'absent'])
    const replacing = await open()
    expect(await replacing.present?.(records)).toEqual(['open', 'open', 'open'])
    expect(await replacing.present?.([{ key: '../../c', row: {} }])).toEqual([
      { problem: expect.stringContaining('outside') },
    ])
  })

  test('writes over nothing that the source reads, by whatever name, nor into a directory that it reads', async () => {
    mkdirSync(join(dir, 'table'))
    mkdirSync(join(dir, 'texts'))
    for (const name of ['texts/a.txt', 'texts/b.txt', 'texts/mine.txt']) writeFileSync(join(dir, name), name)
    symlinkSync('a.txt', join(dir, 'texts/link.txt'))
    linkSync(join(dir, 'texts/b.txt'), join(dir, 'texts/hard.txt'))
    const paths = [
      'texts/a.txt',
      './texts//b.txt',
      'texts/link.txt',
      'texts/hard.txt',
      'table/new',
      'texts/mine.txt',
    ]
    const sink = await openSink(
      { file: ({ key }: { readonly key: string }) => key },
      {
        baseDir: dir,
        databaseUrl: null,
        sourceKey: ['path'],
        sourceTables: [],
        sourceFiles: ['texts/a.txt', 'texts/b.txt', 'texts/gone.txt', 'table'].map((name) => join(dir, name)),
      },
    )
    const problem = expect.stringContaining('the source of the job reads it')
    const asked = await sink.present?.(paths.map((key) => ({ key, row: {} })))
    expect(asked).toEqual([...Array.from({ length: 5 }, () => ({ problem })), 'open'])
    const results = await write(
      sink,
      paths.map((path) => item(path, 'new', path)),
    )
    expect(results).toEqual([
      ...Array.from({ length: 5 }, () => ({ kind: 'rejected', reason: problem })),
      { kind: 'written' },
    ])
    expect(read('texts/a.txt') + read('texts/b.txt') + read('texts/mine.txt')).toBe(
      'texts/a.txttexts/b.txtnew',
    )
    expect(readdirSync(join(dir, 'table'))).toEqual([])
  })

  test('of two writers at once with skipExisting one wins whole', async () => {
    const sinks = await Promise.all([open({ skipExisting: true }), open({ skipExisting: true })])
    const texts = ['x'.repeat(100_000), 'y'.repeat(100_000)]
    const results = await Promise.all(sinks.map((sink, index) => write(sink, [item('a', texts[index])])))
    expect(results.flat().map(({ kind }) => kind)).toEqual(['written', 'rejected'])
    expect(texts).toContain(read('a'))
  })
})
