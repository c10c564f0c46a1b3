import { existsSync, statSync } from 'node:fs'
import { relative } from 'node:path'
import type { Config } from '../config/config.ts'
import { makeCopy } from '../connectors/rehearsal/copies.ts'
import {
  type RehearsalFolder,
  type RehearsalPlace,
  rehearsalPlace,
  locateIn,
} from '../connectors/rehearsal/places.ts'
import type { AnyJob } from '../ports/job.ts'
import type { Flow } from '../engine/flow.ts'

type Paths = Pick<Config, 'dir' | 'emulatorDir' | 'databaseUrl'>

/** Before a run of the emulator begins: copies of the databases that it writes, from then on read as well. */
export async function makeCopies(config: Paths, job: AnyJob): Promise<void> {
  for (const place of placesOf(config, job)) await makeCopy(place)
}

/** Where the answers of a job are kept that nobody reads after it; null: the jobs read them. */
export async function keptApart(config: Pick<Config, 'jobs'> & Paths, name: string): Promise<string | null> {
  const job = (await config.jobs.all()).get(name)?.job
  const apart = job === undefined ? undefined : placesOf(config, job).find(({ kind }) => kind === 'lines')
  return apart?.kind === 'lines' ? relative(config.dir, apart.path) : null
}

/** Where the answers of a job go, and since when the copy is what is read, in words for people. */
export function rehearsalWords(config: Paths, job: AnyJob): readonly string[] {
  const words = placesOf(config, job, 'answers').map((place): string => {
    switch (place.kind) {
      case 'memory':
        return 'the database in memory'
      case 'files':
        return relative(config.dir, place.root)
      case 'lines':
        return relative(config.dir, place.path)
      case 'appended':
        return relative(config.dir, place.copy)
      case 'database':
        return `${relative(config.dir, place.copy)}${existsSync(place.copy) ? ` (copied ${copiedAt(place.copy)})` : ''}`
    }
  })
  return [...new Set(words)]
}

function copiedAt(copy: string): string {
  return statSync(copy).birthtime.toISOString().slice(0, 16).replace('T', ' ')
}

function placesOf(
  { dir, emulatorDir, databaseUrl }: Paths,
  { to, join, track }: AnyJob,
  which: 'all' | 'answers' = 'all',
): readonly RehearsalPlace[] {
  const folder: RehearsalFolder = { projectDir: dir, dir: emulatorDir }
  const sinks = [to, join, ...(which === 'all' ? [track?.records, track?.batches] : [])]
  return sinks.flatMap((sink) =>
    sink === undefined ? [] : [rehearsalPlace({ ...sink }, { baseDir: dir, databaseUrl }, folder)],
  )
}

/** The same flow, which reads and writes the emulator's copies in place of what the jobs name. */
export function rehearsing(flow: Flow, config: Pick<Config, 'dir' | 'emulatorDir'>): Flow {
  const folder = { projectDir: config.dir, dir: config.emulatorDir }
  return {
    ...flow,
    connectors: { ...flow.connectors, locate: locateIn(folder) },
    openSink: async (definition, context) =>
      (await import('../connectors/rehearsal/sink.ts')).openRehearsalSink(folder)(definition, context),
  }
}
