import { expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { attach, clean, defineJob, files, openai, text } from '../src/index.ts'

test('a job over PDFs knows the types of its rows, parts and answers', () => {
  const job = defineJob({
    name: 'transcripts',
    from: files.pdf('scans/**/*.pdf', { maxPages: 40 }),
    model: openai('gpt-5.6-sol'),
    prompt: ({ row }) => ({
      system: 'Transcribe the document exactly. Mark illegible words as [?].',
      user: [text(`Pages ${row.pages[0]}-${row.pages[1]} of ${row.pageCount}`), attach(row)],
    }),
    output: z.object({
      language: z.string(),
      pages: z.array(z.object({ number: z.number().int(), text: z.string() })),
      confidence: z.number().min(0).max(1),
    }),
    check: ({ row, output }) =>
      output.pages.length === row.pages[1] - row.pages[0] + 1 || 'page count differs',
    to: { file: ({ row }) => `out/${row.stem}.${row.pages[0]}.json` },
    retry: { max: 3 },
    budget: { perRun: '$300' },
  })
  expect(job.name).toBe('transcripts')
})

test('a job over an outline gives text to its file, and the path never sees the answer', () => {
  const job = defineJob({
    name: 'lessons',
    from: files.outline('course/outline.md', { level: 3 }),
    model: openai('gpt-5.6-terra'),
    prompt: ({ row }) => ({
      system: 'You write one self-contained lesson in Markdown.',
      user: `Course path: ${row.path.join(' > ')}\nLesson: ${row.title}\nNotes:\n${row.body}`,
    }),
    to: {
      // @ts-expect-error the answer decides no path
      file: ({ row, output }) => `course/lessons/${String(row.n).padStart(3, '0')}-${output}.md`,
      content: ({ row, output }) => {
        expectTypeOf(output).toEqualTypeOf<string>()
        return `---\ntitle: ${row.title}\n---\n\n${clean(output)}\n`
      },
      skipExisting: true,
    },
  })
  expect(job.name).toBe('lessons')
})
