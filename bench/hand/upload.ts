/** Uploads request files and creates their batches with the official client: `node upload.ts <directory> <rows>`. */
import { createReadStream, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { report } from '../measure.ts'

const [directory = '.', rows = '0'] = process.argv.slice(2)
const openai = new OpenAI()
const batchIds: string[] = []
let bytes = 0
for (const name of readdirSync(directory)
  .filter((name) => name.endsWith('.jsonl'))
  .sort()) {
  const path = join(directory, name)
  bytes += statSync(path).size
  const file = await openai.files.create({ file: createReadStream(path), purpose: 'batch' })
  const batch = await openai.batches.create({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  batchIds.push(batch.id)
}
writeFileSync(join(directory, 'batches.json'), JSON.stringify(batchIds))
report({ rows: Number(rows), bytes })
