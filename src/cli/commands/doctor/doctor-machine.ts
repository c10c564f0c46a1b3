import { statfs } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { openDatabase } from '../../../connectors/database/database.ts'
import { looseEntries } from '../../../engine/files/private-files.ts'
import { checkFilesDirectory, readMarker } from '../../../engine/files/project-marker.ts'
import type { Model } from '../../../ports/model.ts'
import { environmentOf } from '../../../compose/access.ts'
import { providers } from '../../../providers/registry.ts'
import type { Project } from '../../../compose/project.ts'
import { readPostgresUrl } from '../../../planning/addresses/postgres-url.ts'
import { shellWord } from '../../../wording/shell-word.ts'
import { type Check, failedCheck, good, warning } from './doctor-check.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { formatDuration } from '../../../wording/duration.ts'

export function configCheck({ config }: Project): Check {
  if (config.file !== null) return good('config', config.file)
  return warning(
    'config',
    `no offpeak.config.ts in ${config.dir} or above; defaults are used`,
    'offpeak init writes one',
  )
}

/** The names that are set and that providers, or the models of these jobs, read; with what may be shown of their values. */
export function environmentChecks({ config }: Project, models: readonly Model[]): readonly Check[] {
  const { environment, dir } = config
  const { files, databaseUrl, state } = environment
  const read = [...providers.map(({ environment: namesOf }) => namesOf(null)), ...models.map(environmentOf)]
  const shown = [
    ...read.flatMap(({ secret }) => secret.map((name) => [name, lengthOf(environment.get(name))] as const)),
    ...read.flatMap((names) => names.shown.map((name) => [name, wordsOf(environment.get(name))] as const)),
    ...[databaseUrl, state].map((named) => [named?.name ?? '', wordsOf(named?.value ?? null)] as const),
  ].flatMap(([name, words]) => (words === null ? [] : [`${name} (${words})`]))
  const readFiles =
    files.length === 0 ? 'no .env file' : files.map((file) => relative(dir, file) || file).join(', ')
  return [
    good(
      'environment',
      `${readFiles}; ${shown.length === 0 ? 'none of our names is set' : [...new Set(shown)].join(', ')}`,
    ),
  ]
}

function lengthOf(secret: string | null): string | null {
  return secret === null ? null : `${secret.length} characters`
}

function wordsOf(value: string | null): string | null {
  return value === null ? null : addressWords(value)
}

/** Host and path of an address, without user, password and query. */
export function addressWords(value: string): string {
  if (/^postgres(?:ql)?:/.test(value) && readPostgresUrl(value) === null) return 'set'
  if (!URL.canParse(value)) return value.includes('://') || value.includes('@') ? 'set' : value
  const { host, pathname, protocol } = new URL(value)
  return `${protocol}${host === '' ? '' : '//'}${host}${pathname === '/' ? '' : pathname}`
}

export function stateCheck({ store, config }: Project): Check {
  const skew =
    Math.abs(store.clockOffsetMs) < 1_000
      ? ''
      : `; its clock is ${formatDuration(Math.abs(store.clockOffsetMs))} ${store.clockOffsetMs > 0 ? 'ahead' : 'behind'}`
  return good(
    'state',
    `${store.kind}, ${store.kind === 'sqlite' ? config.state : addressWords(config.state)}, project id ${store.projectId}, up to date${skew}`,
  )
}

/** A process that sees another files directory than that of the state would take work and fail it. */
export async function filesCheck({ flow }: Project): Promise<Check> {
  const { store, filesDir } = flow
  const directory = await store.filesDirectory()
  if (directory === null && readMarker(filesDir) === null)
    return good('files', `${filesDir}, where nothing was written yet`)
  checkFilesDirectory(flow, directory ?? readMarker(filesDir)?.directory ?? '')
  return good('files', `${filesDir}, of project ${store.projectId}`)
}

const maxLoose = 1_000

/** The check that kept records and answers are private. Windows has no such rights to look at. */
export function privacyCheck({ config }: Project): readonly Check[] {
  const own = join(config.dir, '.offpeak')
  const folders = config.filesDir.startsWith(`${own}${sep}`) ? [own] : [own, config.filesDir]
  // What a rehearsal writes there is written as the job writes, in a folder that nobody else can enter.
  const rehearsed = join(own, 'emulator', 'project', sep)
  const loose = folders.flatMap((folder) =>
    looseEntries(folder)
      .filter((path) => !path.startsWith(rehearsed))
      .take(maxLoose)
      .toArray(),
  )
  const [first] = loose
  if (first === undefined) return [good('private', 'what is kept here is for its owner alone')]
  return [
    warning(
      'private',
      `${loose.length < maxLoose ? loose.length : `${maxLoose} or more`} of the files and folders of Offpeak are open to other users, as ${first}`,
      `chmod -R go= ${folders.map(shellWord).join(' ')}`,
    ),
  ]
}

const fewBytes = 1_000_000_000
const tooFewBytes = 100_000_000

/** Request and answer files need room; a run that finds none stops without losing anything. */
export async function diskCheck({ config }: Project): Promise<Check> {
  let directory = config.filesDir
  while (!existsSync(directory) && dirname(directory) !== directory) directory = dirname(directory)
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  const words = `${formatBytes(free)} free for ${config.filesDir}`
  if (free < tooFewBytes)
    return {
      name: 'disk',
      state: 'fail',
      message: words,
      fix: 'free some space, or set `files` in offpeak.config.ts',
      code: 'E_DISK',
    }
  return free < fewBytes
    ? warning('disk', words, 'a run of 100,000 records can need some gigabytes')
    : good('disk', words)
}

/** The check that the database of the environment can be reached. */
export async function databaseCheck({ config }: Project): Promise<readonly Check[]> {
  const { databaseUrl, dir } = config
  if (databaseUrl === null)
    return [good('database', 'none named (DATABASE_URL); only jobs that use one need it')]
  try {
    await using database = await openDatabase(databaseUrl, dir)
    const [row] = await database.query({
      text: "select current_setting('server_version') as version",
      values: [],
    })
    const version = row?.['version']
    return [
      good(
        'database',
        `${database.kind} ${typeof version === 'string' ? version : ''} at ${addressWords(databaseUrl)}`,
      ),
    ]
  } catch (thrown) {
    return [failedCheck('database', thrown)]
  }
}
