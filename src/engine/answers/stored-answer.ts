import { join } from 'node:path'
import type { Answer } from '../../domain/request.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { AttemptRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import { readSlice } from '../files/durable-file.ts'
import { parseJson } from '../../planning/text/parse-json.ts'

/** An answer as it lies in a stored file; null when the line there is none. */
export async function readStoredAnswer(
  filesDir: string,
  file: string,
  offset: number,
  length: number,
  provider: Pick<Provider, 'line'>,
): Promise<Answer | null> {
  const text = await readSlice(join(filesDir, file), offset, length)
  return provider.line(parseJson(text))?.answer ?? null
}

/** When the answers of an attempt came. */
export function answeredAt({
  collectedAt,
  createdAt,
}: Pick<AttemptRow, 'collectedAt' | 'createdAt'>): number {
  return collectedAt ?? createdAt
}

/** When the answers of attempts came, each looked up once; 0 for what nobody answered. */
export function answerTimes(store: Pick<Store, 'attempt'>): (attemptId: number | null) => Promise<number> {
  const known = new Map<number, number>()
  return async (attemptId) => {
    if (attemptId === null) return 0
    const attempt = known.has(attemptId) ? null : await store.attempt(attemptId)
    if (attempt) known.set(attemptId, answeredAt(attempt))
    return known.get(attemptId) ?? 0
  }
}
