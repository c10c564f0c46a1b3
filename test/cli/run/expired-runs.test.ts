import { expect, test } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { openGemini } from '../../engine/services/gemini-kit.ts'
import { type KitOptions, type KitProject, openKit, sinkRows } from '../../engine/run-kit.ts'
import { call } from '../project.ts'

const options: KitOptions = { records: 10, job: "retry: { max: 1 }, budget: { perRun: '$1' }," }

const services: Readonly<
  Record<string, { readonly open: () => Promise<KitProject>; readonly play: (emulator: Emulator) => void }>
> = {
  'error lines for all': {
    open: () => openKit(options),
    play: (emulator) => emulator.play('expire-all@all'),
  },
  'nothing at all': {
    open: () => openGemini('gemini-2.5-flash', options),
    play: (emulator) => emulator.play('gemini-expired-empty@all'),
  },
}

test.for(Object.entries(services))(
  'a run whose batches have all expired, with %s, names the command that continues, which asks all of them',
  { timeout: 120_000 },
  async ([, { open, play }]) => {
    await using project = await open()
    const { dir, emulator } = project
    play(emulator)
    const ended = await call(dir, 'run', 'notes', '--yes')
    expect(ended.exit, ended.stderr).toBe(6)
    const [, command = ''] = /^ *offpeak (retry .*)$/m.exec(ended.stdout) ?? []
    expect(command, ended.stdout).not.toBe('')
    emulator.clearFaults()
    const retried = await call(
      dir,
      ...(command.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", '')),
    )
    expect(retried.exit, retried.stderr).toBe(0)
    expect(sinkRows(project)).toHaveLength(10)
  },
)
