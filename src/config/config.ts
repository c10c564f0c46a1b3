import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { defaultTimings, type Timings } from '../engine/flow.ts'
import { parseDuration } from '../domain/duration.ts'
import { OffpeakError } from '../domain/errors.ts'
import { envFilePaths } from './env-files.ts'
import { type Environment, readEnvironment } from './environment.ts'
import { ConfigFiles } from './config-files.ts'
import { ownPlace } from './own-place.ts'
import { ProjectJobs } from './project-jobs.ts'
import { defaultOf, type ModuleLoader, moduleLoader } from './load-module.ts'
import { withUsualTls } from '../planning/addresses/postgres-url.ts'
import { type ParsedSettings, parseSettings, type Settings } from './settings.ts'

/** File, environment and flags as one frozen whole. */
export interface Config {
  /** The directory of the project: where the config file is, or where the command was called. */
  readonly dir: string
  readonly file: string | null
  readonly settings: ParsedSettings
  readonly environment: Environment
  /** A path (SQLite) or a `postgres://` URL. */
  readonly state: string
  readonly filesDir: string
  readonly emulatorDir: string
  /**
   * Where else this project keeps what is Offpeak's own, as the secret of its server: `.offpeak` of the project, or beside
   * the state and files where these are elsewhere, as when the project cannot be written or has several replicas.
   */
  readonly ownDir: string
  /**
   * Who answers every job: the embedded emulator, because somebody has chosen it, or the providers. Nothing else decides
   * it. The emulator has a state and files of its own.
   */
  readonly isSimulated: boolean
  /** Whether only this call has chosen the emulator, so that others need --emulator to see the same. */
  readonly isEmulatorTyped: boolean
  /** Whether what the emulator answers goes where the jobs write, unless a run says otherwise. */
  readonly writesSimulated: boolean
  readonly databaseUrl: string | null
  readonly timings: Timings
  /** How long the files of ended runs are kept. */
  readonly keepFilesMs: number
  readonly jobs: ProjectJobs
  /** What all of the above was read from. */
  readonly files: ConfigFiles
  /** What of the project an absolute path is that no answer may take the place of, in words; null: nothing. */
  readonly ownPlace: (path: string) => string | null
}

export interface ConfigOptions {
  readonly cwd: string
  readonly configFile: string | null
  readonly envFile: string | null
  /** Chooses the emulator, or not, in place of the file; what both say of how it behaves is put together. */
  readonly emulator?: Settings['emulator']
  /**
   * Whether this process runs this one project, and its `.env` files may be read into `process.env`, where its job files
   * look for their own values. Left out: they are not, as other projects may be open beside it.
   */
  readonly ownsProcess?: boolean
  /** Modules that config and job files get by name. */
  readonly modules: Readonly<Record<string, unknown>>
}

/** Long enough to look at any answer of the last month. */
const keepFiles = '30d'

/** Whether processes of several machines can share the state, each with packages of its own. */
export function isSharedState({ state }: Pick<Config, 'state'>): boolean {
  return isPostgresUrl.test(state)
}

const isPostgresUrl = /^postgres(ql)?:\/\//
const fileNames = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((ending) => `offpeak.config.${ending}`)

/** The configuration, found and read. Throws E_CONFIG, E_ENV, E_JOB_FILE. */
export async function loadConfig(options: ConfigOptions): Promise<Config> {
  const file = findFile(options)
  const dir = file === null ? resolve(options.cwd) : dirname(file)
  const envFile = options.envFile === null ? null : resolve(options.cwd, options.envFile)
  const environment = readEnvironment(dir, envFile, options.ownsProcess ?? false)
  const project = { dir, environment, modules: options.modules }
  const loader = await moduleLoader(project)
  const written = parseSettings(file === null ? {} : (defaultOf(await loader.load(file)) ?? {}), file ?? dir)
  const settings = { ...written, emulator: chosenEmulator(options.emulator, written.emulator) }
  const isSimulated = settings.emulator !== false
  const ownDir = ownDirOf(dir, settings.files, environment.state?.value ?? settings.state)
  const emulatorDir = join(ownDir, 'emulator')
  const state = isSimulated ? join(emulatorDir, 'state.db') : (environment.state?.value ?? settings.state)
  const patterns = typeof settings.jobs === 'string' ? [settings.jobs] : settings.jobs
  const readFor = [...loader.files()]
  // The loader that has read the configuration serves for the jobs as they are at first, which do not hang on that file.
  let first: ModuleLoader | null = { ...loader, files: () => loader.files().filter((path) => path !== file) }
  const nextLoader = async (): Promise<ModuleLoader> => {
    const next = first ?? (await moduleLoader({ ...project, isAgain: true }))
    first = null
    return next
  }
  const databaseUrl = environment.databaseUrl?.value ?? settings.database ?? null
  const read = [
    ...(file === null ? fileNames.map((name) => join(dir, name)) : [file]),
    ...readFor,
    ...envFilePaths(dir, envFile),
  ]
  const filesDir = isSimulated ? join(emulatorDir, 'files') : resolve(dir, settings.files ?? '.offpeak/files')
  return Object.freeze({
    dir,
    file,
    settings,
    environment,
    state: isPostgresUrl.test(state) ? withUsualTls(state, environment.get) : resolve(dir, state),
    filesDir,
    emulatorDir,
    ownDir,
    isSimulated,
    isEmulatorTyped: isSimulated && written.emulator === false,
    writesSimulated: typeof settings.emulator === 'object' && settings.emulator.write,
    databaseUrl: databaseUrl === null ? null : withUsualTls(databaseUrl, environment.get),
    timings: { ...defaultTimings, ...settings.timings },
    keepFilesMs: parseDuration(settings.retention?.files ?? keepFiles) ?? Infinity,
    jobs: new ProjectJobs(dir, patterns, nextLoader),
    files: new ConfigFiles(dir, read, () => moduleLoader({ ...project, isAgain: true })),
    ownPlace: ownPlace({
      dir,
      jobs: patterns,
      paths: [...read, filesDir, ownDir, ...(isPostgresUrl.test(state) ? [] : [resolve(dir, state)])],
    }),
  })
}

/** Files are shared by all replicas, so they go before the state. */
function ownDirOf(dir: string, files: string | undefined, state: string): string {
  const isElsewhere = (path: string): boolean =>
    relative(dir, path).startsWith('..') || isAbsolute(relative(dir, path))
  const places = [
    ...(files === undefined ? [] : [resolve(dir, files)]),
    ...(isPostgresUrl.test(state) ? [] : [dirname(resolve(dir, state))]),
  ]
  return join(places.find(isElsewhere) ?? dir, '.offpeak')
}

/** A choice of a call decides who answers; how the emulator behaves may stand in the file as well. */
function chosenEmulator(
  chosen: ConfigOptions['emulator'],
  written: ParsedSettings['emulator'],
): ParsedSettings['emulator'] {
  if (chosen === undefined || (chosen === true && written !== false)) return written
  if (typeof chosen === 'boolean') return chosen
  const { write, ...behaves } = chosen
  return {
    ...(typeof written === 'object' ? written : { write: false }),
    ...behaves,
    ...(write === undefined ? {} : { write }),
  }
}

/** The nearest config file upwards, as far as the root of a repository. */
function findFile({ cwd, configFile }: ConfigOptions): string | null {
  if (configFile !== null) {
    const named = resolve(cwd, configFile)
    if (existsSync(named)) return named
    throw new OffpeakError('E_CONFIG', 'the config file is not there', {
      where: named,
      fix: 'check the path given to --config',
    })
  }
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    const found = fileNames.map((name) => join(dir, name)).find((path) => existsSync(path))
    if (found !== undefined) return found
    if (existsSync(join(dir, '.git')) || existsSync(join(dir, 'package.json')) || dirname(dir) === dir)
      return null
  }
}
