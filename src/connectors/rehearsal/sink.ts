import { existsSync } from 'node:fs'
import { dirname, isAbsolute, relative } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { makePrivateFolder, tightenTree } from '../../engine/files/private-files.ts'
import { isSinkConnector, type OpenSink, type Sink, type SinkPresence } from '../../ports/sink.ts'
import { openSink } from '../open-sink.ts'
import { openJsonlSink } from '../row-files/jsonl-sink.ts'
import { makeCopy, prepareLines } from './copies.ts'
import { type RehearsalFolder, type RehearsalPlace, rehearsalPlace } from './places.ts'

type Definition = Parameters<OpenSink>[0]
type Context = Parameters<OpenSink>[1]

/**
 * An opener of the sinks of a rehearsal: what is written is invented, and goes to a copy of the place that the job
 * names, or where that cannot be copied to a file of lines. The rehearsal of a plan meets the place itself, in a
 * transaction that is rolled back. The context's `locate` finds the copies.
 */
export function openRehearsalSink(folder: RehearsalFolder): OpenSink {
  return async (definition, context) => {
    const place = rehearsalPlace(definition, context, folder)
    switch (place.kind) {
      case 'memory':
        return openSink(definition, context)
      case 'database':
        return onCopy(await openSink(definition, context), place)
      case 'appended':
        return appended(definition, context, place)
      case 'files':
        return files(definition, context, place.root)
      case 'lines':
        return lines(definition, context, place.path)
    }
  }
}

/** Before the first run there is no copy: the place itself is open then, to rehearse only. */
function onCopy(sink: Sink, { copy }: Extract<RehearsalPlace, { kind: 'database' }>): Sink {
  if (existsSync(copy)) return sink
  return {
    ...sink,
    write: () =>
      Promise.reject(
        new OffpeakError('E_SINK_TABLE', 'the copy that invented answers are written to is not there', {
          where: copy,
          fix: 'remove .offpeak/emulator and begin again',
        }),
      ),
  }
}

async function appended(
  definition: Definition,
  context: Context,
  place: Extract<RehearsalPlace, { kind: 'appended' }>,
): Promise<Sink> {
  await makeCopy(place)
  const shown = relative(context.baseDir, place.copy)
  prepareLines(place.copy)
  return keepPrivate(await openSink({ ...definition, [place.field]: shown }, context), dirname(place.copy))
}

/** Which records have their file is told by the project as well: what is there is not asked for. */
async function files(definition: Definition, context: Context, root: string): Promise<Sink> {
  // The copy lies in a folder of the project's own.
  const { ownPlace: _, ...inCopy } = context
  const { file } = definition
  const moved =
    typeof file === 'function'
      ? (record: unknown): unknown => {
          const path: unknown = Reflect.apply(file, undefined, [record])
          return typeof path === 'string' && isAbsolute(path) ? relative(context.baseDir, path) : path
        }
      : file
  makePrivateFolder(root)
  const [real, own] = await Promise.all([
    openSink(definition, context),
    openSink({ ...definition, file: moved }, { ...inCopy, baseDir: root }),
  ])
  const shown = relative(context.baseDir, root)
  return {
    get describe() {
      return `${real.describe}, below ${shown}`
    },
    dryRun: (item) => real.dryRun(item),
    async present(records) {
      const [there, here] = await Promise.all([real.present?.(records) ?? [], own.present?.(records) ?? []])
      return records.map((_, at): SinkPresence => {
        const [outside, inside] = [there[at] ?? 'open', here[at] ?? 'open']
        if (typeof outside !== 'string') return outside
        return inside === 'present' || typeof inside !== 'string' ? inside : outside
      })
    },
    holds: (items) => own.holds?.(items) ?? Promise.resolve(items.map(() => false)),
    write: (items, options) =>
      own.write(
        items.map((item) => movedItem(item, context.baseDir)),
        options,
      ),
    async [Symbol.asyncDispose]() {
      await Promise.all([real[Symbol.asyncDispose](), own[Symbol.asyncDispose]()])
    },
  }
}

function movedItem<Item extends { readonly values: Readonly<Record<string, unknown>> }>(
  item: Item,
  baseDir: string,
): Item {
  const { file } = item.values
  return typeof file === 'string' && isAbsolute(file)
    ? { ...item, values: { ...item.values, file: relative(baseDir, file) } }
    : item
}

async function lines(definition: Definition, context: Context, path: string): Promise<Sink> {
  prepareLines(path)
  const shown = relative(context.baseDir, path)
  const own = await openJsonlSink({ jsonl: shown }, context)
  const { sink: connector } = definition
  const isOwn = isSinkConnector(connector)
  const named = isOwn
    ? connector.describe
    : String(
        definition['table'] ??
          definition['upsert'] ??
          definition['jsonl'] ??
          definition['csv'] ??
          definition['parquet'],
      )
  let real: Promise<Sink> | null = null
  const present: NonNullable<Sink['present']> = async (records) => {
    real ??= openSink(definition, context)
    return (await (await real).present?.(records)) ?? records.map((): SinkPresence => 'open')
  }
  return keepPrivate(
    {
      describe: `${shown}, in place of ${named}`,
      async dryRun(item) {
        await using real = await openSink(definition, context)
        await real.dryRun(item)
      },
      async alters(item) {
        await using real = await openSink(definition, context)
        return (await real.alters?.(item)) ?? []
      },
      // What is real tells which records it has a row for; a file that could not be copied is not asked.
      ...('table' in definition || isOwn ? { present } : {}),
      write: (items, options) => own.write(items.map(plainItem), options),
      async [Symbol.asyncDispose]() {
        await own[Symbol.asyncDispose]()
        const asked = await real?.catch(() => null)
        await asked?.[Symbol.asyncDispose]()
      },
    },
    dirname(path),
  )
}

/** Vectors and bytes as lists, which a line of JSON can hold. */
function plainItem<Item extends { readonly values: Readonly<Record<string, unknown>> }>(item: Item): Item {
  const values = Object.entries(item.values).map(([name, value]) => [
    name,
    ArrayBuffer.isView(value) && !(value instanceof DataView) ? Object.values(value) : value,
  ])
  return { ...item, values: Object.fromEntries(values) }
}

function keepPrivate(sink: Sink, folder: string): Sink {
  return {
    ...sink,
    async [Symbol.asyncDispose]() {
      await sink[Symbol.asyncDispose]()
      tightenTree(folder)
    },
  }
}
