import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import OpenAI from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { BillReport } from '../../src/emulator/index.ts'
import { startEmulator } from '../../src/emulator/index.ts'
import {
  bodyOf,
  chatLine,
  chatLines,
  create,
  openai,
  readResults,
  submit,
  upload,
  waitFor,
} from './emulator-kit.ts'

const mainFile = fileURLToPath(new URL('../../src/emulator/main.ts', import.meta.url))

interface Running {
  readonly url: string
  readonly client: OpenAI
  stop(signal: NodeJS.Signals): Promise<number | null>
}

let dataDir: string
let children: ChildProcess[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emulator-durability-'))
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  await rm(dataDir, { recursive: true, force: true })
})

async function start(...flags: readonly string[]): Promise<Running> {
  const child = spawn(process.execPath, [mainFile, '--data-dir', dataDir, ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const { promise: exited, resolve } = Promise.withResolvers<number | null>()
  child.once('exit', (code) => resolve(code))
  const { promise: ready, resolve: isReady } = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).once('line', isReady)
  const { url }: { url: string } = JSON.parse(await ready)
  return {
    url,
    client: new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 }),
    stop: async (signal) => {
      child.kill(signal)
      return exited
    },
  }
}

async function bill(running: Running): Promise<BillReport> {
  return bodyOf(fetch(`${running.url}/_emulator/bill`))
}

describe('an emulator process', () => {
  it('goes on after SIGKILL in the middle of a batch and bills it once', async () => {
    const first = await start('--speed', '20')
    const batch = await submit(first.client, chatLines(2000))
    await waitFor(first.client, batch.id, ['in_progress'])
    while ((await first.client.batches.retrieve(batch.id)).request_counts?.completed === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    await first.stop('SIGKILL')

    const second = await start('--speed', '5000')
    const done = await waitFor(second.client, batch.id)
    expect(done.request_counts).toEqual({ total: 2000, completed: 2000, failed: 0 })
    const results = await readResults(second.client, done.output_file_id)
    expect(new Set(results.map((line) => line.custom_id)).size).toBe(2000)
    const billed = await bill(second)
    expect(billed).toMatchObject({ batches: 1, requests: 2000, duplicate_requests: 0 })
    await second.stop('SIGKILL')

    const third = await start()
    expect(await bill(third)).toEqual(billed)
    expect((await third.client.batches.retrieve(batch.id)).status).toBe('completed')
    expect(await third.stop('SIGTERM')).toBe(0)
  })

  it('remembers files, metadata, deletions and paid bodies', async () => {
    const first = await start('--speed', '1000')
    const kept = await upload(first.client, chatLine(0), 'kept.jsonl')
    const deleted = await upload(first.client, chatLine(1), 'deleted.jsonl')
    await first.client.files.delete(deleted.id)
    const batch = await create(first.client, kept.id, { metadata: { nonce: 'n-1' } })
    await waitFor(first.client, batch.id)
    await first.client.chat.completions.create(JSON.parse(chatLine(5)).body)
    await first.stop('SIGKILL')

    const second = await start('--speed', '1000')
    expect((await second.client.files.list({ purpose: 'batch' })).data.map((file) => file.filename)).toEqual([
      'kept.jsonl',
    ])
    expect((await second.client.batches.list()).data[0]?.metadata).toEqual({ nonce: 'n-1' })
    await waitFor(second.client, (await create(second.client, kept.id)).id)
    await second.client.chat.completions.create(JSON.parse(chatLine(5)).body)
    expect(await bill(second)).toMatchObject({ batches: 2, requests: 4, duplicate_requests: 2 })
  })

  it('says what is wrong with its arguments and exits with 2', async () => {
    const child = spawn(process.execPath, [mainFile, '--speed', 'fast'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString()
    })
    const { promise: exited, resolve } = Promise.withResolvers<number | null>()
    child.once('close', (code) => resolve(code))
    expect(await exited).toBe(2)
    expect(words).toContain("--speed must be a number, got 'fast'.")
  })
})

describe('an emulator in the same process', () => {
  it('continues from its data directory, and its clock never runs back', async () => {
    const first = await startEmulator({ dataDir, speed: 1 })
    first.advanceClock(10 * 86_400_000)
    const batch = await submit(openai(first), chatLines(2))
    await first.close()
    const second = await startEmulator({ dataDir, speed: 1000 })
    try {
      const done = await waitFor(openai(second), batch.id)
      expect(done.status).toBe('completed')
      expect(done.completed_at).toBeGreaterThan(batch.created_at)
    } finally {
      await second.close()
    }
  })

  it('keeps what deployments are, and whose batches are whose', async () => {
    const first = await startEmulator({ dataDir, speed: 1000, scenarios: ['own-keys'] })
    await first.declareDeployments({ headnotes: 'gpt-4.1' })
    const batch = await submit(openai(first), chatLines(2))
    await waitFor(openai(first), batch.id)
    await first.close()
    const second = await startEmulator({ dataDir, speed: 1000, scenarios: ['own-keys'] })
    try {
      expect(second.state().deployments).toEqual({ headnotes: 'gpt-4.1' })
      expect((await openai(second).batches.retrieve(batch.id)).status).toBe('completed')
      const other = new OpenAI({ apiKey: 'sk-other', baseURL: second.openaiBaseUrl, maxRetries: 0 })
      expect((await other.batches.list()).data).toEqual([])
    } finally {
      await second.close()
    }
  })

  it('reads the journal of a version that did not know who made what', async () => {
    const first = await startEmulator({ dataDir, speed: 1000 })
    await upload(openai(first), chatLine(0), 'old.jsonl')
    await first.close()
    const path = join(dataDir, 'journal.jsonl')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace(/,"maker":\{[^}]*\},"resultOf":null/, ''))
    const second = await startEmulator({ dataDir, speed: 1000 })
    try {
      expect(text).toContain('"maker"')
      expect(second.state().files).toMatchObject([{ filename: 'old.jsonl', project: null }])
    } finally {
      await second.close()
    }
  })
})
