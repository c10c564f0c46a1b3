import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'

/**
 * An emulator that answers for a project with `emulator: true`, which joins it as if another of its processes had started
 * it: so its bill can be read, and the project is what its users have.
 */
export async function joinedEmulator(project: string): Promise<Emulator> {
  const emulator = await startEmulator({ speed: 5_000 })
  const directory = join(project, '.offpeak', 'emulator')
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const note = { pid: process.pid, url: emulator.url }
  writeFileSync(join(directory, 'running.json'), JSON.stringify(note), { mode: 0o600 })
  return emulator
}
