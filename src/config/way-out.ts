import { z } from 'zod'
import { OffpeakError } from '../domain/errors.ts'
import { settingsIssue } from './settings-issue.ts'

/** What HTTP itself or a call is made of, and nobody else sets. */
const own: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'if-range',
  'range',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~\dA-Za-z-]+$/, 'it is not the name of a header')
  .refine((name) => !own.has(name.toLowerCase()), { message: 'this header is Offpeak’s own' })

/** Further headers of every call to a provider: values as they are, or by the name of an environment variable. */
export const headers = z.record(
  headerName,
  z.union([z.string(), z.strictObject({ env: z.string().regex(/^[A-Za-z_]\w*$/) })]),
)

const named = z.object({ headers })

/** The headers that a job names for its service, parsed. Throws E_CONFIG naming the one that is wrong. */
export function parseHeaders(value: unknown, where: string): z.output<typeof headers> {
  const asked = { headers: value }
  const parsed = named.safeParse(asked)
  if (parsed.success) return parsed.data.headers
  throw new OffpeakError('E_CONFIG', settingsIssue(named, asked, parsed.error).problem, {
    where,
    fix: "headers: { 'x-team': 'law', 'x-gateway-key': { env: 'GATEWAY_KEY' } }",
  })
}

/** How long parts of a call may take, in milliseconds. */
export const timeouts = z.strictObject({
  connectMs: z.number().positive().exactOptional(),
  answerMs: z.number().positive().exactOptional(),
  callMs: z.number().positive().exactOptional(),
  stallMs: z.number().positive().exactOptional(),
  transferMs: z.number().positive().exactOptional(),
  completionMs: z.number().positive().exactOptional(),
  tokenMs: z.number().positive().exactOptional(),
})
