import { attach, defineJob, files, mistral } from 'offpeak'

const model = mistral.ocr('mistral-ocr-latest')

/** The text of each PDF as Markdown: a model for OCR reads a document, is asked nothing, and is paid by its pages. */
export default defineJob({
  name: 'pages',
  from: files.pdf('data/pdfs/**/*.pdf', { maxPages: 20 }),
  model,
  prompt: ({ row }) => ({ user: [attach(row)] }),
  // As long as the document, with a form feed between pages.
  check: ({ row, output }) =>
    output.split('\f').length === row.pages[1] - row.pages[0] + 1 || 'pages are missing',
  join: {
    file: ({ row }) => `data/pages/${model.model}/${row.stem}.md`,
    content: ({ output }) => output.join('\n\f\n'),
    skipExisting: true,
  },
  budget: { perRun: '$300' },
})
