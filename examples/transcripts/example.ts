import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const transcript = z.object({
  language: z.string(),
  confidence: z.number(),
  pages: z.array(z.object({ page: z.number(), text: z.string() })),
})

const shown = 3
const shownCharacters = 240

/** The example from nothing to a transcript of each PDF: `npm run example -- transcripts` plays it. */
export const example = {
  // Without the two files that nobody can read, so that the run ends with 0.
  seed: ['seed.ts', '--pdfs', '30', '--size', '60kb', '--sound'],
  runs: [
    ['plan', 'transcripts'],
    ['run', 'transcripts', '--max-cost', '$2'],
    ['report', 'transcripts'],
    ['costs'],
  ],
  /** Prints the beginning of some of the transcripts that the emulator has made, in its own folder. */
  async show(folder: string): Promise<void> {
    const directory = join(
      folder,
      '.offpeak',
      'emulator',
      'project',
      'data',
      'generated_transcripts',
      'gpt-4.1-mini',
    )
    const names = (await readdir(directory)).toSorted()
    for (const name of names.slice(2, 2 + shown)) {
      const { language, confidence, pages } = transcript.parse(
        JSON.parse(await readFile(join(directory, name), 'utf8')),
      )
      const text = pages[0]?.text ?? ''
      console.log(
        `\n  ${name}  ${pages.length === 1 ? '1 page' : `${pages.length} pages`}, ${language}, confidence ${confidence}`,
      )
      console.log(`    ${text.slice(0, shownCharacters)}${text.length > shownCharacters ? ' …' : ''}`)
    }
    console.log(`\n  ${names.length} transcripts in ${directory}`)
  },
} satisfies {
  readonly seed: readonly string[]
  readonly runs: readonly (readonly string[])[]
  readonly show: (folder: string) => Promise<void>
}
