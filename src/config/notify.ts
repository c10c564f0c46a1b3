import { z } from 'zod'
import { noticeTypes } from '../domain/notice.ts'

const secretForm = /^(?:whsec_[A-Za-z0-9+/]+={0,2}|[A-Z_][A-Z0-9_]*)$/
const thisMachine = /^https?:\/\/(?:localhost|127(?:\.(?:0|[1-9]\d{0,2})){3}|\[::1\])(?::\d+)?(?:[/?#]|$)/i

/** Who is told what becomes of runs: an address, the kinds of news (all when left out), and the secret that signs them. */
const endpoint = z.strictObject({
  url: z.string().check((given) => {
    const problem = addressProblem(given.value)
    if (problem !== null) given.issues.push({ code: 'custom', message: problem, input: 'an address' })
  }),
  events: z.array(z.enum(noticeTypes)).nonempty().optional(),
  /** `whsec_…`, or the name of an environment variable that holds it. */
  secret: z
    .string()
    .regex(secretForm, 'it is neither whsec_… nor the name of an environment variable')
    .optional(),
  /** Whether the address may be in a private network. */
  allowPrivate: z.boolean().default(false),
})

export const notify = z
  .array(endpoint)
  .refine((endpoints) => new Set(endpoints.map(({ url }) => url)).size === endpoints.length, {
    message: 'one address is named twice; an endpoint has one list of events',
  })
  .default([])

/**
 * Whether an address says in plain words that it is on this machine. A URL has many spellings of 127.0.0.1 (a number,
 * octal, hex, fewer parts, a dot at the end, IPv4 in IPv6): whoever means this machine writes none of them.
 */
export function namesThisMachine(text: string): boolean {
  return thisMachine.test(text)
}

/** What is wrong with an address, in words that do not repeat it: it may hold a secret. */
function addressProblem(text: string): string | null {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) return 'it is not an http(s) address'
  if (url.username !== '' || url.password !== '')
    return 'it carries a user name; sign with `secret`, and check the signature there'
  if (url.protocol === 'http:' && !namesThisMachine(text))
    return 'it must be https, unless it is this machine (localhost, 127.0.0.1)'
  return null
}
