import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { runKilled } from '../../testing/killed-writer.ts'
import type { Sink, SinkItem } from '../../ports/sink.ts'
import { openSink } from '../open-sink.ts'

async function place(): Promise<{ readonly path: string; readonly file: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-jsonl-'))
  return {
    path,
    file: join(path, 'out', 'answers.jsonl'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

function open(path: string): Promise<Sink> {
  return openSink(
    { jsonl: 'out/answers.jsonl' },
    { baseDir: path, databaseUrl: null, sourceKey: ['id'], sourceTables: [] },
  )
}

function items(chunk: number, count = 3): SinkItem[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `${chunk}.${index}`,
    values: { output: `answer ${chunk}.${index}` },
  }))
}

const lines = async (file: string): Promise<readonly unknown[]> =>
  (await readFile(file, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line))

describe('a JSON Lines sink', () => {
  test('writes each chunk once, whoever asks again', async () => {
    await using folder = await place()
    for (let time = 0; time < 2; time += 1) {
      await using sink = await open(folder.path)
      await sink.dryRun({ key: '1', values: { output: 'x' } })
      for (const chunk of [1, 2, 1]) {
        const results = await sink.write(items(chunk), { mark: null, chunk: `c${chunk}` })
        expect(results[0]?.kind).toBe(
          time === 0 && (chunk === 2 || results[0]?.kind === 'written') ? 'written' : 'same',
        )
      }
    }
    expect(await lines(folder.file)).toEqual(
      [...items(1), ...items(2)].map(({ key, values }) => ({ key, ...values })),
    )
  })

  test('keeps one record on one line for every reader, with the key first and its own', async () => {
    await using folder = await place()
    await using sink = await open(folder.path)
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const results = await sink.write(
      [
        {
          key: 'a\u001fb',
          values: {
            key: 'mine',
            output: 'x\u2028\u2029\u0085\ny',
            at: new Date(0),
            n: 5n,
            skipped: undefined,
          },
        },
        { key: 'c', values: circular },
        { key: 'd', values: {} },
      ],
      { mark: null, chunk: 'c' },
    )
    expect(results.map(({ kind }) => kind)).toEqual(['written', 'rejected', 'written'])
    const text = await readFile(folder.file, 'utf8')
    expect(text).toBe(
      '{"key":"a\\u001fb","output":"x\\u2028\\u2029\\u0085\\ny","at":"1970-01-01T00:00:00.000Z","n":"5"}\n{"key":"d"}\n',
    )
  })

  test('cuts off what an unfinished chunk left, at any byte', async () => {
    await using folder = await place()
    {
      await using sink = await open(folder.path)
      await sink.write(items(1), { mark: null, chunk: 'c1' })
    }
    const done = await readFile(folder.file)
    const journal = await readFile(`${folder.file}.offpeak`, 'utf8')
    const next = Buffer.from(
      items(2)
        .map(({ key, values }) => `${JSON.stringify({ key, ...values })}\n`)
        .join(''),
    )
    const begun = `${JSON.stringify({ chunk: 'c2', from: done.length })}\n`
    for (let bytes = 0; bytes <= next.length; bytes += 17) {
      for (const torn of ['', '{"chunk":"c2","to"']) {
        await writeFile(folder.file, Buffer.concat([done, next.subarray(0, bytes)]))
        await writeFile(`${folder.file}.offpeak`, journal + begun + torn)
        await using sink = await open(folder.path)
        expect((await sink.write(items(2), { mark: null, chunk: 'c2' }))[0]?.kind).toBe('written')
        expect((await sink.write(items(1), { mark: null, chunk: 'c1' }))[0]?.kind).toBe('same')
        expect(await readFile(folder.file)).toEqual(Buffer.concat([done, next]))
      }
    }
  })

  test('keeps lines that somebody else has put there, also without a line end', async () => {
    await using folder = await place()
    {
      await using sink = await open(folder.path)
      await sink.write(items(1, 1), { mark: null, chunk: 'c1' })
    }
    await appendFile(folder.file, '{"mine":true}')
    await using sink = await open(folder.path)
    await sink.write(items(2, 1), { mark: null, chunk: 'c2' })
    expect(await lines(folder.file)).toEqual([
      { key: '1.0', output: 'answer 1.0' },
      { mine: true },
      { key: '2.0', output: 'answer 2.0' },
    ])
  })

  test.for(['id,text\n1,one\n', '{"id":1,"key":"a"}\n', '[{"key":"a"}]\n', '# Mine\n', '\n\nno json'])(
    'appends nothing to a file that no sink has begun: %j',
    async (text) => {
      await using folder = await place()
      await mkdir(join(folder.path, 'out'))
      await writeFile(folder.file, text)
      await using sink = await open(folder.path)
      const refusal = { code: 'E_SINK_TABLE', message: expect.stringContaining('no sink') }
      await expect(sink.dryRun({ key: '1', values: {} })).rejects.toMatchObject(refusal)
      expect(await readdir(join(folder.path, 'out'))).toEqual(['answers.jsonl'])
      await expect(sink.write(items(1), { mark: null, chunk: 'c1' })).rejects.toMatchObject(refusal)
      expect(await readFile(folder.file, 'utf8')).toBe(text)
    },
  )

  test.for(['', '\n', '{"key":"a"}\n', '\uFEFF{ "key": "a" }\n'])(
    'appends to a file that is empty, or that has begun like its own: %j',
    async (text) => {
      await using folder = await place()
      await mkdir(join(folder.path, 'out'))
      await writeFile(folder.file, text)
      await using sink = await open(folder.path)
      await sink.dryRun({ key: '1', values: {} })
      await sink.write(items(1), { mark: null, chunk: 'c1' })
      expect((await readFile(folder.file, 'utf8')).startsWith(`${text}{"key":"1.0"`)).toBe(true)
    },
  )

  test('makes no file before there is a line for it', async () => {
    await using folder = await place()
    await using sink = await open(folder.path)
    await sink.dryRun({ key: '1', values: { output: 'x' } })
    expect(await sink.write([], { mark: null, chunk: 'c1' })).toEqual([])
    expect(await readdir(folder.path)).toEqual([])
    await writeFile(join(folder.path, 'out'), 'a file')
    await expect(sink.dryRun({ key: '1', values: {} })).rejects.toMatchObject({ code: 'E_DISK' })
  })

  test('begins again when the file is gone, and refuses one that has lost lines', async () => {
    await using folder = await place()
    {
      await using sink = await open(folder.path)
      await sink.write(items(1), { mark: null, chunk: 'c1' })
    }
    await truncate(folder.file, 10)
    {
      await using sink = await open(folder.path)
      await expect(sink.write(items(1), { mark: null, chunk: 'c1' })).rejects.toMatchObject({
        code: 'E_STATE_CORRUPT',
      })
    }
    await rm(folder.file)
    await using sink = await open(folder.path)
    expect((await sink.write(items(1), { mark: null, chunk: 'c1' }))[0]?.kind).toBe('written')
  })

  test('appends no line again that it says last of a key, whichever run or state brings it, and any other', async () => {
    await using folder = await place()
    const write = async (chunk: string, output: string): Promise<string | undefined> => {
      await using sink = await open(folder.path)
      const [result] = await sink.write([{ key: 'a', values: { output } }], { mark: null, chunk })
      return result?.kind
    }
    expect(await write('run1/1', 'first')).toBe('written')
    expect(await write('run2/1', 'first')).toBe('same')
    expect(await write('run2/2', 'second')).toBe('written')
    // A person puts the first answer back: it is not what the file says last.
    expect(await write('run2/3', 'first')).toBe('written')
    expect(await write('run2/4', 'first')).toBe('same')
    // Without the journal, and changed by somebody else, the file still tells what it holds.
    await rm(`${folder.file}.offpeak`)
    await appendFile(folder.file, '{"key":"b","output":"of somebody"}\n{"mine":true}\nno json\n')
    expect(await write('run3/1', 'first')).toBe('same')
    expect((await readFile(folder.file, 'utf8')).trimEnd().split('\n')).toEqual([
      '{"key":"a","output":"first"}',
      '{"key":"a","output":"second"}',
      '{"key":"a","output":"first"}',
      '{"key":"b","output":"of somebody"}',
      '{"mine":true}',
      'no json',
    ])
  })

  test('knows the last lines of many keys after it was closed', async () => {
    await using folder = await place()
    const many = items(1, 5_000)
    for (const chunk of ['run1', 'run2', 'run3']) {
      await using sink = await open(folder.path)
      const results = await sink.write(many, { mark: null, chunk })
      expect(new Set(results.map(({ kind }) => kind))).toEqual(
        new Set([chunk === 'run1' ? 'written' : 'same']),
      )
      if (chunk === 'run2') await rm(`${folder.file}.offpeak`)
    }
    expect(await lines(folder.file)).toHaveLength(5_000)
  })

  test('is written by several sinks of one process, whichever is closed first', async () => {
    await using folder = await place()
    const first = await open(folder.path)
    await first.write(items(1), { mark: null, chunk: 'c1' })
    await using second = await open(folder.path)
    await second.write(items(2), { mark: null, chunk: 'c2' })
    const again = await first.write(items(2), { mark: null, chunk: 'c2' })
    expect(new Set(again.map(({ kind }) => kind))).toEqual(new Set(['same']))
    await first[Symbol.asyncDispose]()
    const before = await lines(folder.file)
    const more = await second.write(items(3), { mark: null, chunk: 'c3' })
    expect(await lines(folder.file)).toHaveLength(before.length + more.length)
  })

  test('is written by one process at a time', async () => {
    await using folder = await place()
    const script = `import { openSink } from ${JSON.stringify(new URL('../open-sink.ts', import.meta.url).href)}
      const sink = await openSink({ jsonl: 'out/answers.jsonl' }, { baseDir: ${JSON.stringify(folder.path)}, databaseUrl: null, sourceKey: ['id'], sourceTables: [] })
      await sink.write([{ key: '1', values: {} }], { mark: null, chunk: 'c1' })
      console.log('written')
      setInterval(() => undefined, 1000)`
    const other = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      await once(other.stdout, 'data')
      await using sink = await open(folder.path)
      await expect(sink.write(items(2), { mark: null, chunk: 'c2' })).rejects.toMatchObject({
        code: 'E_DATABASE_BUSY',
        message: expect.stringContaining(String(other.pid)),
      })
      // Whoever plans the same job meanwhile writes nothing, and is not kept from it.
      await sink.dryRun(items(3)[0] ?? { key: '', values: {} })
      expect(await lines(folder.file)).toHaveLength(1)
    } finally {
      other.kill('SIGKILL')
    }
  })

  test('holds every chunk exactly once after a writer was killed again and again', async () => {
    await using folder = await place()
    const script = `import { openSink } from ${JSON.stringify(new URL('../open-sink.ts', import.meta.url).href)}
      const sink = await openSink({ jsonl: 'out/answers.jsonl' }, { baseDir: ${JSON.stringify(folder.path)}, databaseUrl: null, sourceKey: ['id'], sourceTables: [] })
      for (let chunk = 0; chunk < 200; chunk += 1) {
        await sink.write(Array.from({ length: 50 }, (_, index) => ({ key: chunk + '.' + index, values: { output: 'x'.repeat(2000) } })), { mark: null, chunk: 'c' + chunk })
        console.log(chunk)
      }`
    await runKilled(script, { starts: 12, firstKill: 2 })
    const keys = (await lines(folder.file)).map((line) => Reflect.get(Object(line), 'key'))
    expect(keys).toHaveLength(200 * 50)
    expect(new Set(keys).size).toBe(200 * 50)
  })
})
