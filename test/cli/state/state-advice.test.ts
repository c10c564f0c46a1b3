import {
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { holdLock } from '../held-lock.ts'
import { configOf, type KeptState, projectWithState } from '../kept-state.ts'
import { type Called, call, providerProject, temporaryFolder, write } from '../project.ts'

/** A project of ten notes whose batches are under way, with a backup of its state from just now. */
interface Broken {
  readonly dir: string
  readonly state: KeptState
  readonly emulator: Emulator
}

interface Advice {
  /** Does the damage. */
  readonly breaks: (broken: Broken) => unknown
  /** What the command says that meets it first. */
  readonly code: string
  readonly says: string
  /** The command; `resume notes` when left out. */
  readonly at?: readonly string[]
  /** Does what the text says, to the letter. */
  readonly follow: (broken: Broken) => unknown
  /** The rows that were kept for writing are lost with it: nothing is bought again, and each record says so. */
  readonly losesRows?: true
}

const stateFile = ({ dir }: Pick<Broken, 'dir'>): string => join(dir, '.offpeak', 'state.db')
const filesOf = ({ dir }: Pick<Broken, 'dir'>): string => join(dir, '.offpeak', 'files')

function sql(broken: Broken, text: string): void {
  const database = new DatabaseSync(stateFile(broken))
  database.exec(text)
  database.close()
}

function damage(broken: Broken): void {
  for (const name of readdirSync(join(broken.dir, '.offpeak')))
    if (name.startsWith('state.db')) rmSync(join(broken.dir, '.offpeak', name))
  writeFileSync(stateFile(broken), 'this is no database at all, whatever its name says')
}

/** Names something of its own in the config, whose defaults stay. */
async function configure(
  { dir }: Pick<Broken, 'dir'>,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  rmSync(join(dir, 'offpeak.config.ts'))
  const text = configOf({}).replace('defineConfig({', `defineConfig({ ...${JSON.stringify(settings)},`)
  await write(dir, { 'offpeak.config.ts': text })
}

/** A marker as another project has it. */
const othersMarker = '{"schema":"offpeak.project/1","project":"another","directory":"d"}\n'
const later =
  "insert into kysely_migration (name, timestamp) values ('9999_from_the_future', '2099-01-01T00:00:00Z')"

const adopt = ({ dir }: Broken): Promise<Called> => call(dir, 'clean', '--adopt-files')

const advice: Readonly<Record<string, Advice>> = {
  'a state that is no database, restored from a backup': {
    breaks: damage,
    code: 'E_STATE_CORRUPT',
    says: 'restore it from a backup',
    follow: ({ state }) => state.restore(),
  },
  'a run whose snapshot is no JSON, and a new state named': {
    breaks: (broken) => sql(broken, "update runs set spec = '{'"),
    code: 'E_STATE_CORRUPT',
    says: 'name a new one as `state` in offpeak.config.ts',
    follow: (broken) => configure(broken, { state: '.offpeak/second.db' }),
  },
  'a run whose snapshot is another thing, restored from a backup': {
    breaks: (broken) => sql(broken, "update runs set spec = '{}'"),
    code: 'E_STATE_CORRUPT',
    says: 'restore the state from a backup',
    follow: ({ state }) => state.restore(),
  },
  'a state of a later version, used by that version': {
    breaks: (broken) => sql(broken, later),
    code: 'E_STATE_VERSION',
    says: 'use the version that wrote it, or a newer one; nothing in it was changed',
    // To this version, that is what a state without the later change is.
    follow: (broken) => sql(broken, "delete from kysely_migration where name = '9999_from_the_future'"),
  },
  'a marker that cannot be read, restored': {
    breaks: (broken) => {
      copyFileSync(join(filesOf(broken), 'project.json'), join(broken.dir, 'kept.json'))
      writeFileSync(join(filesOf(broken), 'project.json'), '{')
    },
    code: 'E_FILES',
    says: 'restore it, or delete it and run `offpeak clean --adopt-files`',
    follow: (broken) => copyFileSync(join(broken.dir, 'kept.json'), join(filesOf(broken), 'project.json')),
  },
  'a files directory that is somewhere else, named': {
    breaks: (broken) => renameSync(filesOf(broken), join(broken.dir, 'elsewhere')),
    code: 'E_FILES',
    says: 'or name it as `files` in offpeak.config.ts',
    follow: (broken) => configure(broken, { files: 'elsewhere' }),
  },
  'a files directory that is lost for good, replaced': {
    breaks: (broken) => rmSync(filesOf(broken), { recursive: true }),
    code: 'E_FILES',
    says: 'if it is lost for good, run `offpeak clean --adopt-files`',
    follow: adopt,
    losesRows: true,
  },
  "a files directory that is another project's, and one of its own": {
    breaks: (broken) => writeFileSync(join(filesOf(broken), 'project.json'), othersMarker),
    at: ['clean', '--adopt-files'],
    code: 'E_FILES',
    says: 'name a directory of its own for this project as `files` in offpeak.config.ts, and run `offpeak clean --adopt-files` again',
    async follow(broken) {
      await configure(broken, { files: 'own' })
      expect((await adopt(broken)).exit).toBe(0)
    },
    losesRows: true,
  },
  'something else where the files directory belongs, which is put back': {
    breaks(broken) {
      renameSync(filesOf(broken), join(broken.dir, 'elsewhere'))
      writeFileSync(filesOf(broken), '')
    },
    code: 'E_FILES',
    says: 'move what lies there away and put the directory back',
    follow(broken) {
      renameSync(filesOf(broken), join(broken.dir, 'whatever'))
      renameSync(join(broken.dir, 'elsewhere'), filesOf(broken))
    },
  },
  'a place for files that cannot be written, and another one named': {
    breaks: (broken) => configure(broken, { files: '/sys/offpeak' }),
    at: ['clean', '--adopt-files'],
    code: 'E_DISK',
    says: 'make the directory writable, or name another one as `files` in offpeak.config.ts',
    follow: (broken) => configure(broken, { files: '.offpeak/files' }),
  },
  'a state that cannot be opened, whose folder is made one that can be written': {
    breaks: (broken) => configure(broken, { state: 'jobs/notes.job.ts/state.db' }),
    code: 'E_DATABASE',
    says: 'check that the folder exists and can be written',
    follow: (broken) => configure(broken, { state: '.offpeak/state.db' }),
  },
  'a file of results that is shorter than what was written, put back': {
    async breaks(broken) {
      broken.emulator.advanceClock(86_000_000)
      expect((await call(broken.dir, 'resume', 'notes')).exit).toBe(0)
      const out = join(broken.dir, 'out.jsonl')
      copyFileSync(out, join(broken.dir, 'kept.jsonl'))
      truncateSync(out, 10)
    },
    at: ['merge', 'notes'],
    code: 'E_STATE_CORRUPT',
    says: 'put the file back',
    follow: (broken) => copyFileSync(join(broken.dir, 'kept.jsonl'), join(broken.dir, 'out.jsonl')),
  },
}

/** What a screen says, on one line. */
function words({ stdout, stderr }: Called): string {
  return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ')
}

test.for(Object.entries(advice))(
  'costs nothing again: %s, as the error says',
  { timeout: 180_000 },
  async ([, each]) => {
    using folder = temporaryFolder()
    const dir = folder.path
    await using emulator = await startEmulator({ speed: 1 })
    await using state = await projectWithState(dir, emulator, 'sqlite')
    await call(dir, 'run', 'notes', '--max-cost', '$1', '--detach')
    await state.keep()
    const broken = { dir, state, emulator }
    await each.breaks(broken)
    const met = await call(dir, ...(each.at ?? ['resume', 'notes']))
    expect(met.exit).not.toBe(0)
    expect(words(met)).toContain(each.code)
    expect(words(met)).toContain(each.says)
    await each.follow(broken)
    emulator.advanceClock(86_000_000)
    const ended = await call(dir, 'run', 'notes', '--max-cost', '$1')
    expect(emulator.bill(), words(ended)).toMatchObject({ requests: 10, duplicate_requests: 0 })
    expect(ended.exit, words(ended)).toBe(each.losesRows ? 6 : 0)
    if (each.losesRows)
      expect(words(await call(dir, 'errors', 'notes'))).toContain('was kept in a file that is lost')
    else expect(lines(dir)).toHaveLength(10)
  },
)

function lines(dir: string): readonly string[] {
  return readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd().split('\n')
}

test('costs nothing again: rows that were kept for writing and are lost are written once their files are put back, as the error says', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 1 })
  await projectWithState(dir, emulator, 'sqlite')
  await call(dir, 'run', 'notes', '--max-cost', '$1', '--detach')
  const [files, kept] = [join(dir, '.offpeak', 'files'), join(dir, 'kept')]
  mkdirSync(kept)
  const rows = readdirSync(files).filter((name) => name.endsWith('.rows.jsonl'))
  expect(rows).not.toEqual([])
  for (const name of rows) renameSync(join(files, name), join(kept, name))
  emulator.advanceClock(86_000_000)
  const ended = await call(dir, 'resume', 'notes')
  expect(ended.exit, words(ended)).toBe(6)
  const met = words(await call(dir, 'errors', 'notes'))
  expect(met).toContain('was kept in a file that is lost')
  for (const name of rows) renameSync(join(kept, name), join(files, name))
  const written = await call(dir, 'merge', 'notes')
  expect(written.exit, words(written)).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})

test('costs nothing again: a process that holds a file of results is ended, as the error says', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 2_000 })
  await projectWithState(dir, emulator, 'sqlite')
  await using held = await holdLock(join(dir, 'out.jsonl.offpeak.lock'))
  const met = words(await call(dir, 'run', 'notes', '--max-cost', '$1'))
  expect(met).toContain('Another process is writing')
  expect(met).toContain('Then: offpeak resume')
  await held[Symbol.asyncDispose]()
  expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})

test('costs nothing again: a folder for the notes of what is sent can be written again, as the error says', async () => {
  using folder = temporaryFolder()
  const dir = folder.path
  await using emulator = await startEmulator({ speed: 2_000 })
  await projectWithState(dir, emulator, 'sqlite')
  const notes = join(dir, '.offpeak', 'files', '_intents')
  await write(dir, { '.offpeak/files/_intents': '' })
  const met = await call(dir, 'run', 'notes', '--max-cost', '$1')
  expect(words(met)).toContain('what is about to be sent cannot be noted next to the state')
  expect(words(met)).toContain('let the folder be one that can be written, and the run continues')
  expect(emulator.bill()).toMatchObject({ requests: 0 })
  rmSync(notes)
  expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
  expect(lines(dir)).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})

test('a copy that is to stay in use has a state and a files directory of its own, as doctor says, and is a project of its own', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  const [first, second] = [join(folder.path, 'first'), join(folder.path, 'second')]
  mkdirSync(first)
  await providerProject(first, emulator)
  await write(first, { 'offpeak.config.ts': configOf({}) })
  await call(first, 'status')
  cpSync(first, second, { recursive: true })
  await call(first, 'run', 'notes', '--max-cost', '$1', '--detach')
  expect(words(await call(second, 'doctor'))).toContain(
    'give a copy that is to stay in use a state and a files directory of its own',
  )
  await configure({ dir: second }, { state: 'own/state.db', files: 'own/files' })
  expect(words(await call(second, 'doctor'))).not.toContain('another copy of the project')
  await call(second, 'run', 'notes', '--max-cost', '$1', '--detach')
  emulator.advanceClock(86_000_000)
  for (const dir of [first, second]) expect((await call(dir, 'resume', 'notes')).exit).toBe(0)
  // Each has asked for itself, and touched nothing of the other.
  expect(emulator.bill().requests).toBe(20)
})
