import type { Config } from '../config/config.ts'
import { locateIn } from '../connectors/rehearsal/places.ts'
import type { Flow } from '../engine/flow.ts'

/** The same flow, which reads and writes the emulator's copies in place of what the jobs name. */
export function rehearsing(flow: Flow, config: Pick<Config, 'dir' | 'emulatorDir'>): Flow {
  const folder = { projectDir: config.dir, dir: config.emulatorDir }
  return {
    ...flow,
    connectors: { ...flow.connectors, locate: locateIn(folder) },
    openSink: async (definition, context) =>
      (await import('../connectors/rehearsal/sink.ts')).openRehearsalSink(folder)(definition, context),
  }
}
