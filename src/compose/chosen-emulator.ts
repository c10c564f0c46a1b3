import type { Config } from '../config/config.ts'
import type { EmbeddedEmulator } from './emulator.ts'

/** The emulator where it was chosen, started; null: providers answer. */
export async function startChosen(config: Config): Promise<EmbeddedEmulator | null> {
  const { emulator } = config.settings
  if (emulator === false) return null
  const { deploymentsOf } = await import('./provider.ts')
  const { embedEmulator } = await import('./emulator.ts')
  const jobs = [...(await config.jobs.all()).values()].map(({ job }) => job)
  return embedEmulator(
    config.emulatorDir,
    typeof emulator === 'object' ? emulator : {},
    deploymentsOf(config, jobs),
  )
}
