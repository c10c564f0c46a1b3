/**
 * Fetches the answers of finished batches and writes each to its row: `node ingest.ts <task> <directory>
 * [--transactions]`. Every update commits by itself, or with `--transactions` a thousand commit together.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import OpenAI from 'openai'
import { z } from 'zod'
import { answersOf, events, judgments, taskName } from '../project/tasks.ts'
import { report } from '../measure.ts'
import { connect } from './database.ts'

const perTransaction = 1_000

const resultLine = z.object({
  custom_id: z.string(),
  response: z.object({
    status_code: z.number(),
    body: z.object({ choices: z.array(z.object({ message: z.object({ content: z.string() }) })) }),
  }),
})
const vectorLine = z.object({
  custom_id: z.string(),
  response: z.object({
    status_code: z.number(),
    body: z.object({ data: z.array(z.object({ embedding: z.array(z.number()) })) }),
  }),
})

const [name, directory = '.', ...flags] = process.argv.slice(2)
const transactions = flags.includes('--transactions')
const client = await connect()
const openai = new OpenAI()
const batchIds = z.array(z.string()).parse(JSON.parse(readFileSync(join(directory, 'batches.json'), 'utf8')))
const merge =
  answersOf[taskName(name)].endpoint === '/v1/embeddings'
    ? mergeVector
    : mergeContent(name === 'events' ? updateEvent : updateJudgment)
let [rows, bytes] = [0, 0]
for (const id of batchIds) {
  const batch = await openai.batches.retrieve(id)
  if (batch.status !== 'completed' || !batch.output_file_id) throw new Error(`batch ${id} is ${batch.status}`)
  const response = await openai.files.content(batch.output_file_id)
  if (!response.body) throw new Error(`batch ${id} has no answers`)
  const body = Readable.from(response.body)
  if (transactions) await client.query('begin')
  for await (const line of createInterface({ input: body, crlfDelay: Infinity })) {
    if (line === '') continue
    bytes += Buffer.byteLength(line) + 1
    await merge(JSON.parse(line))
    rows += 1
    if (transactions && rows % perTransaction === 0) await client.query('commit; begin')
  }
  if (transactions) await client.query('commit')
}
await client.end()
report({ rows, bytes })

function idOf({ custom_id }: { readonly custom_id: string }): number {
  return Number(custom_id.slice('row-'.length))
}

function mergeContent(
  update: (id: number, content: unknown) => Promise<void>,
): (line: unknown) => Promise<void> {
  return (line) => {
    const result = resultLine.parse(line)
    return update(idOf(result), JSON.parse(result.response.body.choices[0]?.message.content ?? ''))
  }
}

async function mergeVector(line: unknown): Promise<void> {
  const result = vectorLine.parse(line)
  await client.query({
    name: 'update',
    text: 'update vectors set embedding = $2 where id = $1',
    values: [idOf(result), result.response.body.data[0]?.embedding],
  })
}

async function updateJudgment(id: number, content: unknown): Promise<void> {
  const headnote = JSON.stringify(judgments.output.parse(content))
  await client.query({
    name: 'update',
    text: 'update judgments set headnote = $2 where id = $1',
    values: [id, headnote],
  })
}

async function updateEvent(id: number, content: unknown): Promise<void> {
  const { label, confidence } = events.output.parse(content)
  await client.query({
    name: 'update',
    text: 'update events set label = $2, confidence = $3 where id = $1',
    values: [id, label, confidence],
  })
}
