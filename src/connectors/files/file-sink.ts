import { existsSync, realpathSync } from 'node:fs'
import { relative } from 'node:path'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { typedKey } from '../../wording/typed-key.ts'
import { threwWords } from '../../domain/user-code.ts'
import type { OpenSink, Sink, SinkItem, SinkPresence, SinkResult } from '../../ports/sink.ts'
import { jsonOf, wellFormed } from '../tables/json-value.ts'
import { keptPlace, insideProject } from './project-path.ts'
import { placeFault } from './path-fault.ts'
import { readFilesOf } from './read-files.ts'
import { fileHolds, syncDirectories, writeWholeFile } from './whole-file.ts'

/**
 * One file per record as a sink: `{ file, content?, skipExisting?, overwrite? }`. A file is whole or absent, also
 * after a power failure; it lies below the project's directory, at a path that the row and key alone decide. What the
 * source reads, and what is the project's own, is never written over.
 */
export const openFileSink: OpenSink = async (definition, context) => {
  const { file, content, skipExisting = false, overwrite = skipExisting !== true } = definition
  if (typeof file !== 'function' || (content !== undefined && typeof content !== 'function'))
    throw new OffpeakError('E_JOB_INVALID', 'A file sink is { file: ({ row, key }) => path, content?: … }')
  return fileSink(context, (record) => file(record) as unknown, {
    skipExisting: skipExisting === true,
    overwrite: overwrite === true,
  })
}

interface FileRules {
  readonly skipExisting: boolean
  readonly overwrite: boolean
}

type Places = Pick<Parameters<OpenSink>[1], 'baseDir' | 'ownPlace' | 'sourceFiles'>

type Place = { readonly path: string; readonly problem?: undefined } | { readonly problem: string }

function fileSink(
  { baseDir, ownPlace = () => null, sourceFiles = [] }: Places,
  fileOf: (record: { readonly key: string; readonly row: unknown }) => unknown,
  rules: FileRules,
): Sink {
  const isRead = readFilesOf(sourceFiles)
  const realDir = existsSync(baseDir) ? realpathSync(baseDir) : baseDir
  const placeOf = (named: unknown): Place => {
    if (typeof named !== 'string') return { problem: 'the sink’s `file` gave no path' }
    const place = insideProject(baseDir, named)
    if (place.problem !== undefined) return place
    // What a row says could lead from the folder that the job names into any other.
    if (/(?:^|[\\/])\.\.(?:[\\/]|$)/.test(named))
      return { problem: `a path may not go up with "..": ${named}` }
    const own =
      keptPlace(relative(baseDir, place.path)) ??
      keptPlace(relative(realDir, place.realPath)) ??
      ownPlace(place.path) ??
      ownPlace(place.realPath)
    if (own !== null) return { problem: `no answer may be written there, as it is ${own}: ${named}` }
    if (named.endsWith('/')) return { problem: `${named} is a directory` }
    const fault = placeFault(place.path)
    if (fault !== null) return { problem: unwritable(fault, named) }
    if (isRead(place.path, place.realPath))
      return { problem: `no answer may be written there, as the source of the job reads it: ${named}` }
    return place
  }
  /** The path and text of an item, or why there are none. */
  const readyItem = ({
    values,
  }: SinkItem): (Place & { readonly text: string }) | { readonly problem: string } => {
    const place = placeOf(values['file'])
    if (place.problem !== undefined) return place
    const text = textOf(values['content'])
    return typeof text === 'string' ? { path: place.path, text } : text
  }
  let example: string | null = null
  return {
    get describe() {
      return example === null ? 'files' : `files such as ${example}`
    },
    async dryRun(item) {
      const ready = readyItem(item)
      if (ready.problem !== undefined)
        throw new OffpeakError(
          'E_SINK_VALUE',
          `the file of ${item.key === '' ? 'a record' : `record ${typedKey(item.key)}`} cannot be written: ${ready.problem}`,
          {
            fix: 'let `file` return a path below the project’s directory that nothing else has, and `content` a text or an object',
          },
        )
      example = relative(baseDir, ready.path)
    },
    async present(records) {
      const paths = new Map<string, string>()
      return records.map((record): SinkPresence => {
        let named: unknown
        try {
          named = fileOf(record)
        } catch (thrown) {
          return { problem: `the sink's \`file\` threw${threwWords(thrown)}` }
        }
        const place = placeOf(named)
        if (place.problem !== undefined) return { problem: place.problem }
        const other = paths.get(place.path)
        paths.set(place.path, record.key)
        if (other !== undefined && other !== record.key)
          return { problem: `its file is that of record ${other}: ${relative(baseDir, place.path)}` }
        if (!rules.skipExisting) return 'open'
        return existsSync(place.path) ? 'present' : 'absent'
      })
    },
    holds: async (items) =>
      items.map((item) => {
        const ready = readyItem(item)
        return ready.problem === undefined && fileHolds(ready.path, ready.text)
      }),
    async write(items, { mark, redo = false }) {
      const replace = rules.overwrite || redo
      const directories = new Set<string>()
      const paths = new Map<string, string>()
      const results = items.map((item): SinkResult => {
        // Files do not know of changes in the source; the caller looks there.
        if (mark !== null) return { kind: 'changed' }
        const ready = readyItem(item)
        if (ready.problem !== undefined) return { kind: 'rejected', reason: ready.problem }
        const other = paths.get(ready.path)
        paths.set(ready.path, item.key)
        const shown = relative(baseDir, ready.path)
        if (other !== undefined && other !== item.key)
          return { kind: 'rejected', reason: `its file is that of record ${other}: ${shown}` }
        const written = writeWholeFile(ready.path, ready.text, { replace, directories })
        if (typeof written === 'object')
          return { kind: 'rejected', reason: unwritable(written.problem, shown) }
        return written === 'kept'
          ? { kind: 'rejected', reason: `${shown} is there with other content, which was kept` }
          : { kind: written }
      })
      syncDirectories(directories)
      return results
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
}

function textOf(content: unknown): string | { readonly problem: string } {
  try {
    return typeof content === 'string' ? wellFormed('content', content) : `${jsonOf('content', content, 2)}\n`
  } catch (thrown) {
    return { problem: `the content cannot be written: ${messageOf(thrown)}` }
  }
}

/** The reason comes first: a path may be longer than what is kept of a reason. */
function unwritable(fault: string, path: string): string {
  return `no file can be written there, as ${fault}: ${path}`
}
