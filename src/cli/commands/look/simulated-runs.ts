import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from '../../../compose/project.ts'
import type { CommandContext } from '../../command.ts'

/** Says where the runs of the embedded emulator are, to whom looks for some where providers answer and finds none. */
export function saySimulated(
  context: CommandContext,
  { isSimulated, config }: Pick<Project, 'isSimulated' | 'config'>,
  command: string,
): void {
  if (isSimulated || !existsSync(join(config.emulatorDir, 'state.db'))) return
  context.next('Simulated', `${command} --emulator`)
}
