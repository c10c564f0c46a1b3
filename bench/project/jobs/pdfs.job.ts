import { attach, defineJob, files, openai, text } from 'offpeak'
import { model, pdfs } from '../tasks.ts'

export default defineJob({
  name: 'pdfs',
  from: files.pdf('pdfs/*.pdf'),
  model: openai(model),
  maxTokens: pdfs.maxTokens,
  prompt: ({ row }) => ({ system: pdfs.system, user: [text(pdfs.user), attach(row)] }),
  output: pdfs.output,
  join: { file: ({ row }) => `out/${row.stem}.json`, skipExisting: true },
})
