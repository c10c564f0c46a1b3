import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type Groq from 'groq-sdk'
import type Together from 'together-ai'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/cli/project.ts'
import { json, serve, type TestServer } from '../../../test/serve.ts'
import type { NewBatch } from '../../ports/provider/batch-service.ts'
import { deepinfraPreset } from '../deepinfra/deepinfra.ts'
import { groqPreset } from '../groq/groq.ts'
import { togetherPreset } from '../together/together.ts'
import type { Preset } from './preset.ts'
import { presetProvider } from './preset-provider.ts'

const newBatch: NewBatch = {
  staged: 'file-1',
  file: { path: '', bytes: 0, filename: '', requests: 0 },
  endpoint: '/v1/chat/completions',
  model: 'openai/gpt-oss-120b',
  metadata: { offpeak_nonce: 'n1' },
  idempotencyKey: 'n1',
}

/** Uploads, makes and lists; what the server got, and the frame of a line. */
async function spoken(
  preset: Preset,
  { at, window = null }: { readonly at: string; readonly window?: string | null },
): Promise<{ readonly seen: TestServer['seen']; readonly before: string }> {
  using folder = temporaryFolder()
  await using server = await serve((_request, response) => json(response, 200, { id: 'x', data: [] }))
  const path = join(folder.path, 'in.jsonl')
  await writeFile(path, '{}\n')
  const provider = presetProvider(preset, { apiKey: 'key-0123456789', baseUrl: `${server.url}${at}`, window })
  await provider.stage({ path, bytes: 3, filename: 'in.jsonl' })
  await provider.create(newBatch)
  await provider.findStaged('in')
  return { seen: server.seen, before: provider.lineFrame('/v1/chat/completions').beforeBody }
}

// As the types of their own clients have it.
const created = {
  input_file_id: 'file-1',
  endpoint: '/v1/chat/completions',
  completion_window: '24h',
} satisfies Groq.BatchCreateParams & Together.BatchCreateParams

test('Groq is called behind its host, with or without the path that its own client adds', async () => {
  for (const at of ['', '/openai/v1', '/openai/v1/']) {
    const { seen, before } = await spoken(groqPreset, { at, window: '7d' })
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /openai/v1/files',
      'POST /openai/v1/batches',
      'GET /openai/v1/files?purpose=batch&limit=100',
    ])
    expect(JSON.parse(seen[1]?.body ?? '')).toEqual({
      ...created,
      completion_window: '7d',
      metadata: newBatch.metadata,
    })
    expect(before).toContain('"url":"/v1/chat/completions"')
  }
})

test('Together gets its purpose, its fields and no metadata, and lines that name no address', async () => {
  const { seen, before } = await spoken(togetherPreset, { at: '/v1' })
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'POST /v1/files/upload',
    'POST /v1/batches',
    'GET /v1/files?purpose=batch-api&limit=100',
  ])
  for (const field of ['purpose"\r\n\r\nbatch-api', 'file_name"\r\n\r\nin.jsonl', 'file_type"\r\n\r\njsonl'])
    expect(seen[0]?.body).toContain(`name="${field}`)
  expect(JSON.parse(seen[1]?.body ?? '')).toEqual(created)
  expect(before).toBe('","body":')
})

test('DeepInfra is called as OpenAI is', async () => {
  const { seen } = await spoken(deepinfraPreset, { at: '/v1/openai' })
  expect(seen[0]?.url).toBe('/v1/openai/files')
  expect(seen[0]?.body).toContain('name="purpose"\r\n\r\nbatch\r\n')
  expect(JSON.parse(seen[1]?.body ?? '')).toEqual({ ...created, metadata: newBatch.metadata })
})
