/**
 * The headnotes example from an empty folder to headnotes in a table, with nothing but this machine: the commands are
 * those that a user would type.
 */
import { spawn } from 'node:child_process'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase, sql } from 'offpeak'

const cases = 300
const root = join(import.meta.dirname, '..')
const folder = join(root, '.demo')

await rm(folder, { recursive: true, force: true })
await mkdir(folder)
await cp(join(root, 'examples', 'headnotes'), folder, {
  recursive: true,
  filter: (path) => !path.includes('.offpeak'),
})
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

say('Everything runs on this machine: an embedded database, an emulated provider. Nothing is sent anywhere.')
await step(
  'node',
  ['-C', 'offpeak-source', 'seed.ts', '--cases', String(cases)],
  `node seed.ts --cases ${cases}`,
)
await offpeak('plan', 'headnotes')
await offpeak('run', 'headnotes', '--max-cost', '$1')
await offpeak('report', 'headnotes')

say('Three of the headnotes, as they now stand in court_cases:')
{
  await using database = await openDatabase('pglite:.offpeak/cases', folder)
  const written = await database.withConnection((connection) =>
    connection.query(
      sql`select neutral_citation, case_name, headnote from court_cases where headnote is not null order by neutral_citation limit 3`,
    ),
  )
  for (const row of written)
    console.log(
      `\n  ${String(row['neutral_citation'])}  ${String(row['case_name'])}\n  ${String(row['headnote']).slice(0, 320)}`,
    )
}
say(
  `Nothing was sent and nothing was paid. It is all in ${folder}; try there: npx offpeak show headnotes <id>`,
)

function offpeak(...args: readonly string[]): Promise<void> {
  return step(
    'node',
    [join(root, 'bin', 'offpeak.js'), ...args],
    `npx offpeak ${args.map((arg) => (arg.includes('$') ? `'${arg}'` : arg)).join(' ')}`,
  )
}

/** Runs a command in the demo's folder, as if this machine had neither keys nor databases. */
function step(command: string, args: readonly string[], shown: string): Promise<void> {
  console.log(`\n$ ${shown}`)
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(AZURE_|OPENAI_|OFFPEAK_|DATABASE_URL|SUPABASE_)/.test(name),
    ),
  )
  const child = spawn(command, args, { cwd: folder, env, stdio: 'inherit' })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`"${shown}" ended with ${code}`)),
    )
  })
}

function say(words: string): void {
  console.log(`\n${words}`)
}
