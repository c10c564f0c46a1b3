import { resolve } from 'node:path'
import type { LoadedJob } from '../../../config/jobs.ts'
import { isInDirectory, isSameFile } from '../../../engine/plan/own-source.ts'
import type { ConnectorContext } from '../../../ports/source.ts'

/**
 * The job that reads or writes a file, by whatever name or link, as far as jobs name their files; null: none is known to. A
 * source that cannot be opened now, or that hangs on parameters, names none.
 */
export async function jobThatUses(
  path: string,
  jobs: ReadonlyMap<string, LoadedJob>,
  connectors: ConnectorContext,
): Promise<string | null> {
  const isMet = (file: string): boolean => isSameFile(file, path) || isInDirectory(path, file)
  for (const [name, { job }] of jobs) {
    const written = [job.to, job.join].flatMap((sink) => filesOf(sink ?? {}, connectors.baseDir))
    if (written.some(isMet)) return name
    if (typeof job.from === 'function') continue
    try {
      await using reader = await job.from.open(connectors)
      if ((reader.files?.() ?? []).some(isMet)) return name
    } catch {
      // Whoever runs the job is told.
    }
  }
  return null
}

function filesOf(sink: object, baseDir: string): readonly string[] {
  return ['jsonl', 'csv', 'parquet', 'database'].flatMap((field) => {
    const named: unknown = Reflect.get(sink, field)
    if (typeof named !== 'string') return []
    const path = resolve(baseDir, named)
    return field === 'parquet' || field === 'database' ? [path] : [path, `${path}.offpeak`]
  })
}
