/**
 * An example from its data to its results, on this machine alone: `npm run example -- <name>`. The copy in
 * `.example/<name>` is kept, so that running it again shows that nothing is sent twice.
 */
import { existsSync, globSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { copyExample, say } from './example-project.ts'

const names = globSync('*/example.ts', { cwd: join(import.meta.dirname, '..', 'examples') })
  .map((path) => dirname(path))
  .toSorted()
const [name] = process.argv.slice(2)
if (name === undefined || !names.includes(name)) {
  console.error(`npm run example -- <name>, which is one of: ${names.join(', ')}`)
  process.exit(2)
}

const project = await copyExample(name, `.example/${name}`)
const { seed, runs, show } = await project.example()
say(
  'Everything runs on this machine: embedded databases, an emulator in place of a provider. Nothing is sent anywhere.',
)
const again = existsSync(join(project.folder, '.offpeak', 'emulator', 'state.db'))
if (seed.length > 0 && !again) await project.node(...seed)
for (const args of runs) await project.offpeak(...args)
for (const args of runs) for (const job of jobsOf(args)) await project.offpeak('report', job)
await show(project.folder)
say(
  `The answers are SIMULATED. It is all in ${project.folder}. Run it again, and nothing is sent a second time.`,
)

/** The jobs that `run a b --max-cost '$5'` names. */
function jobsOf([verb, ...args]: readonly string[]): readonly string[] {
  if (verb !== 'run') return []
  const end = args.findIndex((arg) => arg.startsWith('-'))
  return end === -1 ? args : args.slice(0, end)
}
