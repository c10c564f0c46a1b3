import { z } from '@hono/zod-openapi'
import { scopes } from '../../domain/scope.ts'
import { list, timeMs } from './page.ts'

export const scope = z.enum(scopes).openapi('Scope', {
  description: '`read` looks, `run` also plans, spends and decides, `admin` also turns the emulator',
})

/** A login of the dashboard: the token of the link that the terminal printed, or a key. */
export const login = z.strictObject({
  token: z.string().max(200).optional(),
  key: z.string().max(200).optional(),
})

/** The caller, and this server. */
export const session = z
  .object({
    name: z.string(),
    scope,
    /** The only jobs that this key sees; null: all. */
    jobs: list(z.string()).nullable(),
    version: z.string(),
    /** What people type for `offpeak` where the server was started: `npx offpeak`. */
    launcher: z.string(),
    project: z.string(),
    /** Whether the emulator answers every job. */
    simulated: z.boolean(),
    /** Whether commands need `--emulator` to see the same: the config itself does not choose the emulator. */
    emulatorFlag: z.boolean(),
    /** Whether the emulator's controls are at hand (`offpeak dev`, and a caller of this scope). */
    emulator: z.boolean(),
    /** The job behind `/api/v1/batch/…`; null: those paths are not mounted. */
    compat: z.string().nullable(),
    /** Files of the configuration that are not what this server began with: it goes on as it began until it is restarted. */
    configChanges: list(z.object({ file: z.string(), changedAt: timeMs })),
    now: timeMs,
  })
  .openapi('Session')

export type Scope = z.infer<typeof scope>
export type Session = z.infer<typeof session>
