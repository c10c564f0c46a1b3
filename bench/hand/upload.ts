/** Uploads request files and creates their batches with the official client: `node upload.ts <task> <directory> <rows>`. */
import { createReadStream, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { report } from '../measure.ts'
import { answersOf, taskName } from '../project/tasks.ts'

const [name, directory = '.', rows = '0'] = process.argv.slice(2)
const { endpoint } = answersOf[taskName(name)]
const openai = new OpenAI()
const batchIds: string[] = []
let bytes = 0
for (const file of readdirSync(directory)
  .filter((file) => file.endsWith('.jsonl'))
  .sort()) {
  const path = join(directory, file)
  bytes += statSync(path).size
  const uploaded = await openai.files.create({ file: createReadStream(path), purpose: 'batch' })
  const batch = await openai.batches.create({
    input_file_id: uploaded.id,
    endpoint,
    completion_window: '24h',
  })
  batchIds.push(batch.id)
}
writeFileSync(join(directory, 'batches.json'), JSON.stringify(batchIds))
report({ rows: Number(rows), bytes })
