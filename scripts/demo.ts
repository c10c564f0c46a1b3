/**
 * The headnotes example from an empty folder to headnotes in a table, with nothing but this machine: the commands are
 * those that a user would type.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { copyExample, say } from './example-project.ts'

const root = join(import.meta.dirname, '..')
using lock = new DatabaseSync(join(root, '.demo.lock'), { timeout: 0 })
try {
  // Kept until this process ends, however it ends.
  lock.exec('begin exclusive')
} catch {
  console.error(
    `A demo of this folder is running already, and works in ${join(root, '.demo')}. Wait until it has ended, or end it with Ctrl-C, then run this again. Nothing was changed.`,
  )
  process.exit(1)
}
await rm(join(root, '.demo'), { recursive: true, force: true })
const { folder, node, offpeak, example } = await copyExample('headnotes', '.demo')
await writeFile(
  join(folder, 'offpeak.config.ts'),
  `import { defineConfig } from 'offpeak'

// Small batches and a provider that is two hundred times as fast, so that there is something to see.
export default defineConfig({
  database: 'pglite:.offpeak/cases',
  emulator: { speed: 200 },
  batch: { maxRequests: 50 },
})
`,
)

say(
  'Everything runs on this machine: an embedded database, an emulator in place of a provider. Nothing is sent anywhere.',
)
await node('seed.ts', '--cases', '300')
await offpeak('plan', 'headnotes')
await offpeak('run', 'headnotes', '--max-cost', '$1')
await offpeak('report', 'headnotes')
await (await example()).show(folder)
say(
  `The answers are SIMULATED: nothing was sent and nothing was paid. It is all in ${folder}; try there: npx offpeak show headnotes <id>`,
)
