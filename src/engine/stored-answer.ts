import { join } from 'node:path'
import type { Answer } from '../domain/request.ts'
import type { Provider } from '../ports/provider.ts'
import { readSlice } from './artefacts.ts'

/** An answer as it lies in a stored file; null when the line there is none. */
export async function readStoredAnswer(
  filesDir: string,
  file: string,
  offset: number,
  length: number,
  provider: Pick<Provider, 'line'>,
): Promise<Answer | null> {
  const text = await readSlice(join(filesDir, file), offset, length)
  return provider.line(JSON.parse(text))?.answer ?? null
}
