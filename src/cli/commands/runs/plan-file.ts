import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { messageOf, OffpeakError } from '../../../domain/errors.ts'
import { makeOne, readSaved, type SavedPlan } from '../../../engine/plan/plan-file.ts'

/** Whether the argument of `run` means a file and not a job. */
export function isPlanFile(name: string, cwd: string): boolean {
  return name.endsWith('.json') || (/[/\\]/.test(name) && existsSync(resolve(cwd, name)))
}

/** The saved plan in a file. Throws E_USAGE. */
export async function readSavedPlan(path: string): Promise<SavedPlan> {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (thrown) {
    throw new OffpeakError('E_USAGE', `the plan cannot be read: ${messageOf(thrown)}`, {
      where: path,
      fix: makeOne,
      cause: thrown,
    })
  }
  return readSaved(value, path)
}
