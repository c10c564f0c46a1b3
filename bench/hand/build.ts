/**
 * Builds request files as the Batch guide and the cookbook show it: `node build.ts <task> <directory> [--no-count]
 * [--pages] [--limit N]`. Rows are selected one by one from a list of ids, or with `--pages` a thousand at a time by key.
 */
import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import {
  answersOf,
  events,
  judgments,
  model,
  vectors,
  type EventRow,
  type JudgmentRow,
  taskName,
} from '../project/tasks.ts'
import { report } from '../measure.ts'
import { connect } from './database.ts'

type Row = JudgmentRow & EventRow

const maxRequests = 50_000
const maxBytes = 199_000_000
const pageSize = 1_000

const [name, directory = '.', ...flags] = process.argv.slice(2)
const limit = flags.includes('--limit') ? Number(flags[flags.indexOf('--limit') + 1]) : null
const { endpoint } = answersOf[taskName(name)]
const chat = name === 'events' ? { ...events, temperature: 0 } : { ...judgments, temperature: 0.1 }
const task = endpoint === '/v1/embeddings' ? vectors : chat
const client = await connect()
const encoder = flags.includes('--no-count') ? null : (await import('tiktoken')).encoding_for_model(model)
const responseFormat = {
  type: 'json_schema',
  json_schema: { name, strict: true, schema: z.toJSONSchema(chat.output) },
}

let file: WriteStream | null = null
let files = 0
let requests = 0
let bytes = 0
let [rows, totalBytes, tokens] = [0, 0, 0]

for await (const row of flags.includes('--pages') ? pages() : oneByOne()) {
  const body = endpoint === '/v1/embeddings' ? embeddingBody(row) : chatBody(row)
  const line = `${JSON.stringify({ custom_id: `row-${row.id}`, method: 'POST', url: endpoint, body })}\n`
  const lineBytes = Buffer.byteLength(line)
  if (!file || requests === maxRequests || bytes + lineBytes > maxBytes) file = await nextFile()
  requests += 1
  bytes += lineBytes
  rows += 1
  totalBytes += lineBytes
  if (!file.write(line)) await once(file, 'drain')
}
await close()
await client.end()
report({ rows, bytes: totalBytes, facts: { files, tokens } })

function chatBody(row: Row): object {
  const messages = [
    { role: 'system', content: chat.system },
    { role: 'user', content: chat.user(row) },
  ]
  if (encoder) tokens += countTokens(messages)
  return {
    model,
    messages,
    temperature: chat.temperature,
    max_completion_tokens: chat.maxTokens,
    response_format: responseFormat,
  }
}

function embeddingBody(row: Row): object {
  const input = vectors.input(row)
  if (encoder) tokens += encoder.encode(input).length
  return { model: vectors.model, input }
}

async function* oneByOne(): AsyncGenerator<Row> {
  const { rows: ids } = await client.query<{ id: number }>(
    `select id from ${task.table} order by id limit $1`,
    [limit],
  )
  const text = `select ${task.columns.join(', ')} from ${task.table} where id = $1`
  for (const { id } of ids) {
    const { rows: found } = await client.query<Row>({ name: 'one', text, values: [id] })
    if (found[0]) yield found[0]
  }
}

async function* pages(): AsyncGenerator<Row> {
  const text = `select ${task.columns.join(', ')} from ${task.table} where id > $1 order by id limit ${pageSize}`
  for (let after = 0; ;) {
    const { rows: page } = await client.query<Row>({ name: 'page', text, values: [after] })
    yield* page
    const last = page.at(-1)
    if (!last) return
    after = last.id
  }
}

/** As in the cookbook, "How to count tokens with tiktoken". */
function countTokens(messages: readonly { readonly role: string; readonly content: string }[]): number {
  let count = 3
  for (const { role, content } of messages)
    count += 3 + (encoder?.encode(role).length ?? 0) + (encoder?.encode(content).length ?? 0)
  return count
}

async function nextFile(): Promise<WriteStream> {
  await close()
  files += 1
  requests = 0
  bytes = 0
  return createWriteStream(join(directory, `requests-${files}.jsonl`))
}

async function close(): Promise<void> {
  if (!file) return
  file.end()
  await once(file, 'close')
}
