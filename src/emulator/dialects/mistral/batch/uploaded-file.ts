import { readFileSync } from 'node:fs'
import type { State } from '../../../core/state.ts'

/** The bytes of a file that was uploaded to be read, in base64; `null`: there is none. */
export function uploadedFile(state: State, id: string): string | null {
  const file = state.files.get(id)
  if (file?.profile !== 'mistral' || file.expiresAtMs <= state.clock.nowMs()) return null
  return readFileSync(state.filePath(id)).toString('base64')
}
