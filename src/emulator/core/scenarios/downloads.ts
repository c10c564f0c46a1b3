import { Refusal } from '../errors.ts'
import { numberOption, textOption } from '../records.ts'
import type { BatchScenario, ScenarioOption } from './definition.ts'
import { open } from 'node:fs/promises'

const times = (fallback: number | null): ScenarioOption => ({
  kind: 'number',
  fallback,
  about: 'how many downloads',
})

/** Enough of the next line that it is no line, and less than any line has. */
const scrapBytes = 60

/** How the output file of a batch comes down. */
export const downloadScenarios: readonly BatchScenario[] = [
  {
    // openai-java#649, #650: a few hundred of 5,000 lines; nothing in HTTP shows that some are missing.
    name: 'short-download',
    concerns: 'batch',
    summary: 'its output file arrives short, and HTTP itself shows no error',
    options: {
      cut: { kind: 'choice', of: ['line', 'mid-line'], fallback: 'line', about: 'where it ends' },
      length: {
        kind: 'choice',
        of: ['none', 'short'],
        fallback: 'none',
        about: 'Content-Length: none (the connection is closed), or that of the short body',
      },
      downloads: times(1),
      share: { kind: 'number', fallback: 0.4, about: 'the share of its bytes that arrives, from 0 to 1' },
    },
    download: async ({ file, path, count, scenario }) => {
      if (count > numberOption(scenario, 'downloads')) return null
      const end = await lineEndBefore(path, Math.floor(file.bytes * numberOption(scenario, 'share')))
      const cut = textOption(scenario, 'cut') === 'line' ? end : Math.min(end + scrapBytes, file.bytes)
      return {
        delivery: {
          cutAfterBytes: cut,
          length: textOption(scenario, 'length') === 'short' ? 'sent' : 'none',
        },
      }
    },
  },
  {
    // openai-python#2959: closed before Content-Length, at outputs of 200 to 300 MB.
    name: 'breaking-download',
    concerns: 'batch',
    summary: 'the connection breaks at the same byte of each download of its output file',
    options: {
      bytes: { kind: 'number', fallback: 65_536, about: 'how many bytes of each answer arrive' },
      downloads: times(null),
    },
    download: async ({ count, scenario }) =>
      count > numberOption(scenario, 'downloads')
        ? null
        : { delivery: { cutAfterBytes: numberOption(scenario, 'bytes') } },
  },
  {
    // litellm#16186, #18734 (404); google/langextract PR 378 (403).
    name: 'late-output',
    concerns: 'batch',
    summary: 'its output file is answered 404 or 403 for a while after it has ended',
    options: {
      status: { kind: 'choice', of: ['404', '403'], fallback: '404', about: 'the answer' },
      downloads: times(2),
      seconds: {
        kind: 'number',
        fallback: 0,
        about: 'provider seconds after the end, in place of a number of downloads',
      },
    },
    download: async ({ file, count, ageMs, scenario }) => {
      const seconds = numberOption(scenario, 'seconds')
      const late = seconds > 0 ? ageMs < seconds * 1000 : count <= numberOption(scenario, 'downloads')
      if (!late) return null
      throw textOption(scenario, 'status') === '403'
        ? new Refusal(403, { message: 'You are not allowed to access this file yet.', param: null })
        : new Refusal(404, { message: `No such File object: ${file.id}`, param: 'id' })
    },
  },
  {
    // Services that keep a result until it has been fetched.
    name: 'download-once',
    concerns: 'batch',
    summary: 'its output file is deleted by the service as soon as it has been sent once',
    download: async () => ({ forget: true }),
  },
]

const blockBytes = 65_536
const newline = 0x0a

/** The place after the last end of a line at or before `position`; 0 where there is none. */
export async function lineEndBefore(path: string, position: number): Promise<number> {
  const handle = await open(path, 'r')
  try {
    const block = Buffer.alloc(blockBytes)
    for (let end = position; end > 0; end -= blockBytes) {
      const start = Math.max(0, end - blockBytes)
      const { bytesRead } = await handle.read(block, 0, end - start, start)
      const found = block.subarray(0, bytesRead).lastIndexOf(newline)
      if (found !== -1) return start + found + 1
    }
    return 0
  } finally {
    await handle.close()
  }
}
