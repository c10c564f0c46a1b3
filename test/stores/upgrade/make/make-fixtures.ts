import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { attemptStates } from '../../../../src/domain/attempt.ts'
import { outcomeNames } from '../../../../src/domain/outcome.ts'
import { pauseKinds, runStates } from '../../../../src/domain/run.ts'
import type { Store } from '../../../../src/ports/store.ts'
import { openStore } from '../../../../src/stores/open.ts'
import { required } from '../../../../src/testing/stores/fixtures.ts'
import { createDatabase } from '../../../support/postgres.ts'
import { Hand } from './attempt-path.ts'
import { makeTheRest } from './beside-runs.ts'
import { dumpPostgres } from './dump-postgres.ts'
import { makeEveryState } from './every-state.ts'
import { Fixed, makeLiveRun } from './live-run.ts'
import { SmallProvider } from '../small-provider.ts'

/**
 * Writes a state of this version, which every later one has to open: `node -C offpeak-source
 * test/stores/upgrade/make/make-fixtures.ts`. The folder is named after the newest migration. One that is there is left
 * alone, because it was written by the version that it stands for: `--again` makes it anew while that version is not
 * released yet. Takes `pg_dump`.
 */
const { values } = parseArgs({ options: { again: { type: 'boolean', default: false } } })
const here = import.meta.dirname

/** Takes what a clock has written out of a state: the times of migrations and of moves. */
const withoutClock = [
  "update kysely_migration set timestamp = '2026-01-15T08:00:00.000Z'",
  'update events set at = 1768464000000 + id * 1000',
]

async function project(provider: SmallProvider): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'offpeak-fixture-'))
  await cp(join(here, 'project'), dir, { recursive: true })
  // A run notes when its file was written.
  await utimes(join(dir, 'articles.jsonl'), 1_768_464_000, 1_768_464_000)
  await writeFile(join(dir, '.env'), `OPENAI_API_KEY=sk-fixture\nOPENAI_BASE_URL=${provider.baseUrl}\n`)
  return dir
}

/** Fills the state at a location, with a project of its own. Returns the project's folder. */
async function fill(location: string, provider: SmallProvider, fixed: Fixed): Promise<string> {
  const dir = await project(provider)
  await using store = await openStore(location, 'fixture1')
  process.env['OFFPEAK_STATE'] = location
  const live = required(await store.run(await makeLiveRun(dir, provider, fixed)))
  const hand = new Hand(store, fixed)
  await makeEveryState(hand, live)
  await makeTheRest(hand, live)
  await checkEveryState(store)
  return dir
}

/** A state that a later version has added is to be in the next fixture. */
async function checkEveryState(store: Store): Promise<void> {
  const runs = await store.runs({ limit: 1_000 })
  const attempts = (await Promise.all(runs.map(({ id }) => store.attempts(id)))).flat()
  const requests = (await Promise.all(runs.map(({ id }) => store.requests(id, { limit: 1_000 })))).flat()
  for (const [what, there, wanted] of [
    ['attempt', attempts.map(({ state }) => state), attemptStates],
    ['run', runs.map(({ state }) => state), runStates],
    ['paused run', runs.map(({ pauseKind }) => pauseKind), pauseKinds],
    ['request', requests.map(({ outcome }) => outcome), outcomeNames],
  ] as const) {
    const seen = new Set<string | null>(there)
    const missing = wanted.filter((name) => !seen.has(name))
    if (missing.length > 0) throw new Error(`there is no ${what} that is ${missing.join(', ')}`)
  }
}

function dumpSqlite(path: string): string {
  const db = new DatabaseSync(path)
  for (const statement of withoutClock) db.exec(statement)
  db.exec('pragma wal_checkpoint(truncate); pragma journal_mode = delete; vacuum')
  const newest = db.prepare('select max(name) as name from kysely_migration').get()
  db.close()
  return String(newest?.['name'])
}

const work = await mkdtemp(join(tmpdir(), 'offpeak-state-'))
await using database = await createDatabase()
const seconds = (fixed: Fixed) => () => Math.floor(fixed.clock.now() / 1000)
let fixed = new Fixed()
await using provider = await SmallProvider.start({ files: [], batches: [] }, () => seconds(fixed)(), false)
const file = join(work, 'state.db')
const dir = await fill(file, provider, fixed)
const remote = provider.remote
provider.remember({ files: [], batches: [] })
fixed = new Fixed()
const other = await fill(database.url, provider, fixed)
if (JSON.stringify(provider.remote) !== JSON.stringify(remote)) throw new Error('the two states differ')
// Beside the requests and answers lie notes with a number of their own, and the mark of the project.
const inBoth = (await readdir(join(dir, 'files'), { withFileTypes: true })).filter(
  (entry) => entry.isFile() && entry.name.endsWith('.jsonl'),
)
for (const { name } of inBoth)
  if (
    (await readFile(join(dir, 'files', name), 'utf8')) !==
    (await readFile(join(other, 'files', name), 'utf8'))
  )
    throw new Error(`${name} is not the same in both`)

const name = dumpSqlite(file).replace(/_.*/, '')
const to = join(here, '..', name)
const made = await mkdir(to).then(
  () => true,
  () => values.again,
)
if (made) {
  await rm(to, { recursive: true, force: true })
  await mkdir(to)
  await cp(file, join(to, 'state.db'))
  await writeFile(join(to, 'state.sql'), await dumpPostgres(database.url, withoutClock))
  await writeFile(join(to, 'provider.json'), `${JSON.stringify(remote, null, 2)}\n`)
  for (const own of ['.env', '.offpeak', 'titles.jsonl.offpeak.lock'])
    await rm(join(dir, own), { recursive: true, force: true })
  await cp(dir, join(to, 'project'), { recursive: true })
  console.log(`written: ${to}`)
} else console.log(`${to} is there already and is left as it is`)
for (const folder of [work, dir, other]) await rm(folder, { recursive: true, force: true })
