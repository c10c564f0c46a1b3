import { encodeAlone } from './encode-alone.ts'
import type { PlanOptions } from './plan.ts'

/** A record as it would be sent, or why it cannot be. */
export type RenderedRecord =
  | { readonly key: string; readonly request: unknown }
  | { readonly key: string; readonly problem: string }

/** The first records of a selection, rendered; sends and changes nothing. */
export async function renderFirst(
  { flow, job, limit, only }: Pick<PlanOptions, 'flow' | 'job' | 'limit' | 'only'>,
  count: number,
): Promise<readonly RenderedRecord[]> {
  await using reader = await job.source.open(flow.connectors)
  const rendered: RenderedRecord[] = []
  for await (const { records } of reader.read({
    after: null,
    limit: Math.min(count, limit ?? count),
    order: 'key',
    only,
  })) {
    for (const record of records) {
      const made =
        record.problem === undefined
          ? await encodeAlone(job, record, flow.attachments)
          : { problem: record.problem }
      rendered.push(
        'problem' in made
          ? { key: record.key, problem: made.problem }
          : { key: record.key, request: made.shown() },
      )
      if (rendered.length >= count) return rendered
    }
  }
  return rendered
}
