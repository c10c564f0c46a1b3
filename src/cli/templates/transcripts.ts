import { importLine, models, type NewFile, type ProviderChoice } from './files.ts'

const letter = [
  [
    'LETTER TO THE HARBOUR BOARD',
    'The lamp at the end of the mole went out twice in the night of the storm.',
    'I have cleaned the wick and ask for a second barrel of oil before the winter.',
  ],
]

const minutes = [
  [
    'MINUTES OF THE HARBOUR BOARD',
    'The letter of the keeper was read, and the barrel of oil was granted.',
    'It was agreed to mend the steps of the old quay before the herring season.',
  ],
  [
    'Minutes, second sheet',
    'Nobody could say who had paid for the crane, and the question was put off.',
    'The meeting closed at nine with thanks to the harbour master.',
  ],
]

/** A JSON file for each PDF of a folder, with two small PDFs. */
export function transcriptsFiles(provider: ProviderChoice): readonly NewFile[] {
  const { imports, before, model } = models[provider]
  const job = `${importLine(['attach', 'defineJob', 'files', imports, 'text'])}
import { z } from 'zod'
${before}
export default defineJob({
  name: 'transcripts',
  from: files.pdf('data/pdfs/**/*.pdf', { maxPages: 20 }), // a longer PDF becomes several requests
  model: ${model}
  maxTokens: 16_000,
  prompt: ({ row }) => ({
    system: 'Transcribe the document exactly, page by page. Mark illegible words as [?].',
    user: [text(\`Pages \${row.pages[0]}-\${row.pages[1]} of \${row.pageCount}\`), attach(row)],
  }),
  output: z.object({ pages: z.array(z.object({ text: z.string() })) }),
  check: ({ row, output }) =>
    output.pages.length === row.pages[1] - row.pages[0] + 1 || 'the number of pages differs',
  // One file for each PDF, once all of its parts are good.
  join: {
    file: ({ row }) => \`data/transcripts/\${row.stem}.json\`,
    content: ({ row, output }) => ({ document: row.path, pages: output.flatMap((part) => part.pages) }),
    skipExisting: true,
  },
  budget: { perRun: '$1' },
})
`
  return [
    { path: 'jobs/transcripts.job.ts', text: job, words: null },
    { path: 'data/pdfs/letter.pdf', text: pdfOf(letter), words: '1 page' },
    { path: 'data/pdfs/minutes.pdf', text: pdfOf(minutes), words: '2 pages' },
  ]
}

/** A PDF of plain ASCII text, so that it can be written as text: objects, cross-reference table, trailer. */
function pdfOf(pages: readonly (readonly string[])[]): string {
  const contents = pages.map(
    (lines) => `BT /F1 11 Tf 60 780 Td ${lines.map((line) => `(${line}) Tj 0 -16 Td`).join('\n')} ET`,
  )
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${4 + at * 2} 0 R`).join(' ')}] >>`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...contents.flatMap((content, at) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + at * 2} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ]
  let body = '%PDF-1.4\n'
  let table = ''
  for (const [at, object] of objects.entries()) {
    table += `${String(body.length).padStart(10, '0')} 00000 n \n`
    body += `${at + 1} 0 obj\n${object}\nendobj\n`
  }
  const size = objects.length + 1
  return `${body}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
}
