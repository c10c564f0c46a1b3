import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import * as offpeak from '../../src/index.ts'
import { temporaryFolder, write } from '../cli/project.ts'

const job = `import { defineJob, jsonl, openai } from 'offpeak'
import { said } from '../lib/said.js'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  maxTokens: said.length,
  prompt: ({ row }) => String(row.text),
  budget: { perRun: '$1' },
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ output }) },
})
`

/** What `said` is made of; the two import each other. */
function wordsOf(words: string, ending: string): string {
  return `import { end } from './said.${ending}'\nexport const words = () => '${words}'\nexport const all = () => words() + end()\n`
}

test.each([
  ['a package of type module', '{"type":"module"}', 'js'],
  ['modules by their ending', '{}', 'mjs'],
])(
  'a change in JavaScript that a job imports is seen while it is watched: %s',
  async (_, manifest, ending) => {
    using folder = temporaryFolder()
    const words = `lib/words.${ending}`
    await write(folder.path, {
      'package.json': manifest,
      'jobs/notes.job.ts': job.replace('said.js', `said.${ending}`),
      [`lib/said.${ending}`]: `import { words } from './words.${ending}'\nexport const end = () => '!'\nexport const said = words()\n`,
      [words]: wordsOf('ab', ending),
    })
    const config = await loadConfig({
      cwd: folder.path,
      configFile: null,
      envFile: null,
      modules: { offpeak },
    })
    const maxTokens = async (): Promise<number | undefined> =>
      (await config.jobs.find('notes'))?.job.maxTokens
    let told = 0
    const watching = config.jobs.watch(() => (told += 1))
    expect(await maxTokens()).toBe(2)
    await write(folder.path, { [words]: wordsOf('abcdefgh', ending) })
    await expect.poll(maxTokens, { timeout: 60_000 }).toBe(8)
    expect(told).toBe(1)
    watching[Symbol.dispose]()
  },
)
