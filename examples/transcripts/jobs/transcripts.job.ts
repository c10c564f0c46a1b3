import { attach, defineJob, files, openai, text } from 'offpeak'
import { z } from 'zod'

const model = openai('gpt-4.1-mini')

export default defineJob({
  name: 'transcripts',
  from: files.pdf('data/pdfs/**/*.pdf', { maxPages: 20 }), // a longer PDF becomes several requests
  model,
  maxTokens: 32_000,
  prompt: ({ row }) => ({
    system: 'Transcribe the document exactly, page by page. Mark illegible words as [?].',
    user: [text(`Pages ${row.pages[0]}-${row.pages[1]} of ${row.pageCount}`), attach(row)],
  }),
  output: z.object({
    language: z.enum(['English', 'German', 'French', 'other']),
    pages: z.array(z.object({ text: z.string() })).describe('One entry for each page, in order'),
    confidence: z.number().min(0).max(1),
  }),
  check: ({ row, output }) =>
    output.pages.length === row.pages[1] - row.pages[0] + 1 ||
    `pages ${row.pages[0]}-${row.pages[1]} came as ${output.pages.length}`,
  // One file for each PDF, once all of its parts are good.
  join: {
    file: ({ row }) => `data/generated_transcripts/${model.model}/${row.stem}.json`,
    content: ({ row, output, usage }) => ({
      document: row.path,
      language: output[0]?.language,
      confidence: Math.min(...output.map((part) => part.confidence)),
      pages: output.flatMap((part) => part.pages).map((page, index) => ({ page: index + 1, ...page })),
      usage,
    }),
    skipExisting: true,
  },
  // What the batches leave unanswered for 20 hours is asked in real time, 500 requests at most.
  retry: { max: 3, realtime: { after: '20h', maxRows: 500 } },
  budget: { perRun: '$300' },
})
