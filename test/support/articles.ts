import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { jsonl } from '../../src/connectors/row-files/jsonl-source.ts'
import type {
  ConnectorContext,
  ReadOptions,
  Source,
  SourceReader,
  SourceRecord,
} from '../../src/ports/source.ts'

/** Reads a source from the beginning, all of it. */
export const all: ReadOptions = { after: null, limit: null, order: 'key', only: null }

export const Article = z.object({ id: z.number(), topic: z.string(), body: z.string() })
export type Article = z.infer<typeof Article>

export function article(id: number): Article {
  return {
    id,
    topic: `t${(id * 7) % 4}`,
    body: id % 5 === 0 ? '' : `Line ${id} of the text. `.repeat(id % 9),
  }
}

export interface Place extends AsyncDisposable {
  readonly context: ConnectorContext
  readonly source: Source<Article>
}

/** Some articles in a file, in which `broken` puts a line that nobody can read. */
export async function articleFile(ids: readonly number[], broken: boolean = false): Promise<Place> {
  const path = await mkdtemp(join(tmpdir(), 'offpeak-pipeline-'))
  const lines = ids.map((id) => JSON.stringify(article(id)))
  if (broken) lines.splice(2, 0, 'no JSON')
  await writeFile(join(path, 'in.jsonl'), lines.join('\n'))
  return {
    context: { baseDir: path, databaseUrl: null },
    source: jsonl.rows({ file: 'in.jsonl', key: 'id', row: Article }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  }
}

export async function readAll<Row>(
  reader: SourceReader<Row>,
  options: Partial<ReadOptions> = {},
): Promise<SourceRecord<Row>[]> {
  return (await Array.fromAsync(reader.read({ ...all, ...options }))).flatMap(({ records }) => records)
}
