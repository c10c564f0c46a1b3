/**
 * Builds request files from a folder of PDFs as one would by hand: `node files.ts <folder> <directory>`. Each file is
 * read, encoded and written in turn; a new request file is begun below 200 MB.
 */
import { once } from 'node:events'
import { createWriteStream, readdirSync, readFileSync, type WriteStream } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { report } from '../measure.ts'
import { model, pdfs } from '../project/tasks.ts'

const maxBytes = 199_000_000

const [folder = '.', directory = '.'] = process.argv.slice(2)
const json_schema = { name: 'pdfs', strict: true, schema: z.toJSONSchema(pdfs.output) }
let file: WriteStream | null = null
let [rows, files, bytes, totalBytes] = [0, 0, 0, 0]
for (const name of readdirSync(folder)) {
  const file_data = `data:application/pdf;base64,${readFileSync(join(folder, name)).toString('base64')}`
  const content = [
    { type: 'text', text: pdfs.user },
    { type: 'file', file: { filename: name, file_data } },
  ]
  const body = {
    model,
    messages: [
      { role: 'system', content: pdfs.system },
      { role: 'user', content },
    ],
    max_completion_tokens: pdfs.maxTokens,
    response_format: { type: 'json_schema', json_schema },
  }
  const custom_id = basename(name, '.pdf')
  const line = `${JSON.stringify({ custom_id, method: 'POST', url: '/v1/chat/completions', body })}\n`
  const lineBytes = Buffer.byteLength(line)
  if (!file || bytes + lineBytes > maxBytes) {
    await close()
    file = createWriteStream(join(directory, `requests-${(files += 1)}.jsonl`))
    bytes = 0
  }
  rows += 1
  bytes += lineBytes
  totalBytes += lineBytes
  if (!file.write(line)) await once(file, 'drain')
}
await close()
report({ rows, bytes: totalBytes, facts: { files } })

async function close(): Promise<void> {
  if (!file) return
  file.end()
  await once(file, 'close')
}
