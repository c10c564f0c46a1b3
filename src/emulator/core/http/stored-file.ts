import { rm } from 'node:fs/promises'
import type { FileRecord } from '../records.ts'
import type { State } from '../state.ts'
import { type Call, isVisible } from './call.ts'

/** The file with this id that the caller can see; an expired one is removed when it is asked for. */
export async function visibleFile(call: Call, id: string): Promise<FileRecord | null> {
  const { state } = call
  const file = state.files.get(id)
  if (!file || !isVisible(call, file)) return null
  if (file.expiresAtMs > state.clock.nowMs()) return file
  await dropFile(state, id)
  return null
}

export async function dropFile(state: State, id: string): Promise<void> {
  await state.removeFile(id)
  await rm(state.filePath(id), { force: true })
}
