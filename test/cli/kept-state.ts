import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Emulator } from '../../src/emulator/index.ts'
import { createDatabase, replaceDatabase } from '../support/postgres.ts'
import { providerProject, write } from './project.ts'

/** The state of a project, which can be kept as it is now, put back, and lost; everything else stays as it is. */
export interface KeptState extends AsyncDisposable {
  keep(): Promise<void>
  restore(): Promise<void>
  lose(): Promise<void>
}

export const stateKinds = ['sqlite', 'postgres'] as const

/** A project of ten notes in files of three requests, in front of a provider, with its state in a database of its kind. */
export async function projectWithState(
  dir: string,
  emulator: Emulator,
  kind: (typeof stateKinds)[number],
): Promise<KeptState> {
  await providerProject(dir, emulator)
  const database = kind === 'postgres' ? await createDatabase() : null
  await write(dir, { 'offpeak.config.ts': configOf({ state: database?.url }) })
  if (database === null) return sqliteState(dir)
  const copy = await createDatabase()
  return {
    keep: () => replaceDatabase(copy.url, database.url),
    restore: () => replaceDatabase(database.url, copy.url),
    lose: () => replaceDatabase(database.url, null),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]()
      await copy[Symbol.asyncDispose]()
    },
  }
}

export function configOf({
  state,
  maxRequests = 3,
}: {
  readonly state?: string | undefined
  readonly maxRequests?: number
}): string {
  const settings = {
    ...(state === undefined ? {} : { state }),
    batch: { maxRequests },
    timings: { pollEveryMs: 50, settleMs: [50, 100], listingLagMs: 100, leaseMs: 3_000 },
  }
  return `import { defineConfig } from 'offpeak'\nexport default defineConfig(${JSON.stringify(settings)})\n`
}

function sqliteState(dir: string): KeptState {
  const [state, backup] = [join(dir, '.offpeak'), join(dir, 'backup')]
  const files = (folder: string): readonly string[] =>
    readdirSync(folder).filter((name) => name.startsWith('state.db'))
  const lose = (): void => {
    for (const name of files(state)) rmSync(join(state, name))
  }
  const copy = (from: string, to: string): void => {
    mkdirSync(to, { recursive: true })
    for (const name of files(from)) copyFileSync(join(from, name), join(to, name))
  }
  return {
    keep: async () => copy(state, backup),
    restore: async () => {
      lose()
      copy(backup, state)
    },
    lose: async () => lose(),
    [Symbol.asyncDispose]: async () => undefined,
  }
}
